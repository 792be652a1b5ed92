import { isIPv4 } from 'node:net';
import { toIpAddress } from './ip-address.ts';

/**
 * An address as roughly as a person needs it: of IPv4 the first three numbers (/24), of IPv6 the
 * first three groups (/48). Undefined where it is no address.
 */
export function roughAddress(address: string | null): string | undefined {
  const ip = toIpAddress(address);
  if (ip === undefined) {
    return undefined;
  }
  if (isIPv4(ip)) {
    return `${ip.split('.').slice(0, 3).join('.')}.x`;
  }
  const network = groups(ip).slice(0, 3).join(':');
  // Nobody lives in there but the machine itself (::1).
  return network === '0:0:0' ? ip : `${network}:…`;
}

/** The groups of an IPv6 address, with those that `::` stands for. */
function groups(ip: string): string[] {
  const [head = [], tail] = ip.split('::').map((half) => half.split(':').filter(Boolean));
  return tail === undefined
    ? head
    : [...head, ...Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0'), ...tail];
}
