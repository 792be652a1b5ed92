import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { Database } from '../db/database.ts';
import { findActiveUser } from '../directory/find-user.ts';
import { organizersOf } from '../directory/organizers-of.ts';
import { readForm } from '../web/form.ts';
import { readClientCredentials } from './client-credentials.ts';
import { findLiveAccessToken, introspect, type LiveToken } from './introspect.ts';
import { DPOP_ALGORITHMS } from './proof.ts';

/** What the endpoints that read tokens need. */
export interface TokenRoutesDeps {
  readonly database: Database;
  readonly issuer: string;
}

const INTROSPECTION = '/api/v1/oauth/introspect';

/**
 * The introspection endpoint. Every API call of the platform waits for it, so it is no route of a
 * router: it goes in front of them, and of all that only pages need.
 */
export function introspectionEndpoint(deps: TokenRoutesDeps): Middleware {
  return (ctx, next) => {
    if (ctx.path !== INTROSPECTION) {
      return next();
    }
    if (ctx.method === 'POST') {
      return answerIntrospection(deps, ctx);
    }
    ctx.set('Allow', 'POST');
    ctx.status = 405;
    return undefined;
  };
}

/** The endpoints of this server that take bearer tokens. */
export function bearerRoutes(deps: TokenRoutesDeps): Router {
  return new Router()
    .get('/api/v1/me', (ctx) => answerMe(deps, ctx))
    .get('/api/v1/organizers/', (ctx) => answerOrganizers(deps, ctx));
}

/** @see RFC 7662 §2 */
async function answerIntrospection(deps: TokenRoutesDeps, ctx: Context): Promise<void> {
  ctx.set('Cache-Control', 'no-store');
  const form = await readForm(ctx);
  const caller = readClientCredentials(ctx.get('authorization') || undefined, form);
  const tokens = form.getAll('token');
  const [token] = tokens;
  if (caller.outcome === 'malformed') {
    return refuse(ctx, 400, 'invalid_request', caller.description);
  }
  if (caller.outcome === 'none') {
    return refuse(ctx, 401, 'invalid_client', 'client authentication is required');
  }
  if (!token || tokens.length > 1) {
    return refuse(ctx, 400, 'invalid_request', 'exactly one token parameter is required');
  }
  const answer = await introspect(deps.database, caller, token);
  if (answer.outcome === 'unauthenticated') {
    return refuse(ctx, 401, 'invalid_client', 'client authentication failed');
  }
  ctx.body =
    answer.outcome === 'active'
      ? presentActive(deps.issuer, answer.kind, answer.token)
      : { active: false };
}

function presentActive(issuer: string, kind: 'access_token' | 'refresh_token', token: LiveToken) {
  return {
    active: true,
    scope: token.scope,
    client_id: token.clientId,
    ...(kind === 'access_token' ? { token_type: token.jkt === undefined ? 'Bearer' : 'DPoP' } : {}),
    ...(token.jkt === undefined ? {} : { cnf: { jkt: token.jkt } }),
    exp: token.exp,
    iat: token.iat,
    sub: token.userId,
    iss: issuer,
    organizers: token.organizers,
    permissions: token.permissions,
  };
}

/** RFC 6749 §5.2: a 401 names the scheme that would do. */
function refuse(ctx: Context, status: 400 | 401, error: string, description: string): void {
  ctx.status = status;
  if (status === 401) {
    ctx.set('WWW-Authenticate', 'Basic realm="introspection"');
  }
  ctx.body = { error, error_description: description };
}

async function answerMe(deps: TokenRoutesDeps, ctx: Context): Promise<void> {
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

async function answerOrganizers(deps: TokenRoutesDeps, ctx: Context): Promise<void> {
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
  deps: TokenRoutesDeps,
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
