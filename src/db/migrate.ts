import { readdir, readFile } from 'node:fs/promises';
import { join, type ParsedPath, parse } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sql } from 'kysely';
import type { Migration, MigrationProvider } from 'kysely/migration';
import { StagedoorError } from '../lib/errors.ts';
import type { Db } from './database.ts';
import { splitStatements } from './split-statements.ts';

const FOLDER = join(import.meta.dirname, '../../migrations');

/**
 * Brings the database up to date. Each migration runs once, all in one transaction under
 * Kysely's lock, so that several processes may try at the same time.
 * @returns the names of those that ran now
 */
export async function migrate(db: Db): Promise<string[]> {
  const { Migrator } = await import('kysely/migration');
  const migrator = new Migrator({ db, provider: new MigrationFiles() });
  const { error, results } = await migrator.migrateToLatest();
  if (error !== undefined) {
    const failed = results?.find((result) => result.status === 'Error')?.migrationName;
    const what = failed === undefined ? 'The migrations' : `Migration ${failed}`;
    const why = error instanceof Error ? error.message : String(error);
    throw new StagedoorError('migration_failed', `${what} failed: ${why}`, { cause: error });
  }
  return (results ?? []).map((result) => result.migrationName);
}

/** Returns the names of the migrations that the database lacks. */
export async function pendingMigrations(db: Db): Promise<string[]> {
  const all = Object.keys(await new MigrationFiles().getMigrations()).sort();
  // Kysely's own list looks at every table first; each command line asks for this.
  const table = await sql<{ name: string | null }>`
    select to_regclass('kysely_migration')::text as name`.execute(db);
  if (table.rows[0]?.name == null) {
    return all;
  }
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db);
  const done = new Set(rows.map(({ name }) => name));
  return all.filter((name) => !done.has(name));
}

/** SQL files; a TypeScript file, with an `up` like Kysely's, where SQL can't compute what is stored. */
class MigrationFiles implements MigrationProvider {
  async getMigrations(): Promise<Record<string, Migration>> {
    const files = (await readdir(FOLDER)).map((name) => parse(name)).filter(isMigration);
    return Object.fromEntries(files.map(({ name, base, ext }) => [name, fromFile(base, ext)]));
  }
}

function isMigration({ ext }: ParsedPath): boolean {
  return ext === '.sql' || ext === '.ts';
}

function fromFile(name: string, extension: string): Migration {
  return {
    up: async (db) => {
      if (extension === '.ts') {
        const { up }: Migration = await import(pathToFileURL(join(FOLDER, name)).href);
        return up(db);
      }
      const text = await readFile(join(FOLDER, name), 'utf8');
      for (const statement of splitStatements(text)) {
        await sql.raw(statement).execute(db);
      }
    },
  };
}
