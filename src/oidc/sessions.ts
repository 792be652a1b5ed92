import type { Context } from 'koa';
import type { Provider } from 'oidc-provider';
import type { Config } from '../config.ts';
import type { Db } from '../db/database.ts';
import { noteUpstreamSession } from '../upstream/note-session.ts';
import type { Sessions } from '../web/session.ts';
import { COOKIE_OPTIONS } from './cookies.ts';
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
      const session = await provider.Session.get(ctx);
      if (session.accountId === undefined || session.loginTs === undefined) {
        return undefined;
      }
      const lifetime = sessionLifetime(config, session.loginTs);
      if (nowEpoch() + lifetime > session.exp + WRITE_AFTER) {
        await session.save(lifetime);
      }
      return { userId: session.accountId, authenticatedAt: fromEpoch(session.loginTs) };
    },
    signIn: async (ctx, userId, by) => {
      const before = await provider.Session.get(ctx);
      const session = await successor(provider, before, userId);
      session.loginAccount({
        accountId: userId,
        loginTs: by === undefined ? nowEpoch() : toEpoch(by.authenticatedAt),
      });
      await session.save(sessionLifetime(config, session.loginTs));
      if (by?.session !== undefined) {
        await noteUpstreamSession(db, session.uid, by.session);
      }
      setCookie(provider, ctx, session.jti);
    },
    signOut: async (ctx) => {
      const session = await provider.Session.get(ctx);
      await session.destroy();
      setCookie(provider, ctx, null);
    },
  };
}

type Session = InstanceType<Provider['Session']>;

/**
 * The same user goes on in the same session under a new id, so that requests that wait in other
 * tabs can still be finished; anybody else starts a session of their own.
 */
async function successor(provider: Provider, before: Session, userId: string): Promise<Session> {
  if (before.accountId === userId) {
    before.resetIdentifier();
    return before;
  }
  if (before.accountId !== undefined) {
    await before.destroy();
  }
  return new provider.Session();
}

function setCookie(provider: Provider, ctx: Context, value: string | null): void {
  ctx.cookies.set(provider.cookieName('session'), value, COOKIE_OPTIONS);
}
