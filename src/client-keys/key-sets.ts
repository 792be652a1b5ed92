import type { Db } from '../db/database.ts';
import type { Fetcher } from '../fetch/fetcher.ts';
import { isClientId } from '../lib/client-id.ts';
import type { PublicJwk } from '../lib/public-jwk.ts';
import { usableKeys } from './read-keys.ts';
import { selectKeySource } from './store.ts';

/** Finds the keys that a client may sign with. */
export interface KeySets {
  /**
   * Returns the keys of a confidential application. Never call it inside a transaction: it may fetch.
   * @param kid key ID of the signature; an unknown one causes a fetch, if the keys have an address
   */
  find(clientId: string, kid: string | undefined): Promise<readonly PublicJwk[]>;
}

interface KeySet {
  readonly keys: readonly PublicJwk[];
  /** Milliseconds of `performance.now()`. */
  readonly freshUntil: number;
  readonly usableUntil: number;
  readonly askedAt: number;
}

/** Time for which the last keys stand if their address does not answer. */
const STALE = 3_600_000;
/** Time in which a key ID that is not in the set causes no further fetch. */
const PATIENCE = 60_000;
const MOST = 1_000;

/** Opens the key sets of this process. */
export function openKeySets({ db, fetcher }: { db: Db; fetcher: Fetcher }): KeySets {
  const sets = new Map<string, KeySet>();

  const refresh = async (
    uri: string,
    before: KeySet | undefined,
  ): Promise<readonly PublicJwk[]> => {
    const now = performance.now();
    try {
      const { body, maxAge } = await fetcher.get(uri);
      const keys = usableKeys(JSON.parse(body)).map(({ jwk }) => jwk);
      const freshUntil = now + maxAge * 1000;
      keep(sets, uri, { keys, freshUntil, usableUntil: freshUntil + STALE, askedAt: now });
      return keys;
    } catch {
      const stands = before !== undefined && before.usableUntil > now;
      const last = stands ? before : { keys: [], usableUntil: now };
      keep(sets, uri, { ...last, freshUntil: now + PATIENCE, askedAt: now });
      return last.keys;
    }
  };

  return {
    find: async (clientId, kid) => {
      const source = isClientId(clientId) ? await selectKeySource(db, clientId) : undefined;
      if (source === undefined || source.jwksUri === null) {
        return source?.keys ?? [];
      }
      const known = sets.get(source.jwksUri);
      const now = performance.now();
      if (known === undefined || known.freshUntil < now) {
        return refresh(source.jwksUri, known);
      }
      const isNew = kid !== undefined && !known.keys.some((key) => key.kid === kid);
      return isNew && known.askedAt + PATIENCE < now ? refresh(source.jwksUri, known) : known.keys;
    },
  };
}

function keep(sets: Map<string, KeySet>, uri: string, set: KeySet): void {
  sets.delete(uri);
  sets.set(uri, set);
  const [oldest] = sets.keys();
  if (sets.size > MOST && oldest !== undefined) {
    sets.delete(oldest);
  }
}
