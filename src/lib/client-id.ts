/** Longest client ID, in characters: one that is a URL, or that contains the client's metadata. */
export const CLIENT_ID_LIMIT = 1024;
const PLAIN = /^[A-Za-z0-9._-]+$/;
/** Characters of RFC 3986 §2 but quotes, with which an ID in an example could end its string. */
const ADDRESS = /^https?:\/\/[^/?#@]+\/[A-Za-z0-9\-._~:/?@!$&()*+,;=%[\]]+$/;

/**
 * Tests if `value` may be a client ID; others never reach the database, which could refuse them.
 */
export function isClientId(value: string): boolean {
  return value.length <= CLIENT_ID_LIMIT && (PLAIN.test(value) || isDocumentAddress(value));
}

/**
 * Tests if a client ID is the address of a client metadata document: a URL in its normal form with a
 * path, and without user name, password and fragment. The fetcher accepts http for the hosts of
 * `FETCH_PRIVATE_HOSTS` only.
 * @see draft-ietf-oauth-client-id-metadata-document §3
 */
export function isDocumentAddress(value: string): boolean {
  if (value.length > CLIENT_ID_LIMIT || !ADDRESS.test(value)) {
    return false;
  }
  const url = URL.parse(value);
  return url !== null && url.href === value && url.username === '' && url.password === '';
}

/** Returns the host of the address of a client metadata document, with a port that is not the default. */
export function documentHost(clientId: string): string {
  return new URL(clientId).host;
}

/** Returns the host of the document if the client ID is an address of one, else null. */
export function proofHost(clientId: string): string | null {
  return isDocumentAddress(clientId) ? documentHost(clientId) : null;
}
