import type { Limit, Verdict } from '../limits/limit.ts';
import type { Limits } from '../limits/limits.ts';
import { sourceOf } from '../limits/source.ts';

const MINUTES_10 = 600;
const HOUR = 3600;
const DAY = 86_400;

/** A try of a password, as the limits see it. */
export interface Guess {
  /** Key of the account, also if no such account exists. */
  readonly account: string;
  readonly ip: string;
  /** Names the known browser or the session of this account that the try comes from. */
  readonly trustedAs: string | undefined;
}

/** Answer to a try, before the password is looked at. */
export type GuessVerdict =
  | {
      readonly allowed: true;
      /** The account has so many failures of strangers that single ones are no longer logged. */
      readonly slowed: boolean;
      /** The try with which that began. */
      readonly first: boolean;
      /** To be called if the password was right: the try does not count as a failure. */
      readonly takeBack: () => Promise<void>;
    }
  | Extract<Verdict, { allowed: false }>;

/** Counts tries of passwords. */
export interface GuessLimits {
  /** Counts one try; it stays counted as a failure unless it is taken back. */
  take(guess: Guess): Promise<GuessVerdict>;
  /** Allows one log entry an hour and account. */
  readonly noted: Limit;
  /** Right passwords per account and hour, since each costs a hash and an entry in the log. */
  readonly successes: Limit;
  /** Failures of the whole server, to raise an alarm and not to refuse anything. */
  readonly alarm: Limit;
}

/**
 * Makes the limits on guessing passwords.
 *
 * A known browser has a count of its own, so strangers can't use it up. All others are counted per
 * source over all accounts, and per account and network. Failures of all strangers at one account
 * refuse nothing by themselves, or anybody could lock the owner's new browsers out; but the more
 * there are, the fewer tries each network has: ten in ten minutes, then three an hour, then three
 * a day. From there on the log of the account gets one entry an hour instead of one a failure.
 */
export function createGuessLimits(limits: Limits): GuessLimits {
  const { named } = limits;
  const trusted = named('sign_in.trusted', { points: 10, seconds: HOUR });
  const perSource = limits.bySource('sign_in.source', {
    address: 50,
    network: 200,
    provider: 1000,
    seconds: MINUTES_10,
  });
  const perNetwork = named('sign_in.account_network', { points: 10, seconds: MINUTES_10 });
  const slowed = [
    {
      strangers: named('sign_in.account_day', { points: 300, seconds: DAY }),
      perNetwork: named('sign_in.account_network_day', { points: 3, seconds: DAY }),
    },
    {
      strangers: named('sign_in.account_hour', { points: 30, seconds: HOUR }),
      perNetwork: named('sign_in.account_network_hour', { points: 3, seconds: HOUR }),
    },
  ];

  const takeTrusted = async (key: string): Promise<GuessVerdict> => {
    const verdict = await trusted.take(key);
    return verdict.allowed
      ? { allowed: true, slowed: false, first: false, takeBack: () => trusted.forget(key) }
      : verdict;
  };
  const takeStranger = async ({ account, ip }: Guess): Promise<GuessVerdict> => {
    // Refused tries stay counted per source: from there on a flood is refused from memory.
    const source = await perSource.take(ip);
    const { network: range = 'unknown' } = sourceOf(ip);
    const key = `${account} ${range}`;
    const network = source.allowed ? await perNetwork.take(key) : source;
    if (!network.allowed) {
      return network;
    }
    const taken: [Limit, string][] = [];
    const exceeded: { readonly first: boolean }[] = [];
    for (const { strangers, perNetwork: stricter } of slowed) {
      const calm = await strangers.take(account);
      if (!calm.allowed) {
        exceeded.push(calm);
      }
      const verdict = calm.allowed ? calm : await stricter.take(key);
      if (!verdict.allowed) {
        await limits.giveBack(taken);
        return verdict;
      }
      taken.push(calm.allowed ? [strangers, account] : [stricter, key]);
    }
    const takeBack = async () => {
      // The others survive a right password, or an attacker could reset them with an own account.
      await limits.giveBack([[perSource, ip], ...taken]);
      await perNetwork.forget(key);
    };
    const first = exceeded.some((one) => one.first);
    return { allowed: true, slowed: exceeded.length > 0, first, takeBack };
  };
  return {
    take: (guess) =>
      guess.trustedAs === undefined ? takeStranger(guess) : takeTrusted(guess.trustedAs),
    noted: named('sign_in.noted', { points: 1, seconds: HOUR }),
    successes: named('sign_in.successes', { points: 200, seconds: HOUR }),
    alarm: named('sign_in.failures', { points: 1000, seconds: MINUTES_10 }),
  };
}
