import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { type Migration, type MigrationProvider, Migrator } from 'kysely/migration';
import { StagedoorError } from '../errors.ts';
import type { Db } from './database.ts';
import { splitStatements } from './split-statements.ts';

const FOLDER = join(import.meta.dirname, '../../migrations');

/**
 * Brings the database up to date. Each migration runs once, all in one transaction under
 * Kysely's lock, so that several processes may try at the same time.
 * @returns the names of those that ran now
 */
export async function migrate(db: Db): Promise<string[]> {
  const { error, results } = await migrator(db).migrateToLatest();
  if (error !== undefined) {
    const failed = results?.find((result) => result.status === 'Error')?.migrationName;
    const what = failed === undefined ? 'The migrations' : `Migration ${failed}`;
    const why = error instanceof Error ? error.message : String(error);
    throw new StagedoorError('migration_failed', `${what} failed: ${why}`, { cause: error });
  }
  return (results ?? []).map((result) => result.migrationName);
}

/** The names of the migrations that the database still lacks. */
export async function pendingMigrations(db: Db): Promise<string[]> {
  const migrations = await migrator(db).getMigrations();
  return migrations.filter((one) => one.executedAt === undefined).map((one) => one.name);
}

function migrator(db: Db): Migrator {
  return new Migrator({ db, provider: new SqlFiles() });
}

class SqlFiles implements MigrationProvider {
  async getMigrations(): Promise<Record<string, Migration>> {
    const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.sql')).sort();
    return Object.fromEntries(names.map((name) => [name.slice(0, -'.sql'.length), fromFile(name)]));
  }
}

function fromFile(name: string): Migration {
  return {
    up: async (db) => {
      const text = await readFile(join(FOLDER, name), 'utf8');
      for (const statement of splitStatements(text)) {
        await sql.raw(statement).execute(db);
      }
    },
  };
}
