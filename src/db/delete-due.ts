import { type RawBuilder, sql } from 'kysely';
import type { Db } from './database.ts';
import type { Schema } from './schema.ts';

/** Rows of a table that are deleted once they are due. SQL in it names the table `t`. */
export interface RetentionRule {
  readonly name: string;
  readonly table: keyof Schema;
  /** Indexed expression by which rows are visited: a time, or a primary key of type text. */
  readonly by: string;
  /** Seconds after the time `by` at which a row is due. Undefined if `by` is a key. */
  readonly kept?: number;
  /** Condition of the partial index on `by`. */
  readonly within?: string;
  /** Condition that a visited row has to meet; need not be indexed. */
  readonly condition?: string;
}

/** Result of one batch. */
export interface Batch {
  /** Rows that it deleted or changed. */
  readonly rows: number;
  /** True if another batch may find more. */
  readonly more: boolean;
}

/**
 * Deletes the due rows of a table, the oldest first, one statement per call. Each call goes on where
 * the last one ended: it does not read again what was deleted, which stays in the index until it is
 * vacuumed. Rows that another transaction has locked are skipped.
 * @returns a function that deletes among the next `limit` rows
 */
export function deleteDue(db: Db, rule: RetentionRule): (limit: number) => Promise<Batch> {
  let position: string | undefined;
  return async (limit) => {
    const after =
      position === undefined
        ? sql`true`
        : rule.kept === undefined
          ? sql`${sql.raw(rule.by)} > ${sql.lit(position)}`
          : sql`${sql.raw(rule.by)} >= ${sql.lit(position)}::timestamptz`;
    // Without parameters, so that each statement is planned for its limit and never prepared.
    const { rows } = await sql<{ deleted: number; visited: number; last: string | null }>`
      with visited as materialized (
        select t.ctid as row, ${sql.raw(rule.by)} as position
        from ${sql.table(rule.table)} t
        where ${due(rule)} and ${after}
        order by 2 limit ${sql.lit(limit)}
      ), deleted as (
        delete from ${sql.table(rule.table)} where ctid = any(array(
          select t.ctid from ${sql.table(rule.table)} t
          where t.ctid = any(array(select row from visited)) and ${condition(rule)}
          for update skip locked
        )) returning 1
      )
      select (select count(*)::int from deleted) as deleted,
        (select count(*)::int from visited) as visited,
        (select position::text from visited order by position desc limit 1) as last
    `.execute(db);
    const { deleted = 0, visited = 0, last = null } = rows[0] ?? {};
    const moved = deleted > 0 || last !== position;
    position = last ?? position;
    return { rows: deleted, more: visited === limit && moved };
  };
}

/** Due rows of one rule. */
export interface Backlog {
  readonly name: string;
  readonly rows: number;
  /** Seconds since the oldest of them was due; 0 if there is none, or if `by` is no time. */
  readonly lag: number;
}

/** Counts due rows, visiting at most `limit` for each rule. */
export async function countDue(
  db: Db,
  rules: readonly RetentionRule[],
  limit: number,
): Promise<Backlog[]> {
  const parts = rules.map((rule) => {
    const lag =
      rule.kept === undefined
        ? sql`0`
        : sql`extract(epoch from now() - min(position)) - ${sql.lit(rule.kept)}`;
    return sql`
      select ${sql.lit(rule.name)} as name, count(*)::int as rows,
        greatest(coalesce(${lag}, 0), 0)::float8 as lag
      from (
        select ${sql.raw(rule.by)} as position, ${condition(rule)} as due
        from ${sql.table(rule.table)} t
        where ${due(rule)} order by position limit ${sql.lit(limit)}
      ) visited
      where due`;
  });
  const { rows } = await sql<Backlog>`${sql.join(parts, sql` union all `)}`.execute(db);
  return rows;
}

function due({ by, kept, within }: RetentionRule): RawBuilder<unknown> {
  const inTime =
    kept === undefined
      ? sql`true`
      : sql`${sql.raw(by)} <= now() - make_interval(secs => ${sql.lit(kept)})`;
  return sql`${inTime} and ${sql.raw(within ?? 'true')}`;
}

function condition(rule: RetentionRule): RawBuilder<unknown> {
  return sql.raw(rule.condition ?? 'true');
}
