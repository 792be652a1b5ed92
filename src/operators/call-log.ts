import type { Db } from '../db/database.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Logger } from '../log.ts';
import { type OperatorCall, recordCall } from './record-call.ts';

/** Puts calls that changed nothing down in the log, without letting them flood it. */
export interface CallLog {
  /** Notes a call; resolves once it is in the log, or counted. Never rejects. */
  note(call: OperatorCall): Promise<void>;
  /** Writes what was counted so far, as happens every minute. */
  flush(): Promise<void>;
  /** The last time. */
  stop(): Promise<void>;
}

/** Milliseconds. */
const MINUTE = 60_000;
/** Kinds of calls that are counted at a time; what goes beyond is written a call an entry. */
const CAPACITY = 1000;

interface Counted {
  readonly call: OperatorCall;
  count: number;
  /** Entries of the log that these calls were answered with. */
  entries: number;
}

/**
 * Starts the log. Of calls of one kind (token, method, path, status, address, program and filters of the log) the first
 * gets an entry of its own at once. Those that follow within the minute are counted, and get one
 * entry together at its end, which says how many they are.
 */
export function startCallLog(db: Db, log: Logger): CallLog {
  const counts = new Map<string, Counted>();
  const write = async (call: OperatorCall, calls: number) => {
    try {
      await inTransaction(db, (tx) => recordCall(tx, call, calls));
    } catch (err) {
      log.warn({ err, calls }, 'Calls of the management API could not be written to the log.');
    }
  };
  const flush = async () => {
    for (const [kind, counted] of counts) {
      const { count } = counted;
      if (count === 0) {
        counts.delete(kind);
      } else {
        const { call, entries } = counted;
        Object.assign(counted, { count: 0, entries: 0 });
        await write({ ...call, ...(call.read && { read: { ...call.read, entries } }) }, count);
      }
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
      await write(call, 1);
    },
    flush: flushInTurn,
    stop: () => {
      clearInterval(timer);
      return flushInTurn();
    },
  };
}

function kindOf({ operator, method, path, status, origin, counts, read }: OperatorCall): string {
  const { ip, userAgent } = origin;
  return JSON.stringify([operator.id, method, path, status, ip, userAgent, counts, read?.filters]);
}
