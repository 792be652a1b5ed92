import type { Context, Middleware } from 'koa';
import type { NoteSecretUse } from '../applications/note-secret-use.ts';
import type { Database } from '../db/database.ts';
import { readForm } from '../web/form.ts';
import { prefers } from '../web/prefers.ts';
import { readClientCredentials } from './client-credentials.ts';
import { introspect } from './introspect.ts';
import { presentIntrospection } from './introspection-presenters.ts';
import type { Keyring } from './keyring.ts';
import { SIGNED_INTROSPECTION, signIntrospection } from './sign-introspection.ts';

/** What the introspection endpoint needs. */
export interface IntrospectionDeps {
  readonly database: Database;
  readonly issuer: string;
  readonly keyring: Keyring;
  /** Notes that a secret of a resource server was used. */
  readonly noteSecretUse: NoteSecretUse;
}

const INTROSPECTION = '/api/v1/oauth/introspect';

/**
 * The introspection endpoint. Every API call of the platform waits for it, so it is no route of a
 * router: it goes in front of them, and of all that only pages need.
 */
export function introspectionEndpoint(deps: IntrospectionDeps): Middleware {
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

/**
 * In JSON, or signed where the caller prefers that; errors are always JSON.
 * @see RFC 7662 §2, RFC 9701 §4
 */
async function answerIntrospection(deps: IntrospectionDeps, ctx: Context): Promise<void> {
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
  const answer = await introspect(deps, caller, token);
  if (answer.outcome === 'unauthenticated') {
    return refuse(ctx, 401, 'invalid_client', 'client authentication failed');
  }
  const body = presentIntrospection(deps.issuer, answer);
  if (prefers(ctx.headers.accept, SIGNED_INTROSPECTION, 'application/json')) {
    ctx.type = SIGNED_INTROSPECTION;
    ctx.body = signIntrospection(deps.keyring.signer(), deps.issuer, caller.clientId, body);
  } else {
    ctx.body = body;
  }
}

/** RFC 6749 §5.2: a 401 names the scheme that would do. */
function refuse(ctx: Context, status: 400 | 401, error: string, description: string): void {
  ctx.status = status;
  if (status === 401) {
    ctx.set('WWW-Authenticate', 'Basic realm="introspection"');
  }
  ctx.body = { error, error_description: description };
}
