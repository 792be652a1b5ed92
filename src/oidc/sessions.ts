import type { Context } from 'koa';
import type { Provider } from 'oidc-provider';
import type { Config } from '../config/config.ts';
import type { Db } from '../db/database.ts';
import { renewCsrf } from '../http/csrf.ts';
import { originOf } from '../http/origin.ts';
import type { Sessions } from '../sessions/pages/sessions.ts';
import {
  endSessions,
  recordSession,
  selectSession,
  upsertSession,
} from '../sessions/session-store.ts';
import { recordUpstreamSession } from '../sign-in/upstream/sessions.ts';
import { COOKIE_OPTIONS, sessionIdOf } from './cookies.ts';
import { currentTransaction, withTransactionOf } from './current-transaction.ts';
import { sessionLifetime, WRITE_AFTER } from './lifetimes.ts';
import { fromEpoch, nowEpoch, toEpoch } from './time.ts';

/** The provider's session for our own pages: one sign-in serves both. */
export function createSessions({
  provider,
  db,
  config,
}: {
  provider: Provider;
  db: Db;
  config: Config;
}): Sessions {
  return {
    current: async (ctx) => {
      const here = currentTransaction() ?? db;
      const id = sessionIdOf(provider, ctx);
      const session = id === undefined ? undefined : await selectSession(here, id);
      if (id === undefined || session?.authenticatedAt === undefined) {
        return undefined;
      }
      const { uid, user, authenticatedAt } = session;
      const end = nowEpoch() + sessionLifetime(config, toEpoch(authenticatedAt));
      if (end > toEpoch(session.expiresAt) + WRITE_AFTER) {
        const expiresAt = fromEpoch(end);
        await upsertSession(here, id, { uid, userId: user.id, authenticatedAt, expiresAt });
      }
      return { user, authenticatedAt, sessionUid: uid };
    },
    signIn: (ctx, userId, by) =>
      withTransactionOf(db, async (tx) => {
        const before = await currentSession(provider, ctx);
        if (before.accountId !== undefined && before.accountId !== userId) {
          await endSessions(tx, [before.uid]);
        }
        const session = successor(provider, before, userId);
        session.loginAccount({
          accountId: userId,
          loginTs: by === undefined ? nowEpoch() : toEpoch(by.authenticatedAt),
        });
        await session.save(sessionLifetime(config, session.loginTs));
        const method = by === undefined ? 'password' : 'upstream';
        await recordSession(tx, session.uid, { method, origin: originOf(ctx) });
        if (by !== undefined) {
          await recordUpstreamSession(tx, { uid: session.uid, userId }, by);
        }
        setCookie(provider, ctx, session.jti);
        ctx.state.sessionId = session.jti;
        if (before.accountId !== userId) {
          renewCsrf(ctx);
        }
      }),
    signOut: (ctx) =>
      withTransactionOf(db, async (tx) => {
        const session = await currentSession(provider, ctx);
        if (session.accountId !== undefined) {
          await endSessions(tx, [session.uid]);
        }
        await session.destroy();
        setCookie(provider, ctx, null);
      }),
  };
}

type Session = InstanceType<Provider['Session']>;

/**
 * Returns the session of this browser. After a sign-in in the same request, that is the session
 * under its new id, which the cookies of the request do not name yet.
 */
async function currentSession(provider: Provider, ctx: Context): Promise<Session> {
  const renewed: unknown = ctx.state.sessionId;
  const session = typeof renewed === 'string' ? await provider.Session.find(renewed) : undefined;
  return session ?? provider.Session.get(ctx);
}

/**
 * The same user goes on in the same session under a new id, so that requests that wait in other
 * tabs can still be finished; anybody else starts a session of their own.
 */
function successor(provider: Provider, before: Session, userId: string): Session {
  if (before.accountId === userId) {
    before.resetIdentifier();
    return before;
  }
  return new provider.Session();
}

function setCookie(provider: Provider, ctx: Context, value: string | null): void {
  ctx.cookies.set(provider.cookieName('session'), value, COOKIE_OPTIONS);
}
