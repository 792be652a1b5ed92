import { type SqlBool, sql } from 'kysely';
import type { Db } from '../db/database.ts';

/** Seconds after which a job of a process that died is taken by another one. */
const LEASE = 60;
/** Seconds after which a job that was stopped is taken by another process. */
const STOPPED = 10;

/** State of a job for metrics. */
export interface JobState {
  readonly name: string;
  /** End of the last complete run. */
  readonly finishedAt: Date | null;
  readonly failed: boolean;
  /** Duration of the last complete run. */
  readonly seconds: number;
  /** Rows that the last complete run deleted or changed. */
  readonly rows: number;
}

/** Returns the jobs among these that are due, or that have never run. */
export async function selectDueJobs(db: Db, names: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ name: string }>`
    select name from unnest(${[...names]}::text[]) name
    where not exists (select from jobs where jobs.name = name.name and due_at > now())
  `.execute(db);
  return new Set(rows.map(({ name }) => name));
}

/** A lease that a process asks for. */
export interface LeaseRequest {
  readonly name: string;
  /** Id of the process. */
  readonly holder: string;
  /** Jobs that must not run in another process at the same time. */
  readonly besides: readonly string[];
  /** Takes a job that is not due, too, unless another process runs it. */
  readonly early?: boolean;
}

/** Takes a job for a minute; false if it is not due, or if another process runs it or one of `besides`. */
export async function takeJob(
  db: Db,
  { name, holder, besides, early = false }: LeaseRequest,
): Promise<boolean> {
  const { rows } = await sql`
    insert into jobs as j (name, holder, due_at)
    select ${name}, ${holder}::uuid, ${leaseEnd} where not exists (
      select from jobs other
      where other.name = any(${[...besides]}::text[]) and other.holder <> ${holder}::uuid
        and other.due_at > now()
    )
    on conflict (name) do update set holder = excluded.holder, due_at = excluded.due_at
      where j.due_at <= now() or (${early} and j.holder is null)
    returning j.name
  `.execute(db);
  return rows.length > 0;
}

/** Extends the lease of a running job; false if it has passed to another process. */
export async function extendJob(db: Db, name: string, holder: string): Promise<boolean> {
  const { numUpdatedRows } = await held(db, name, holder)
    .set({ due_at: leaseEnd })
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** Result of a run. */
export type JobEnd =
  | { readonly state: 'finished'; readonly rows: number; readonly seconds: number }
  | { readonly state: 'failed' }
  /** The process ends, or goes on itself in a moment; else another one goes on. */
  | { readonly state: 'stopped' };

/** Gives a job back; it is due again in `interval` seconds. */
export async function endJob(
  db: Db,
  { name, holder, interval }: { name: string; holder: string; interval: number },
  end: JobEnd,
): Promise<void> {
  const pause = end.state === 'stopped' ? STOPPED : interval;
  await held(db, name, holder)
    .set({ holder: null, due_at: sql<Date>`now() + make_interval(secs => ${pause})` })
    .$if(end.state === 'failed', (query) => query.set({ failed_at: sql<Date>`now()` }))
    .$if(end.state === 'finished', (query) =>
      query.set({
        finished_at: sql<Date>`now()`,
        failed_at: null,
        ...(end.state === 'finished' ? { rows: end.rows, seconds: end.seconds } : {}),
      }),
    )
    .execute();
}

/** Returns the state of all jobs that have ever run. */
export async function selectJobs(db: Db): Promise<JobState[]> {
  const rows = await db
    .selectFrom('jobs')
    .select([
      'name',
      'finished_at as finishedAt',
      sql<SqlBool>`failed_at is not null`.as('failed'),
      'seconds',
      'rows',
    ])
    .execute();
  return rows.map((row) => ({ ...row, failed: row.failed === true, rows: Number(row.rows) }));
}

const leaseEnd = sql<Date>`now() + make_interval(secs => ${sql.lit(LEASE)})`;

function held(db: Db, name: string, holder: string) {
  return db.updateTable('jobs').where('name', '=', name).where('holder', '=', holder);
}
