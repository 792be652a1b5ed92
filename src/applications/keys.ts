import { KEY_LIMIT, KeysError } from '../client-keys/key-error.ts';
import type { PublicKey } from '../client-keys/public-key.ts';
import { readKeys } from '../client-keys/read-keys.ts';
import {
  type ClientKey,
  deleteExpiredKeys,
  deleteKeyRow,
  insertKey,
  selectKeys,
} from '../client-keys/store.ts';
import { isUsable } from '../client-secrets/client-secret.ts';
import { selectSecrets } from '../client-secrets/store.ts';
import type { Tx } from '../db/transaction.ts';
import type { Actor, Origin } from '../lib/actor.ts';
import { found, StagedoorError, ValidationError } from '../lib/errors.ts';
import type { Application } from './application.ts';
import { lockForActor } from './lock.ts';
import { mailOwner } from './mail-owner.ts';
import { recordForOwner } from './record-for-owner.ts';

/**
 * Adds public keys: PEM, a JWK, or a JWK Set. The owner gets a mail.
 * @throws StagedoorError `not_found`; KeysError; ValidationError for a public application
 */
export async function addKeys(
  tx: Tx,
  actor: Actor,
  clientId: string,
  text: string,
  origin?: Origin,
): Promise<ClientKey[]> {
  const read = readKeys(text);
  if (typeof read === 'string') {
    throw new KeysError(read);
  }
  const application = await lockForActor(tx, actor, clientId);
  if (application.clientType === 'public' || application.kind !== 'registered') {
    throw new ValidationError({
      public_keys: ['Only confidential applications that were registered here have keys here.'],
    });
  }
  // An expired key may be added again.
  await deleteExpiredKeys(tx, clientId);
  const all = [...(await selectKeys(tx, clientId)), ...read];
  if (all.length > KEY_LIMIT) {
    throw new KeysError('too_many');
  }
  if (hasDuplicates(all)) {
    throw new KeysError('duplicate');
  }
  const added: ClientKey[] = [];
  for (const key of read) {
    added.push(await insertKey(tx, clientId, key));
  }
  await tell(tx, 'key_added', application, added, { actor, origin });
  return added;
}

/**
 * Deletes a key. The owner gets a mail.
 * @throws StagedoorError `not_found`; `conflict` for the last key if the application has no secret
 */
export async function deleteKey(
  tx: Tx,
  actor: Actor,
  clientId: string,
  id: string,
  origin?: Origin,
): Promise<void> {
  const application = await lockForActor(tx, actor, clientId);
  const keys = await selectKeys(tx, clientId);
  const key = found(keys.find((one) => one.id === id));
  const secrets = await selectSecrets(tx, 'application_secrets', clientId);
  if (keys.length === 1 && !secrets.some(isUsable)) {
    throw new StagedoorError(
      'conflict',
      'This is the last key, and the application has no secret. Add another key first.',
    );
  }
  await deleteKeyRow(tx, id);
  await tell(tx, 'key_deleted', application, [key], { actor, origin });
}

function hasDuplicates(keys: readonly PublicKey[]): boolean {
  const kids = new Set(keys.map(({ jwk }) => jwk.kid));
  const thumbprints = new Set(keys.map(({ thumbprint }) => thumbprint));
  return kids.size < keys.length || thumbprints.size < keys.length;
}

/** Logs what happened to keys, and mails it to the owner. */
async function tell(
  tx: Tx,
  change: 'key_added' | 'key_deleted',
  application: Application,
  keys: readonly ClientKey[],
  { actor, origin }: { readonly actor: Actor; readonly origin: Origin | undefined },
): Promise<void> {
  await recordForOwner(tx, application, {
    action: `stagedoor.application.${change}`,
    actor,
    origin,
    data: { kids: keys.map(({ jwk }) => jwk.kid) },
  });
  const details = keys.map(({ jwk }) => `${jwk.crv ?? jwk.kty} ${jwk.kid}`);
  await mailOwner(tx, application, { change, details, origin });
}
