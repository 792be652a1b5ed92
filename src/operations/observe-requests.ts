import type { Context, Middleware } from 'koa';
import type { UnreadableRequest } from '../http/http-server.ts';
import { requestIdOf, traceparentOf } from '../http/request-id.ts';
import { routePattern } from '../http/route-pattern.ts';
import { waitingSince } from '../http/take-turns.ts';
import type { Logger } from '../lib/log.ts';
import { limitRepeatedLines } from '../lib/repeated-lines.ts';
import type { Metrics } from './metrics.ts';

/** Routes that load balancers ask every second. */
const CHECKS: ReadonlySet<string> = new Set(['/healthz', '/readyz']);

/**
 * Measures each request, and logs it at level `info`, a health check that succeeds at `debug`; goes before all other middleware, so that the
 * status is the one that was sent. The line has nothing that a caller chose, except for client IDs that
 * exist.
 */
export function observeRequests(
  metrics: Pick<Metrics, 'observeRequest'>,
  log: Pick<Logger, 'debug' | 'info' | 'isLevelEnabled'>,
): Middleware {
  const logs = log.isLevelEnabled('info');
  return async (ctx, next) => {
    const start = waitingSince(ctx.req) ?? performance.now();
    // Koa answers an error that is thrown past here with 500.
    let status = 500;
    try {
      await next();
      status = ctx.status;
    } finally {
      const milliseconds = performance.now() - start;
      metrics.observeRequest(ctx.method, ctx.path, status, milliseconds / 1000);
      if (logs) {
        const level = status === 200 && CHECKS.has(ctx.path) ? 'debug' : 'info';
        log[level](describe(ctx, status, milliseconds), 'Request');
      }
    }
  };
}

/**
 * Counts requests that no middleware sees because they could not be read, and logs them at level `info`: of
 * those with the same status one a second.
 */
export function observeUnreadable(
  { events }: Pick<Metrics, 'events'>,
  log: Pick<Logger, 'info'>,
): (request: UnreadableRequest) => void {
  const limitLines = limitRepeatedLines();
  return ({ status, reason, method, requestId }) => {
    events.unreadable.count(String(status));
    limitLines(String(status), (repeated) =>
      log.info(
        { method, status, reason, request_id: requestId, repeated },
        'Request could not be read',
      ),
    );
  };
}

function describe(ctx: Context, status: number, milliseconds: number): object {
  const { actor, clientId } = ctx.state;
  return {
    method: ctx.method,
    route: routePattern(ctx),
    status,
    duration_ms: Math.round(milliseconds * 100) / 100,
    client_id: typeof clientId === 'string' ? clientId.slice(0, 256) : undefined,
    actor: typeof actor === 'string' ? actor : undefined,
    request_id: requestIdOf(ctx.req),
    traceparent: traceparentOf(ctx.req),
  };
}
