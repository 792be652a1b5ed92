import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import { hashOf } from '../lib/credentials.ts';

/** A pushed authorization request. */
interface StoredPushedRequest {
  readonly request: string;
  readonly trusted: boolean;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

/** Stores a pushed request by the hash of its id. */
export async function insertPushedRequest(
  db: Db,
  id: string,
  pushed: StoredPushedRequest,
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

/** Returns a pushed request, in whatever state it is. */
export function selectPushedRequest(
  db: Db,
  id: string,
): Promise<(StoredPushedRequest & { readonly consumed: boolean }) | undefined> {
  return db
    .selectFrom('pushed_authorization_requests')
    .select(['request', 'trusted', 'issued_at as issuedAt', 'expires_at as expiresAt'])
    .select(sql<boolean>`consumed_at is not null`.as('consumed'))
    .where('id_hash', '=', hashOf(id))
    .executeTakeFirst();
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
