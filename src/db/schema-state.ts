import { sql } from 'kysely';
import { StagedoorError } from '../lib/errors.ts';
import type { Db } from './database.ts';
import { listMigrations, readHeader } from './migration-files.ts';

/** The database's schema as this version sees it. Each list has names of migrations. */
export interface SchemaState {
  /** Not run yet, although this version needs them. */
  readonly missing: readonly string[];
  /** Not run yet, and this version runs without them. */
  readonly waiting: readonly string[];
  /** Of a newer version, and they fit this one. */
  readonly newer: readonly string[];
  /** Of a newer version, and this one does not run with them. */
  readonly unfit: readonly string[];
}

/** Compares the migrations of the database with those of this version. */
export async function readSchemaState(db: Db, folder?: string): Promise<SchemaState> {
  const files = await listMigrations(folder);
  const done = await selectDone(db);
  const pending = [...files].filter(([name]) => !done.has(name));
  // Each command asks for this: a database that is up to date costs no file.
  const headers = await Promise.all(pending.map(([, file]) => readHeader(file, folder)));
  const names = pending.map(([name]) => name);
  const unknown = [...done.keys()].filter((name) => !files.has(name)).sort();
  const fits = (name: string) => {
    const needed = done.get(name);
    return needed === ANY_CODE || files.has(needed ?? name);
  };
  return {
    missing: names.filter((_, index) => headers[index]?.canWait === false),
    waiting: names.filter((_, index) => headers[index]?.canWait === true),
    newer: unknown.filter(fits),
    unfit: unknown.filter((name) => !fits(name)),
  };
}

/** Value of `needs_code_with` for migrations after which any code runs. */
export const ANY_CODE = '';

/** Returns the migrations that have run, and for each the one that code has to know. */
async function selectDone(db: Db): Promise<ReadonlyMap<string, string | null>> {
  const table = await sql<{ name: string | null }>`
    select to_regclass('kysely_migration')::text as name`.execute(db);
  if (table.rows[0]?.name == null) {
    return new Map();
  }
  // Earlier versions made the table without the column.
  const { rows } = await sql<{ name: string; needed: string | null }>`
    select name, to_jsonb(kysely_migration) ->> 'needs_code_with' as needed
    from kysely_migration`.execute(db);
  return new Map(rows.map(({ name, needed }) => [name, needed]));
}

/**
 * @param command that brings the database up to date
 * @returns migrations that can wait, and did
 * @throws StagedoorError `database_behind` or `database_ahead`
 */
export async function assertSchema(
  db: Db,
  command: string,
  folder?: string,
): Promise<readonly string[]> {
  const { missing, waiting, unfit } = await readSchemaState(db, folder);
  refuseUnfit(unfit);
  if (missing.length > 0) {
    throw new StagedoorError(
      'database_behind',
      `The database lacks ${missing.length} migration(s): ${missing.join(', ')}. Run "${command}" first.`,
    );
  }
  return waiting;
}

/** @throws StagedoorError `database_ahead` if there are any */
export function refuseUnfit(unfit: readonly string[]): void {
  if (unfit.length > 0) {
    throw new StagedoorError(
      'database_ahead',
      `The database is too new for this version of Stagedoor: ${unfit.join(', ')}. Start the version that migrated it, or a later one.`,
    );
  }
}
