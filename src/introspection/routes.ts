import type { Context, Middleware } from 'koa';
import type { RecordAuthenticationFailure } from '../audit/authentication-failure.ts';
import type { KeySets } from '../client-keys/key-sets.ts';
import type { RecordKeyUse } from '../client-keys/store.ts';
import type { RecordSecretUse } from '../client-secrets/store.ts';
import type { Database } from '../db/database.ts';
import { readForm } from '../http/form.ts';
import { clientAddress } from '../http/origin.ts';
import { prefers } from '../http/prefers.ts';
import type { RequestCounter } from '../insights/request-counter.ts';
import { AdmissionQueue } from '../lib/admission-queue.ts';
import { hashOf } from '../lib/credentials.ts';
import type { Keyring } from '../signing-keys/keyring.ts';
import { readClientCredentials, TWO_MECHANISMS } from '../tokens/client-credentials.ts';
import { type Caller, introspect, type TokenSettings } from '../tokens/introspect.ts';
import { authenticateByAssertion } from './client-assertion.ts';
import { presentIntrospection } from './presenters.ts';
import { SIGNED_INTROSPECTION, signIntrospection } from './sign-introspection.ts';

/** Dependencies of the introspection endpoint. */
export interface IntrospectionDeps {
  readonly database: Database;
  readonly issuer: string;
  readonly keyring: Keyring;
  /** Keys of applications that authenticate by a signed JWT. */
  readonly keySets: KeySets;
  /** Notes that a secret of a resource server was used. */
  readonly recordSecretUse: RecordSecretUse;
  /** Notes that a key of an application was used. */
  readonly recordKeyUse: RecordKeyUse;
  /** Notes wrong secrets; right ones cost nothing more. */
  readonly recordFailure: RecordAuthenticationFailure;
  readonly settings: TokenSettings;
  /** Counts the API calls of applications. */
  readonly requestCounter: Pick<RequestCounter, 'add'>;
  readonly countIntrospection: (outcome: 'active' | 'inactive' | 'refused') => void;
}

/** Path of the endpoint. */
export const INTROSPECTION = '/api/v1/oauth/introspect';
/** Parameters that a request carries at most once (RFC 6749 §3.2). All others are ignored. */
const SINGLE = [
  'token',
  'token_type_hint',
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
  'nonce',
];
/**
 * Introspections that are under way at once: enough for all connections to the database, and so few that
 * the changes feed, which has no queue, arrives within its second under any load.
 */
const AT_ONCE = 64;
/** Further introspections that may wait. */
const WAITING = 2_000;
/** Limits of a nonce. */
const NONCE = /^[\x21-\x7e]{1,128}$/;

/**
 * The introspection endpoint. Every API call of the platform waits for it, so it is no route of a
 * router: it goes in front of them, and of all that only pages need.
 */
export function introspectionEndpoint(deps: IntrospectionDeps): Middleware {
  const queue = new AdmissionQueue({ places: AT_ONCE, waiting: WAITING });
  return (ctx, next) => {
    if (ctx.path !== INTROSPECTION) {
      return next();
    }
    if (ctx.method === 'POST') {
      return answerIntrospection(deps, queue, ctx);
    }
    ctx.set('Allow', 'POST, OPTIONS');
    ctx.status = ctx.method === 'OPTIONS' ? 204 : 405;
    return undefined;
  };
}

/**
 * Does the work when the request has its place, or drops it if its client has left by then. A caller
 * must not be able to keep a place: its body is read and its assertion is checked before.
 */
async function inTurn<T>(queue: AdmissionQueue, ctx: Context, work: () => Promise<T>): Promise<T> {
  await queue.enter({ isGone: () => ctx.req.socket.destroyed, hasBegun: false });
  try {
    return await work();
  } finally {
    queue.leave();
  }
}

/**
 * In JSON, or signed where the caller prefers that; errors are always JSON.
 * @see RFC 7662 §2, RFC 9701 §4
 */
