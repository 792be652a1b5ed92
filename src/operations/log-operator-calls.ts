import type { Middleware } from 'koa';
import type { Logger } from '../lib/log.ts';

/**
 * Logs each call of the management API: who, what, and how it ended; never what was sent. Goes
 * outside of what answers errors, so that the status is the one that was sent.
 */
export function logOperatorCalls(log: Logger): Middleware {
  return async (ctx, next) => {
    await next();
    const { method, path, status } = ctx;
    const { actor } = ctx.state;
    if (typeof actor === 'string') {
      log.info({ actor, method, path, status }, 'Management API call');
    }
  };
}
