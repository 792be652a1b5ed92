import { existsSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import { RetryLaterError } from '../lib/errors.ts';

/** Size of a file of the write-ahead log. */
const LOG_FILE = 16 * 1024 * 1024;
/** Free bytes below which no statement begins. */
const RESERVE = 4 * LOG_FILE;
/** Bytes of log after which its files are reused: the embedded engine has no process that does it. */
const CHECKPOINT_AFTER = 2 * LOG_FILE;
/** Statements between two looks at the length of the log, which takes about 0.5 ms. */
const LOOK_EVERY = 16;
/** Seconds after which a client may try again. */
const RETRY_AFTER = 60;
/** PostgreSQL's disk_full. */
const DISK_FULL = '53100';
/** First bytes of messages: Query and Parse begin a statement, Sync ends one that was parsed. */
const [QUERY, PARSE, SYNC] = [0x51, 0x50, 0x53];
/** Statements that a nearly full disk does not refuse. A checkpoint can make room. */
const ALWAYS_ALLOWED = /^(begin|commit|rollback|checkpoint)/i;

/** Parameters of the embedded engine that keep its log short. */
export const LOG_LIMITS = ['-c', 'max_wal_size=64MB', '-c', 'min_wal_size=32MB'];

/**
 * Refuses statements while the disk is nearly full. If it is full in spite of that, because one statement
 * writes more than the reserve, no further message is sent: the embedded PostgreSQL would never return from
 * it, since it keeps its locks after a failed write of the log.
 * @param onFull called when the database can't be used any more, until the process starts again
 */
export function guardDisk(
  pglite: PGlite,
  folder: string,
  onFull: (error: Error) => void = () => {},
): void {
  let broken: Error | undefined;
  const assertUsable = () => {
    if (broken !== undefined) {
      throw broken;
    }
    try {
      assertSpace(folder, RESERVE);
    } catch (error) {
      void log.checkpoint();
      throw error;
    }
  };
  const log = limitLog(pglite);
  const send = pglite.execProtocolStream.bind(pglite);
  const close = pglite.close.bind(pglite);
  pglite.execProtocolStream = async (message, options) => {
    if (beginsWork(message)) {
      assertUsable();
    } else if (broken !== undefined) {
      // Kysely waits for ever if a transaction can't begin: its first statement fails instead.
      return [];
    }
    try {
      const answer = await send(message, options);
      if (message[0] === SYNC || message[0] === QUERY) {
        log.countStatement();
      }
      return answer;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === DISK_FULL) {
        broken = diskFull(folder, error);
        onFull(broken);
      }
      throw broken ?? error;
    }
  };
  // It writes the log.
  pglite.close = async () => (broken === undefined ? close() : undefined);
}

function beginsWork(message: Uint8Array): boolean {
  const [kind] = message;
  // After the kind and the length.
  const text = Buffer.from(message.subarray(5, 5 + 'checkpoint'.length)).toString('latin1');
  return kind === PARSE || (kind === QUERY && !ALWAYS_ALLOWED.test(text));
}

/**
 * Runs a checkpoint whenever enough log was written. It waits for its turn on the one connection, so it never
 * runs inside a transaction.
 */
function limitLog(pglite: PGlite) {
  let statements = 0;
  let last: number | undefined;
  let isRunning = false;
  const once = async (work: () => Promise<void>) => {
    if (isRunning) {
      return;
    }
    isRunning = true;
    try {
      await work();
    } catch {
      // The database closes or its disk is full: the next statement reports it.
    } finally {
      isRunning = false;
    }
  };
  const look = async () => {
    const { rows } = await pglite.query<{ bytes: number }>(
      `select (pg_current_wal_insert_lsn() - '0/0')::float8 as bytes`,
    );
    const bytes = rows[0]?.bytes ?? 0;
    last ??= bytes;
    if (bytes - last >= CHECKPOINT_AFTER) {
      await pglite.exec('checkpoint');
      last = bytes;
    }
  };
  return {
    countStatement: () => {
      statements += 1;
      if (statements % LOOK_EVERY === 0) {
        void once(look);
      }
    },
    checkpoint: () =>
      once(async () => {
        await pglite.exec('checkpoint');
      }),
  };
}

/**
 * Checks that the database can be opened. An existing one needs little space for that, and reuses its log then.
 * @throws RetryLaterError if the disk is full
 */
export function assertCanOpen(folder: string): void {
  assertSpace(folder, existsSync(join(folder, 'PG_VERSION')) ? LOG_FILE : RESERVE);
}

function assertSpace(folder: string, needed: number): void {
  const { bavail, bsize, blocks } = statfsSync(folder);
  // Some file systems report no size.
  if (blocks > 0 && bavail * bsize < needed) {
    throw diskFull(folder);
  }
}

function diskFull(folder: string, cause?: Error): Error {
  const error = new RetryLaterError(
    'unavailable',
    `The disk of the embedded database is full: ${folder} needs ${RESERVE / 1024 / 1024} MB of free space.`,
    RETRY_AFTER,
  );
  return Object.assign(error, cause === undefined ? {} : { cause });
}
