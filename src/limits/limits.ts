import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { Database } from '../db/database.ts';
import { deriveKey } from '../lib/encryption.ts';
import type { Limit, LimitRule, Verdict } from './limit.ts';
import { limitBySource, type SourceRule } from './limit-by-source.ts';

/** Makes the limits of this server. */
export interface Limits {
  /** @param name part of the stored key; each name is one count */
  named(name: string, rule: LimitRule): Limit;
  /** A limit whose keys are network addresses, with a higher limit for each larger group. */
  bySource(name: string, rule: SourceRule): Limit;
  /** Takes back one counted try of each key, by one statement. */
  giveBack(tries: readonly (readonly [Limit, string])[]): Promise<void>;
}

/** In the order of the keys, so that two of these statements cannot end in a deadlock. */
const GIVE_BACK = `
  with counted as (
    select key from rate_limits where key = any($1) and expire > $2 order by key for update
  )
  update rate_limits r set points = r.points - 1 from counted where r.key = counted.key`;

/**
 * Limits that are counted in the database, in `rate_limits`.
 * @param secret keys the hashes under which addresses and accounts are stored; all processes have
 *   the same one
 * @param refused called with the name of the limit for each refused try
 */
export function createLimits(
  database: Pick<Database, 'read'>,
  secret: string,
  refused: (name: string) => void,
): Limits {
  const client = {
    query: async ({ text, values }: { text: string; values: readonly unknown[] }) => {
      const rows = await database.read(text, values);
      return { rows, rowCount: rows.length };
    },
  };
  const hashKey = createSecretKey(deriveKey(secret, 'rate limits'));
  const giveBack = async (keys: readonly string[]) => {
    await database.read(GIVE_BACK, [keys, Date.now()]);
  };
  const named: Limits['named'] = (name, rule) => {
    const limit = createLimit(client, hashKey, name, rule, () => refused(name));
    return { ...limit, giveBack: (key) => giveBack(limit.storedKeys(key)) };
  };
  return {
    named,
    bySource: (name, rule) => limitBySource({ named, giveBack }, name, rule),
    giveBack: (tries) => giveBack(tries.flatMap(([limit, key]) => limit.storedKeys(key))),
  };
}

function createLimit(
  client: object,
  hashKey: KeyObject,
  name: string,
  rule: LimitRule,
  onRefused: () => void,
): Omit<Limit, 'giveBack'> {
  const { points, seconds } = rule;
  const limiter = new RateLimiterPostgres({
    storeClient: client,
    storeType: 'pool',
    tableName: 'rate_limits',
    tableCreated: true,
    clearExpiredByTimeout: false,
    keyPrefix: name,
    points,
    duration: seconds,
    // A flood on an exceeded key is refused from memory until the window of the key ends.
    inMemoryBlockOnConsumed: points + 1,
  });
  const stored = (key: string) => createHmac('sha256', hashKey).update(key).digest('base64url');
  const refused = (result: RateLimiterRes, first: boolean): Verdict => ({
    allowed: false,
    retrySeconds: Math.max(1, Math.ceil(result.msBeforeNext / 1000)),
    first,
  });
  return {
    take: async (key) => {
      try {
        await limiter.consume(stored(key));
        return { allowed: true };
      } catch (result) {
        if (result instanceof RateLimiterRes) {
          onRefused();
          return refused(result, result.consumedPoints === points + 1);
        }
        throw result;
      }
    },
    peek: async (key) => {
      const result = await limiter.get(stored(key));
      return result === null || result.consumedPoints < points
        ? { allowed: true }
        : refused(result, false);
    },
    forget: async (key) => {
      await limiter.delete(stored(key));
    },
    storedKeys: (key) => [limiter.getKey(stored(key))],
  };
}
