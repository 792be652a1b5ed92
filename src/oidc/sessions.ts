import type { Context } from 'koa';
import type { Provider } from 'oidc-provider';
import type { Config } from '../config/config.ts';
import type { Db } from '../db/database.ts';
import { renewCsrf } from '../http/csrf.ts';
import { originOf } from '../http/origin.ts';
import type { Sessions } from '../sessions/pages/sessions.ts';
import { endSessions, recordSession } from '../sessions/session-store.ts';
import { recordUpstreamSession } from '../sign-in/upstream/record-session.ts';
import { COOKIE_OPTIONS } from './cookies.ts';
import { withTransactionOf } from './current-transaction.ts';
import { sessionLifetime } from './session-lifetime.ts';
import { fromEpoch, nowEpoch, toEpoch } from './time.ts';

/** A session's end is written again when it would move by more than this, in seconds. */
const WRITE_AFTER = 60;

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
      const session = await currentSession(provider, ctx);
      if (session.accountId === undefined || session.loginTs === undefined) {
        return undefined;
      }
      const lifetime = sessionLifetime(config, session.loginTs);
      if (nowEpoch() + lifetime > session.exp + WRITE_AFTER) {
        await session.save(lifetime);
      }
      return {
        userId: session.accountId,
        authenticatedAt: fromEpoch(session.loginTs),
        sessionUid: session.uid,
      };
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
export async function currentSession(provider: Provider, ctx: Context): Promise<Session> {
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
