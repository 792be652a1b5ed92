import Router from '@koa/router';
import type { Context } from 'koa';
import type { Database } from '../db/database.ts';
import { findActiveUser } from '../directory/find-user.ts';
import { organizersOf } from '../directory/organizers-of.ts';
import { findLiveAccessToken, type LiveToken } from './introspect.ts';
import { DPOP_ALGORITHMS } from './proof.ts';

/** What the endpoints that take bearer tokens need. */
export interface BearerRoutesDeps {
  readonly database: Database;
}

/** The endpoints of this server that take bearer tokens. */
export function bearerRoutes(deps: BearerRoutesDeps): Router {
  return new Router()
    .get('/api/v1/me', (ctx) => answerMe(deps, ctx))
    .get('/api/v1/organizers/', (ctx) => answerOrganizers(deps, ctx));
}

async function answerMe(deps: BearerRoutesDeps, ctx: Context): Promise<void> {
  const token = await bearer(deps, ctx, ['profile']);
  const user = token && (await findActiveUser(deps.database.db, token.userId));
  if (user) {
    ctx.body = {
      sub: user.id,
      email: user.email,
      full_name: user.fullName,
      locale: user.locale,
      timezone: user.timezone,
    };
  }
}

async function answerOrganizers(deps: BearerRoutesDeps, ctx: Context): Promise<void> {
  const token = await bearer(deps, ctx, ['read', 'write']);
  if (token) {
    const open = new Set(token.organizers);
    const all = await organizersOf(deps.database.db, token.userId);
    const results = all
      .filter(({ slug }) => open.has(slug))
      .map(({ slug, name }) => ({ slug, name }));
    ctx.body = { count: results.length, next: null, previous: null, results };
  }
}

/**
 * The live token of a request that carries one of `scopes`; otherwise the refusal is on `ctx`.
 * @see RFC 6750 §3
 */
async function bearer(
  deps: BearerRoutesDeps,
  ctx: Context,
  scopes: readonly string[],
): Promise<LiveToken | undefined> {
  ctx.set('Cache-Control', 'no-store');
  const [, value] = /^Bearer +(\S+)$/i.exec(ctx.get('authorization')) ?? [];
  if (value === undefined) {
    return challenge(ctx, 401, '', 'Authentication credentials were not provided.');
  }
  const token = await findLiveAccessToken(deps.database, value);
  if (token?.jkt !== undefined) {
    return challengeBound(ctx);
  }
  if (token === undefined) {
    return challenge(ctx, 401, 'error="invalid_token"', 'The access token is not valid.');
  }
  if (!token.scope.split(' ').some((scope) => scopes.includes(scope))) {
    return challenge(
      ctx,
      403,
      `error="insufficient_scope", scope="${scopes.join(' ')}"`,
      `The access token lacks the scope ${scopes.join(' or ')}.`,
    );
  }
  return token;
}

/**
 * A token that is bound to a key is worth nothing as a bearer token.
 * @see RFC 9449 §7.1, §7.2
 */
function challengeBound(ctx: Context): undefined {
  const error = `error="invalid_token", algs="${DPOP_ALGORITHMS.join(' ')}"`;
  return challenge(ctx, 401, error, 'The access token is bound to a key.', 'DPoP');
}

function challenge(
  ctx: Context,
  status: 401 | 403,
  error: string,
  detail: string,
  scheme: 'Bearer' | 'DPoP' = 'Bearer',
): undefined {
  ctx.status = status;
  ctx.set('WWW-Authenticate', `${scheme} realm="stagedoor"${error && `, ${error}`}`);
  ctx.body = { detail };
}
