import type { Context, Middleware } from 'koa';
import type { Provider } from 'oidc-provider';
import type { Candidate } from '../applications/candidate.ts';
import { type CandidateSource, sourceOf } from '../applications/candidate-source.ts';
import { findApplication } from '../applications/find-application.ts';
import type { Db } from '../db/database.ts';
import { selectSession } from '../sessions/session-store.ts';
import { PATHS } from './paths.ts';
import { sessionIdOf } from './session-id.ts';

const candidates = new WeakMap<Context['req'], Candidate>();

/**
 * Looks for the client of an authorization request where it may have to be fetched: for users who are
 * signed in, and before the transaction of the request begins.
 */
export function prepareCandidates(
  provider: Provider,
  db: Db,
  sources: readonly CandidateSource[],
): Middleware {
  return async (ctx, next) => {
    const { client_id: clientId } = ctx.query;
    // The provider's router accepts these spellings.
    const path = ctx.path.toLowerCase().replace(/\/$/, '');
    const isAuthorization = ctx.method === 'GET' && path === PATHS.authorization;
    if (isAuthorization && typeof clientId === 'string') {
      const candidate = await prepare(provider, db, sourceOf(sources, clientId), { ctx, clientId });
      if (candidate !== undefined) {
        candidates.set(ctx.req, candidate);
      }
    }
    await next();
  };
}

async function prepare(
  provider: Provider,
  db: Db,
  source: CandidateSource | undefined,
  { ctx, clientId }: { readonly ctx: Context; readonly clientId: string },
): Promise<Candidate | undefined> {
  const sessionId = source && sessionIdOf(provider, ctx);
  const session = sessionId === undefined ? undefined : await selectSession(db, sessionId);
  if (source === undefined || session === undefined) {
    return undefined;
  }
  const application = await findApplication(db, clientId);
  const request = { userId: session.user.id, application };
  return (await source.prepare?.(db, clientId, request)) ?? source.read?.(clientId);
}

/** Returns what `prepareCandidates` found. */
export function candidateOf(ctx: Context): Candidate | undefined {
  return candidates.get(ctx.req);
}
