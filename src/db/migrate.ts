import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { StagedoorError } from '../lib/errors.ts';
import type { Database, Db } from './database.ts';
import { listMigrations, readHeader, runMigration, runOutside } from './migration-files.ts';
import { ANY_CODE, readSchemaState, refuseUnfit } from './schema-state.ts';
import { isContention } from './transaction.ts';

/** Options of `migrate`. */
export interface MigrateOptions {
  /** Folder with the migrations. */
  readonly folder?: string;
  /** Milliseconds after which a migration that gets no lock is given up. */
  readonly patience?: number;
  /** Called once for each migration that waits for a lock. */
  readonly onWait?: (message: string) => void;
  /** Called before each migration with its number from 1 and the number of all that are missing. */
  readonly onProgress?: (current: number, total: number) => void;
}

/** Advisory lock of a run; that of Kysely's migrator, which earlier versions use. */
const LOCK = sql.lit('3853314791062309107');
/**
 * Milliseconds that a statement waits for a lock. Others who need the table wait behind it as long.
 */
const LOCK_TIMEOUT = 300;
/** The same for every fifth try: PostgreSQL cancels an autovacuum that is in the way after 1 s. */
export const LONG_LOCK_TIMEOUT = 1_200;
/** Milliseconds between two tries. */
const PAUSE = 700;
const PATIENCE = 300_000;

/**
 * Brings the database up to date beside running servers: each migration is a transaction of its own, or
 * each of its statements is one, that gives up soon if a table is locked, and tries again. Several
 * processes may call it at the same time. The database needs two connections.
 * @returns the names of those that ran now
 * @throws StagedoorError `migration_failed`, or `database_ahead` if this version is too old
 */
export async function migrate(database: Database, options: MigrateOptions = {}): Promise<string[]> {
  const { db, engine } = database;
  if (engine === 'embedded') {
    return runPending(db, options);
  }
  return db.transaction().execute(async (tx) => {
    await sql`set local idle_in_transaction_session_timeout = 0`.execute(tx);
    while (!(await tryLock(tx))) {
      await sleep(PAUSE);
    }
    return runPending(db, options);
  });
}

/** An open transaction holds the lock: a pooler may change the connection of a session. */
async function tryLock(tx: Db): Promise<boolean> {
  const { rows } = await sql<{ locked: boolean }>`
    select pg_try_advisory_xact_lock(${LOCK}) as locked`.execute(tx);
  return rows[0]?.locked === true;
}

async function runPending(db: Db, options: MigrateOptions): Promise<string[]> {
  const { missing, waiting, newer, unfit } = await readSchemaState(db, options.folder);
  refuseUnfit(unfit);
  const names = [...missing, ...waiting].sort();
  if (newer.length > 0 && names.length > 0) {
    throw new StagedoorError(
      'database_ahead',
      `The database has ${newer.join(', ')} of a newer version of Stagedoor, and lacks ${names.join(', ')} of this one. Run "migrate" of the newer version.`,
    );
  }
  if (names.length > 0) {
    await prepareTable(db, options);
  }
  for (const [index, name] of names.entries()) {
    options.onProgress?.(index + 1, names.length);
    await run(db, name, options).catch((cause: unknown) => {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new StagedoorError('migration_failed', `Migration ${name} failed: ${why}`, { cause });
    });
  }
  return names;
}

/** The table has Kysely's name and columns, and one of ours. */
async function prepareTable(db: Db, options: MigrateOptions): Promise<void> {
  const { rows } = await sql`
    select from pg_attribute where attrelid = to_regclass('kysely_migration')
      and attname = 'needs_code_with' and not attisdropped`.execute(db);
  if (rows.length > 0) {
    return;
  }
  await withLimits(db, options, 'kysely_migration', async (tx) => {
    await sql`create table if not exists kysely_migration
      (name varchar(255) primary key, timestamp varchar(255) not null)`.execute(tx);
    await sql`alter table kysely_migration add column if not exists needs_code_with text`.execute(
      tx,
    );
  });
}

async function run(db: Db, name: string, options: MigrateOptions): Promise<void> {
  const { folder } = options;
  const file = (await listMigrations(folder)).get(name) ?? '';
  const { inTransaction, needsCodeWith = ANY_CODE } = await readHeader(file, folder);
  const note = (on: Db) =>
    sql`
    insert into kysely_migration (name, timestamp, needs_code_with)
    values (${name}, ${new Date().toISOString()}, ${needsCodeWith})`.execute(on);
  if (!inTransaction) {
    await runOutside(db, (work) => withLimits(db, options, name, work), file, folder);
    await note(db);
    return;
  }
  await withLimits(db, options, name, async (tx) => {
    await runMigration(tx, file, folder);
    await note(tx);
  });
}

/** Runs `work` in a transaction that waits for locks for a short time, and tries again. */
async function withLimits<T>(
  db: Db,
  options: MigrateOptions,
  name: string,
  work: (tx: Db) => Promise<T>,
): Promise<T> {
  return untilUnlocked(db, options, name, (lockTimeout) =>
    db.transaction().execute(async (tx) => {
      await sql.raw(`set local lock_timeout = ${lockTimeout}`).execute(tx);
      await sql`set local statement_timeout = 0`.execute(tx);
      await sql`set local idle_in_transaction_session_timeout = 0`.execute(tx);
      return work(tx);
    }),
  );
}

/** Repeats `work` while other transactions are in its way. */
async function untilUnlocked<T>(
  db: Db,
  { patience = PATIENCE, onWait }: MigrateOptions,
  name: string,
  work: (lockTimeout: number) => Promise<T>,
): Promise<T> {
  const giveUp = Date.now() + patience;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work(attempt % 5 === 0 ? LONG_LOCK_TIMEOUT : LOCK_TIMEOUT);
    } catch (error) {
      if (!isContention(error)) {
        throw error;
      }
      if (Date.now() > giveUp) {
        const others = await describeOthers(db);
        throw new Error(`another transaction locks the table. Longest transactions: ${others}.`);
      }
      if (attempt === 5) {
        onWait?.(`Migration ${name} waits for a lock. Longest: ${await describeOthers(db)}.`);
      }
    }
    await sleep(PAUSE);
  }
}

/** Describes the oldest transactions of the database, except for those of this process. */
async function describeOthers(db: Db): Promise<string> {
  const { rows } = await sql<{ text: string }>`
    select format('process %s (%s) for %s s', pid, application_name,
      extract(epoch from now() - xact_start)::integer) as text
    from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null
      and query not like '%pg_try_advisory_xact_lock%'
    order by xact_start limit 3`.execute(db);
  return rows.map(({ text }) => text).join(', ') || 'none that this role can see';
}
