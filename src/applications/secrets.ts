import { selectKeys } from '../client-keys/store.ts';
import {
  assertRoom,
  type ClientSecret,
  findDeletable,
  LABEL_LIMIT,
} from '../client-secrets/client-secret.ts';
import { createSecret, deleteSecretRow, selectSecrets } from '../client-secrets/store.ts';
import type { Db } from '../db/database.ts';
import type { Tx } from '../db/transaction.ts';
import type { Actor, Origin } from '../lib/actor.ts';
import { type FieldErrors, ValidationError } from '../lib/errors.ts';
import { isUnprintable } from '../lib/printable.ts';
import type { Application } from './application.ts';
import { lockForActor } from './lock.ts';
import { mailOwner } from './mail-owner.ts';
import { recordForOwner } from './record-for-owner.ts';
import { lockApplication } from './store.ts';

const TABLE = 'application_secrets';

/** Returns the secrets of an application, the oldest first, expired ones too. */
export function listSecrets(db: Db, clientId: string): Promise<ClientSecret[]> {
  return selectSecrets(db, TABLE, clientId);
}

/**
 * Adds a secret, which is returned here and never again. The owner gets a mail.
 * @throws StagedoorError `not_found`; ValidationError if there are five already, the application is
 *   public, or a field is invalid
 */
export async function addSecret(
  tx: Tx,
  actor: Actor,
  clientId: string,
  input: { readonly label: string; readonly expiresAt: Date | null },
  origin?: Origin,
): Promise<{ id: string; clientSecret: string }> {
  const application = await lockForActor(tx, actor, clientId);
  if (application.clientType === 'public') {
    throw new ValidationError({
      secret: ['A public application has no secret: it could not keep one.'],
    });
  }
  const { expiresAt } = input;
  const label = input.label.trim();
  checkInput(label, expiresAt);
  assertRoom(await listSecrets(tx, clientId), 'An application');
  const options = { label, expiresAt };
  const { secret, clientSecret } = await createSecret(tx, TABLE, clientId, options);
  await tell(tx, 'added', application, secret, { actor, origin });
  return { id: secret.id, clientSecret };
}

/**
 * Deletes a secret. The owner gets a mail.
 * @throws StagedoorError `not_found`; `conflict` for the last usable secret of an application without
 *   keys, which can only be replaced
 */
export async function deleteSecret(
  tx: Tx,
  actor: Actor,
  clientId: string,
  id: string,
  origin?: Origin,
): Promise<void> {
  const application = await lockForActor(tx, actor, clientId);
  const secret = findDeletable(
    await listSecrets(tx, clientId),
    id,
    'Add a new one and let your application use it, then delete this one.',
    (await selectKeys(tx, clientId)).length > 0,
  );
  await deleteSecretRow(tx, TABLE, secret.id);
  await tell(tx, 'deleted', application, secret, { actor, origin });
}

/** Deletes a secret that was found in public, the last one too. The owner gets a mail. */
export async function endLeakedSecret(tx: Tx, clientId: string, id: string): Promise<void> {
  const application = await lockApplication(tx, clientId);
  const secret = (await listSecrets(tx, clientId)).find((one) => one.id === id);
  if (application === undefined || secret === undefined) {
    return;
  }
  await deleteSecretRow(tx, TABLE, secret.id);
  await tell(tx, 'deleted', application, secret, { actor: 'system', reason: 'leaked' });
}

/** Logs what happened to a secret, and mails it to the owner. */
async function tell(
  tx: Tx,
  verb: 'added' | 'deleted',
  application: Application,
  { label, lastFour }: ClientSecret,
  by: { readonly actor: Actor; readonly origin?: Origin | undefined; readonly reason?: 'leaked' },
): Promise<void> {
  const { actor, origin, reason } = by;
  await recordForOwner(tx, application, {
    action: `stagedoor.application.secret_${verb}`,
    actor,
    origin,
    data: { label, last_four: lastFour, ...(reason && { reason }) },
  });
  const details = [label === '' ? `…${lastFour}` : `${label} (…${lastFour})`];
  await mailOwner(tx, application, { change: `secret_${reason ?? verb}`, details, origin });
}

function checkInput(label: string, expiresAt: Date | null): void {
  const fields: FieldErrors = {};
  if (label.length > LABEL_LIMIT) {
    fields.label = [`Ensure this field has no more than ${LABEL_LIMIT} characters.`];
  } else if (isUnprintable(label)) {
    fields.label = ['Control characters and broken Unicode are not allowed.'];
  }
  // Not `<=`: an invalid date compares to nothing.
  if (expiresAt !== null && !(expiresAt.getTime() > Date.now())) {
    fields.expires_at = ['Choose a day in the future, or none.'];
  }
  if (Object.keys(fields).length > 0) {
    throw new ValidationError(fields);
  }
}
