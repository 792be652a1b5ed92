import { hash } from 'node:crypto';

/** Characters of a handle: 132 of the 256 bits of the hash. */
const LENGTH = 22;

/**
 * Returns the name under which API services know a grant: in introspection answers and in the feed
 * of changes. It is a hash of the grant's random ID, so it is stable for the life of the grant, and no
 * endpoint takes it.
 */
export function grantHandle(grantId: string): string {
  return hash('sha256', `grant handle ${grantId}`, 'base64url').slice(0, LENGTH);
}
