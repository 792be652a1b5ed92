import { statfsSync } from 'node:fs';
import type { PGlite } from '@electric-sql/pglite';
import { RetryLaterError } from '../lib/errors.ts';

/** Free bytes below which no statement begins: four files of the write-ahead log. */
const RESERVE = 64 * 1024 * 1024;
/** Seconds after which a client may try again. */
const RETRY_AFTER = 60;
/** PostgreSQL's disk_full. */
const DISK_FULL = '53100';
/** First bytes of the messages that begin a statement: Query and Parse. */
const [QUERY, PARSE] = [0x51, 0x50];
const CONTROLS_TRANSACTION = /^(begin|commit|rollback)/i;

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
    assertSpace(folder);
  };
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
      return await send(message, options);
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
  const text = Buffer.from(message.subarray(5, 5 + 'rollback'.length)).toString('latin1');
  return kind === PARSE || (kind === QUERY && !CONTROLS_TRANSACTION.test(text));
}

/** @throws RetryLaterError if the disk is nearly full */
export function assertSpace(folder: string): void {
  const { bavail, bsize, blocks } = statfsSync(folder);
  // Some file systems report no size.
  if (blocks > 0 && bavail * bsize < RESERVE) {
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
