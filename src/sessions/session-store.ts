import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import type { Tx } from '../db/transaction.ts';
import { hashOf } from '../lib/credentials.ts';
import type { SessionSignIn, UserSession } from './session.ts';

/** Notes the sign-in that a session came from, or one that renewed it. */
export async function recordSession(
  db: Db,
  uid: string,
  { method, origin }: SessionSignIn,
): Promise<void> {
  const values = {
    signed_in_at: sql<Date>`now()`,
    method,
    ip: origin.ip ?? null,
    user_agent: origin.userAgent ?? null,
  };
  await db
    .insertInto('session_sign_ins')
    .values({ session_uid: uid, ...values })
    .onConflict((conflict) => conflict.column('session_uid').doUpdateSet(values))
    .execute();
}

/**
 * Serializes the beginning and the ending of a user's sessions until the transaction ends: a call
 * that ends all of them sees each one that began, and a call that begins one sees the current
 * password. The user's own row is not locked: an import may hold it for minutes.
 */
export async function lockSessions(
  tx: Tx,
  userId: string,
  purpose: 'begin' | 'end',
): Promise<void> {
  const key = sql`hashtextextended(${`sessions of ${userId}`}, 0)`;
  const lock =
    purpose === 'begin'
      ? sql`select pg_advisory_xact_lock_shared(${key})`
      : sql`select pg_advisory_xact_lock(${key})`;
  await lock.execute(tx);
}

/** The live sessions of a user, those that were seen last first. One may have several ids. */
export function listSessions(db: Db, userId: string): Promise<UserSession[]> {
  return db
    .selectFrom('sessions as s')
    .leftJoin('session_sign_ins as b', 'b.session_uid', 's.uid')
    .where('s.user_id', '=', userId)
    .where('s.expires_at', '>', sql<Date>`now()`)
    .where('b.ended_at', 'is', null)
    .groupBy(['s.uid', 'b.session_uid'])
    .select(({ fn }) => [
      's.uid',
      sql<Date>`coalesce(b.signed_in_at, max(s.authenticated_at), min(s.created_at))`.as(
        'signedInAt',
      ),
      fn.max('s.last_seen_at').as('lastSeenAt'),
      'b.method',
      'b.ip',
      'b.user_agent as userAgent',
    ])
    .orderBy('lastSeenAt', 'desc')
    .orderBy('s.uid')
    .execute();
}

/**
 * Ends sessions for good, under every id that they have or are given at this moment: they are
 * marked before their rows go, since a request of theirs that is under way may write one again.
 */
export async function endSessions(tx: Tx, uids: readonly string[]): Promise<void> {
  // As arrays: a statement has room for 65,535 parameters, and a user for any number of sessions.
  const list = sql`${[...uids]}::text[]`;
  await sql`
    insert into session_sign_ins (session_uid, ended_at) select unnest(${list}), now()
    on conflict (session_uid) do update
      set ended_at = excluded.ended_at, ip = null, user_agent = null
  `.execute(tx);
  await tx.deleteFrom('sessions').where('uid', '=', sql<string>`any(${list})`).execute();
}

/**
 * Deletes sessions that a request wrote again after they were ended, at most `limit`.
 * @returns how many were deleted
 */
export async function deleteEndedSessions(db: Db, limit: number): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    delete from sessions where ctid = any(array(
      select s.ctid from session_sign_ins b join sessions s on s.uid = b.session_uid
      where b.ended_at is not null limit ${limit}
    ))
  `.execute(db);
  return Number(numAffectedRows);
}

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
