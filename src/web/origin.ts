import type { Context } from 'koa';
import { type Origin, USER_AGENT_LIMIT } from '../audit/event.ts';
import { toIpAddress } from '../ip-address.ts';

/** Returns address and program of a request, for the log. */
export function originOf(ctx: Pick<Context, 'ips' | 'req' | 'get'>): Origin {
  return {
    ip: clientAddress(ctx),
    userAgent: ctx.get('user-agent').slice(0, USER_AGENT_LIMIT) || undefined,
  };
}

/**
 * Returns the address of the client: what the trusted proxies say, or the connection's other end if
 * they name none. Never a text that is no IP address; the only reader of `X-Forwarded-For`.
 */
export function clientAddress(ctx: Pick<Context, 'ips' | 'req'>): string | undefined {
  return toIpAddress(ctx.ips[0]) ?? toIpAddress(ctx.req.socket.remoteAddress);
}
