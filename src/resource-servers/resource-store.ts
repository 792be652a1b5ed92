import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import type { Tx } from '../db/transaction.ts';
import { resourceKey } from '../lib/resource-uri.ts';

/** A resource with the form in which it is compared. */
export interface KeyedResource {
  readonly key: string;
  readonly uri: string;
}

/** Deletes the resources of a server that are not among `kept`. */
export async function deleteOtherResources(
  tx: Tx,
  clientId: string,
  kept: readonly KeyedResource[],
): Promise<void> {
  await tx
    .deleteFrom('resource_server_resources')
    .where('client_id', '=', clientId)
    .where('key', '<>', sql<string>`all(${kept.map(({ key }) => key)}::text[])`)
    .execute();
}

/**
 * Writes the resources of a server, in the order of their keys, so that concurrent requests do not
 * wait for each other in a circle.
 * @returns the URIs that belong to another server
 */
export async function upsertResources(
  tx: Tx,
  clientId: string,
  resources: readonly KeyedResource[],
): Promise<string[]> {
  if (resources.length === 0) {
    return [];
  }
  const { rows: written } = await sql<{ key: string }>`
    insert into resource_server_resources as r (key, uri, client_id, position)
    select added.key, added.uri, ${clientId}, added.place - 1
    from unnest(
      ${resources.map(({ key }) => key)}::text[],
      ${resources.map(({ uri }) => uri)}::text[]
    ) with ordinality as added (key, uri, place)
    order by added.key collate "C"
    on conflict (key) do update set uri = excluded.uri, position = excluded.position
      where r.client_id = excluded.client_id
    returning r.key
  `.execute(tx);
  const keys = new Set(written.map(({ key }) => key));
  return resources.filter(({ key }) => !keys.has(key)).map(({ uri }) => uri);
}

/** A resource and the server that it belongs to. */
export interface ServedResource extends KeyedResource {
  readonly clientId: string;
  /** Name of the server. */
  readonly name: string;
  readonly requireAudience: boolean;
}

/**
 * Returns those of the resources that are registered, in the order of their keys. A value that is no
 * URI never reaches SQL, which fails on NUL.
 */
export function selectResources(db: Db, keys: readonly string[]): Promise<ServedResource[]> {
  const uris = keys.filter((key) => resourceKey(key) !== undefined);
  return db
    .selectFrom('resource_server_resources as r')
    .innerJoin('resource_servers as s', 's.client_id', 'r.client_id')
    .select(['r.key', 'r.uri', 's.client_id as clientId', 's.name'])
    .select('s.require_audience as requireAudience')
    .where('r.key', '=', sql<string>`any(${uris}::text[])`)
    .orderBy('r.key')
    .execute();
}
