import { ipv6Groups, parseIpAddress } from '../lib/ip-address.ts';

/**
 * Groups of addresses that one attacker may have at their disposal. In IPv6 a subscriber has a whole
 * /64 and often a /48, and a provider a /32.
 */
export interface Source {
  /** An IPv4 address or an IPv6 /64. */
  readonly address: string;
  /** An IPv4 /24 or an IPv6 /48; absent for an unknown address. */
  readonly network: string | undefined;
  /** An IPv4 /16 or an IPv6 /32; absent for an unknown address. */
  readonly provider: string | undefined;
}

/** Finds the groups of an address. An IPv4-mapped IPv6 address is the IPv4 address. */
export function sourceOf(ip: string): Source {
  const address = parseIpAddress(ip);
  if (address === undefined) {
    return { address: 'unknown', network: undefined, provider: undefined };
  }
  if ('octets' in address) {
    const [a, b, c] = address.octets;
    return {
      address: address.toString(),
      network: `${a}.${b}.${c}.0/24`,
      provider: `${a}.${b}.0.0/16`,
    };
  }
  const prefix = (bits: number) => `${ipv6Groups(address, bits / 16)}::/${bits}`;
  return { address: prefix(64), network: prefix(48), provider: prefix(32) };
}
