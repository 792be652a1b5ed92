import type { IncomingHttpHeaders } from 'node:http';

const SHORTEST = 300;
const LONGEST = 86_400;

/**
 * Reads for how many seconds a response may be kept: `max-age`, else `Expires`, within limits. Without
 * either, and if it must not be stored, the shortest time holds.
 * @see RFC 9111 §5.2.2, §5.3
 */
export function maxAgeOf(headers: IncomingHttpHeaders, now = Date.now()): number {
  const directives = (headers['cache-control'] ?? '').toLowerCase();
  const [, given] = /(?:^|[\s,])max-age="?(\d{1,10})/.exec(directives) ?? [];
  const stored = !/(?:^|[\s,])no-(?:store|cache)(?:$|[\s,=])/.test(directives);
  const expires = (Date.parse(headers.expires ?? '') - now) / 1000;
  const seconds = given === undefined ? expires : Number(given);
  return stored && seconds > SHORTEST ? Math.min(Math.floor(seconds), LONGEST) : SHORTEST;
}
