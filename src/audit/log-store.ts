import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import { countEntries } from '../db/list-changes.ts';
import { type Direction, readSlice, type Slice, type Sliced } from '../db/slice.ts';
import type { LogEntry, LogFilters } from './log-entry.ts';

/** One slice of the log, by time; what happened in the same transaction by id. */
export async function listLog(
  db: Db,
  slice: Slice,
  filters: LogFilters = {},
  direction: Direction = 'desc',
): Promise<Sliced<LogEntry>> {
  const filtered = filter(db, filters);
  const count = await countLog(db, filters, slice);
  const rows = filtered.select([
    'id',
    'happened_at as happenedAt',
    'action',
    'actor',
    'user_id as userId',
    'client_id as clientId',
    'grant_id as grantId',
    'ip',
    'user_agent as userAgent',
    'data',
  ]);
  const part = await readSlice(
    rows,
    slice,
    { by: { happened_at: 'time', id: 'bigint' }, direction },
    count,
  );
  const entries = part.entries.map(({ id, ...entry }) => ({ ...entry, id: String(id) }));
  return { ...part, entries };
}

function filter(db: Db, { userId, action, since, before }: LogFilters & { before?: Date }) {
  return db
    .selectFrom('audit_events')
    .$if(userId !== undefined, (query) => query.where('user_id', '=', userId ?? ''))
    .$if(action !== undefined, (query) => query.where('action', '=', action ?? ''))
    .$if(since !== undefined, (query) => query.where('happened_at', '>=', since ?? new Date()))
    .$if(before !== undefined, (query) => query.where('happened_at', '<', before ?? new Date()));
}

/**
 * Counts matching entries. A user's entries are counted one by one, once for a walk over the pages, as are those after now, which are
 * few or none. Others can be millions: whole days are known by their sums, and only entries of the
 * first day are counted.
 */
async function countLog(
  db: Db,
  filters: LogFilters,
  { counted }: Pick<Slice, 'counted'>,
): Promise<number> {
  const { userId, action, since } = filters;
  const isFuture = since !== undefined && since.getTime() > Date.now();
  if (userId !== undefined || isFuture) {
    return counted?.count ?? countOneByOne(db, filters);
  }
  if (since === undefined) {
    return countEntries(db, { list: LIST, facet: action });
  }
  const day = since.toISOString().slice(0, 10);
  const next = new Date(Date.parse(day) + DAY);
  return (
    (await countEntries(db, { list: LIST, facet: action, after: day })) +
    (await countOneByOne(db, { ...filters, before: next }))
  );
}

const LIST = 'logentries';
/** Milliseconds. */
const DAY = 86_400_000;

async function countOneByOne(db: Db, filters: LogFilters & { before?: Date }): Promise<number> {
  const row = await filter(db, filters)
    .select(sql<string>`count(*)`.as('count'))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/**
 * Returns the start of the oldest open transaction of this server, by the database's clock. An
 * entry has the start time of its transaction, so an entry that a later snapshot adds is not older
 * than this. Returns a slightly earlier time, because a starting transaction becomes visible a
 * moment after its time is set.
 */
export async function logCompleteUntil(db: Db): Promise<Date> {
  const { rows } = await sql<{ start: Date }>`
    select least(now(), min(xact_start)) - interval '100 milliseconds' as start
    from pg_stat_activity
    where datname = current_database() and usename = current_user and state <> 'idle'
  `.execute(db);
  const [row] = rows;
  if (row === undefined) {
    throw new Error('An aggregate without grouping has one row.');
  }
  return row.start;
}
