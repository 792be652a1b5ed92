/** Visible ASCII but `#`: nothing else may stand in a request target (RFC 9112 section 3.2). */
const TARGET = /^[!"$-~]+$/;
const ABSOLUTE = /^https?:\/\/([^/?\\]+)(.*)$/i;
/** A backslash is a slash to some parsers, and no path of this server holds a control character. */
const REFUSED_IN_PATH = /\\|%[01][0-9a-f]|%7f/i;

/**
 * Turns the target of a request line into path and query. A target in absolute form is accepted only
 * if it names our own host, as proxies write it.
 * @param host host and port of the issuer, as `URL.host` has them
 * @returns undefined if the target is not a path of this server
 * @see RFC 9112 section 3.2
 */
export function toOriginForm(target: string, host: string): string | undefined {
  if (!TARGET.test(target)) {
    return undefined;
  }
  if (target.startsWith('/')) {
    return isPath(target) ? target : undefined;
  }
  const [, authority = '@', rest = ''] = ABSOLUTE.exec(target) ?? [];
  const path = rest.startsWith('/') ? rest : `/${rest}`;
  const isOwn = !authority.includes('@') && URL.parse(target)?.host === host;
  return isOwn && isPath(path) ? path : undefined;
}

/** Two slashes at the start would be an authority if the path is resolved as a reference. */
function isPath(target: string): boolean {
  const [path = ''] = target.split('?', 1);
  return !path.startsWith('//') && !REFUSED_IN_PATH.test(path);
}
