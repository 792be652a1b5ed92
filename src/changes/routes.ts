import type { Context, Middleware } from 'koa';
import type { RecordAuthenticationFailure } from '../audit/authentication-failure.ts';
import type { RecordSecretUse } from '../client-secrets/store.ts';
import type { Database } from '../db/database.ts';
import { clientAddress } from '../http/origin.ts';
import { isClientId } from '../lib/client-id.ts';
import { hashOf } from '../lib/credentials.ts';
import { readClientCredentials } from '../tokens/client-credentials.ts';
import type { TokenSettings } from '../tokens/introspect.ts';
import { isResourceServer } from './changes-store.ts';
import { type ChangesFeed, createChangesFeed } from './feed.ts';

/** Dependencies of the changes endpoint. */
export interface ChangesDeps {
  readonly database: Database;
  /** Notes that a secret of a resource server was used. */
  readonly recordSecretUse: RecordSecretUse;
  readonly recordFailure: RecordAuthenticationFailure;
  readonly settings: TokenSettings;
  /** Notes the age of an answer in milliseconds. */
  readonly observeAge: (milliseconds: number) => void;
}

/** Path of the changes feed. */
export const CHANGES = '/api/v1/oauth/changes';

/** `GET /api/v1/oauth/changes?after=`: what API services have to remove from their caches. */
export function changesEndpoint(deps: ChangesDeps): Middleware {
  const feed = createChangesFeed(deps);
  return (ctx, next) => {
    if (ctx.path !== CHANGES) {
      return next();
    }
    if (ctx.method === 'GET') {
      return answerChanges(deps, feed, ctx);
    }
    ctx.set('Allow', 'GET, OPTIONS');
    ctx.status = ctx.method === 'OPTIONS' ? 204 : 405;
    return undefined;
  };
}

async function answerChanges(deps: ChangesDeps, feed: ChangesFeed, ctx: Context): Promise<void> {
  ctx.set('Cache-Control', 'no-store');
  const [after = '', ...others] = [ctx.query.after ?? []].flat();
  if (others.length > 0) {
    return refuse(ctx, 400, 'invalid_request', 'after must not be repeated');
  }
  const none = new URLSearchParams();
  const caller = readClientCredentials(ctx.get('authorization') || undefined, none);
  if (caller.outcome !== 'given') {
    const isNone = caller.outcome === 'none';
    const reason = isNone ? 'client authentication is required' : caller.description;
    return refuse(ctx, 401, 'invalid_client', reason);
  }
  const { clientId, clientSecret } = caller;
  const secretHash = hashOf(clientSecret);
  if (!isClientId(clientId) || !(await isResourceServer(deps.database, clientId, secretHash))) {
    // The same secret as for introspection, which is counted there.
    deps.recordFailure({ endpoint: 'introspect', clientId, secretHash, ip: clientAddress(ctx) });
    return refuse(ctx, 401, 'invalid_client', 'client authentication failed');
  }
  deps.recordSecretUse(secretHash);
  ctx.state.clientId = clientId;
  const { changes, cursor, ageMs } = await feed.changesAfter(after);
  deps.observeAge(ageMs);
  ctx.body = { changes, cursor, age_ms: ageMs };
}

/** RFC 6749 §5.2: a 401 names the scheme that would do. */
function refuse(ctx: Context, status: 400 | 401, error: string, description: string): void {
  ctx.status = status;
  if (status === 401) {
    ctx.set('WWW-Authenticate', 'Basic realm="changes"');
  }
  ctx.body = { error, error_description: description };
}
