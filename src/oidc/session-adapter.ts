import type { AdapterPayload } from 'oidc-provider';
import {
  deleteSession,
  type FoundSession,
  type StoredSession,
  selectSession,
  upsertSession,
} from '../sessions/session-store.ts';
import { currentTransaction } from './current-transaction.ts';
import type { AdapterDeps, PartialAdapter } from './deps.ts';
import { noteActiveUser, noteSession, storedSession, takeKnown } from './known-rows.ts';
import { WRITE_AFTER } from './lifetimes.ts';
import { fromEpoch, toEpoch } from './time.ts';

/**
 * Browser sessions of people who are signed in. Before that there is nothing to store. What the
 * provider notes for each client is not kept: only its logout uses it, which is off.
 */
export function sessionAdapter({ db }: AdapterDeps): PartialAdapter {
  const here = () => currentTransaction() ?? db;
  return {
    upsert: async (id, payload) => {
      if (payload.accountId === undefined) {
        return;
      }
      const session = toStored(payload, payload.accountId);
      if (!isStored(session, storedSession(id))) {
        await upsertSession(here(), id, session);
        noteSession(id, undefined);
      }
    },
    find: async (id) => {
      const known = takeKnown('session', id);
      const found = known === undefined ? await selectSession(here(), id) : known.row;
      if (found === undefined) {
        return undefined;
      }
      noteSession(id, found);
      noteActiveUser(found.user.id);
      return toPayload(id, found);
    },
    destroy: async (id) => {
      await deleteSession(here(), id);
      noteSession(id, undefined);
    },
  };
}

/** Tests if the stored session says the same, with an end that is late enough. */
function isStored(session: StoredSession, stored: FoundSession | undefined): boolean {
  return (
    stored !== undefined &&
    stored.uid === session.uid &&
    stored.user.id === session.userId &&
    stored.authenticatedAt?.getTime() === session.authenticatedAt?.getTime() &&
    Math.abs(session.expiresAt.getTime() - stored.expiresAt.getTime()) <= WRITE_AFTER * 1000
  );
}

function toStored(payload: AdapterPayload, userId: string): StoredSession {
  if (payload.uid === undefined || payload.exp === undefined) {
    throw new Error('a session needs a uid and an end');
  }
  return {
    uid: payload.uid,
    userId,
    authenticatedAt: payload.loginTs === undefined ? undefined : fromEpoch(payload.loginTs),
    expiresAt: fromEpoch(payload.exp),
  };
}

function toPayload(jti: string, { uid, user, ...session }: FoundSession): AdapterPayload {
  return {
    jti,
    kind: 'Session',
    uid,
    accountId: user.id,
    exp: toEpoch(session.expiresAt),
    ...(session.authenticatedAt === undefined ? {} : { loginTs: toEpoch(session.authenticatedAt) }),
  };
}
