import { isIP } from 'node:net';

/** Longer than every address with brackets, zone and port. */
const LONGEST = 100;
/** `[IPv6]`, `[IPv6]:port` or `IPv4:port`. */
const WITH_PORT = /^(?:\[([^\]]*:[^\]]*)\](?::\d{1,5})?|([\d.]+):\d{1,5})$/;

/**
 * Reads an IP address from an outside source, such as a header or a socket: with a port, in brackets
 * or with a zone, all of which are dropped. An IPv4-mapped IPv6 address becomes the IPv4 one, and an
 * IPv6 address gets its canonical form (RFC 5952), so that equal addresses are equal texts.
 * @returns undefined if the text holds no address
 */
export function toIpAddress(text: string | null | undefined): string | undefined {
  if (text === null || text === undefined || text.length > LONGEST) {
    return undefined;
  }
  const bare = text.trim();
  const [, bracketed, beforePort] = WITH_PORT.exec(bare) ?? [];
  const address = bracketed ?? beforePort ?? bare;
  switch (isIP(address)) {
    case 4:
      return address;
    case 6:
      return toPlainIpv6(address);
    default:
      return undefined;
  }
}

function toPlainIpv6(address: string): string | undefined {
  const host = URL.parse(`http://[${address.replace(/%.*$/, '')}]`)?.hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(host ?? '') ?? [];
  if (high === undefined || low === undefined) {
    return host;
  }
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join('.');
}
