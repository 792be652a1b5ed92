import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import type { Tx } from '../db/transaction.ts';

/** What is stored of a new secret. */
export interface NewSecret {
  readonly hash: Uint8Array;
  readonly lastFour: string;
  readonly label?: string;
  readonly expiresAt?: Date | null;
}

/** The secrets of an application, the oldest first. */
export function selectSecrets(db: Db, clientId: string) {
  return db
    .selectFrom('application_secrets')
    .select([
      'id',
      'label',
      'last_four as lastFour',
      'created_at as createdAt',
      'last_used_at as lastUsedAt',
      'expires_at as expiresAt',
    ])
    .where('client_id', '=', clientId)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

/**
 * Adds a secret: its hash, and the last four characters of it.
 * @returns its id
 */
export async function insertSecret(tx: Tx, clientId: string, secret: NewSecret): Promise<string> {
  const row = await tx
    .insertInto('application_secrets')
    .values({
      client_id: clientId,
      secret_hash: secret.hash,
      last_four: secret.lastFour,
      label: secret.label ?? '',
      expires_at: secret.expiresAt ?? null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

/** Removes a secret. */
export async function deleteSecretRow(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('application_secrets').where('id', '=', id).execute();
}

/** Lets every secret of an application expire within 24 hours; earlier ends stay. */
export async function endSecretsSoon(tx: Tx, clientId: string): Promise<void> {
  const end = sql<Date>`now() + interval '24 hours'`;
  await tx
    .updateTable('application_secrets')
    .set({ expires_at: end })
    .where('client_id', '=', clientId)
    .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', end)]))
    .execute();
}

/** Notes that a secret was used, unless another process did so within the last minute. */
export async function updateSecretUsed(db: Db, secretHash: Uint8Array): Promise<void> {
  await db
    .updateTable('application_secrets')
    .set({ last_used_at: sql<Date>`now()` })
    .where('secret_hash', '=', secretHash)
    .where((eb) =>
      eb.or([
        eb('last_used_at', 'is', null),
        eb('last_used_at', '<', sql<Date>`now() - interval '1 minute'`),
      ]),
    )
    .execute();
}
