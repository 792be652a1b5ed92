import Router from '@koa/router';
import type { Context } from 'koa';
import { peerAddress } from '../http/origin.ts';
import { toIpAddress } from '../lib/ip-address.ts';
import { DOCTOR_HEADER, isDoctorPass } from './doctor-pass.ts';
import { type MetricsAccess, mayReadMetrics } from './may-read-metrics.ts';
import type { Metrics } from './metrics.ts';

/** Paths of probes, which are answered by what is in memory or by one short query. */
export const PROBES = ['/healthz', '/readyz', '/metrics'];

/** Dependencies of the operations endpoints. */
export interface OperationsDeps {
  readonly metrics: Metrics;
  readonly config: MetricsAccess;
  readonly cookieKeys: readonly string[];
  /** Returns the reason why requests would fail or get wrong answers; undefined if they do not. */
  readonly findObstacle: () => Promise<string | undefined>;
  /** Tests if the server is about to stop. */
  readonly isStopping?: (() => boolean) | undefined;
}

/**
 * Serves the endpoints for operators:
 *
 * - `/healthz`: 200 as long as the process answers. Never asks the database: restarting a process
 *   does not repair an unreachable database.
 * - `/readyz`: 503 while the database does not answer or its clock differs, and when the server is about to
 *   stop.
 * - `/metrics`: for Prometheus. See `mayReadMetrics`.
 */
export function operationsRoutes(deps: OperationsDeps): Router {
  return new Router()
    .get('/healthz', (ctx) => {
      ctx.set('Cache-Control', 'no-store');
      const isDoctor = isDoctorPass(deps.cookieKeys, ctx.get(DOCTOR_HEADER));
      ctx.body = { status: 'ok', ...(isDoctor ? { arrival: arrivalOf(deps.config, ctx) } : {}) };
    })
    .get('/readyz', async (ctx) => {
      ctx.set('Cache-Control', 'no-store');
      const obstacle = deps.isStopping?.() ? 'shutting down' : await deps.findObstacle();
      ctx.status = obstacle === undefined ? 200 : 503;
      ctx.body =
        obstacle === undefined ? { status: 'ok' } : { status: 'unavailable', detail: obstacle };
    })
    .get('/metrics', async (ctx) => {
      if (!mayReadMetrics(deps.config, ctx)) {
        return;
      }
      const { contentType, text } = await deps.metrics.read();
      ctx.set({ 'Cache-Control': 'no-store', 'Content-Type': contentType });
      ctx.body = text;
    });
}

/** Facts that `stagedoor doctor` compares with the proxies that TRUST_PROXY names. */
function arrivalOf({ trustProxy }: MetricsAccess, ctx: Context) {
  // As sent: without TRUST_PROXY, `own-url.ts` removes the header.
  const sent = ctx.req.headersDistinct['x-forwarded-for']?.join(',') ?? '';
  const forwarded = sent === '' ? [] : sent.split(',', 50).map((one) => toIpAddress(one) ?? '');
  return { peer: peerAddress(ctx) ?? '', forwarded, trust_proxy: trustProxy };
}
