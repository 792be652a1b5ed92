import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import { countEntries } from '../db/list-changes.ts';
import { type Direction, readSlice, type Slice, type Sliced } from '../db/slice.ts';
import type { Tx } from '../db/transaction.ts';
import { isClientId } from '../lib/client-id.ts';
import type { ResourceServer, ResourceServerDetails } from './resource-server.ts';

const RESOURCE_SERVER = [
  'client_id as clientId',
  'name',
  'require_audience as requireAudience',
  'created_at as createdAt',
  sql<string[]>`array(
    select uri from resource_server_resources r
    where r.client_id = resource_servers.client_id order by position
  )`.as('resources'),
] as const;

/** Returns the resource server with this client ID. */
export async function findResourceServer(
  db: Db,
  clientId: string,
): Promise<ResourceServer | undefined> {
  return isClientId(clientId)
    ? db
        .selectFrom('resource_servers')
        .select(RESOURCE_SERVER)
        .where('client_id', '=', clientId)
        .executeTakeFirst()
    : undefined;
}

/** Locks a resource server until the transaction ends. */
export function lockResourceServer(tx: Tx, clientId: string): Promise<ResourceServer | undefined> {
  return tx
    .selectFrom('resource_servers')
    .select(RESOURCE_SERVER)
    .where('client_id', '=', clientId)
    .forUpdate()
    .executeTakeFirst();
}

/** One slice of the resource servers, by when they were registered. */
export async function listResourceServers(
  db: Db,
  slice: Slice,
  direction: Direction = 'asc',
): Promise<Sliced<ResourceServer>> {
  const count = await countEntries(db, { list: 'resource-servers' });
  const rows = db.selectFrom('resource_servers').select(RESOURCE_SERVER);
  return readSlice(
    rows,
    slice,
    { by: { created_at: 'time', client_id: 'text' }, direction },
    count,
  );
}

/** Adds a resource server without resources. Returns the time. */
export async function insertResourceServer(
  tx: Tx,
  clientId: string,
  { name, requireAudience }: ResourceServerDetails,
): Promise<Date> {
  const { created_at } = await tx
    .insertInto('resource_servers')
    .values({ client_id: clientId, name, require_audience: requireAudience })
    .returning('created_at')
    .executeTakeFirstOrThrow();
  return created_at;
}

/** Changes the row of a resource server, also if only its resources change: lists depend on it. */
export async function updateResourceServerRow(
  tx: Tx,
  clientId: string,
  { name, requireAudience }: ResourceServerDetails,
): Promise<void> {
  await tx
    .updateTable('resource_servers')
    .set({ name, require_audience: requireAudience })
    .where('client_id', '=', clientId)
    .execute();
}

/** Removes a resource server; undefined where there is none. */
export function deleteResourceServerRow(
  tx: Tx,
  clientId: string,
): Promise<Pick<ResourceServer, 'name'> | undefined> {
  return tx
    .deleteFrom('resource_servers')
    .where('client_id', '=', clientId)
    .returning('name')
    .executeTakeFirst();
}
