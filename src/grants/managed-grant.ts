import type { RevocationReason } from './grant.ts';

/** A grant as operators see it, ended or not. */
export interface ManagedGrant {
  readonly id: string;
  readonly userId: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** Slugs. */
  readonly organizers: readonly string[];
  /** URIs; empty: it is not limited to API services. */
  readonly resources: readonly string[];
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly lastUsedIp: string | null;
  /** Time at which the grant ends if it is not used. */
  readonly expiresAt: Date;
  /** The end that its user has set. */
  readonly endsAt: Date | null;
  readonly revokedAt: Date | null;
  readonly revocationReason: RevocationReason | null;
}

/** Filters of the list of grants; an undefined one matches all. */
export interface GrantFilters {
  readonly userId?: string | undefined;
  readonly clientId?: string | undefined;
  /** Slug. */
  readonly organizer?: string | undefined;
  /** Neither revoked nor past its end. */
  readonly active?: boolean | undefined;
}

/** Tests if `value` may be the ID of a grant. */
export function isGrantId(value: string): boolean {
  return /^[0-9A-Za-z_-]{1,64}$/.test(value);
}
