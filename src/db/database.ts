import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CompiledQuery, Kysely, PostgresDialect } from 'kysely';
import { takeDirectory } from '../data-dir/lock.ts';
import type { AdmissionUse } from '../lib/admission-queue.ts';
import { atMost } from '../lib/at-most.ts';
import { StagedoorError } from '../lib/errors.ts';
import { connectionOptions } from './connection-options.ts';
import { EmbeddedDialect } from './embedded-dialect.ts';
import { createGroupCommit } from './group-commit.ts';
import { assertCanOpen, guardDisk, LOG_LIMITS } from './guard-disk.ts';
import { createPipeline } from './pipeline.ts';
import { createPool } from './pool.ts';
import type { Schema } from './schema.ts';
import { LOCK_WAIT, SHORT_LOCK_WAIT } from './session-settings.ts';

/** Connections for short reads. */
const LOOK_UPS = 2;
/** Connections for short writes: more than for reads, because each commit waits for the disk. */
const WRITES = 4;
/** Milliseconds after which a short read or write, or a new connection, is given up. */
const SHORT_TIMEOUT = 5_000;
/** Milliseconds that a close waits for a database that does not answer. */
const CLOSE_LIMIT = 2_000;

/** Database for queries: the pool or one transaction (see `transaction.ts`). */
export type Db = Kysely<Schema>;

/** An open database, PostgreSQL or embedded. */
export interface Database {
  readonly engine: 'postgresql' | 'embedded';
  readonly db: Db;
  /**
   * Runs one statement by its constant text, outside any transaction. For the hot path: on PostgreSQL it
   * goes to the pool directly, which saves what Kysely does around a query.
   */
  read<Row extends object>(text: string, values: readonly unknown[]): Promise<Row[]>;
  /**
   * Runs one short read by its constant text, outside any transaction, together with those of other
   * requests. It must wait for no lock: later ones wait behind it.
   */
  lookUp<Row extends object>(text: string, values: readonly unknown[]): Promise<Row[]>;
  /**
   * Does the same for one short statement that writes. Those of several requests are committed together, so
   * `now()` may be some milliseconds ago.
   */
  write<Row extends object>(text: string, values: readonly unknown[]): Promise<Row[]>;
  /** Returns the use of each pool of connections; none of the embedded database. */
  pools(): Readonly<Record<string, AdmissionUse>>;
  /** Rejects when the database does not answer a trivial query. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Location of the data. `url` is a PostgreSQL connection string; without it, PGlite in `dataDir`.
 */
export interface DatabaseOptions {
  readonly url: string | undefined;
  readonly dataDir: string;
  /** Connections of the pool. */
  readonly connections: number;
  /** Prepares statements; true by default. */
  readonly prepare?: boolean;
  /** Milliseconds after which a statement is given up; none for migrations. */
  readonly queryTimeout?: number;
  /** Called if the embedded database can't be used any more until the process starts again. */
  readonly onBroken?: (error: Error) => void;
}

/**
 * Opens the database without a query to it.
 * @throws StagedoorError `data_dir_unusable` where the embedded one's folder can't be used,
 *   `configuration_invalid` if `url` names a file that can't be read
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  return options.url === undefined ? openEmbedded(options) : openPostgres(options.url, options);
}

async function openPostgres(url: string, options: DatabaseOptions): Promise<Database> {
  const connection = {
    ...(await connectionOptions(url)),
    prepare: options.prepare ?? true,
    keepAlive: true,
    connectionTimeoutMillis: Math.min(SHORT_TIMEOUT, options.queryTimeout ?? SHORT_TIMEOUT),
    application_name: 'stagedoor',
  };
  const { queryTimeout } = options;
  const timeout = queryTimeout === undefined ? {} : { query_timeout: queryTimeout };
  const pool = createPool({ ...connection, ...timeout }, options.connections, {
    // Ends the statement before the client gives the connection up.
    statement_timeout: Math.round((queryTimeout ?? 0) * 0.95),
    lock_timeout: queryTimeout === undefined ? 0 : LOCK_WAIT,
  });
  const query_timeout = Math.min(SHORT_TIMEOUT, queryTimeout ?? SHORT_TIMEOUT);
  // Those behind a statement that takes too long still have half of their time.
  const short = {
    statement_timeout: Math.round(query_timeout / 2),
    lock_timeout: SHORT_LOCK_WAIT,
    // PostgreSQL keeps a plan that was made while a table was empty. All of these statements have an index.
    enable_seqscan: 'off',
  } as const;
  const lookUps = createPipeline({ ...connection, query_timeout }, LOOK_UPS, short);
  const writes = createGroupCommit({ ...connection, query_timeout }, WRITES, short);
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  return {
    ...wrap('postgresql', db),
    read: pool.run,
    lookUp: lookUps.run,
    write: writes.run,
    pools: () => ({ general: pool.use(), look_ups: lookUps.use(), writes: writes.use() }),
    close: () => atMost(CLOSE_LIMIT, Promise.all([lookUps.close(), writes.close(), pool.end()])),
  };
}

async function openEmbedded({ dataDir, onBroken }: DatabaseOptions): Promise<Database> {
  const folder = join(dataDir, 'db');
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    throw new StagedoorError('data_dir_unusable', `The data folder ${dataDir} can't be written.`, {
      cause,
    });
  }
  assertCanOpen(folder);
  const giveBack = await takeDirectory(dataDir);
  // With PostgreSQL, nothing loads it.
  const { PGlite } = await import('@electric-sql/pglite');
  const pglite = await PGlite.create({
    dataDir: folder,
    startParams: [...PGlite.defaultStartParams, ...LOG_LIMITS],
  });
  guardDisk(pglite, folder, onBroken);
  // Kysely lends PGlite's one connection out in turns: code inside a transaction that queries outside
  // it would wait for itself.
  const database = wrap(
    'embedded',
    new Kysely<Schema>({ dialect: new EmbeddedDialect({ pglite }) }),
  );
  return {
    ...database,
    close: async () => {
      // A transaction that waits for its turn would never begin, and its caller would wait for ever.
      await atMost(
        CLOSE_LIMIT,
        database.db.connection().execute(async () => {}),
      );
      await database.close();
      await giveBack();
    },
  };
}

function wrap(engine: Database['engine'], db: Db): Database {
  const read = async <Row extends object>(text: string, values: readonly unknown[]) =>
    (await db.executeQuery<Row>(CompiledQuery.raw(text, [...values]))).rows;
  return {
    engine,
    db,
    read,
    lookUp: read,
    write: read,
    pools: () => ({}),
    ping: async () => {
      await db.executeQuery(CompiledQuery.raw('select 1'));
    },
    close: () => db.destroy(),
  };
}
