import { isIPv4, isIPv6 } from 'node:net';

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
  if (isIPv4(ip)) {
    return fromIPv4(ip.split('.').map(Number));
  }
  const plain = ip.split('%', 1)[0] ?? '';
  if (!isIPv6(plain)) {
    return { address: 'unknown', network: undefined, provider: undefined };
  }
  const words = wordsOf(plain);
  const [high = 0, low = 0] = words.slice(6);
  if (words.slice(0, 5).every((word) => word === 0) && words[5] === 0xffff) {
    return fromIPv4([high >> 8, high & 0xff, low >> 8, low & 0xff]);
  }
  const prefix = (bits: number) =>
    `${words
      .slice(0, bits / 16)
      .map((word) => word.toString(16))
      .join(':')}::/${bits}`;
  return { address: prefix(64), network: prefix(48), provider: prefix(32) };
}

function fromIPv4(bytes: readonly number[]): Source {
  return {
    address: bytes.join('.'),
    network: `${bytes.slice(0, 3).join('.')}.0/24`,
    provider: `${bytes.slice(0, 2).join('.')}.0.0/16`,
  };
}

/** Eight numbers of 16 bits. URL writes every spelling in one form, with hexadecimal words only. */
function wordsOf(ip: string): number[] {
  const { hostname } = new URL(`http://[${ip}]`);
  const [head = '', tail] = hostname.slice(1, -1).split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array<string>(8 - left.length - right.length).fill('0');
  return [...left, ...zeros, ...right].map((word) => Number.parseInt(word, 16));
}
