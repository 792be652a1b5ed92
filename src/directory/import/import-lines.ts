import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from '../../db/database.ts';
import {
  allowIdle,
  commitIf,
  inSavepoint,
  inTransaction,
  isContention,
  limitLockWait,
  type Tx,
} from '../../db/transaction.ts';
import { StagedoorError, ValidationError } from '../../lib/errors.ts';
import type { HashPassword } from '../../users/password.ts';
import type { UserEditor } from '../operator-role.ts';
import { applyLine } from './apply-line.ts';
import type { BulkLine, DoneLine, LineResult } from './line.ts';
import { prehashPasswords } from './prehash-passwords.ts';
import { tryAtomicImport } from './store.ts';

/** An import: its source, its rights and its listeners. */
export interface Import {
  readonly editor: UserEditor;
  readonly hash: HashPassword;
  /** Some lines at a time: a transaction each, where the import is not atomic. */
  readonly batches: AsyncIterable<readonly BulkLine[]>;
  /** Called in the order of the lines. An error that it throws ends the import. */
  readonly report: (done: readonly DoneLine[]) => Promise<void>;
  /** Runs last in each transaction. If it throws, nothing of that transaction is written. */
  readonly beforeCommit: (tx: Tx) => Promise<void>;
}

/**
 * Milliseconds that a line waits for a lock before its transaction gives its own ones back: less than
 * PostgreSQL takes to see that two wait for each other.
 */
const LOCK_WAIT = 500;
/** Milliseconds: an atomic import waits for lines, for its reader, and for hashes of passwords. */
const IDLE_LIMIT = 180_000;
/** Attempts, two minutes together; after that the other transaction is unlikely to end. */
const ATTEMPTS = 240;

/**
 * Carries lines out, a batch a transaction. A line that is refused undoes nothing of the others. What
 * is reported is committed.
 */
export async function importLines(
  db: Db,
  { editor, hash, batches, report, beforeCommit }: Import,
): Promise<void> {
  for await (const lines of batches) {
    const hashOf = await prehashPasswords(db, lines, hash);
    const carryOut = (some: readonly BulkLine[]) =>
      inTransaction(db, async (tx) => {
        await limitLockWait(tx, LOCK_WAIT);
        const done: DoneLine[] = [];
        for (const line of some) {
          done.push(await carryOutOrRefuse(tx, editor, line, hashOf(line)));
        }
        await beforeCommit(tx);
        return done;
      });
    const done = await carryOut(lines).catch(unlessContention);
    if (done !== undefined) {
      await report(done);
      continue;
    }
    // Two that wait for each other hold locks of earlier lines. A line by itself holds none.
    for (const line of lines) {
      await report(await retryOnContention(() => carryOut([line]), line));
    }
  }
}

/**
 * Applies lines in one transaction. If a line is refused, it is rolled back after the last line, so
 * that every refused line is reported. Only one such import runs at a time: each holds the locks of
 * all its lines.
 * @param finish runs last in the transaction
 * @returns whether it was committed
 * @throws StagedoorError `conflict` while another one runs
 */
export async function importAtomically(
  db: Db,
  { editor, hash, batches, report, beforeCommit }: Import,
  finish: (tx: Tx) => Promise<void>,
): Promise<boolean> {
  return commitIf(db, async (tx) => {
    if (!(await tryAtomicImport(tx))) {
      throw new StagedoorError('conflict', 'Another atomic import is under way. Try again later.');
    }
    await limitLockWait(tx, LOCK_WAIT);
    await allowIdle(tx, IDLE_LIMIT);
    let refused = false;
    for await (const lines of batches) {
      const hashOf = await prehashPasswords(tx, lines, hash);
      const done: DoneLine[] = [];
      for (const line of lines) {
        const known = hashOf(line);
        done.push(await retryOnContention(() => carryOutOrRefuse(tx, editor, line, known), line));
      }
      refused ||= done.some(({ result }) => result.outcome === 'refused');
      await report(done);
    }
    if (!refused) {
      await finish(tx);
      await beforeCommit(tx);
    }
    return !refused;
  });
}

async function carryOutOrRefuse(
  tx: Tx,
  editor: UserEditor,
  line: BulkLine,
  hash: HashPassword,
): Promise<DoneLine> {
  const { item } = line;
  const carryOut = async (): Promise<LineResult> =>
    'kind' in item
      ? { outcome: await inSavepoint(tx, () => applyLine(tx, editor, item, hash)) }
      : { outcome: 'refused', ...item };
  return { line, result: await carryOut().catch(refusal) };
}

/** @throws what does not speak against the line */
function refusal(error: unknown): LineResult {
  if (error instanceof ValidationError) {
    return { outcome: 'refused', errors: error.fields };
  }
  if (error instanceof StagedoorError && error.code === 'forbidden') {
    return { outcome: 'refused', detail: error.message };
  }
  throw error;
}

/** Tries again while others are in the way. */
async function retryOnContention<T>(work: () => Promise<T>, { number }: BulkLine): Promise<T> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const done = await work().catch(unlessContention);
    if (done !== undefined) {
      return done;
    }
    // Two that meet again and again must not do so in step.
    await sleep(Math.random() * 100);
  }
  throw new StagedoorError(
    'unavailable',
    `Another call holds what line ${number} is about, and does not let go. Try again later.`,
  );
}

function unlessContention(error: unknown): undefined {
  const isGone = error instanceof StagedoorError && error.code === 'conflict';
  if (!isGone && !isContention(error)) {
    throw error;
  }
}
