import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import { IncomingMessage } from 'node:http';
import pg from 'pg';

/** A request and the statements that it sent to PostgreSQL, including `begin` and `commit`. */
export interface CountedRequest {
  /** Method and path, for example `GET /login`. */
  readonly request: string;
  readonly texts: string[];
  /** Number of times that statements were sent; several in one go count once. */
  sendings: number;
}

const current = new AsyncLocalStorage<CountedRequest>();
let counted: CountedRequest[] = [];
let isWatching = false;

/**
 * Records the statements of each request that a server in this process answers during `work`.
 * Statements of background work are not recorded.
 */
export async function countStatements(work: () => Promise<unknown>): Promise<CountedRequest[]> {
  watch();
  counted = [];
  await work();
  return counted;
}

function watch(): void {
  if (isWatching) {
    return;
  }
  isWatching = true;
  subscribe('http.server.request.start', (message) => {
    const { request } = Object(message);
    if (request instanceof IncomingMessage) {
      const path = request.url?.replace(/\?.*/, '');
      const entry: CountedRequest = {
        request: `${request.method} ${path}`,
        texts: [],
        sendings: 0,
      };
      counted.push(entry);
      current.enterWith(entry);
    }
  });
  const { query } = pg.Client.prototype;
  let isSending = false;
  pg.Client.prototype.query = function record(this: pg.Client, ...args: unknown[]) {
    const [first] = args;
    const entry = current.getStore();
    // A new connection sets its limits.
    if (entry !== undefined && !String(first).startsWith('select set_config(')) {
      entry.texts.push(String(typeof first === 'string' ? first : Object(first).text));
      entry.sendings += isSending ? 0 : 1;
      isSending = true;
      queueMicrotask(() => {
        isSending = false;
      });
    }
    return Reflect.apply(query, this, args);
  };
}
