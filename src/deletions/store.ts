import { type SqlBool, sql } from 'kysely';
import type { Db } from '../db/database.ts';
import { type Direction, readSlice, type Slice, type Sliced } from '../db/slice.ts';
import type { Tx } from '../db/transaction.ts';
import type { Deletion, DeletionFilters } from './deletion.ts';

/** One slice of the deletions, by the time of the request. */
export async function listDeletions(
  db: Db,
  slice: Slice,
  { kind, subject, finished }: DeletionFilters,
  direction: Direction,
): Promise<Sliced<Deletion>> {
  const filtered = db
    .selectFrom('deletions')
    .$if(kind !== undefined, (query) => query.where('kind', '=', kind ?? 'user'))
    .$if(subject !== undefined, (query) => query.where('subject', '=', subject ?? ''))
    .$if(finished !== undefined, (query) =>
      query.where(sql<SqlBool>`(finished_at is not null) = ${finished}`),
    );
  const { count } = await filtered
    .select(sql<number>`count(*)::int`.as('count'))
    .executeTakeFirstOrThrow();
  const rows = filtered.select([
    'id',
    'kind',
    'subject',
    'requested_at as requestedAt',
    'grants',
    'removed',
    'finished_at as finishedAt',
  ]);
  const part = await readSlice(
    rows,
    slice,
    { by: { requested_at: 'time', id: 'uuid' }, direction },
    count,
  );
  return { ...part, entries: part.entries.map(withNumbers) };
}

/** Returns the progress of the unfinished deletions of a user's applications; see `Deletion`. */
export async function listOwnDeletions(db: Db, ownerId: string) {
  const rows = await db
    .selectFrom('deletions')
    .select([sql<string>`notice #>> '{log,application}'`.as('application'), 'grants', 'removed'])
    .where('finished_at', 'is', null)
    .where(sql<SqlBool>`notice ->> 'owner' = ${ownerId}`)
    .orderBy('requested_at', 'desc')
    .execute();
  return rows.map(withNumbers);
}

/** Converts counts, which one of the engines reads as text. */
function withNumbers<T extends { grants: string | number | null; removed: string | number }>(
  row: T,
) {
  const { grants, removed } = row;
  return { ...row, grants: grants === null ? null : Number(grants), removed: Number(removed) };
}

/** Removes a deleted owner's name from notices that are not written yet. */
export async function forgetOwnerInNotices(tx: Tx, names: readonly string[]): Promise<void> {
  await sql`
    update deletions set notice = jsonb_set(notice, '{mail,application,owner}', 'null')
    where finished_at is null
      and notice #>> '{mail,application,owner}' = any(${[...names]}::text[])
  `.execute(tx);
}
