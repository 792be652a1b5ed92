import type { Context } from 'koa';
import { StagedoorError } from '../lib/errors.ts';

/** An answer of JSON Lines that is sent while it is being made. */
export interface LineAnswer {
  /** Something was sent: from then on an error can only be reported as a line. */
  readonly begun: boolean;
  /**
   * Sends lines. Waits for a reader who is far behind.
   * @throws StagedoorError `request_timeout` where the reader has stopped reading, or left
   */
  write(lines: readonly object[]): Promise<void>;
  /** Sends the last line, if anybody is there; resolves when it is out of this process's hands. */
  end(line: object): Promise<void>;
}

/**
 * Bytes of an answer that wait here for its reader. Many clients read nothing before they have sent
 * everything; for them to get through, the report of more than a hundred thousand lines fits in.
 */
const AHEAD = 16 * 1024 * 1024;

/**
 * Begins an answer with its first line; until then an error is answered as any other.
 * @param idle milliseconds that a reader who reads nothing is waited for
 */
export function lineAnswer(ctx: Context, type: string, idle: number): LineAnswer {
  const { res } = ctx;
  let begun = false;
  const begin = () => {
    if (begun) {
      return;
    }
    begun = true;
    ctx.status = 200;
    ctx.set('Content-Type', type);
    // nginx would hold it back until it is complete.
    ctx.set('X-Accel-Buffering', 'no');
    ctx.respond = false;
    // A closed connection is noticed at the next line.
    res.on('error', () => {});
  };
  const isGone = () => res.closed || res.destroyed || res.socket?.destroyed !== false;
  return {
    get begun() {
      return begun;
    },
    write: async (lines) => {
      if (isGone()) {
        throw hasLeft();
      }
      begin();
      res.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
      if (res.writableLength > AHEAD) {
        await drained(ctx, idle);
      }
    },
    end: async (line) => {
      if (isGone()) {
        return;
      }
      begin();
      const { promise, resolve } = Promise.withResolvers<void>();
      res.once('close', resolve);
      res.end(`${JSON.stringify(line)}\n`, resolve);
      const timer = setTimeout(() => res.destroy(), idle);
      await promise;
      clearTimeout(timer);
    },
  };
}

/** Waits until the reader has caught up, as long as they read at all. */
async function drained({ res }: Context, idle: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let waiting = res.writableLength;
  const timer = setInterval(() => {
    if (res.writableLength >= waiting) {
      res.destroy();
    }
    waiting = res.writableLength;
  }, idle);
  const left = () => reject(hasLeft());
  res.once('drain', resolve);
  res.once('close', left);
  try {
    await promise;
  } finally {
    clearInterval(timer);
    res.off('drain', resolve);
    res.off('close', left);
  }
}

function hasLeft(): StagedoorError {
  return new StagedoorError('request_timeout', 'Nobody reads the answer any more.');
}
