import { record } from '../audit/record.ts';
import type { Db } from '../db/database.ts';
import type { Tx } from '../db/transaction.ts';
import type { Actor, Origin } from '../lib/actor.ts';
import { hashOf, newCredential } from '../lib/credentials.ts';
import { type FieldErrors, StagedoorError, ValidationError } from '../lib/errors.ts';
import { isUnprintable } from '../lib/printable.ts';
import { isClientId } from './application.ts';
import { lockForActor } from './lock-for-actor.ts';
import { mailOwner } from './mail-owner.ts';
import { deleteSecretRow, insertSecret, selectSecrets } from './secret-store.ts';

/** Secrets of one application that are good at the same time. */
export const SECRET_LIMIT = 5;
/** Longest label, in characters. */
export const LABEL_LIMIT = 100;

/** What its owner sees of a secret; the secret itself is nowhere. */
export interface ApplicationSecret {
  readonly id: string;
  readonly label: string;
  readonly lastFour: string;
  readonly createdAt: Date;
  /** When a token request was last authenticated by it, to the minute. */
  readonly lastUsedAt: Date | null;
  /** Null: it stays good until it is deleted. */
  readonly expiresAt: Date | null;
}

/** The secrets of an application, the oldest first, expired ones too. */
export async function listSecrets(db: Db, clientId: string): Promise<ApplicationSecret[]> {
  return isClientId(clientId) ? selectSecrets(db, clientId) : [];
}

/**
 * Adds a secret, which is told here and never again. The owner gets a mail.
 * @throws StagedoorError `not_found`; ValidationError where there are five already, the application
 *   is public, or a field does not fit
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
  const label = input.label.trim();
  checkInput(label, input.expiresAt);
  const good = (await selectSecrets(tx, clientId)).filter(isGood);
  if (good.length >= SECRET_LIMIT) {
    throw new ValidationError({
      secret: [`An application has at most ${SECRET_LIMIT} secrets. Delete one that is not used.`],
    });
  }
  const clientSecret = newCredential('sds');
  const lastFour = clientSecret.slice(-4);
  const id = await insertSecret(tx, clientId, {
    hash: hashOf(clientSecret),
    lastFour,
    label,
    expiresAt: input.expiresAt,
  });
  await record(tx, {
    action: 'stagedoor.application.secret_added',
    actor,
    userId: application.ownerId ?? undefined,
    clientId,
    origin,
    data: { application: application.name, label, last_four: lastFour },
  });
  await mailOwner(tx, application, {
    change: 'secret_added',
    details: [describe(label, lastFour)],
    origin,
  });
  return { id, clientSecret };
}

/**
 * Deletes a secret: from then on it opens nothing. The owner gets a mail.
 * @throws StagedoorError `not_found`; `conflict` where it is the last one that is good: that one
 *   can only be replaced
 */
export async function deleteSecret(
  tx: Tx,
  actor: Actor,
  clientId: string,
  id: string,
  origin?: Origin,
): Promise<void> {
  const application = await lockForActor(tx, actor, clientId);
  const secrets = await selectSecrets(tx, clientId);
  const secret = secrets.find((one) => one.id === id);
  if (secret === undefined) {
    throw new StagedoorError('not_found', 'Not found.');
  }
  if (isGood(secret) && secrets.filter(isGood).length === 1) {
    throw new StagedoorError(
      'conflict',
      'This is the last secret. Add a new one and let your application use it, then delete this one.',
    );
  }
  await deleteSecretRow(tx, secret.id);
  await record(tx, {
    action: 'stagedoor.application.secret_deleted',
    actor,
    userId: application.ownerId ?? undefined,
    clientId,
    origin,
    data: { application: application.name, label: secret.label, last_four: secret.lastFour },
  });
  await mailOwner(tx, application, {
    change: 'secret_deleted',
    details: [describe(secret.label, secret.lastFour)],
    origin,
  });
}

/** Returns true unless the secret has expired. */
export function isGood({ expiresAt }: Pick<ApplicationSecret, 'expiresAt'>): boolean {
  return expiresAt === null || expiresAt.getTime() > Date.now();
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

function describe(label: string, lastFour: string): string {
  return label === '' ? `…${lastFour}` : `${label} (…${lastFour})`;
}
