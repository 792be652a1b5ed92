/** Only what the URL parser leaves on this origin: `//host`, `/\host` and the like lead elsewhere. */
const BASE = 'https://stagedoor.invalid';

/** A path of this server to go on to, or undefined where `value` leads anywhere else. */
export function localPath(value: unknown): string | undefined {
  if (typeof value !== 'string' || !value.startsWith('/')) {
    return undefined;
  }
  const path = pathOn(value);
  // Once more, as the browser will read it: the parser makes `//host` of `/..//host`.
  return path === undefined ? undefined : pathOn(path);
}

function pathOn(value: string): string | undefined {
  const url = URL.parse(value, BASE);
  return url?.origin === BASE ? url.pathname + url.search : undefined;
}
