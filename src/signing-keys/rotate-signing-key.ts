import { record } from '../audit/store.ts';
import type { Tx } from '../db/transaction.ts';
import type { Actor } from '../lib/actor.ts';
import { newSigningKey, openSigningKey } from './seal-signing-key.ts';
import { PUBLISHED_BEFORE, type SigningKey } from './signing-key.ts';
import {
  deleteOtherSigningKeys,
  insertSigningKey,
  lockSigningKeys,
  selectSigningKeys,
} from './signing-key-store.ts';

/** Requested rotation: its actor and time. */
export interface Rotation {
  readonly actor: Actor;
  /** The cookie keys; the first one seals, any of them opens. */
  readonly secrets: readonly string[];
  /** Only where the key that signs has done so for this many seconds. */
  readonly olderThan?: number;
  /** The new key signs now, and all others go at once: they leaked, or can't be opened. */
  readonly now?: boolean;
}

export interface Rotated {
  /** False where a new key was waiting already, or the one that signs is young enough. */
  readonly made: boolean;
  readonly kid: string;
  readonly signsFrom: Date;
}

/**
 * Creates the first key if there is none. It signs at once, because no client knows another key.
 */
export async function makeFirstSigningKey(tx: Tx, secrets: readonly string[]): Promise<void> {
  await lockSigningKeys(tx);
  if ((await selectSigningKeys(tx)).length === 0) {
    await insertSigningKey(tx, newSigningKey(secrets), 0);
  }
}

/**
 * Makes the key that signs next, and retires those before it at that moment. Under a lock of the
 * transaction: of any number of processes that do so together, one makes a key.
 * @throws StagedoorError `configuration_invalid` where the secrets do not open the key that signs:
 *   they are not those of the server, which could then not open the new one either
 */
export async function rotateSigningKey(tx: Tx, rotation: Rotation): Promise<Rotated> {
  await lockSigningKeys(tx);
  const keys = await selectSigningKeys(tx);
  const [newest] = keys;
  if (newest !== undefined && rotation.now !== true) {
    openSigningKey(rotation.secrets, newest);
    if (newest.state === 'next' || newest.signingFor < (rotation.olderThan ?? 0)) {
      return { made: false, kid: newest.kid, signsFrom: newest.signsFrom };
    }
  }
  const key = newSigningKey(rotation.secrets);
  const delay = rotation.now === true || newest === undefined ? 0 : PUBLISHED_BEFORE;
  const signsFrom = await insertSigningKey(tx, key, delay);
  if (rotation.now === true) {
    await deleteOtherSigningKeys(tx, key.kid);
  }
  await recordRotation(tx, rotation, { kid: key.kid, signsFrom, before: keys });
  return { made: true, kid: key.kid, signsFrom };
}

async function recordRotation(
  tx: Tx,
  rotation: Rotation,
  done: { kid: string; signsFrom: Date; before: readonly SigningKey[] },
): Promise<void> {
  const replaced = done.before.filter(({ retiredAt }) => rotation.now || retiredAt === null);
  await record(tx, {
    action: 'stagedoor.keys.rotated',
    actor: rotation.actor,
    data: {
      kid: done.kid,
      signs_from: done.signsFrom.toISOString(),
      [rotation.now ? 'deleted' : 'retired']: replaced.map(({ kid }) => kid),
    },
  });
}
