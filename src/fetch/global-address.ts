import ipaddr from 'ipaddr.js';
import { parseIpAddress } from '../lib/ip-address.ts';

/** The only part of IPv6 from which addresses for the internet are assigned. */
const ASSIGNED = ipaddr.IPv6.parseCIDR('2000::/3');
/** Azure answers virtual machines there, although the registries call the address public. */
const AZURE_PLATFORM = '168.63.129.16';

/**
 * Checks that an address is globally reachable: in no special-purpose range, neither itself nor as
 * an IPv4 address inside IPv6 (mapped, NAT64, 6to4, Teredo).
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry, iana-ipv6-special-registry
 */
export function isGlobalAddress(text: string): boolean {
  const address = parseIpAddress(text);
  if (address === undefined || address.range() !== 'unicast') {
    return false;
  }
  return 'octets' in address ? address.toString() !== AZURE_PLATFORM : address.match(ASSIGNED);
}
