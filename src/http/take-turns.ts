import type { Middleware } from 'koa';
import { AdmissionQueue } from '../lib/admission-queue.ts';
import { asRequester } from '../lib/requester.ts';

/** Requests that begin in one turn of the event loop: so few that they take some milliseconds. */
const PER_TURN = 16;
/** Requests that may wait for their turn. */
const WAITING = 5_000;
/** Probes are answered by what is in memory or by one short query. */
const PROBES: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

/**
 * Begins the work on a limited number of requests in each turn of the event loop, so that a burst of
 * them does not delay what is mounted before: introspection and the changes feed.
 */
export function takeTurns(): Middleware {
  const queue = new AdmissionQueue({ places: PER_TURN, waiting: WAITING });
  const leave = () => queue.leave();
  return (ctx, next) =>
    asRequester(
      () => ctx.req.socket.destroyed,
      async () => {
        if (!PROBES.has(ctx.path)) {
          await queue.enter();
          setImmediate(leave);
        }
        await next();
      },
    );
}
