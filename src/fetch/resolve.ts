import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { failed, refused } from './errors.ts';

/** Looks up the IP addresses of a name. Empty if it has none. */
export type Resolve = (hostname: string, signal: AbortSignal) => Promise<readonly string[]>;

/** An address in the form that a `lookup` of node:net returns. */
export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** More are not tried. */
const MOST_ADDRESSES = 4;

/**
 * Asks the name servers. `dns.lookup` would block a thread of the pool that hashes passwords for as
 * long as a name server does not answer, and would append the search domains of this machine.
 */
export const resolveByDns: Resolve = async (hostname, signal) => {
  const resolver = new Resolver({ timeout: 500, tries: 2 });
  const cancel = () => resolver.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const answers = await Promise.allSettled([
      resolver.resolve4(hostname),
      resolver.resolve6(hostname),
    ]);
    return answers.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  } finally {
    signal.removeEventListener('abort', cancel);
  }
};

/**
 * Resolves a name to addresses that may be connected to.
 * @throws StagedoorError `fetch_refused` if one of them is not globally reachable; `fetch_failed` if
 *   there are none
 */
export async function resolveGlobal(
  hostname: string,
  { resolve, isGlobal }: { resolve: Resolve; isGlobal: (address: string) => boolean },
  signal: AbortSignal,
): Promise<readonly ResolvedAddress[]> {
  const addresses = await resolve(hostname, signal);
  // One sentence for both: users must not learn which names exist in the operator's network.
  const message = `The name ${hostname} was not found on the internet.`;
  if (addresses.length === 0) {
    throw failed(message, new Error('the name has no address'));
  }
  if (!addresses.every(isGlobal)) {
    throw refused(message, new Error('an address of the name is not globally reachable'));
  }
  return addresses.slice(0, MOST_ADDRESSES).map((address) => ({ address, family: isIP(address) }));
}
