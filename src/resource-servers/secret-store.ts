import { sql } from 'kysely';
import type { NewSecret } from '../applications/secret-store.ts';
import type { Db } from '../db/database.ts';
import type { Tx } from '../db/transaction.ts';
import type { ResourceServer, ResourceServerSecret } from './resource-server.ts';

const SECRET = [
  'id',
  'label',
  'last_four as lastFour',
  'created_at as createdAt',
  'last_used_at as lastUsedAt',
  'expires_at as expiresAt',
] as const;

/** The resource server, locked until the transaction ends. */
export function lockResourceServer(tx: Tx, clientId: string): Promise<ResourceServer | undefined> {
  return tx
    .selectFrom('resource_servers')
    .select(['client_id as clientId', 'name', 'created_at as createdAt'])
    .where('client_id', '=', clientId)
    .forUpdate()
    .executeTakeFirst();
}

/** The secrets of a resource server, the oldest first. */
export function selectServerSecrets(db: Db, clientId: string): Promise<ResourceServerSecret[]> {
  return db
    .selectFrom('resource_server_secrets')
    .select(SECRET)
    .where('client_id', '=', clientId)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

/** Adds a secret: its hash, and the last four characters of it. */
export function insertServerSecret(
  tx: Tx,
  clientId: string,
  secret: NewSecret,
): Promise<ResourceServerSecret> {
  return tx
    .insertInto('resource_server_secrets')
    .values({
      client_id: clientId,
      secret_hash: secret.hash,
      last_four: secret.lastFour,
      label: secret.label ?? '',
      expires_at: secret.expiresAt ?? null,
    })
    .returning(SECRET)
    .executeTakeFirstOrThrow();
}

/** Removes a secret. */
export async function deleteServerSecretRow(tx: Tx, id: string): Promise<void> {
  await tx
    .with('deleted', (query) =>
      query
        .deleteFrom('resource_server_secrets')
        .where('id', '=', id)
        .returning(['secret_hash', 'client_id']),
    )
    .insertInto('ended_secrets')
    .columns(['secret_hash', 'owner'])
    .expression((query) => query.selectFrom('deleted').select(['secret_hash', 'client_id']))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Notes that a secret was used, unless another process did so within the last minute. */
export async function updateServerSecretUsed(db: Db, secretHash: Uint8Array): Promise<void> {
  await db
    .updateTable('resource_server_secrets')
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
