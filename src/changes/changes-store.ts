import { sql } from 'kysely';
import type { Database, Db } from '../db/database.ts';

/** Changes that are read at once. If there are more, the answer is `all`. */
export const MOST_CHANGES = 5_000;

/** One look at the feed. All of it is of one snapshot. */
export interface FeedRow {
  /** Null if nobody has read the feed since the database was created, restored or has crashed. */
  readonly epoch: string | null;
  readonly started_at: string;
  readonly database_id: string;
  /** True for a standby, which may be behind. */
  readonly standby: boolean;
  readonly snapshot: string;
  /** True if changes that were asked for may have been deleted. */
  readonly incomplete: boolean | null;
  /** As in the table, the oldest first, and one more than `MOST_CHANGES` at most. */
  readonly changes: readonly string[];
}

/*
 * The table's OID differs in a database that was restored into the same server from a dump. A dump
 * contains rows of transactions that the new server has not reached: they are of another database.
 *
 * The condition on `xid` finds what the snapshot $2 has not seen by two ranges of the index. The rows
 * since its `xmin` would be as many as a long transaction lets them become.
 */
const LOOK = `
  select f.epoch, pg_postmaster_start_time()::text as started_at,
    d.oid || '/' || 'changes'::regclass::oid as database_id,
    pg_is_in_recovery() as standby, pg_current_snapshot()::text as snapshot,
    f.complete_from > $1::text::xid8 as incomplete,
    array(
      select c.change from changes c
      where (c.xid >= greatest($1::text::xid8, pg_snapshot_xmax($2::text::pg_snapshot))
          or c.xid = any(array(select pg_snapshot_xip($2::text::pg_snapshot))))
        and c.xid < pg_snapshot_xmax(pg_current_snapshot())
      order by c.xid limit ${MOST_CHANGES + 1}
    ) as changes
  from pg_database d left join change_feed f on true
  where d.datname = current_database()`;

/** Reads the changes that a snapshot has not seen; of which `xmin` is the first part. */
export async function selectChanges(
  database: Database,
  since: { readonly xmin: bigint; readonly text: string },
): Promise<FeedRow> {
  const [row] = await database.lookUp<FeedRow>(LOOK, [String(since.xmin), since.text]);
  if (row === undefined) {
    throw new Error('The database answered nothing.');
  }
  return row;
}

/** Begins an epoch unless another reader has done so. */
export async function insertEpoch(database: Database): Promise<void> {
  await database.write('insert into change_feed default values on conflict do nothing', []);
}

const CALLER = `
  select from resource_server_secrets
  where secret_hash = $2 and client_id = $1 and (expires_at is null or expires_at > now())`;

/** Tests if this is a secret of this resource server. */
export async function isResourceServer(
  database: Database,
  clientId: string,
  secretHash: Uint8Array,
): Promise<boolean> {
  const rows = await database.lookUp(CALLER, [clientId, secretHash]);
  return rows.length > 0;
}

/** Minutes for which changes are kept at least after everybody could read them. */
const KEPT = 5;

/**
 * Deletes changes that all readers could see for five minutes, and those that a dump brought from another
 * server. Before that it stores from where on the feed is complete, so that readers of earlier cursors get
 * `all`.
 * @returns number of deleted rows
 */
export async function trimChanges(db: Db, limit: number): Promise<number> {
  await sql`
    update change_feed set complete_from = coalesce(next_complete_from, complete_from),
      next_complete_from = pg_snapshot_xmin(pg_current_snapshot()), moved_at = now()
    where moved_at <= now() - make_interval(mins => ${KEPT}::int)`.execute(db);
  const { numAffectedRows = 0n } = await sql`
    delete from changes where ctid = any(array(
      select c.ctid from changes c, change_feed f
      where c.xid < f.complete_from or c.xid >= pg_snapshot_xmax(pg_current_snapshot())
      order by c.xid limit ${limit}
    ))`.execute(db);
  return Number(numAffectedRows);
}
