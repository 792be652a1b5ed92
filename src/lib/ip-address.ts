import { isIP, isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Longer than every address with brackets, zone and port. */
const LONGEST = 100;
/** `[IPv6]`, `[IPv6]:port` or `IPv4:port`. */
const WITH_PORT = /^(?:\[([^\]]*:[^\]]*)\](?::\d{1,5})?|([\d.]+):\d{1,5})$/;

/** A parsed address. Its `toString` is canonical, so that equal addresses are equal texts. */
export type IpAddress = ipaddr.IPv4 | ipaddr.IPv6;

/**
 * Reads an IP address from an outside source, such as a header or a socket: with a port, in brackets
 * or with a zone, all of which are dropped. An IPv4-mapped IPv6 address becomes the IPv4 address.
 * @returns undefined if the text holds no address
 */
export function parseIpAddress(text: string | null | undefined): IpAddress | undefined {
  if (text === null || text === undefined || text.length > LONGEST) {
    return undefined;
  }
  const bare = text.trim();
  const [, bracketed, beforePort] = WITH_PORT.exec(bare) ?? [];
  const address = bracketed ?? beforePort ?? bare;
  // The parser also takes octal and short forms such as `0177.1`.
  return isIP(address) === 0 ? undefined : ipaddr.process(address.replace(/%.*$/, ''));
}

/** Reads an IP address like `parseIpAddress` and returns its canonical form (RFC 5952). */
export function toIpAddress(text: string | null | undefined): string | undefined {
  // The usual case. An IPv4 address has only one form that is accepted here.
  if (typeof text === 'string' && isIPv4(text)) {
    return text;
  }
  return parseIpAddress(text)?.toString();
}

/** Returns the first `count` groups of an IPv6 address, with colons in between. */
export function ipv6Groups(address: ipaddr.IPv6, count: number): string {
  return address.parts
    .slice(0, count)
    .map((group) => group.toString(16))
    .join(':');
}
