import { isIPv6 } from 'node:net';
import { hashOf } from '../credentials.ts';
import { emailKey } from './email.ts';

/** Limits failed sign-ins. Kept in the memory of one process: each has its own count. */
export interface Throttle {
  /** Asks before each try. An allowed try counts as a failure until its outcome is told. */
  check(email: string, ip: string): { allowed: true } | { allowed: false; retrySeconds: number };
  failed(email: string, ip: string): void;
  /** Forgets the failures of this e-mail address. */
  succeeded(email: string): void;
}

const WINDOW = 10 * 60_000;
/** How long a try counts whose outcome nobody told; milliseconds, as above. */
const UNDECIDED = 60_000;
const FAILURES_PER_EMAIL = 10;
const FAILURES_PER_ADDRESS = 50;
/** Addresses of each kind that are remembered; beyond, the longest untouched is forgotten. */
const REMEMBERED = 20_000;

interface Try {
  readonly email: string;
  readonly address: string;
  outcome: 'undecided' | 'failed' | 'succeeded';
  endsAt: number;
}

/**
 * At most 10 failed sign-ins per e-mail address and 50 per network address in 10 minutes. Tries
 * that are still being checked count too, or a burst of parallel ones would all get through.
 * @param options.now milliseconds, for tests
 */
export function createThrottle({ now = Date.now }: { now?: () => number } = {}): Throttle {
  const byEmail = createTries(FAILURES_PER_EMAIL, now);
  const byAddress = createTries(FAILURES_PER_ADDRESS, now);

  const begin = (email: string, address: string): Try => {
    const one: Try = { email, address, outcome: 'undecided', endsAt: now() + UNDECIDED };
    byEmail.add(email, one);
    byAddress.add(address, one);
    return one;
  };

  return {
    check: (rawEmail, ip) => {
      const [email, address] = [countedAs(rawEmail), addressKey(ip)];
      const wait = Math.max(byEmail.wait(email), byAddress.wait(address));
      if (wait > 0) {
        return { allowed: false, retrySeconds: Math.ceil(wait / 1000) };
      }
      begin(email, address);
      return { allowed: true };
    },
    failed: (rawEmail, ip) => {
      const [email, address] = [countedAs(rawEmail), addressKey(ip)];
      const open = byEmail
        .live(email)
        .find((one) => one.outcome === 'undecided' && one.address === address);
      const one = open ?? begin(email, address);
      one.outcome = 'failed';
      one.endsAt = now() + WINDOW;
    },
    succeeded: (rawEmail) => {
      const email = countedAs(rawEmail);
      const open = byEmail.live(email).find((one) => one.outcome === 'undecided');
      if (open !== undefined) {
        open.outcome = 'succeeded';
      }
      byEmail.keep(email, (one) => one.outcome === 'undecided');
    },
  };
}

function createTries(limit: number, now: () => number) {
  const tries = new Map<string, Try[]>();
  const live = (key: string) =>
    (tries.get(key) ?? []).filter((one) => one.outcome !== 'succeeded' && one.endsAt > now());
  const put = (key: string, list: Try[]) => {
    // Deleted first: a Map iterates in the order of insertion, so the first is the longest untouched.
    tries.delete(key);
    if (list.length > 0) {
      tries.set(key, list);
    }
    const oldest = tries.keys().next();
    if (tries.size > REMEMBERED && !oldest.done) {
      tries.delete(oldest.value);
    }
  };
  return {
    live,
    /** Milliseconds until one more try is allowed; 0: now. */
    wait: (key: string): number => {
      const ends = live(key).map((one) => one.endsAt);
      return ends.length < limit ? 0 : Math.min(...ends) - now();
    },
    add: (key: string, one: Try) => put(key, [...live(key), one]),
    keep: (key: string, which: (one: Try) => boolean) => put(key, live(key).filter(which)),
  };
}

/** Hashed: what is posted as an address can be long, and a part of it would keep all of it. */
function countedAs(typed: string): string {
  const email = typed.trim();
  return hashOf(emailKey(email) ?? email).toString('base64');
}

/** A whole /64 is one subscriber's in IPv6, and counts as one address. */
function addressKey(ip: string): string {
  const plain = ip.replace(/^::ffff:(?=\d+\.)/i, '');
  if (!isIPv6(plain)) {
    return plain;
  }
  const [head = '', tail] = plain.split('::');
  const left = head.split(':').filter((group) => group !== '');
  const right = (tail ?? '').split(':').filter((group) => group !== '');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const groups = [...left, ...Array<string>(zeros).fill('0'), ...right];
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
