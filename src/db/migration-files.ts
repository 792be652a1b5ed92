import { readdir, readFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Db } from './database.ts';
import { splitStatements } from './split-statements.ts';

/** Folder of the migrations of this version. */
export const FOLDER = join(import.meta.dirname, '../../migrations');

/** Facts that the first line of a migration states; see `readHeader`. */
export interface MigrationHeader {
  /** Oldest migration that other code has to know to run after this one; undefined: any code runs. */
  readonly needsCodeWith: string | undefined;
  /** The code of this version runs before it, too. */
  readonly canWait: boolean;
  readonly inTransaction: boolean;
}

const HEADER =
  /^(?:--|\/\/) (?:expand(, needed at once)?|contract after (\w+))(, outside a transaction)?$/;
/** Begins a statement of a backfill, which changes a part of the rows at a time. */
const REPEAT = '/* repeat */';
/** Milliseconds between two parts of a backfill, for the rest of the load. */
const PAUSE = 20;
/** PostgreSQL refuses these in a transaction. */
const CONCURRENT = /^(?:create\s+(?:unique\s+)?|drop\s+)index\s+concurrently\b/i;
const CONCURRENT_INDEX =
  /^create\s+(?:unique\s+)?index\s+concurrently\s+if\s+not\s+exists\s+(\w+)/i;

/** Returns the names of the migrations in a folder, in their order, with the name of the file. */
export async function listMigrations(folder = FOLDER): Promise<ReadonlyMap<string, string>> {
  const files = (await readdir(folder)).filter((file) => /\.(sql|ts)$/.test(file)).sort();
  return new Map(files.map((file) => [parse(file).name, file]));
}

/**
 * Reads the first line of a migration:
 *
 * - `-- expand`: earlier code runs after it, and the code of this version runs before it.
 * - `-- expand, needed at once`: earlier code runs after it; this version runs only after it.
 * - `-- contract after 0036_name`: code that knows that migration runs before and after it.
 *
 * `, outside a transaction` can follow, for concurrent indexes and backfills. A migration with none of
 * these does not fit earlier code, and this version needs it.
 */
export async function readHeader(file: string, folder = FOLDER): Promise<MigrationHeader> {
  const [line = ''] = (await readFile(join(folder, file), 'utf8')).split('\n', 1);
  const [header, atOnce, earlier, outside] = HEADER.exec(line) ?? [];
  return {
    needsCodeWith: header === undefined ? parse(file).name : earlier,
    canWait: header !== undefined && atOnce === undefined,
    inTransaction: outside === undefined,
  };
}

/**
 * Runs the statements of an SQL file, or the `up` of a TypeScript file, which computes what SQL cannot,
 * in one transaction.
 */
export async function runMigration(tx: Db, file: string, folder = FOLDER): Promise<void> {
  const path = join(folder, file);
  if (file.endsWith('.ts')) {
    const { up }: Migration = await import(pathToFileURL(path).href);
    return up(tx);
  }
  for (const statement of await readStatements(file, folder)) {
    await sql.raw(statement).execute(tx);
  }
}

/**
 * Runs an SQL file whose statements commit one by one. If one fails, the file runs again from its beginning.
 * @param withLimits runs a statement in a transaction that waits for locks for a short time; not those about
 *   concurrent indexes, which delay nobody and would leave an invalid index behind
 */
export async function runOutside(
  db: Db,
  withLimits: <T>(work: (tx: Db) => Promise<T>) => Promise<T>,
  file: string,
  folder = FOLDER,
): Promise<void> {
  for (const statement of await readStatements(file, folder)) {
    if (CONCURRENT.test(statement)) {
      await dropInvalidIndex(db, statement);
      await sql.raw(statement).execute(db);
      continue;
    }
    let changed: bigint | undefined;
    do {
      ({ numAffectedRows: changed } = await withLimits((tx) => sql.raw(statement).execute(tx)));
    } while (statement.startsWith(REPEAT) && (await isUnfinished(changed)));
  }
}

async function readStatements(file: string, folder: string): Promise<string[]> {
  return splitStatements(await readFile(join(folder, file), 'utf8'));
}

async function isUnfinished(changed: bigint | undefined): Promise<boolean> {
  await sleep(PAUSE);
  return changed !== undefined && changed > 0n;
}

/** A concurrent index that was interrupted exists, but is used by no query. */
async function dropInvalidIndex(db: Db, statement: string): Promise<void> {
  const [, name] = CONCURRENT_INDEX.exec(statement) ?? [];
  if (name === undefined) {
    return;
  }
  const { rows } = await sql`
    select 1 from pg_index where indexrelid = to_regclass(${name}) and not indisvalid`.execute(db);
  if (rows.length > 0) {
    await sql.raw(`drop index concurrently ${name}`).execute(db);
  }
}
