/** Elements of the header, and the value of `for` in one of them. Quoted values may have commas. */
const ELEMENT = /(?:"(?:[^"\\]|\\.)*"|[^",])+/g;
const FOR = /(?:^|;)\s*for\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))/i;

/**
 * Converts the header `Forwarded` to the form of `X-Forwarded-For`: the clients and proxies of the
 * chain. An element without a usable address keeps its place, so that hops are counted right.
 * @see RFC 7239 §5.2, §6
 */
export function toForwardedFor(forwarded: string): string {
  const elements = forwarded.match(ELEMENT) ?? [];
  return elements
    .map((element) => {
      const [, quoted, plain] = FOR.exec(element) ?? [];
      return (quoted ?? plain ?? '').replace(/[\\,]/g, '') || 'unknown';
    })
    .join(', ');
}
