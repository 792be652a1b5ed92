import type { IncomingMessage, RequestListener } from 'node:http';
import type { Middleware } from 'koa';
import { AdmissionQueue } from '../lib/admission-queue.ts';
import { asRequester } from '../lib/requester.ts';

/** Requests that begin in one turn of the event loop: so few that they take about a millisecond. */
const PER_TURN = 4;
/** Requests that may wait for their turn. */
const WAITING = 5_000;

/** A request that had to wait. */
interface Waited {
  /** Milliseconds of `performance.now()`. */
  readonly since: number;
  /** Error for one that did not get its turn. */
  readonly refusal?: unknown;
}

const waited = new WeakMap<IncomingMessage, Waited>();

/**
 * Begins the work on a limited number of requests in each turn of the event loop, so that a burst of
 * them does not delay those for the urgent paths. They wait in front of the application, which takes more
 * time and memory for a request than Node.js takes to read it.
 */
export function takeTurns(
  listener: RequestListener,
  urgentPaths: ReadonlySet<string>,
): RequestListener {
  const queue = new AdmissionQueue({ places: PER_TURN, waiting: WAITING });
  const leave = () => queue.leave();
  const wait = async (request: IncomingMessage) => {
    const since = performance.now();
    try {
      await queue.enter();
      setImmediate(leave);
      if (performance.now() - since > 1) {
        waited.set(request, { since });
      }
    } catch (refusal) {
      waited.set(request, { since, refusal });
    }
  };
  return (request, response) => {
    const [path = ''] = (request.url ?? '').split('?', 1);
    if (urgentPaths.has(path)) {
      listener(request, response);
      return;
    }
    void asRequester(
      () => request.socket.destroyed,
      async () => {
        await wait(request);
        listener(request, response);
      },
    );
  };
}

/** Fails requests that did not get their turn. Goes after the middleware that answers errors. */
export function refuseUnserved(): Middleware {
  return (ctx, next) => {
    const refusal = waited.get(ctx.req)?.refusal;
    if (refusal !== undefined) {
      throw refusal;
    }
    return next();
  };
}

/** Returns when a request began to wait, in milliseconds of `performance.now()`; undefined: it did not. */
export function waitingSince(request: IncomingMessage): number | undefined {
  return waited.get(request)?.since;
}
