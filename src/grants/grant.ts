import type { ApplicationState } from '../applications/application.ts';
import type { LocalizedText } from '../lib/localized-text.ts';

/** Reasons why a grant was revoked. An authenticated client reads them in `error_description`. */
export const REVOCATION_REASONS = [
  'revoked_by_user',
  'revoked_by_client',
  'revoked_by_operator',
  'reuse_detected',
  'leaked',
  'replaced',
] as const;
export type RevocationReason = (typeof REVOCATION_REASONS)[number];

/** One authorization that one user gave one application. */
export interface Grant {
  readonly id: string;
  readonly userId: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly revocationReason: RevocationReason | null;
  /** End that the user has set; the grant is not live from then on. */
  readonly endsAt: Date | null;
}

/** A live grant as its user sees it. */
export interface GrantDetails extends Grant {
  readonly applicationName: string;
  readonly homepageUrl: string | null;
  /** Hash of the application's logo; null: it has none, or no operator has reviewed it. */
  readonly reviewedLogo: string | null;
  /** Name of the application's owner; null for an application by metadata document. */
  readonly developer: string | null;
  /** State of the application; the grant is of use only while it is `active`. */
  readonly state: ApplicationState;
  readonly organizers: readonly { readonly slug: string; readonly name: LocalizedText }[];
  /** Names of the API services that it is limited to; empty: it is not. */
  readonly apis: readonly string[];
  readonly createdAt: Date;
  /** Time of the last token request. */
  readonly lastUsedAt: Date | null;
  /** From which address: most often that of the application's server. */
  readonly lastUsedIp: string | null;
  /** Time at which the grant ends if it is not used. */
  readonly expiresAt: Date;
}

/** Earlier access of an application, to compare a new request with. */
export interface EarlierGrant {
  readonly id: string;
  readonly scopes: readonly string[];
  /** Slugs. */
  readonly organizers: readonly string[];
  /** Keys; empty: it is not limited to any. */
  readonly resources: readonly string[];
  /** Fingerprint of the application when the user allowed it. */
  readonly fingerprint: string | null;
  readonly createdAt: Date;
  /** End that the user has set. */
  readonly endsAt: Date | null;
}

/**
 * Organizers that one grant can have. The introspection answer grows with them, and every API call
 * waits for that. Of an older grant with more, the first ones by slug count.
 */
export const ORGANIZERS_PER_GRANT = 500;

/**
 * Resources that the user allowed, by key, each with the client ID of the resource server that it
 * belonged to.
 */
export type AllowedResources = ReadonlyMap<string, string>;

/** A new grant. It is never widened afterwards. */
export interface NewGrant {
  readonly userId: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** Slugs, up to `ORGANIZERS_PER_GRANT`. Empty only where no granted scope opens organizers. */
  readonly organizers: readonly string[];
  /** Undefined: it is for every API service that accepts tokens without an audience. */
  readonly resources: AllowedResources | undefined;
  /** Until when it stays live without any token having been issued. */
  readonly expiresAt: Date;
  /** End that the user sets; null: until it is revoked. */
  readonly endsAt?: Date | null;
}

/** Returns resources in the format of their column; null for a grant without any. */
export function resourcesJson(resources: AllowedResources | undefined): string | null {
  return resources === undefined ? null : JSON.stringify(Object.fromEntries(resources));
}
