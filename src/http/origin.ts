import type { Context } from 'koa';
import { type Origin, USER_AGENT_LIMIT } from '../lib/actor.ts';
import { toIpAddress } from '../lib/ip-address.ts';

/** Headers that a proxy adds, and a program that calls the server itself does not send. */
const FORWARDING =
  /^(forwarded|via|x-forwarded|x-forwarded-.*|x-real-ip|x-client-ip|x-cluster-client-ip|cf-connecting-ip|true-client-ip)$/i;

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
  return toIpAddress(ctx.ips[0]) ?? peerAddress(ctx);
}

/** Returns the address of the connection's other end: the client, or the nearest proxy. */
export function peerAddress({ req }: Pick<Context, 'req'>): string | undefined {
  return toIpAddress(req.socket.remoteAddress);
}

/** Tests if a program on the server's own machine sent the request itself, without a proxy. */
export function isFromThisMachine({ req }: Pick<Context, 'req'>): boolean {
  const { remoteAddress, localAddress } = req.socket;
  const peer = toIpAddress(remoteAddress);
  const isHere =
    peer !== undefined && (/^127\.|^::1$/.test(peer) || remoteAddress === localAddress);
  // As sent: `own-url.ts` writes some of these names itself.
  return isHere && !req.rawHeaders.some((name, at) => at % 2 === 0 && FORWARDING.test(name));
}
