import type { Context, Middleware } from 'koa';
import type { Provider } from 'oidc-provider';
import type { Application } from '../applications/application.ts';
import { type Candidate, type CandidateSource, sourceOf } from '../applications/candidate.ts';
import { findApplication } from '../applications/store.ts';
import { renderForeignLink } from '../authorization/pages/foreign-link-page.ts';
import type { Db } from '../db/database.ts';
import { setUiLocales } from '../http/locale.ts';
import type { Renderer } from '../http/render.ts';
import { documentHost } from '../lib/client-id.ts';
import { greet } from '../sessions/pages/sessions.ts';
import { selectSession } from '../sessions/session-store.ts';
import type { User } from '../users/user.ts';
import { sessionIdOf } from './cookies.ts';
import { PATHS } from './paths.ts';

const candidates = new WeakMap<Context['req'], Candidate>();

/** Dependencies of `prepareCandidates`. */
interface CandidateDeps {
  readonly provider: Provider;
  readonly db: Db;
  readonly renderer: Renderer;
}

/** An authorization request of a user who is signed in, by a client that may have to be fetched. */
interface Request {
  readonly clientId: string;
  readonly source: CandidateSource;
  readonly user: User;
  readonly application: Application | undefined;
}

/**
 * Looks for the client of an authorization request where it may have to be fetched: for users who are
 * signed in, and before the transaction of the request begins. A link on another website causes no
 * fetch of an unknown document before the user continues.
 */
export function prepareCandidates(
  deps: CandidateDeps,
  sources: readonly CandidateSource[],
): Middleware {
  return async (ctx, next) => {
    const request = await readRequest(deps, sources, ctx);
    if (request !== undefined) {
      // For the page of an error, too.
      greet(ctx, request.user);
      setUiLocales(ctx, ctx.query.ui_locales);
    }
    if (request !== undefined && isForeignLink(ctx, request)) {
      const host = documentHost(request.clientId);
      const continueAt = `${PATHS.authorization}?${ctx.querystring}`;
      return renderForeignLink({ host, continueAt }).send(deps.renderer, ctx);
    }
    const candidate = request && (await prepare(deps.db, request));
    if (candidate !== undefined) {
      candidates.set(ctx.req, candidate);
    }
    return next();
  };
}

async function readRequest(
  { provider, db }: CandidateDeps,
  sources: readonly CandidateSource[],
  ctx: Context,
): Promise<Request | undefined> {
  const { client_id: clientId } = ctx.query;
  // The provider's router accepts these spellings.
  const path = ctx.path.toLowerCase().replace(/\/$/, '');
  const isRead = ctx.method === 'GET' || ctx.method === 'HEAD';
  if (!isRead || path !== PATHS.authorization || typeof clientId !== 'string') {
    return undefined;
  }
  const source = sourceOf(sources, clientId);
  const sessionId = source && sessionIdOf(provider, ctx);
  const session = sessionId === undefined ? undefined : await selectSession(db, sessionId);
  if (source === undefined || session === undefined) {
    return undefined;
  }
  const application = await findApplication(db, clientId);
  return { clientId, source, user: session.user, application };
}

/**
 * Tests if another website sent the browser here for an unknown document. Programs on the device open
 * the browser without a website, and the sign-in page has shown the host to users who just signed in.
 * @see https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
 */
function isForeignLink(ctx: Context, { source, application }: Request): boolean {
  const isUnknown = application === undefined && source.needsSignIn;
  return isUnknown && ctx.get('Sec-Fetch-Site') === 'cross-site';
}

async function prepare(
  db: Db,
  { clientId, source, user, application }: Request,
): Promise<Candidate | undefined> {
  const prepared = await source.prepare?.(db, clientId, { userId: user.id, application });
  return prepared ?? source.read?.(clientId);
}

/** Returns what `prepareCandidates` found. */
export function candidateOf(ctx: Context): Candidate | undefined {
  return candidates.get(ctx.req);
}
