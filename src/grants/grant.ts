import type { LocalizedText } from '../lib/localized-text.ts';

/** Why a grant ended for good. An authenticated client reads it in `error_description`. */
export type RevocationReason =
  | 'revoked_by_user'
  | 'revoked_by_client'
  | 'revoked_by_operator'
  | 'reuse_detected';

/** One authorization that one user gave one application. */
export interface Grant {
  readonly id: string;
  readonly userId: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly revocationReason: RevocationReason | undefined;
  /** The end that its user has set; from then on nothing of it is live. */
  readonly endsAt: Date | null;
}

/** A live grant as its user sees it. */
export interface GrantDetails extends Grant {
  readonly applicationName: string;
  readonly homepageUrl: string | null;
  readonly organizers: readonly { readonly slug: string; readonly name: LocalizedText }[];
  readonly createdAt: Date;
  /** When tokens were last asked for. */
  readonly lastUsedAt: Date | null;
  /** From which address: most often that of the application's server. */
  readonly lastUsedIp: string | null;
  /** When it ends if nobody uses it any more. */
  readonly expiresAt: Date;
}

/** What an application was allowed before, to compare a new request with. */
export interface EarlierGrant {
  readonly id: string;
  readonly scopes: readonly string[];
  /** Slugs. */
  readonly organizers: readonly string[];
  readonly createdAt: Date;
}

/**
 * Organizers that one grant can have. The introspection answer grows with them, and every API call
 * waits for that. Of an older grant with more, the first ones by slug count.
 */
export const ORGANIZERS_PER_GRANT = 500;

/** What a new grant is made of; nothing of it is ever widened. */
export interface NewGrant {
  readonly userId: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** Slugs, up to `ORGANIZERS_PER_GRANT`. Empty only where no granted scope opens organizers. */
  readonly organizers: readonly string[];
  /** Until when it stays live without any token having been issued. */
  readonly expiresAt: Date;
}
