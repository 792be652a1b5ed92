import { networkInterfaces } from 'node:os';
import { z } from 'zod';
import type { Config } from '../config/config.ts';
import { cookieKeysOf } from '../data-dir/cookie-keys.ts';
import { DOCTOR_HEADER, newDoctorPass } from '../operations/doctor-pass.ts';
import { hasCookieKeys } from './check-here.ts';
import { type Finding, fail, ok, skip, warn } from './finding.ts';

const CHECK = 'client address';
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
    return [skip(CHECK, 'The server tells it only to those who have its COOKIE_KEYS.')];
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
      ? skip(CHECK, 'The server did not tell: it is not reachable, or has other COOKIE_KEYS.')
      : judge(data.arrival, config.issuer.startsWith('https:')),
  ];
}

function judge({ peer, forwarded, trust_proxy: trusted }: Arrival, https: boolean): Finding {
  const named = forwarded.length - 1 - forwarded.lastIndexOf(CLAIMED);
  if (named < trusted) {
    return fail(
      CHECK,
      `TRUST_PROXY is ${trusted}, but the number of proxies that name an address is ${named}: everybody can pretend to be at any.`,
      named === 0
        ? 'Let the reverse proxy set X-Forwarded-For, or set TRUST_PROXY to 0.'
        : `Set TRUST_PROXY to ${named}.`,
    );
  }
  if (named > trusted) {
    return fail(
      CHECK,
      `TRUST_PROXY is ${trusted}, but the number of proxies that name an address is ${named}: everybody seems to be at the address of one, and shares its limits.`,
      `Set TRUST_PROXY to ${named}.`,
    );
  }
  const address = trusted === 0 ? peer : (forwarded.at(-trusted) ?? peer);
  if (trusted === 0 && https) {
    return warn(
      CHECK,
      `The proxy that speaks https names no address: everybody seems to be at ${address}, and shares its limits.`,
      'Let it set X-Forwarded-For, and set TRUST_PROXY to 1.',
    );
  }
  const where = isOwn(address) ? 'an address of this machine' : 'as is right if it leaves by that';
  return ok(CHECK, `The server sees requests of this machine at ${address}, ${where}.`);
}

function isOwn(address: string): boolean {
  return Object.values(networkInterfaces()).some((all) =>
    all?.some((one) => one.address === address),
  );
}
