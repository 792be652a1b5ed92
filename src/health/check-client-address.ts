import { networkInterfaces } from 'node:os';
import { z } from 'zod';
import type { Config } from '../config/config.ts';
import { cookieKeysOf, hasCookieKeys } from '../data-dir/secret.ts';
import { DOCTOR_HEADER, newDoctorPass } from '../operations/doctor-pass.ts';
import { type Finding, fail, ok, skip, warn } from './finding.ts';

const TIMEOUT = 5_000;
/** A forged client address (RFC 5737) that no proxy should pass on as true. */
const CLAIMED = '192.0.2.1';

const answer = z.object({
  arrival: z.object({
    peer: z.string(),
    forwarded: z.array(z.string()),
    trust_proxy: z.int(),
  }),
});
type Arrival = z.infer<typeof answer>['arrival'];

/**
 * Calls the server through the issuer's URL and compares the number of proxies that added an address
 * with TRUST_PROXY. If that is too low, all clients share a proxy's address and its limits; if it is
 * too high, clients can forge their address.
 */
export async function checkClientAddress(config: Config): Promise<Finding[]> {
  if (!(await hasCookieKeys(config))) {
    return [skip('health.client_address.secret')];
  }
  const [key = ''] = await cookieKeysOf(config);
  const headers = { [DOCTOR_HEADER]: newDoctorPass(key), 'x-forwarded-for': CLAIMED };
  const signal = AbortSignal.timeout(TIMEOUT);
  const body: unknown = await fetch(`${config.issuer}/healthz`, {
    headers,
    signal,
    redirect: 'manual',
  })
    .then((response) => response.json())
    .catch(() => undefined);
  const { data } = answer.safeParse(body);
  return [
    data === undefined
      ? skip('health.client_address.untold')
      : judge(data.arrival, config.issuer.startsWith('https:')),
  ];
}

function judge({ peer, forwarded, trust_proxy: trusted }: Arrival, https: boolean): Finding {
  const named = forwarded.length - 1 - forwarded.lastIndexOf(CLAIMED);
  if (named < trusted) {
    return named === 0
      ? fail('health.client_address.unnamed', { trusted })
      : fail('health.client_address.too_many', { trusted, named });
  }
  if (named > trusted) {
    return fail('health.client_address.too_few', { trusted, named });
  }
  const address = trusted === 0 ? peer : (forwarded.at(-trusted) ?? peer);
  if (trusted === 0 && https) {
    return warn('health.client_address.silent_proxy', { address });
  }
  return ok(isOwn(address) ? 'health.client_address.own' : 'health.client_address.other', {
    address,
  });
}

function isOwn(address: string): boolean {
  return Object.values(networkInterfaces()).some((all) =>
    all?.some((one) => one.address === address),
  );
}
