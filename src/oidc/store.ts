import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import { deleteExpired } from '../db/delete-expired.ts';
import { hashOf } from '../lib/credentials.ts';

/** A browser session, as the provider's model needs it. */
export interface StoredSession {
  readonly uid: string;
  readonly userId: string | undefined;
  readonly authenticatedAt: Date | undefined;
  readonly expiresAt: Date;
  readonly authorizations: Record<string, { sid?: string; grantId?: string }>;
}

/** Writes a session, new or changed. */
export async function upsertSession(db: Db, id: string, session: StoredSession): Promise<void> {
  const values = {
    uid: session.uid,
    user_id: session.userId ?? null,
    authenticated_at: session.authenticatedAt ?? null,
    expires_at: session.expiresAt,
    authorizations: JSON.stringify(session.authorizations),
  };
  await db
    .insertInto('sessions')
    .values({ ...values, id_hash: hashOf(id) })
    .onConflict((conflict) =>
      conflict.column('id_hash').doUpdateSet({ ...values, last_seen_at: sql`now()` }),
    )
    .execute();
}

/**
 * A session that has neither idled out nor been ended, and whose user, if it has one, is active.
 * Inside a transaction, the user of the session with this id is not deleted before its end.
 */
export async function selectSession(
  db: Db,
  key: { id: string } | { uid: string },
): Promise<StoredSession | undefined> {
  const row = await db
    .selectFrom('sessions as s')
    .leftJoin('users as u', 'u.id', 's.user_id')
    .leftJoin('session_sign_ins as b', 'b.session_uid', 's.uid')
    .select(['s.uid', 's.user_id', 's.authenticated_at', 's.expires_at', 's.authorizations'])
    .$if('id' in key, (query) => query.where('s.id_hash', '=', hashOf('id' in key ? key.id : '')))
    .$if('uid' in key, (query) => query.where('s.uid', '=', 'uid' in key ? key.uid : ''))
    .where('s.expires_at', '>', sql<Date>`now()`)
    .where('b.ended_at', 'is', null)
    .where((eb) => eb.or([eb('s.user_id', 'is', null), eb('u.is_active', '=', true)]))
    .orderBy('s.created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row?.user_id && 'id' in key && db.isTransaction && !(await keepUser(db, row.user_id))) {
    return undefined;
  }
  return (
    row && {
      uid: row.uid,
      userId: row.user_id ?? undefined,
      authenticatedAt: row.authenticated_at ?? undefined,
      expiresAt: row.expires_at,
      authorizations: row.authorizations,
    }
  );
}

/** Waits for a deletion of the user that is in progress, and lets later ones wait. */
async function keepUser(db: Db, id: string): Promise<boolean> {
  const row = await db
    .selectFrom('users')
    .select('id')
    .where('id', '=', id)
    .where('is_active', '=', true)
    .forKeyShare()
    .executeTakeFirst();
  return row !== undefined;
}

/** Ends a session under every id that it has. */
export async function deleteSession(db: Db, id: string): Promise<void> {
  await db
    .deleteFrom('sessions')
    .where('uid', 'in', (eb) =>
      eb.selectFrom('sessions').select('uid').where('id_hash', '=', hashOf(id)),
    )
    .execute();
}

/** A pushed authorization request. */
export interface StoredPushedRequest {
  readonly request: string;
  readonly trusted: boolean;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  readonly consumed: boolean;
}

/** Stores a pushed request by the hash of its id. */
export async function insertPushedRequest(
  db: Db,
  id: string,
  pushed: Omit<StoredPushedRequest, 'consumed'>,
): Promise<void> {
  await db
    .insertInto('pushed_authorization_requests')
    .values({
      id_hash: hashOf(id),
      request: pushed.request,
      trusted: pushed.trusted,
      issued_at: pushed.issuedAt,
      expires_at: pushed.expiresAt,
    })
    .execute();
}

/** A pushed request, in whatever state it is. */
export async function selectPushedRequest(
  db: Db,
  id: string,
): Promise<StoredPushedRequest | undefined> {
  const row = await db
    .selectFrom('pushed_authorization_requests')
    .select(['request', 'trusted', 'issued_at', 'expires_at', 'consumed_at'])
    .where('id_hash', '=', hashOf(id))
    .executeTakeFirst();
  return (
    row && {
      request: row.request,
      trusted: row.trusted,
      issuedAt: row.issued_at,
      expiresAt: row.expires_at,
      consumed: row.consumed_at !== null,
    }
  );
}

/**
 * Gives the person whom a pushed request was shown to an hour, from when it was pushed, to sign in:
 * the application has shown it in time.
 */
export async function extendPushedRequest(db: Db, id: string): Promise<void> {
  await db
    .updateTable('pushed_authorization_requests')
    .set({ expires_at: sql`issued_at + interval '1 hour'` })
    .where('id_hash', '=', hashOf(id))
    .execute();
}

/** Consumes a pushed request; false if another request did so before. */
export async function consumePushedRequest(db: Db, id: string): Promise<boolean> {
  const row = await db
    .updateTable('pushed_authorization_requests')
    .set({ consumed_at: sql`now()` })
    .where('id_hash', '=', hashOf(id))
    .where('consumed_at', 'is', null)
    .returning('id_hash')
    .executeTakeFirst();
  return row !== undefined;
}

/** Deletes sessions that have ended. */
export async function deleteOverSessions(db: Db): Promise<void> {
  await deleteExpired(db, 'sessions', '0 seconds');
}

/**
 * Deletes requests an hour after they expired: until then the back button meets an explanation.
 * Pushed requests are deleted at once: an expired one gets the same answer as an unknown one.
 */
export async function deleteOverInteractions(db: Db): Promise<void> {
  await deleteExpired(db, 'interactions', '1 hour');
  await deleteExpired(db, 'pushed_authorization_requests', '0 seconds');
}
