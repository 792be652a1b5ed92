import type { Db } from '../db/database.ts';
import { publishedAfter, type SigningKey } from './signing-key.ts';
import { selectSigningKeys } from './signing-key-store.ts';

/** A signing key as operators see it: nothing of the private part. */
export interface ListedSigningKey
  extends Pick<SigningKey, 'kid' | 'alg' | 'state' | 'createdAt' | 'signsFrom' | 'retiredAt'> {
  /** Undefined where no other key follows yet. */
  readonly publishedUntil: Date | undefined;
}

/** All signing keys, the one that signs last first. */
export async function listSigningKeys(
  db: Db,
  config: { readonly accessTokenTtl: number },
): Promise<ListedSigningKey[]> {
  const keys = await selectSigningKeys(db);
  return keys.map(({ kid, alg, state, createdAt, signsFrom, retiredAt }) => ({
    kid,
    alg,
    state,
    createdAt,
    signsFrom,
    retiredAt,
    publishedUntil: retiredAt && new Date(retiredAt.getTime() + publishedAfter(config) * 1000),
  }));
}
