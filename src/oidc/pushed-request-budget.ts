import type { Middleware } from 'koa';
import { type Client, errors, type KoaContextWithOIDC } from 'oidc-provider';
import { clientAddress } from '../http/origin.ts';
import type { Verdict } from '../limits/limit.ts';
import type { Limits } from '../limits/limits.ts';
import { PATHS } from './paths.ts';

/** Pushed requests of public applications from one source in ten minutes. */
const BUDGET = { address: 300, network: 1200, provider: 6000, seconds: 600 };
/** Requests with longer bodies, in bytes, have a smaller budget. */
const USUAL = 8 * 1024;
/** Shared with posted requests that are stored. */
export const LONG_BUDGET = { address: 30, network: 120, provider: 600, seconds: 600 };

/** Notes of one request, from before its transaction to the check inside it. */
const verdicts = new WeakMap<object, Verdict>();
const stored = new WeakSet<object>();

/**
 * Counts the pushed requests that anybody can store: those of public applications, which prove
 * nothing. Requests of confidential applications and failed ones are not counted. Runs before the
 * transaction, because limits use a connection of their own.
 */
export function pushedRequestBudget(limits: Limits): Middleware {
  const usual = limits.bySource('pushed_requests', BUDGET);
  const long = limits.bySource('long_pushed_requests', LONG_BUDGET);
  return async (ctx, next) => {
    const authenticates = ctx.get('Authorization') !== '';
    if (ctx.method !== 'POST' || !isPush(ctx.path) || authenticates) {
      return next();
    }
    // Without a length, it may be long.
    const limit =
      Number(ctx.get('Content-Length') || Number.POSITIVE_INFINITY) > USUAL ? long : usual;
    const source = clientAddress(ctx) ?? '';
    const verdict = await limit.take(source);
    verdicts.set(ctx.req, verdict);
    try {
      await next();
    } finally {
      if (verdict.allowed && !(stored.has(ctx.req) && ctx.status === 201)) {
        await limit.giveBack(source);
      }
    }
  };
}

/**
 * Rejects a pushed request of a public application beyond the budget of its source. A confidential
 * application is never limited.
 * @throws OIDCProviderError with 429
 * @see RFC 9126 §2.3
 */
export function checkPushedRequest(ctx: KoaContextWithOIDC, client: Client): void {
  if (ctx.oidc.route !== 'pushed_authorization_request' || client.clientAuthMethod !== 'none') {
    return;
  }
  const verdict = verdicts.get(ctx.req);
  if (verdict?.allowed === false) {
    ctx.set('Retry-After', String(verdict.retrySeconds));
    const description = 'too many pushed requests from this address';
    const error = new errors.CustomOIDCProviderError('temporarily_unavailable', description);
    error.status = 429;
    error.statusCode = 429;
    throw error;
  }
  stored.add(ctx.req);
}

/**
 * Tests if a path is that of pushed requests for the provider, whose router accepts several
 * spellings.
 */
export function isPush(path: string): boolean {
  return path.toLowerCase().replace(/\/$/, '') === PATHS.pushed_authorization_request;
}
