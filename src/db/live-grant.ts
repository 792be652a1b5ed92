/*
 * The SQL by which introspection, refresh, lists and counts decide alike what is live. Validity is
 * never written on a token; it is read from the grant.
 */

/** The end of a grant: unused for too long, or the end that its user has set. It is indexed. */
export function grantEnd(grant: string): string {
  return `least(${grant}.expires_at, ${grant}.ends_at)`;
}

/** The condition that a grant is live. */
export function isLiveGrant(grant: string): string {
  return `(${grant}.revoked_at is null and ${grantEnd(grant)} > now())`;
}

/** The end of a token, which never outlives its grant. */
export function tokenEnd(token: string, grant: string): string {
  return `least(${token}.expires_at, ${grant}.expires_at, ${grant}.ends_at)`;
}

/** SQL condition: the application `a` and the user `u` of a grant are active. */
export const PARTIES_ACTIVE = 'a.is_active and a.suspended_at is null and u.is_active';
