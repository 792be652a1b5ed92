/** Characters of a URI (RFC 3986 §2) without `#`: a resource has no fragment. */
const URI = /^[\w\-.~:/?@!$&'()*+,;=%[\]]{1,500}$/;

/**
 * Returns the form in which the URIs of resources are compared; undefined if `text` is no absolute
 * URI without fragment. Two URIs are the same if they differ only in the case of scheme and host, a
 * default port, an empty path instead of `/`, or dot segments (RFC 3986 §6.2.2 and §6.2.3). A slash
 * at the end of any other path makes a difference.
 * @see RFC 8707 §2
 */
export function resourceKey(text: string): string | undefined {
  const url = URI.test(text) ? URL.parse(text) : null;
  return url === null || url.username !== '' || url.password !== '' ? undefined : url.href;
}
