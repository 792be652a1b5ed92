import type { KeyObject } from 'node:crypto';
import type { JWK } from 'jose';
import type { Db } from '../db/database.ts';
import { inTransaction } from '../db/transaction.ts';
import { StagedoorError } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import { repeat } from '../lib/repeat.ts';
import { makeFirstSigningKey, rotateSigningKey } from './rotate-signing-key.ts';
import { openSigningKey } from './seal-signing-key.ts';
import type { Signer } from './sign-jwt.ts';
import type { SigningKey } from './signing-key.ts';
import { selectSigningKeys } from './signing-key-store.ts';

/** The signing keys of a running server. They follow the database, so every process has the same. */
export interface Keyring {
  /** The keys to publish, among them the one that signs next and those that did lately. */
  publicKeys(): readonly JWK[];
  /** @throws StagedoorError `unavailable` where no key can be opened */
  signer(): Signer;
  stop(): Promise<void>;
}

/** Dependencies of the keyring. */
export interface KeyringDeps {
  readonly db: Db;
  readonly log: Logger;
  /** The cookie keys; the first one seals, any of them opens. */
  readonly secrets: readonly string[];
  readonly config: { readonly signingKeyMaxAgeDays: number };
  /** Milliseconds until a rotation is noticed, for tests. */
  readonly interval?: number | undefined;
}

/** Private keys by their id; undefined where one can't be opened here. */
type OpenedKeys = Map<string, KeyObject | undefined>;

/** Milliseconds until a rotation is noticed. Nothing waits for it: a new key is published long before it signs. */
const INTERVAL = 5_000;
const DAY = 86_400;

/**
 * Reads the signing keys, makes the first one, and from then on follows what the database says:
 * keys that were added, keys whose time has come. Replaces a key that has reached its age.
 * @throws StagedoorError `configuration_invalid` where a key that is in use can't be opened
 */
export async function openKeyring(deps: KeyringDeps): Promise<Keyring> {
  const opened: OpenedKeys = new Map();
  await inTransaction(deps.db, (tx) => makeFirstSigningKey(tx, deps.secrets));
  let keys = await selectSigningKeys(deps.db);
  for (const key of keys.filter(({ state }) => state !== 'retired')) {
    opened.set(key.kid, openSigningKey(deps.secrets, key));
  }
  const follow = async () => {
    const found = await selectSigningKeys(deps.db);
    openNew(deps, opened, found);
    keys = found;
    await rotateByAge(deps, found);
  };
  const stop = repeat(follow, deps.interval ?? INTERVAL, (err) => {
    deps.log.warn({ err }, 'Signing keys unreadable; keeping the previous keys');
  });
  return {
    publicKeys: () => keys.map(({ publicJwk }) => publicJwk),
    signer: () => newestSigner(opened, keys),
    stop,
  };
}

/** The newest key whose time has come. One that can't be opened here leaves it to the one before. */
function newestSigner(opened: OpenedKeys, keys: readonly SigningKey[]): Signer {
  for (const { kid, state } of keys) {
    const privateKey = opened.get(kid);
    if (state !== 'next' && privateKey !== undefined) {
      return { kid, privateKey };
    }
  }
  throw new StagedoorError('unavailable', 'This server has no key to sign with at the moment.');
}

function openNew(
  { secrets, log }: KeyringDeps,
  opened: OpenedKeys,
  keys: readonly SigningKey[],
): void {
  for (const key of keys.filter(({ state, kid }) => state !== 'retired' && !opened.has(kid))) {
    try {
      opened.set(key.kid, openSigningKey(secrets, key));
    } catch (err) {
      opened.set(key.kid, undefined);
      log.error({ err }, 'Signing key could not be decrypted; signing with the previous key');
    }
  }
  for (const kid of opened.keys()) {
    if (!keys.some((key) => key.kid === kid)) {
      opened.delete(kid);
    }
  }
}

async function rotateByAge(deps: KeyringDeps, [newest]: readonly SigningKey[]): Promise<void> {
  const olderThan = deps.config.signingKeyMaxAgeDays * DAY;
  if (olderThan > 0 && newest?.state === 'signing' && newest.signingFor >= olderThan) {
    const { db, secrets } = deps;
    await inTransaction(db, (tx) => rotateSigningKey(tx, { actor: 'system', secrets, olderThan }));
  }
}
