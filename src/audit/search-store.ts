import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Db } from '../db/database.ts';
import type { Part, Position, Slice } from '../db/slice.ts';
import type { LogEntry } from './log-entry.ts';

/** Entries of a user, an application or an operator that one page looks through for other filters. */
const WINDOW = 5_000;

/** Filters of a search; an undefined one matches all. */
export interface LogSearch {
  /** User in whose log the entries are listed. */
  readonly userId?: string | undefined;
  readonly clientId?: string | undefined;
  /** Token name or `user:<id>`, as in `LogEntry.actor`. */
  readonly operator?: string | undefined;
  readonly actions?: readonly string[] | undefined;
  readonly since?: Date | undefined;
  /** Exclusive. */
  readonly until?: Date | undefined;
}

const COLUMNS = sql.raw(
  'id, happened_at, action, actor, user_id, client_id, grant_id, ip, user_agent, data',
);

type Condition = RawBuilder<SqlBool>;

/**
 * Returns a slice of the matching entries, the newest first. Reads at most 5,000 entries by one index: if
 * fewer match, the slice is shorter, and the next one goes on from there. Its entries are not counted.
 */
export async function searchLog(
  db: Db,
  search: LogSearch,
  { limit, position }: Pick<Slice, 'limit' | 'position'>,
): Promise<Part<LogEntry>> {
  const from = position !== undefined && isPosition(position) ? position : undefined;
  const backwards = from?.side === 'before';
  const order = sql.raw(backwards ? 'happened_at, id' : 'happened_at desc, id desc');
  const { conditions, rest } = split(search);
  const range = all([...conditions, ...rangeOf(search), ...(from ? [beside(from)] : [])]);
  const window = sql`
    select ${COLUMNS} from audit_events where ${range} order by ${order} limit ${WINDOW}`;
  const entries =
    rest.length === 0 && conditions.length === 0 && search.actions !== undefined
      ? // One after the other, each by the index of actions.
        sql`select ${COLUMNS} from unnest(${[...search.actions]}::text[]) as wanted (name)
          cross join lateral (
            select ${COLUMNS} from audit_events where action = wanted.name and ${range}
            order by ${order} limit ${limit + 1}
          ) found`
      : sql`select ${COLUMNS} from (${window}) part where ${all(rest)}`;
  const { rows } = await sql<LogEntry & { micros: string }>`
    select id::text, happened_at as "happenedAt", action, actor, user_id as "userId",
      client_id as "clientId", grant_id as "grantId", ip, user_agent as "userAgent", data,
      (extract(epoch from happened_at) * 1000000)::bigint::text as micros
    from (${entries}) entry
    order by ${sql.raw(backwards ? 'entry.happened_at, entry.id' : 'entry.happened_at desc, entry.id desc')}
    limit ${limit + 1}`.execute(db);
  const end = rows.length <= limit && rest.length > 0 ? await endOf(db, window, order) : undefined;
  return partOf(rows, { limit, from, end });
}

/** Chooses the index by which entries are read, and the filters for the entries that were read. */
function split(search: LogSearch): { conditions: Condition[]; rest: Condition[] } {
  const { userId, clientId, operator, actions } = search;
  const given = [
    userId !== undefined && sql<SqlBool>`user_id = ${userId}`,
    clientId !== undefined && sql<SqlBool>`client_id = ${clientId}`,
    // The second condition is that of the index.
    operator !== undefined &&
      sql<SqlBool>`actor = ${`operator:${operator}`} and actor like 'operator:%'`,
  ].filter((one) => one !== false);
  const ofActions =
    actions === undefined ? [] : [sql<SqlBool>`action = any(${[...actions]}::text[])`];
  return {
    conditions: given.slice(0, 1),
    rest: given.length === 0 ? [] : [...given.slice(1), ...ofActions],
  };
}

function rangeOf({ since, until }: LogSearch): Condition[] {
  return [
    ...(since === undefined ? [] : [sql<SqlBool>`happened_at >= ${since}`]),
    ...(until === undefined ? [] : [sql<SqlBool>`happened_at < ${until}`]),
  ];
}

function beside({ side, values: [micros, id] }: Position): Condition {
  return sql<SqlBool>`(happened_at, id) ${sql.raw(side === 'after' ? '<' : '>')} (
    'epoch'::timestamptz + ${micros}::bigint * interval '1 microsecond', ${id}::bigint)`;
}

function isPosition({ values: [micros = '', id = ''] }: Position): boolean {
  return /^\d{1,16}$/.test(micros) && /^\d{1,18}$/.test(id);
}

function all(conditions: readonly Condition[]): Condition {
  return conditions.length === 0 ? sql`true` : sql`${sql.join(conditions, sql` and `)}`;
}

/** Returns the position of the last entry of a window that is full. */
async function endOf(
  db: Db,
  window: RawBuilder<unknown>,
  order: RawBuilder<unknown>,
): Promise<string[] | undefined> {
  const { rows } = await sql<{ place: string[] }>`
    select array[(extract(epoch from happened_at) * 1000000)::bigint::text, id::text] as place
    from (${window}) part order by ${order} limit 1 offset ${WINDOW - 1}`.execute(db);
  return rows[0]?.place;
}

function partOf(
  rows: readonly (LogEntry & { readonly micros: string })[],
  {
    limit,
    from,
    end,
  }: {
    readonly limit: number;
    readonly from: Position | undefined;
    readonly end: string[] | undefined;
  },
): Part<LogEntry> {
  const found = rows.slice(0, limit);
  const backwards = from?.side === 'before';
  const ordered = backwards ? found.toReversed() : found;
  const place = (row: (typeof rows)[number] | undefined) => row && [row.micros, row.id];
  const far = rows.length > limit ? place(found.at(-1)) : end;
  const near = place(found[0]) ?? from?.values;
  const beyond = (side: Position['side'], values: readonly string[] | undefined) =>
    values === undefined ? false : { side, values };
  return {
    entries: ordered.map(({ micros: _, ...entry }) => entry),
    next: backwards ? beyond('after', near) : beyond('after', far),
    previous: backwards
      ? beyond('before', far)
      : from === undefined
        ? false
        : beyond('before', near),
  };
}
