import type { ApplicationState } from '../../applications/application.ts';
import { daysBetween } from '../../lib/format-date.ts';
import type { GrantDetails } from '../grant.ts';
import { AUTHORIZATIONS } from './grant-page.ts';
import {
  type AuthorizedApplication,
  type GrantContext,
  type GrantProps,
  presentApplication,
  presentGrant,
} from './presenters.ts';

/** Kinds of scopes, in the order of their chips. */
const ABILITIES = ['view', 'edit', 'profile'] as const;

/** An application with the user's grants, as a row of the list. */
export interface ApplicationRow {
  readonly clientId: string;
  readonly application: AuthorizedApplication;
  readonly developer: string | undefined;
  readonly state: ApplicationState;
  readonly abilities: readonly (typeof ABILITIES)[number][];
  /** Number of organizers that the grants open together. */
  readonly organizers: number;
  /** Days since the last use, in the time zone of the user; undefined: never used. */
  readonly usedDaysAgo: number | undefined;
  /** Number of all live grants, also of those that the list leaves out. */
  readonly count: number;
  readonly grants: readonly GrantProps[];
  /** Confirms before they are revoked. */
  readonly revokePath: string;
}

/**
 * Groups arranged grants by application.
 * @param countOf returns the number of all live grants of an application
 */
export function presentRows(
  context: GrantContext,
  timezone: string,
  grants: readonly GrantDetails[],
  countOf: (clientId: string) => number,
): ApplicationRow[] {
  return [...Map.groupBy(grants, ({ clientId }) => clientId)].flatMap(([clientId, group]) =>
    group.slice(0, 1).map((first) => {
      const count = countOf(clientId);
      const uses = group.flatMap(({ lastUsedAt }) => lastUsedAt?.getTime() ?? []);
      const application = presentApplication(first);
      return {
        clientId,
        application,
        developer: first.developer ?? application.documentHost ?? undefined,
        state: first.state,
        abilities: abilitiesOf(context, group),
        organizers: new Set(group.flatMap((grant) => grant.organizers.map(({ slug }) => slug)))
          .size,
        usedDaysAgo:
          uses.length === 0
            ? undefined
            : daysBetween(new Date(Math.max(...uses)), new Date(), timezone),
        count,
        grants: group.map((grant) => presentGrant(context, grant)),
        revokePath:
          count === 1
            ? `${AUTHORIZATIONS}/${first.id}/revoke`
            : `${AUTHORIZATIONS}/applications/${encodeURIComponent(clientId)}/revoke`,
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
