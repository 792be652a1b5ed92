import { monogramUrl } from '../../applications/monogram.ts';
import type { Config } from '../../config/config.ts';
import type { Locale } from '../../lib/locale.ts';
import { localized } from '../../lib/localized-text.ts';
import { roughAddress } from '../../lib/rough-address.ts';
import type { GrantDetails } from '../grant.ts';
import type {
  AuthorizationsOrder,
  AuthorizationsProps,
  AuthorizedApplication,
  GrantProps,
} from '../views.ts';
import { AUTHORIZATIONS } from './account-page.ts';

/** What the presenters of grants need to know of the page. */
export interface GrantContext {
  readonly config: Config;
  readonly locale: Locale;
}

/** How the application of a grant is recognised. */
export function presentApplication(grant: GrantDetails): AuthorizedApplication {
  return {
    name: grant.applicationName,
    monogram: monogramUrl(grant.applicationName),
    homepageUrl: grant.homepageUrl,
  };
}

/** One grant in words. */
export function presentGrant({ config, locale }: GrantContext, grant: GrantDetails): GrantProps {
  const { endsAt, expiresAt } = grant;
  const path = `${AUTHORIZATIONS}/${grant.id}`;
  return {
    id: grant.id,
    scopes: scopesInWords({ config, locale }, grant).map(({ text }) => text),
    organizers: grant.organizers.map(({ name }) => localized(name, locale)),
    grantedAt: grant.createdAt,
    lastUsedAt: grant.lastUsedAt,
    lastUsedFrom: roughAddress(grant.lastUsedIp),
    idleEnd: endsAt === null || expiresAt < endsAt ? expiresAt : undefined,
    // The day ends there, so it is the last moment that still belongs to it.
    ownEnd: endsAt === null ? undefined : new Date(endsAt.getTime() - 1),
    changePath: `${path}/change`,
    revokePath: `${path}/revoke`,
  };
}

/** The scopes of a grant, as configured and in that order; one that no longer is goes by its name. */
export function scopesInWords(
  { config, locale }: GrantContext,
  { scopes }: Pick<GrantDetails, 'scopes'>,
): { readonly name: string; readonly text: string }[] {
  const known = config.scopes.filter(({ name }) => scopes.includes(name));
  const unknown = scopes.filter((name) => !known.some((scope) => scope.name === name));
  return [
    ...known.map(({ name, text }) => ({ name, text: localized(text, locale) })),
    ...unknown.map((name) => ({ name, text: name })),
  ];
}

/** The grants of each application together, in the order that was asked for. */
export function presentByApplication(
  context: GrantContext,
  grants: readonly GrantDetails[],
  order: AuthorizationsOrder,
): AuthorizationsProps['applications'] {
  const sorted = grants.toSorted(comparison(order, context.locale));
  return [...Map.groupBy(sorted, ({ clientId }) => clientId)].flatMap(([clientId, group]) =>
    group.slice(0, 1).map((first) => ({
      application: presentApplication(first),
      grants: group.map((grant) => presentGrant(context, grant)),
      revokePath: `${AUTHORIZATIONS}/applications/${clientId}/revoke`,
    })),
  );
}

/** By name, or the latest first; what was never used comes last. */
function comparison(order: AuthorizationsOrder, locale: Locale) {
  const collator = new Intl.Collator(locale, { sensitivity: 'base', numeric: true });
  const latest = (a: Date | null, b: Date | null) => (b?.getTime() ?? 0) - (a?.getTime() ?? 0);
  const comparisons: Record<AuthorizationsOrder, (a: GrantDetails, b: GrantDetails) => number> = {
    name: (a, b) => collator.compare(a.applicationName, b.applicationName),
    granted: (a, b) => latest(a.createdAt, b.createdAt),
    used: (a, b) => latest(a.lastUsedAt, b.lastUsedAt),
  };
  return (a: GrantDetails, b: GrantDetails) =>
    comparisons[order](a, b) || latest(a.createdAt, b.createdAt);
}
