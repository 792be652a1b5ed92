import { writeSync } from 'node:fs';
import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger };

/** Bytes of lines that wait to be written together. */
const BUFFER = 8 * 1024;
/** Milliseconds after which they are written. */
const DELAY = 100;
/** Lines from this level on are written at once. */
const WARN = 40;
/** Milliseconds between two attempts to write to a full pipe. */
const RETRY_AFTER = 10;
/** Milliseconds after which no more attempts are made: meanwhile the process does nothing else. */
const PATIENCE = 2_000;
/** Never changes: waiting for it takes as long as it may. */
const CLOCK = new Int32Array(new SharedArrayBuffer(4));

/**
 * Creates the log of this process: one JSON object per line, by default on standard output. Errors
 * are logged under the key `err`. Never log a token or a secret.
 * @param isOutage tests for errors whose cause is known, which are logged without a stack
 */
export function createLog(
  level: string,
  destination: DestinationStream = standardOutput(),
  isOutage: (error: Error) => boolean = () => false,
): Logger {
  const serializers = { err: (error: unknown) => describeError(error, isOutage, 4) };
  return pino({ level, base: null, timestamp: timeOfLine, serializers }, destination);
}

/**
 * Writes many lines by one system call, because a line of each request would otherwise cost more than
 * everything else about it. If the process is killed, the lines of the last 100 ms are lost; those from
 * `warn` on are not.
 */
export function standardOutput(): DestinationStream & { flush(): void } {
  process.off('exit', flush).on('exit', flush);
  const destination = {
    // Asks pino to set `lastLevel` before each line.
    [Symbol.for('pino.metadata')]: true,
    lastLevel: 0,
    write(line: string) {
      lines += line;
      if (this.lastLevel >= WARN || lines.length >= BUFFER) {
        flush();
      } else {
        timer ??= setTimeout(flush, DELAY).unref();
      }
    },
    flush,
  };
  return destination;
}

/** Lines of all logs that wait: they have the same output. */
let lines = '';
let timer: NodeJS.Timeout | undefined;
/** Bytes that a full pipe has not taken; while there are some, further lines are lost. */
let unsent: Buffer = Buffer.alloc(0);
/** Number of lost lines that the log does not tell yet. */
let lost = 0;

function flush(): void {
  clearTimeout(timer);
  timer = undefined;
  const waiting = lines;
  lines = '';
  unsent = write(unsent, 0);
  if (unsent.length > 0) {
    lost += waiting.split('\n').length - 1;
    return;
  }
  const told =
    lost === 0 ? '' : `{"level":${WARN}${timeOfLine()},"lines":${lost},"msg":"Log lines lost"}\n`;
  lost = 0;
  unsent = write(Buffer.from(told + waiting), PATIENCE);
}

/**
 * Writes to the standard output. Returns what a full pipe has not taken within `patience` milliseconds.
 * If nobody reads it any more, all is lost.
 */
function write(bytes: Buffer, patience: number): Buffer {
  const end = performance.now() + patience;
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(1, bytes, written);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) {
        return Buffer.alloc(0);
      }
      if (performance.now() >= end) {
        break;
      }
      Atomics.wait(CLOCK, 0, 0, RETRY_AFTER);
    }
  }
  return bytes.subarray(written);
}

let lastTime = 0;
let lastTimestamp = '';

/** Returns the property `time` of a line. Formatting the time would cost as much as the rest of the line. */
function timeOfLine(): string {
  const now = Date.now();
  if (now !== lastTime) {
    lastTime = now;
    lastTimestamp = `,"time":"${new Date(now).toISOString()}"`;
  }
  return lastTimestamp;
}

/**
 * Picks the loggable properties of an error. All others are left out: a database error quotes rows
 * and parameters in `detail`, `where`, `params` and more.
 * @param depth limits the chain of causes
 */
function describeError(error: unknown, isOutage: (error: Error) => boolean, depth: number): object {
  if (!(error instanceof Error)) {
    return { message: `Not an Error: ${typeof error}` };
  }
  const { name, message, stack, cause } = error;
  return {
    type: name,
    message,
    ...(isOutage(error) ? {} : { stack }),
    ...('code' in error ? { code: error.code } : {}),
    ...(cause !== undefined && depth > 1
      ? { cause: describeError(cause, isOutage, depth - 1) }
      : {}),
  };
}
