import type { Context } from 'koa';
import type { Origin } from '../audit/event.ts';

/** From where a request came, for the log. */
export function originOf(ctx: Pick<Context, 'ip' | 'get'>): Origin {
  return { ip: ctx.ip || undefined, userAgent: ctx.get('user-agent') || undefined };
}
