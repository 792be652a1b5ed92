import { sql } from 'kysely';
import type { Db } from '../../db/database.ts';
import type { Tx } from '../../db/transaction.ts';
import { hashOf } from '../../lib/credentials.ts';

/** A sign-in under way, as it is stored: what it is about is sealed. */
export interface StoredSignIn {
  readonly sealed: Uint8Array;
  readonly status: 'open' | 'used' | 'expired';
}

/** Stores a sign-in by the hash of its state. */
export async function insertSignIn(
  db: Db,
  state: string,
  sealed: Uint8Array,
  lifetime: number,
): Promise<void> {
  await db
    .insertInto('upstream_sign_ins')
    .values({
      state_hash: hashOf(state),
      sealed,
      expires_at: sql<Date>`now() + make_interval(secs => ${lifetime})`,
    })
    .execute();
}

/** A sign-in, in whatever state it is. */
export async function selectSignIn(db: Db, state: string): Promise<StoredSignIn | undefined> {
  const row = await db
    .selectFrom('upstream_sign_ins')
    .select(['sealed', 'used_at', sql<boolean>`expires_at <= now()`.as('expired')])
    .where('state_hash', '=', hashOf(state))
    .executeTakeFirst();
  return (
    row && {
      sealed: row.sealed,
      status: row.used_at !== null ? 'used' : row.expired ? 'expired' : 'open',
    }
  );
}

/** Uses up a sign-in; false where that was done before, or it has expired. */
export async function useSignIn(db: Db, state: string): Promise<boolean> {
  const row = await db
    .updateTable('upstream_sign_ins')
    .set({ used_at: sql<Date>`now()` })
    .where('state_hash', '=', hashOf(state))
    .where('used_at', 'is', null)
    .where('expires_at', '>', sql<Date>`now()`)
    .returning('state_hash')
    .executeTakeFirst();
  return row !== undefined;
}

/** Keeps logouts and the beginning of sessions apart until the transaction ends. */
export async function lockLogouts(tx: Tx, keys: readonly string[]): Promise<void> {
  // In one order: two transactions that want the same locks never wait for each other.
  for (const key of [...keys].sort()) {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`logout ${key}`}, 0))`.execute(tx);
  }
}

/** Notes a logout that has just been received, for `seconds`; the last one counts. */
export async function upsertLogout(tx: Tx, key: string, at: Date, seconds: number): Promise<void> {
  await tx
    .insertInto('upstream_logouts')
    .values({
      key_hash: hashOf(key),
      logged_out_at: at,
      received_at: new Date(),
      expires_at: sql<Date>`now() + make_interval(secs => ${seconds})`,
    })
    .onConflict((conflict) =>
      conflict.column('key_hash').doUpdateSet({
        logged_out_at: sql<Date>`greatest(upstream_logouts.logged_out_at, excluded.logged_out_at)`,
        received_at: sql<Date>`excluded.received_at`,
        expires_at: sql<Date>`excluded.expires_at`,
      }),
    )
    .execute();
}

/** Returns those of these logouts that are known. */
export function selectLogouts(
  tx: Tx,
  keys: readonly string[],
): Promise<{ readonly loggedOutAt: Date; readonly receivedAt: Date }[]> {
  return tx
    .selectFrom('upstream_logouts')
    .select(['logged_out_at as loggedOutAt', 'received_at as receivedAt'])
    .where(
      'key_hash',
      'in',
      keys.map((key) => hashOf(key)),
    )
    .execute();
}

/** Notes the provider's session of a browser session. */
export async function upsertUpstreamSession(
  db: Db,
  sessionUid: string,
  session: { readonly issuer: string; readonly sid: string },
): Promise<void> {
  await db
    .insertInto('upstream_sessions')
    .values({ session_uid: sessionUid, ...session })
    .onConflict((conflict) => conflict.column('session_uid').doUpdateSet(session))
    .execute();
}

/** Notes a logout token; false where that was done before. Kept for `seconds`. */
export async function insertLogoutToken(db: Db, jti: string, seconds: number): Promise<boolean> {
  const inserted = await db
    .insertInto('upstream_logout_tokens')
    .values({
      jti_hash: hashOf(jti),
      expires_at: sql<Date>`now() + make_interval(secs => ${seconds})`,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('jti_hash')
    .executeTakeFirst();
  return inserted !== undefined;
}

/**
 * Browser sessions: those of a user, those of a session at the provider, or those that are both.
 */
export async function selectSessions(
  db: Db,
  issuer: string,
  { userId, sid }: { readonly userId: string | undefined; readonly sid: string | undefined },
): Promise<{ readonly uid: string; readonly userId: string }[]> {
  if (userId === undefined && sid === undefined) {
    return [];
  }
  let found = db.selectFrom('sessions').select(['uid', 'user_id']);
  if (userId !== undefined) {
    found = found.where('user_id', '=', userId);
  }
  if (sid !== undefined) {
    found = found.where('uid', 'in', (eb) =>
      eb
        .selectFrom('upstream_sessions')
        .select('session_uid')
        .where('issuer', '=', issuer)
        .where('sid', '=', sid),
    );
  }
  const rows = await found.execute();
  return rows.flatMap(({ uid, user_id: id }) => (id === null ? [] : [{ uid, userId: id }]));
}
