import { sql } from 'kysely';
import type { Slice, Sliced } from '../api/list.ts';
import type { Db } from '../db/database.ts';
import type { Tx } from '../db/transaction.ts';
import type { ResourceServer } from './resource-server.ts';

const RESOURCE_SERVER = ['client_id as clientId', 'name', 'created_at as createdAt'] as const;

/** The resource server with this client id. */
export function resourceServerById(db: Db, clientId: string): Promise<ResourceServer | undefined> {
  return db
    .selectFrom('resource_servers')
    .select(RESOURCE_SERVER)
    .where('client_id', '=', clientId)
    .executeTakeFirst();
}

/** One slice of the resource servers, the oldest first. */
export async function listResourceServerRows(
  db: Db,
  { limit, offset }: Slice,
): Promise<Sliced<ResourceServer>> {
  const entries = await db
    .selectFrom('resource_servers')
    .select(RESOURCE_SERVER)
    .orderBy('created_at')
    .orderBy('client_id')
    .limit(limit)
    .offset(offset)
    .execute();
  const total = await db
    .selectFrom('resource_servers')
    .select(sql<number>`count(*)::int`.as('count'))
    .executeTakeFirstOrThrow();
  return { entries, count: total.count };
}

/** Adds a resource server with the hash of its secret. */
export function insertResourceServer(
  tx: Tx,
  clientId: string,
  name: string,
  secretHash: Uint8Array,
): Promise<ResourceServer> {
  return tx
    .insertInto('resource_servers')
    .values({ client_id: clientId, name, secret_hash: secretHash })
    .returning(RESOURCE_SERVER)
    .executeTakeFirstOrThrow();
}

/** Removes a resource server and returns it; undefined where there is none. */
export function deleteResourceServerRow(
  tx: Tx,
  clientId: string,
): Promise<ResourceServer | undefined> {
  return tx
    .deleteFrom('resource_servers')
    .where('client_id', '=', clientId)
    .returning(RESOURCE_SERVER)
    .executeTakeFirst();
}
