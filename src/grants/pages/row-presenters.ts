import { daysBetween } from '../../lib/format-date.ts';
import type { GrantDetails } from '../grant.ts';
import { AUTHORIZATIONS } from './grant-page.ts';
import { type GrantContext, presentApplication, presentGrant } from './presenters.ts';

/** Kinds of scopes, in the order of their chips. */
const ABILITIES = ['view', 'edit', 'profile'] as const;

/**
 * Presents arranged grants as rows of the list, one for each application.
 * @param countOf returns the number of all live grants of an application
 */
export function presentRows(
  context: GrantContext,
  timezone: string,
  grants: readonly GrantDetails[],
  countOf: (clientId: string) => number,
) {
  return [...Map.groupBy(grants, ({ clientId }) => clientId)].flatMap(([clientId, group]) =>
    group.slice(0, 1).map((first) => {
      const count = countOf(clientId);
      const uses = group.flatMap(({ lastUsedAt }) => lastUsedAt?.getTime() ?? []);
      const lastUse = uses.length === 0 ? undefined : new Date(Math.max(...uses));
      const application = presentApplication(first);
      const slugs = group.flatMap(({ organizers }) => organizers.map(({ slug }) => slug));
      const toRevoke = count === 1 ? first.id : `applications/${encodeURIComponent(clientId)}`;
      return {
        clientId,
        application,
        developer: first.developer ?? application.documentHost ?? undefined,
        state: first.state,
        abilities: abilitiesOf(context, group),
        /** Number of organizers that the grants open together. */
        organizers: new Set(slugs).size,
        /** Days since the last use, in the time zone of the user; undefined: never used. */
        usedDaysAgo: lastUse && daysBetween(lastUse, new Date(), timezone),
        /** Number of all live grants, also of those that the list leaves out. */
        count,
        grants: group.map((grant) => presentGrant(context, grant)),
        /** Confirms before they are revoked. */
        revokePath: `${AUTHORIZATIONS}/${toRevoke}/revoke`,
      };
    }),
  );
}

/** Sorts the scopes of grants into kinds; a removed scope has none. */
function abilitiesOf({ config }: GrantContext, grants: readonly GrantDetails[]) {
  const found = config.scopes
    .filter(({ name }) => grants.some(({ scopes }) => scopes.includes(name)))
    .map(({ writes, organizers }) => (writes ? 'edit' : organizers ? 'view' : 'profile'));
  return ABILITIES.filter((ability) => found.includes(ability));
}
