/** Remembers which proofs were used, so that each is good for one request. */
export interface ReplayStore {
  /**
   * Notes a proof for so many seconds, and tells whether it is new: atomically, since of any number
   * of requests that bring the same proof at once, one is let in. Where it throws or rejects,
   * nobody is let in.
   *
   * ```ts
   * remember: async (id, seconds) =>
   *   (await redis.set(`dpop:${id}`, '1', { NX: true, EX: Math.ceil(seconds) })) === 'OK',
   * ```
   */
  remember(id: string, seconds: number): boolean | Promise<boolean>;
}

/**
 * Remembers in this process, up to so many proofs. Where there is no more room, nobody is let in:
 * to forget one that could still be used would let it be used again.
 */
export function createReplayMemory(limit: number): ReplayStore {
  /** Id to the time of `performance.now()` at which the proof is too old anyway. */
  const proofs = new Map<string, number>();
  return {
    remember: (id, seconds) => {
      const now = performance.now();
      for (const [old, until] of proofs) {
        if (until > now) {
          break;
        }
        proofs.delete(old);
      }
      if ((proofs.get(id) ?? 0) > now) {
        return false;
      }
      if (proofs.size >= limit) {
        throw new Error(`there is no room for more than ${limit} proofs. Raise dpop.entries.`);
      }
      proofs.set(id, now + seconds * 1000);
      return true;
    },
  };
}
