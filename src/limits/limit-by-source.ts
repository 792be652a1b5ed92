import type { Limit, LimitRule, Verdict } from './limit.ts';
import { sourceOf } from './source.ts';

/** Allowed numbers of tries per group of addresses, see `Source`. */
export interface SourceRule {
  readonly address: number;
  readonly network: number;
  readonly provider: number;
  readonly seconds: number;
}

/**
 * Counts an address in each of its groups, the smallest first. A group that refuses gives back
 * the tries in the smaller ones, and larger groups do not count the refused try.
 */
export function limitBySource(
  {
    named,
    giveBack,
  }: {
    readonly named: (name: string, rule: LimitRule) => Limit;
    /** Takes back a try of each stored key. */
    readonly giveBack: (keys: readonly string[]) => Promise<void>;
  },
  name: string,
  { address, network, provider, seconds }: SourceRule,
): Limit {
  const groups = [
    { of: 'address', limit: named(`${name}.address`, { points: address, seconds }) },
    { of: 'network', limit: named(`${name}.network`, { points: network, seconds }) },
    { of: 'provider', limit: named(`${name}.provider`, { points: provider, seconds }) },
  ] as const;
  const keysOf = (ip: string) => {
    const source = sourceOf(ip);
    return groups.flatMap(({ of, limit }) => {
      const key = source[of];
      return key === undefined ? [] : [{ limit, key }];
    });
  };
  const storedKeys = (ip: string) => keysOf(ip).flatMap(({ limit, key }) => limit.storedKeys(key));
  return {
    storedKeys,
    take: async (ip) => {
      const taken: { limit: Limit; key: string }[] = [];
      for (const one of keysOf(ip)) {
        const verdict = await one.limit.take(one.key);
        if (!verdict.allowed) {
          await giveBack(taken.flatMap(({ limit, key }) => limit.storedKeys(key)));
          return verdict;
        }
        taken.push(one);
      }
      return { allowed: true };
    },
    giveBack: (ip) => giveBack(storedKeys(ip)),
    peek: async (ip) => {
      const verdicts = await Promise.all(keysOf(ip).map(({ limit, key }) => limit.peek(key)));
      return verdicts.find((one): one is Verdict => !one.allowed) ?? { allowed: true };
    },
    forget: async (ip) => {
      const [smallest] = keysOf(ip);
      await smallest?.limit.forget(smallest.key);
    },
  };
}
