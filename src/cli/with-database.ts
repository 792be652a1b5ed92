import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Config, readConfig } from '../config/config.ts';
import { holderOf } from '../data-dir/lock.ts';
import { readServerFile, type ServerFile } from '../data-dir/server-file.ts';
import { assertReachable } from '../db/assert-reachable.ts';
import { type Database, openDatabase } from '../db/database.ts';
import { assertSchema } from '../db/schema-state.ts';
import { inTransaction, type Tx } from '../db/transaction.ts';
import { StagedoorError } from '../lib/errors.ts';
import type { Shell } from './shell.ts';

/** Command that brings the database up to date. */
export const MIGRATE = 'stagedoor migrate';

/** Milliseconds to wait for another process that holds the embedded database. */
const PATIENCE = 60_000;
/** Milliseconds until the command reports that it waits. */
const SILENCE = 2_000;

/** The database, or the running server that holds it. */
export type Opened = { readonly database: Database } | { readonly server: ServerFile };

/**
 * Opens the configured database for one command and closes it again.
 * @throws StagedoorError with a message for the operator if it can't be used
 */
export async function withDatabase<T>(
  shell: Shell,
  work: (database: Database, config: Config) => Promise<T>,
): Promise<T> {
  const config = readConfig(shell.env);
  return use(await openForUs(config, shell), (database) => work(database, config));
}

/** Opens the configured database like `withDatabase`, and requires that it exists and is up to date. */
export async function withCurrentDatabase<T>(
  shell: Shell,
  work: (database: Database, config: Config) => Promise<T>,
): Promise<T> {
  const config = readConfig(shell.env);
  await refuseMissing(config);
  return use(await openForUs(config, shell), async (database) => {
    await assertSchema(database.db, MIGRATE);
    return work(database, config);
  });
}

/** Does the work of a command in one transaction on the database, which exists and is up to date. */
export function inCurrentDatabase<T>(
  shell: Shell,
  work: (tx: Tx, config: Config) => Promise<T>,
): Promise<T> {
  return withCurrentDatabase(shell, ({ db }, config) =>
    inTransaction(db, (tx) => work(tx, config)),
  );
}

/** Closes a database after the work. */
export async function use<T>(
  database: Database,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  try {
    await assertReachable(database);
    return await work(database);
  } finally {
    await database.close();
  }
}

/** Requires that the embedded database exists, so that a wrong DATA_DIR does not create one. */
export async function refuseMissing({ databaseUrl, dataDir }: Config): Promise<void> {
  if (databaseUrl === undefined) {
    await access(join(dataDir, 'db')).catch(() => {
      throw new StagedoorError(
        'data_dir_unusable',
        `There is no database in ${dataDir}. Set DATABASE_URL, or DATA_DIR to the folder of the server.`,
      );
    });
  }
}

/**
 * Opens the database. If another process holds the embedded one, finds the server or waits for the
 * other command.
 * @throws StagedoorError `data_dir_in_use`
 */
export async function openOrFind(config: Config, { err }: Pick<Shell, 'err'>): Promise<Opened> {
  const start = Date.now();
  let told = false;
  for (;;) {
    try {
      return { database: await open(config) };
    } catch (error) {
      if (!(error instanceof StagedoorError && error.code === 'data_dir_in_use')) {
        throw error;
      }
      const server = await findServer(config);
      if (server !== undefined) {
        return { server };
      }
      const waited = Date.now() - start;
      if (waited > PATIENCE) {
        throw error;
      }
      if (waited > SILENCE && !told) {
        told = true;
        err(`Waiting for process ${await holderOf(config.dataDir)}, which has the database.\n`);
      }
    }
    await sleep(100);
  }
}

/** Two connections, because `migrate` needs them. */
function open({ databaseUrl: url, databasePrepare: prepare, dataDir }: Config): Promise<Database> {
  return openDatabase({ url, dataDir, connections: 2, prepare });
}

/** Returns the server that holds the embedded database; undefined for a command or a starting server. */
async function findServer({ dataDir }: Config): Promise<ServerFile | undefined> {
  const holder = await holderOf(dataDir);
  try {
    const server = await readServerFile(dataDir);
    return server?.pid === holder ? server : undefined;
  } catch (cause) {
    throw new StagedoorError(
      'data_dir_in_use',
      `The embedded database in ${dataDir} belongs to the running server (process ${holder}), which is reached by ${join(dataDir, 'server.json')}; that file can't be read. Run the command as the user that runs the server.`,
      { cause },
    );
  }
}

async function openForUs(config: Config, shell: Shell): Promise<Database> {
  const opened = await openOrFind(config, shell);
  if ('database' in opened) {
    return opened.database;
  }
  throw new StagedoorError(
    'data_dir_in_use',
    `This command needs the embedded database in ${config.dataDir} to itself, and the running server has it (process ${opened.server.pid}, ${opened.server.url}). Stop the server, run the command, and start the server again. With PostgreSQL (DATABASE_URL) both can run.`,
  );
}
