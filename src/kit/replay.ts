/** Remembers which proofs were used, so that each is good for one request. */
export interface ReplayStore {
  /**
   * Records a proof for so many seconds; returns whether it is new. Must be atomic: of several
   * concurrent requests with the same proof, one is let in. If it throws or rejects, none is.
   *
   * `user` is the user of the token that the proof came with, and `key` the thumbprint of the key that
   * signed it, for a store that limits how much each of them may fill.
   *
   * ```ts
   * remember: async (id, seconds) =>
   *   (await redis.set(`dpop:${id}`, '1', { NX: true, EX: Math.ceil(seconds) })) === 'OK',
   * ```
   */
  remember(id: string, seconds: number, user: string, key: string): boolean | Promise<boolean>;
}

/**
 * Remembers in this process, up to so many proofs. None that could still be used is forgotten, since
 * it could be used again; instead, a user or a key with as many as there is room left is refused. So
 * n users, or n keys, that send all they can leave 1/(n + 1) of the room to the others.
 */
export function createReplayMemory(limit: number): ReplayStore {
  /** By id; `until` is the time of `performance.now()` at which the proof is too old anyway. */
  const proofs = new Map<string, { readonly until: number; readonly holders: readonly string[] }>();
  /** Proofs of each user and of each key. */
  const held = new Map<string, number>();
  const change = (holder: string, by: 1 | -1) => {
    const count = (held.get(holder) ?? 0) + by;
    if (count === 0) {
      held.delete(holder);
    } else {
      held.set(holder, count);
    }
  };
  const forgetOld = (now: number) => {
    for (const [old, { until, holders }] of proofs) {
      if (until > now) {
        break;
      }
      proofs.delete(old);
      for (const holder of holders) {
        change(holder, -1);
      }
    }
  };
  return {
    remember: (id, seconds, user, key) => {
      const now = performance.now();
      forgetOld(now);
      if (proofs.has(id)) {
        return false;
      }
      const holders = [`user ${user}`, `key ${key}`];
      if (holders.some((holder) => (held.get(holder) ?? 0) >= limit - proofs.size)) {
        throw new Error(
          `one user's tokens or one key came with too many proofs for a memory of ${limit}. Raise dpop.entries.`,
        );
      }
      proofs.set(id, { until: now + seconds * 1000, holders });
      for (const holder of holders) {
        change(holder, 1);
      }
      return true;
    },
  };
}
