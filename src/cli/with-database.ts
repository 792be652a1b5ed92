import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { type Config, readConfig } from '../config.ts';
import { type Database, openDatabase } from '../db/database.ts';
import { pendingMigrations } from '../db/migrate.ts';
import { StagedoorError } from '../errors.ts';

/**
 * Opens the configured database for one command and closes it again.
 * @throws StagedoorError with a line for the operator where it can't be used
 */
export async function withDatabase<T>(
  work: (database: Database, config: Config) => Promise<T>,
): Promise<T> {
  return use(readConfig(), work);
}

/** As `withDatabase`, for a database that is there already and up to date. */
export async function withCurrentDatabase<T>(
  work: (database: Database, config: Config) => Promise<T>,
): Promise<T> {
  const config = readConfig();
  await refuseMissing(config);
  return use(config, async (database) => {
    const pending = await pendingMigrations(database.db);
    if (pending.length > 0) {
      throw new StagedoorError(
        'database_behind',
        `The database lacks ${pending.length} migration(s): ${pending.join(', ')}. Run "stagedoor migrate" first.`,
      );
    }
    return work(database, config);
  });
}

/** To look for applications makes no new database in a folder that was named by mistake. */
async function refuseMissing({ databaseUrl, dataDir }: Config): Promise<void> {
  if (databaseUrl === undefined) {
    await access(join(dataDir, 'db')).catch(() => {
      throw new StagedoorError(
        'data_dir_unusable',
        `There is no database in ${dataDir}. Set DATABASE_URL, or DATA_DIR to the folder of the server.`,
      );
    });
  }
}

async function use<T>(
  config: Config,
  work: (database: Database, config: Config) => Promise<T>,
): Promise<T> {
  const database = await open(config);
  try {
    await ping(database);
    return await work(database, config);
  } finally {
    await database.close();
  }
}

async function open({ databaseUrl: url, dataDir, issuer }: Config): Promise<Database> {
  try {
    return await openDatabase({ url, dataDir, connections: 1 });
  } catch (error) {
    if (!(error instanceof StagedoorError && error.code === 'data_dir_in_use')) {
      throw error;
    }
    throw new StagedoorError(
      'data_dir_in_use',
      `The embedded database in ${dataDir} is in use, most likely by the running server, and belongs to one process at a time. Stop the server and try again. Applications can be managed while it runs, at ${issuer}/api/v1/applications/.`,
      { cause: error },
    );
  }
}

async function ping(database: Database): Promise<void> {
  try {
    await database.ping();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message || cause.name : 'no answer';
    throw new StagedoorError(
      'database_unreachable',
      `The database can't be reached: ${why}. Check DATABASE_URL, and that the server is up.`,
      { cause },
    );
  }
}
