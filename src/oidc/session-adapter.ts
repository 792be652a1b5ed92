import type { AdapterPayload } from 'oidc-provider';
import {
  deleteSession,
  type StoredSession,
  selectSession,
  upsertSession,
} from '../sessions/session-store.ts';
import { currentTransaction } from './current-transaction.ts';
import type { AdapterDeps, PartialAdapter } from './deps.ts';
import { fromEpoch, toEpoch } from './time.ts';

/** Browser sessions of people who are signed in. Before that there is nothing to store. */
export function sessionAdapter({ db }: AdapterDeps): PartialAdapter {
  const here = () => currentTransaction() ?? db;
  return {
    upsert: async (id, payload) => {
      if (payload.accountId !== undefined) {
        await upsertSession(here(), id, toStored(payload));
      }
    },
    find: async (id) => {
      const found = await selectSession(here(), { id });
      return found && { ...toPayload(found), jti: id };
    },
    // The session's own id is not known here, and who asks by uid (the interaction's checks) needs
    // only the account.
    findByUid: async (uid) => {
      const found = await selectSession(here(), { uid });
      return found && toPayload(found);
    },
    destroy: (id) => deleteSession(here(), id),
  };
}

function toStored(payload: AdapterPayload): StoredSession {
  if (payload.uid === undefined || payload.exp === undefined) {
    throw new Error('a session needs a uid and an end');
  }
  return {
    uid: payload.uid,
    userId: payload.accountId,
    authenticatedAt: payload.loginTs === undefined ? undefined : fromEpoch(payload.loginTs),
    expiresAt: fromEpoch(payload.exp),
    authorizations: notes(payload.authorizations),
  };
}

function notes(authorizations: AdapterPayload['authorizations']): StoredSession['authorizations'] {
  return Object.fromEntries(
    Object.entries(authorizations ?? {}).map(([clientId, { sid, grantId }]) => [
      clientId,
      { ...(sid === undefined ? {} : { sid }), ...(grantId === undefined ? {} : { grantId }) },
    ]),
  );
}

function toPayload(session: StoredSession): AdapterPayload {
  return {
    kind: 'Session',
    uid: session.uid,
    exp: toEpoch(session.expiresAt),
    authorizations: session.authorizations,
    ...(session.userId === undefined ? {} : { accountId: session.userId }),
    ...(session.authenticatedAt === undefined ? {} : { loginTs: toEpoch(session.authenticatedAt) }),
  };
}
