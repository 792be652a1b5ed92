import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import { hashOf } from '../lib/credentials.ts';

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
