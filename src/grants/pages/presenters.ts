import { pictureUrl } from '../../applications/picture.ts';
import type { Config } from '../../config/config.ts';
import { proofHost } from '../../lib/client-id.ts';
import { COLLATORS, type Locale } from '../../lib/locale.ts';
import { localized } from '../../lib/localized-text.ts';
import { roughAddress } from '../../lib/rough-address.ts';
import type { GrantDetails } from '../grant.ts';
import type { AuthorizedSums, GrantHead } from '../list-store.ts';
import { AUTHORIZATIONS } from './grant-page.ts';

/** Orders of the list; the first is the default. */
export const ORDERS = ['name', 'granted', 'used'] as const;
export type AuthorizationsOrder = (typeof ORDERS)[number];

/** Configuration and language of the page. */
export interface GrantContext {
  readonly config: Config;
  readonly locale: Locale;
}

/** Identifies the application of a grant. */
export type AuthorizedApplication = ReturnType<typeof presentApplication>;

/** Presents the application of a grant. */
export function presentApplication(grant: GrantDetails) {
  return {
    name: grant.applicationName,
    /** The picture, for `<img src>`. */
    monogram: pictureUrl({ name: grant.applicationName, logo: grant.reviewedLogo }),
    homepageUrl: grant.homepageUrl,
    /** Host of its metadata document. */
    documentHost: proofHost(grant.clientId),
  };
}

/** A grant: what it allows, since when and until when. */
export type GrantProps = ReturnType<typeof presentGrant>;

/** Presents a grant for the pages. */
export function presentGrant({ config, locale }: GrantContext, grant: GrantDetails) {
  const { endsAt, expiresAt } = grant;
  const path = `${AUTHORIZATIONS}/${grant.id}`;
  return {
    id: grant.id,
    /** Sentences. */
    scopes: scopesInWords({ config, locale }, grant).map(({ text }) => text),
    /** Names. */
    organizers: grant.organizers.map(({ name }) => localized(name, locale)),
    /** Names of the API services that it is limited to; empty: it is not. */
    apis: grant.apis,
    grantedAt: grant.createdAt,
    lastUsedAt: grant.lastUsedAt,
    /** Network of the last use, shortened. */
    lastUsedFrom: roughAddress(grant.lastUsedIp),
    /** End if the grant is not used before; undefined if `ownEnd` is sooner. */
    idleEnd: endsAt === null || expiresAt < endsAt ? expiresAt : undefined,
    /** End that the user has set, at midnight: the last moment of the day before. */
    ownEnd: endsAt === null ? undefined : new Date(endsAt.getTime() - 1),
    changePath: `${path}/change`,
    revokePath: `${path}/revoke`,
  };
}

/** A grant of a list with grants of several applications. */
export type EndingGrant = GrantProps & { readonly application: AuthorizedApplication };

/** Presents a grant together with its application. */
export function presentEnding(context: GrantContext, grant: GrantDetails): EndingGrant {
  return { ...presentGrant(context, grant), application: presentApplication(grant) };
}

/** Returns the scopes of a grant in the configured order; a removed scope goes by its name. */
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

/** Orders grants by the names of their applications, with those of one application together. */
export function arrangeGrants<G extends GrantHead>(grants: readonly G[], locale: Locale): G[] {
  const sorted = grants.toSorted(
    (a, b) =>
      COLLATORS[locale].compare(a.applicationName, b.applicationName) ||
      latest(a.createdAt, b.createdAt) ||
      (a.id < b.id ? -1 : 1),
  );
  return [...Map.groupBy(sorted, ({ clientId }) => clientId).values()].flat();
}

/** Orders applications by name, or by their latest grant or use; those without use come last. */
export function arrangeApplications(
  applications: readonly AuthorizedSums[],
  order: AuthorizationsOrder,
  locale: Locale,
): AuthorizedSums[] {
  const collator = COLLATORS[locale];
  type Compare = (a: AuthorizedSums, b: AuthorizedSums) => number;
  const comparisons: Record<AuthorizationsOrder, Compare> = {
    name: (a, b) => collator.compare(a.applicationName, b.applicationName),
    granted: (a, b) => latest(a.createdAt, b.createdAt),
    used: (a, b) => latest(a.lastUsedAt, b.lastUsedAt),
  };
  return applications.toSorted(
    (a, b) =>
      comparisons[order](a, b) ||
      latest(a.createdAt, b.createdAt) ||
      (a.clientId < b.clientId ? -1 : 1),
  );
}

function latest(a: Date | null, b: Date | null): number {
  return (b?.getTime() ?? 0) - (a?.getTime() ?? 0);
}