async function answerIntrospection(
  deps: IntrospectionDeps,
  queue: AdmissionQueue,
  ctx: Context,
): Promise<void> {
  ctx.set('Cache-Control', 'no-store');
  const form = await readForm(ctx);
  const repeated = SINGLE.find((name) => form.getAll(name).length > 1);
  if (repeated !== undefined) {
    return refuse(ctx, 400, 'invalid_request', `${repeated} must not be repeated`);
  }
  const caller = await readCaller(deps, ctx, form);
  if (caller === undefined) {
    deps.countIntrospection('refused');
    return undefined;
  }
  const token = form.get('token');
  if (!token) {
    return refuse(ctx, 400, 'invalid_request', 'exactly one token parameter is required');
  }
  const signed = prefers(ctx.headers.accept, SIGNED_INTROSPECTION, 'application/json');
  const nonce = form.get('nonce') ?? undefined;
  if (signed && nonce !== undefined && !NONCE.test(nonce)) {
    return refuse(ctx, 400, 'invalid_request', 'nonce must be 1 to 128 visible ASCII characters');
  }
  const answer = await inTurn(queue, ctx, () => introspect(deps, caller, token));
  if (answer.outcome === 'unauthenticated') {
    const { clientId, clientSecret } = caller;
    if (clientSecret !== undefined) {
      const secretHash = hashOf(clientSecret);
      deps.recordFailure({ endpoint: 'introspect', clientId, secretHash, ip: clientAddress(ctx) });
    }
    deps.countIntrospection('refused');
    return refuse(ctx, 401, 'invalid_client', 'client authentication failed');
  }
  deps.countIntrospection(answer.outcome);
  // An application that asks about its own token makes no API call.
  if (answer.outcome === 'active' && answer.token.clientId !== caller.clientId) {
    deps.requestCounter.add(answer.token.clientId, 'apiCalls');
  }
  ctx.state.clientId = caller.clientId;
  const body = presentIntrospection(deps.issuer, answer);
  if (signed) {
    const question = { caller: caller.clientId, token, nonce };
    ctx.type = SIGNED_INTROSPECTION;
    ctx.body = signIntrospection(deps.keyring.signer(), deps.issuer, question, JSON.parse(body));
  } else {
    ctx.type = 'json';
    ctx.body = body;
  }
}

/**
 * Reads who asks: by a secret, which is checked with the token, or by a signed JWT, which is checked
 * here. Answers the request if that fails.
 */
async function readCaller(
  deps: IntrospectionDeps,
  ctx: Context,
  form: URLSearchParams,
): Promise<Caller | undefined> {
  const assertion = form.get('client_assertion');
  const caller = readClientCredentials(ctx.get('authorization') || undefined, form);
  if (assertion && caller.outcome === 'none') {
    const type = form.get('client_assertion_type') ?? '';
    const given = { type, assertion, clientId: form.get('client_id') };
    const { db } = deps.database;
    const clientId = await authenticateByAssertion({ ...deps, db }, given);
    if (clientId !== undefined) {
      return { clientId };
    }
    refuse(ctx, 401, 'invalid_client', 'client authentication failed');
  } else if (assertion) {
    refuse(ctx, 400, 'invalid_request', TWO_MECHANISMS);
  } else if (caller.outcome === 'malformed') {
    const { error, description } = caller;
    refuse(ctx, error === 'invalid_client' ? 401 : 400, error, description);
  } else if (caller.outcome === 'none') {
    refuse(ctx, 401, 'invalid_client', 'client authentication is required');
  } else {
    return caller;
  }
  return undefined;
}

/** RFC 6749 §5.2: a 401 names the scheme that would do. */
function refuse(ctx: Context, status: 400 | 401, error: string, description: string): void {
  ctx.status = status;
  if (status === 401) {
    ctx.set('WWW-Authenticate', 'Basic realm="introspection"');
  }
  ctx.body = { error, error_description: description };
}
