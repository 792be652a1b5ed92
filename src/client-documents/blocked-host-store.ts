import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../db/database.ts';
import { countEntries } from '../db/list-changes.ts';
import { type Direction, readSlice, type Slice, type Sliced } from '../db/slice.ts';
import type { Tx } from '../db/transaction.ts';

/** A host whose client metadata documents are not accepted, with all its subdomains. */
export interface BlockedHost {
  readonly host: string;
  readonly reason: string;
  readonly createdAt: Date;
}

const BLOCKED_HOST = ['host', 'reason', 'created_at as createdAt'] as const;
/** Host of a client ID that is a URL, without its port. */
const HOST_OF_CLIENT = sql<string>`regexp_replace(split_part(client_id, '/', 3), ':\\d+$', '')`;

/** Tests if an operator has blocked a host, or a domain above it. */
export async function isBlockedHost(db: Db, hostname: string): Promise<boolean> {
  const row = await db
    .selectFrom('blocked_client_hosts')
    .select('host')
    .where('host', '=', sql<string>`any(${domainsOf(hostname)}::text[])`)
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Keeps a host from being blocked until the transaction ends.
 * @returns false if a transaction that blocks it, or a domain above it, has not ended
 */
export async function keepUnblocked(tx: Tx, hostname: string): Promise<boolean> {
  const { rows } = await sql<{ locked: boolean }>`
    select bool_and(pg_try_advisory_xact_lock_shared(${lockOf(sql.ref('domain'))})) as locked
    from unnest(${domainsOf(hostname)}::text[]) as domain
  `.execute(tx);
  return rows[0]?.locked === true;
}

/** Waits until the transactions that keep the host from being blocked have ended. */
export async function lockBlock(tx: Tx, host: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(${lockOf(sql`${host}::text`)})`.execute(tx);
}

function lockOf(host: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`hashtextextended('block of ' || ${host}, 0)`;
}

/** Returns a host and the domains above it. */
function domainsOf(hostname: string): string[] {
  const labels = hostname.split('.');
  return labels.map((_, index) => labels.slice(index).join('.'));
}

/** One slice of the blocked hosts, by the time of the block. */
export async function listBlockedHosts(
  db: Db,
  slice: Slice,
  direction: Direction,
): Promise<Sliced<BlockedHost>> {
  const count = await countEntries(db, { list: 'blocked-hosts' });
  const rows = db.selectFrom('blocked_client_hosts').select(BLOCKED_HOST);
  return readSlice(rows, slice, { by: { created_at: 'time', host: 'text' }, direction }, count);
}

/** Adds a block, or changes its reason. */
export async function upsertBlockedHost(
  tx: Tx,
  host: string,
  reason: string,
): Promise<BlockedHost> {
  return tx
    .insertInto('blocked_client_hosts')
    .values({ host, reason })
    .onConflict((conflict) => conflict.column('host').doUpdateSet({ reason }))
    .returning(BLOCKED_HOST)
    .executeTakeFirstOrThrow();
}

/** Removes a block. Returns false if there is none. */
export async function deleteBlockedHost(tx: Tx, host: string): Promise<boolean> {
  const row = await tx
    .deleteFrom('blocked_client_hosts')
    .where('host', '=', host)
    .returning('host')
    .executeTakeFirst();
  return row !== undefined;
}

/** Returns the client IDs of a host and its subdomains that are not suspended, in a fixed order. */
export async function clientIdsOfHost(tx: Tx, host: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('applications')
    .select('client_id')
    .where('kind', '=', 'metadata_document')
    .where('suspended_at', 'is', null)
    .where((eb) => eb.or([eb(HOST_OF_CLIENT, '=', host), eb(HOST_OF_CLIENT, 'like', `%.${host}`)]))
    .orderBy('client_id')
    .execute();
  return rows.map((row) => row.client_id);
}
