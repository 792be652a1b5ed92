import { timingSafeEqual } from 'node:crypto';
import type { Context } from 'koa';
import type { Config } from '../config/config.ts';
import { isFromThisMachine } from '../http/origin.ts';
import { hashOf } from '../lib/credentials.ts';
import { StagedoorError } from '../lib/errors.ts';

/** The settings that decide who may read `/metrics`. */
export type MetricsAccess = Pick<Config, 'issuer' | 'trustProxy' | 'metricsToken'>;

/**
 * Admits a scraper: with `METRICS_TOKEN`, any client that sends that token; without it, programs on
 * this machine. A proxy on this machine is recognized by the headers that it adds; behind one that
 * adds none (https with `TRUST_PROXY` 0) only a token helps.
 * @returns false if it answered 401
 * @throws StagedoorError `forbidden`
 */
export function mayReadMetrics(access: MetricsAccess, ctx: Context): boolean {
  const { issuer, trustProxy, metricsToken } = access;
  if (metricsToken !== undefined) {
    const [, token = ''] = /^Bearer +(\S+)$/i.exec(ctx.get('Authorization')) ?? [];
    if (timingSafeEqual(hashOf(token), hashOf(metricsToken))) {
      return true;
    }
    ctx.status = 401;
    ctx.set('WWW-Authenticate', 'Bearer realm="metrics"');
    ctx.body = 'Send METRICS_TOKEN as a bearer token.\n';
    return false;
  }
  const hidesProxy = issuer.startsWith('https:') && trustProxy === 0;
  if (hidesProxy || !isFromThisMachine(ctx)) {
    throw new StagedoorError(
      'forbidden',
      'Metrics are for programs on the machine of the server, or for a scraper with METRICS_TOKEN.',
    );
  }
  return true;
}
