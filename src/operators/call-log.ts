import type { OperatorCall } from '../api/operator.ts';
import type { Db } from '../db/database.ts';
import { inTransaction } from '../db/transaction.ts';
import { atMost } from '../lib/at-most.ts';
import type { Logger } from '../lib/log.ts';
import { recordCall } from './record-call.ts';

/** Log of calls that changed nothing; equal calls share an entry, so that they do not flood it. */
export interface CallLog {
  /** Logs or counts a call. Never rejects. */
  note(call: OperatorCall): Promise<void>;
  /** Writes the calls counted so far; this also happens every minute. */
  flush(): Promise<void>;
  /** Ends the timer and flushes. */
  stop(): Promise<void>;
}

/** Milliseconds. */
const MINUTE = 60_000;
/** Milliseconds for which a process that ends waits for the database. */
const LAST_TRY = 2_000;
/** Kinds of calls that are counted at a time; each call beyond them gets an entry of its own. */
const CAPACITY = 1000;

interface Counted {
  readonly call: OperatorCall;
  count: number;
  /** Number of log entries in the answers of these calls. */
  entries: number;
}

/**
 * Starts the log. The first call of a kind (token, method, path, status, address, program and
 * filters) gets an entry of its own at once. Further calls within the minute are counted and share
 * one entry, written at its end, with their number.
 */
export function startCallLog(db: Db, log: Pick<Logger, 'warn'>): CallLog {
  const counts = new Map<string, Counted>();
  const write = async (entries: readonly (readonly [call: OperatorCall, calls: number])[]) => {
    try {
      await inTransaction(db, async (tx) => {
        for (const [call, calls] of entries) {
          await recordCall(tx, call, calls);
        }
      });
    } catch (err) {
      const calls = entries.reduce((sum, [, count]) => sum + count, 0);
      log.warn({ err, calls }, 'Management API calls not recorded');
    }
  };
  const flush = async () => {
    const entries: [OperatorCall, number][] = [];
    for (const [kind, counted] of counts) {
      const { count } = counted;
      if (count === 0) {
        counts.delete(kind);
      } else {
        const { call, entries: read } = counted;
        Object.assign(counted, { count: 0, entries: 0 });
        entries.push([
          { ...call, ...(call.read && { read: { ...call.read, entries: read } }) },
          count,
        ]);
      }
    }
    if (entries.length > 0) {
      await write(entries);
    }
  };
  let running: Promise<void> = Promise.resolve();
  const flushInTurn = () => {
    running = running.then(flush);
    return running;
  };
  const timer = setInterval(flushInTurn, MINUTE).unref();
  return {
    note: async (call) => {
      const kind = kindOf(call);
      const counted = counts.get(kind);
      if (counted !== undefined) {
        counted.count += 1;
        counted.entries += call.read?.entries ?? 0;
        return;
      }
      if (counts.size < CAPACITY) {
        counts.set(kind, { call, count: 0, entries: 0 });
      }
      await write([[call, 1]]);
    },
    flush: flushInTurn,
    stop: () => {
      clearInterval(timer);
      return atMost(LAST_TRY, flushInTurn());
    },
  };
}

function kindOf({ operator, method, path, status, origin, counts, read }: OperatorCall): string {
  const { ip, userAgent } = origin;
  return JSON.stringify([operator.id, method, path, status, ip, userAgent, counts, read?.filters]);
}
