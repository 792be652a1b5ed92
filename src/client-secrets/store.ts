import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import type { Tx } from '../db/transaction.ts';
import { hashOf, newCredential } from '../lib/credentials.ts';
import { onceAMinute } from '../lib/once-a-minute.ts';
import type { ClientSecret } from './client-secret.ts';

/** The tables of secrets, which have the same columns. */
export type SecretTable = 'application_secrets' | 'resource_server_secrets';

const COLUMNS = [
  'id',
  'label',
  'last_four as lastFour',
  'created_at as createdAt',
  'last_used_at as lastUsedAt',
  'expires_at as expiresAt',
] as const;

/** Returns the secrets of a client, the oldest first, expired ones too. */
export function selectSecrets(
  db: Db,
  table: SecretTable,
  clientId: string,
): Promise<ClientSecret[]> {
  return db
    .selectFrom(table)
    .select(COLUMNS)
    .where('client_id', '=', clientId)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

/** Creates a secret for a client, of which only the hash is stored. It is returned here and never again. */
export async function createSecret(
  tx: Tx,
  table: SecretTable,
  clientId: string,
  {
    label = '',
    expiresAt = null,
  }: { readonly label?: string; readonly expiresAt?: Date | null } = {},
): Promise<{ secret: ClientSecret; clientSecret: string }> {
  const clientSecret = newCredential('sds');
  const secret = await tx
    .insertInto(table)
    .values({
      client_id: clientId,
      secret_hash: hashOf(clientSecret),
      last_four: clientSecret.slice(-4),
      label,
      expires_at: expiresAt,
    })
    .returning(COLUMNS)
    .executeTakeFirstOrThrow();
  return { secret, clientSecret };
}

export async function deleteSecretRow(tx: Tx, table: SecretTable, id: string): Promise<void> {
  await tx.deleteFrom(table).where('id', '=', id).execute();
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

/** Records a use of a secret, unless another process did so within the last minute. */
export async function updateSecretUsed(
  db: Db,
  table: SecretTable,
  secretHash: Uint8Array,
): Promise<void> {
  await db
    .updateTable(table)
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

/** Records that a request was authenticated by the secret with this SHA-256. */
export type RecordSecretUse = (secretHash: Uint8Array) => void;

/**
 * Creates the recorder of secret uses, which writes each secret at most once a minute, outside of the
 * request's transaction.
 */
export function createRecordSecretUse(db: Db, table: SecretTable): RecordSecretUse {
  const record = onceAMinute((key) => updateSecretUsed(db, table, Buffer.from(key, 'base64')));
  return (secretHash) => record(Buffer.from(secretHash).toString('base64'));
}
