import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../db/database.ts';
import type { Tx } from '../db/transaction.ts';
import type { Origin } from '../lib/actor.ts';
import { hashOf } from '../lib/credentials.ts';
import type { User } from '../users/user.ts';
import { USER } from '../users/user-store.ts';

/** Method of a sign-in: by password or at the upstream provider. */
export interface SessionSignIn {
  readonly method: 'password' | 'upstream';
  readonly origin: Origin;
}

/** A live browser session, as its user sees it. */
export interface UserSession {
  /** Names the session inside the server; opens nothing. */
  readonly uid: string;
  /** Time of the last authentication in it. */
  readonly signedInAt: Date;
  readonly lastSeenAt: Date;
  /** Null where it is not known: the session is older than the notes. */
  readonly method: SessionSignIn['method'] | null;
  readonly ip: string | null;
  readonly userAgent: string | null;
}

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

/** Returns at most `limit` sessions that began before a time, of any user, by uid after `after`. */
export async function selectOlderSessions(
  db: Db,
  { before, after, limit }: { before: Date; after: string; limit: number },
): Promise<string[]> {
  const rows = await db
    .selectFrom('sessions')
    .select('uid')
    .distinct()
    .where('user_id', 'is not', null)
    .where('created_at', '<', before)
    .where('uid', '>', after)
    .orderBy('uid')
    .limit(limit)
    .execute();
  return rows.map(({ uid }) => uid);
}

/** Counts sessions that began before a time. */
export async function countOlderSessions(db: Db, before: Date): Promise<number> {
  const row = await db
    .selectFrom('sessions')
    .select(({ fn }) => fn.count<string>('uid').distinct().as('count'))
    .where('user_id', 'is not', null)
    .where('created_at', '<', before)
    .executeTakeFirstOrThrow();
  return Number(row.count);
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

/** A browser session, as it is written. */
export interface StoredSession {
  readonly uid: string;
  readonly userId: string;
  readonly authenticatedAt: Date | undefined;
  readonly expiresAt: Date;
}

/** A live browser session and its active user. */
export interface FoundSession extends Omit<StoredSession, 'userId'> {
  readonly user: User;
}

/** Writes a session, new or changed. */
export async function upsertSession(db: Db, id: string, session: StoredSession): Promise<void> {
  const values = {
    uid: session.uid,
    user_id: session.userId,
    authenticated_at: session.authenticatedAt ?? null,
    expires_at: session.expiresAt,
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
 * Selects a session that has neither idled out nor been ended, with its user, if active. With
 * `lock` the user's row is locked: a deletion that is in progress is waited for, and later ones
 * wait.
 */
export function liveSession(db: Db, idHash: RawBuilder<Uint8Array>, lock: boolean) {
  return db
    .selectFrom('sessions as s')
    .innerJoin('users', 'users.id', 's.user_id')
    .leftJoin('session_sign_ins as b', 'b.session_uid', 's.uid')
    .select(['s.uid', 's.authenticated_at', 's.expires_at', ...USER])
    .where('s.id_hash', '=', idHash)
    .where('s.expires_at', '>', sql<Date>`now()`)
    .where('b.ended_at', 'is', null)
    .where('users.is_active', '=', true)
    .$if(lock, (query) => query.forKeyShare('users'));
}

/** Returns the session with this id, see `liveSession`. */
export async function selectSession(db: Db, id: string): Promise<FoundSession | undefined> {
  const row = await liveSession(db, sql`${hashOf(id)}`, db.isTransaction).executeTakeFirst();
  if (row === undefined) {
    return undefined;
  }
  const { uid, authenticated_at, expires_at, ...user } = row;
  return { uid, authenticatedAt: authenticated_at ?? undefined, expiresAt: expires_at, user };
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
