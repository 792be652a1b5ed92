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
}

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
  const named: Limits['named'] = (name, rule) =>
    createLimit(client, hashKey, name, rule, () => refused(name));
  return { named, bySource: (name, rule) => limitBySource(named, name, rule) };
}

function createLimit(
  client: object,
  hashKey: KeyObject,
  name: string,
  rule: LimitRule,
  onRefused: () => void,
): Limit {
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
    giveBack: async (key) => {
      await limiter.reward(stored(key));
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
  };
}
