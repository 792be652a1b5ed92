import { ipv6Groups, parseIpAddress } from './ip-address.ts';

/**
 * Shortens an address for display: IPv4 to the first three numbers (/24), IPv6 to the first three
 * groups (/48).
 * @returns undefined if the text holds no address
 */
export function roughAddress(text: string | null): string | undefined {
  const address = parseIpAddress(text);
  if (address === undefined) {
    return undefined;
  }
  if ('octets' in address) {
    return `${address.octets.slice(0, 3).join('.')}.x`;
  }
  const network = ipv6Groups(address, 3);
  // Only this machine itself has addresses in there (::1).
  return network === '0:0:0' ? address.toString() : `${network}:…`;
}
