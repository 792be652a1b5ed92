import type { LocalizedText } from '../db/schema.ts';

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
}

/** A live grant as its user sees it. */
export interface GrantDetails extends Grant {
  readonly applicationName: string;
  readonly homepageUrl: string | null;
  readonly organizers: readonly { readonly slug: string; readonly name: LocalizedText }[];
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly expiresAt: Date;
}

/** What a new grant is made of; nothing of it is ever widened. */
export interface NewGrant {
  readonly userId: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** Slugs. Empty only where no granted scope opens organizers. */
  readonly organizers: readonly string[];
  /** Until when it stays live without any token having been issued. */
  readonly expiresAt: Date;
}
