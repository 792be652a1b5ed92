import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import type { Tx } from '../db/transaction.ts';
import { onceAMinute } from '../lib/once-a-minute.ts';
import type { PublicJwk } from '../lib/public-jwk.ts';
import type { PublicKey } from './public-key.ts';

/** A public key of an application. */
export interface ClientKey extends PublicKey {
  readonly id: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  /** Null: it does not expire. */
  readonly expiresAt: Date | null;
}

const COLUMNS = [
  'id',
  'jwk',
  'thumbprint',
  'created_at as createdAt',
  'last_used_at as lastUsedAt',
  'expires_at as expiresAt',
] as const;

/** Returns the keys of an application that have not expired, the oldest first. */
export function selectKeys(db: Db, clientId: string): Promise<ClientKey[]> {
  return db
    .selectFrom('application_keys')
    .select(COLUMNS)
    .where('client_id', '=', clientId)
    .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', sql<Date>`now()`)]))
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

/** Returns where the keys of an application are, and those that are stored; undefined if it is public. */
export async function selectKeySource(
  db: Db,
  clientId: string,
): Promise<{ jwksUri: string | null; keys: readonly PublicJwk[] } | undefined> {
  return db
    .selectFrom('applications')
    .select([
      'jwks_uri as jwksUri',
      sql<PublicJwk[]>`coalesce((
        select jsonb_agg(jwk order by created_at, id) from application_keys k
        where k.client_id = applications.client_id and (k.expires_at is null or k.expires_at > now())
      ), '[]')`.as('keys'),
    ])
    .where('client_id', '=', clientId)
    .where('client_type', '=', 'confidential')
    .executeTakeFirst();
}

export function insertKey(tx: Tx, clientId: string, key: PublicKey): Promise<ClientKey> {
  return tx
    .insertInto('application_keys')
    .values({
      client_id: clientId,
      kid: key.jwk.kid,
      thumbprint: key.thumbprint,
      jwk: JSON.stringify(key.jwk),
    })
    .returning(COLUMNS)
    .executeTakeFirstOrThrow();
}

/** Deletes the keys of an application that have expired. */
export async function deleteExpiredKeys(tx: Tx, clientId: string): Promise<void> {
  await tx
    .deleteFrom('application_keys')
    .where('client_id', '=', clientId)
    .where('expires_at', '<=', sql<Date>`now()`)
    .execute();
}

export async function deleteKeyRow(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('application_keys').where('id', '=', id).execute();
}

/** Replaces all keys of an application with those of its document: an address, or the keys. */
export async function replaceKeys(
  tx: Tx,
  clientId: string,
  { jwksUri, keys }: { readonly jwksUri: string | null; readonly keys: readonly PublicKey[] },
): Promise<void> {
  await tx
    .updateTable('applications')
    .set({ jwks_uri: jwksUri })
    .where('client_id', '=', clientId)
    .where('jwks_uri', 'is distinct from', jwksUri)
    .execute();
  await tx.deleteFrom('application_keys').where('client_id', '=', clientId).execute();
  for (const key of keys) {
    await insertKey(tx, clientId, key);
  }
}

/** Lets every key of an application expire within 24 hours; earlier ends stay. */
export async function endKeysSoon(tx: Tx, clientId: string): Promise<void> {
  const end = sql<Date>`now() + interval '24 hours'`;
  await tx
    .updateTable('application_keys')
    .set({ expires_at: end })
    .where('client_id', '=', clientId)
    .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', end)]))
    .execute();
}

/** Records a use of a key, unless another process did so within the last minute. */
export async function updateKeyUsed(db: Db, clientId: string, kid: string): Promise<void> {
  await db
    .updateTable('application_keys')
    .set({ last_used_at: sql<Date>`now()` })
    .where('client_id', '=', clientId)
    .where('kid', '=', kid)
    .where((eb) =>
      eb.or([
        eb('last_used_at', 'is', null),
        eb('last_used_at', '<', sql<Date>`now() - interval '1 minute'`),
      ]),
    )
    .execute();
}

/** Records that a request was authenticated by a key of an application. */
export type RecordKeyUse = (clientId: string, kid: string) => void;

/**
 * Creates the recorder of key uses, which writes each key at most once a minute, outside of the
 * request's transaction.
 */
export function createRecordKeyUse(db: Db): RecordKeyUse {
  const record = onceAMinute((key) => {
    // A client ID contains no blank.
    const [clientId = '', ...kid] = key.split(' ');
    return updateKeyUsed(db, clientId, kid.join(' '));
  });
  return (clientId, kid) => record(`${clientId} ${kid}`);
}
