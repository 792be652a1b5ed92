import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import { StagedoorError } from '../lib/errors.ts';

/** Steps and times of a stop. */
export interface CloseOptions {
  /**
   * Keeps idle connections until their client closes them or they time out. A request that a client
   * sends at this moment is then answered and not lost.
   */
  readonly keepIdle?: boolean;
}

/** Milliseconds that requests under way get. */
const GRACE = 7_000;
/** Milliseconds after which an import that is under way is ended with a last line that says so. */
const LONG_GRACE = 5_000;
/** Milliseconds between two looks for connections whose last request was answered. */
const LOOK = 50;

/**
 * Stops listening, and resolves when all connections are closed.
 * @param ending aborted if an import is under way for too long
 */
export async function stopServing(
  server: Server,
  ending: AbortController,
  { keepIdle = false }: CloseOptions = {},
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  closeAfterResponses(server);
  // After the connections that wait in the socket at this moment have been accepted.
  setImmediate(() => {
    // `close` of the HTTP server closes idle connections, too.
    NetServer.prototype.close.call(server, () => resolve());
  });
  const timers = [
    ...(keepIdle ? [] : [setInterval(() => server.closeIdleConnections(), LOOK)]),
    setTimeout(() => {
      const reason = 'The server is stopping. Send again what is not reported.';
      ending.abort(new StagedoorError('unavailable', reason));
    }, LONG_GRACE),
    setTimeout(() => server.closeAllConnections(), GRACE),
  ];
  await promise;
  for (const timer of timers) {
    clearTimeout(timer);
  }
}

/** Closes each connection of the server after its next response. */
export function closeAfterResponses(server: Server): void {
  server.prependListener('request', (_, response) => {
    response.shouldKeepAlive = false;
  });
}
