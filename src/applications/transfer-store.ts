import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import type { Tx } from '../db/transaction.ts';
import { APPLICATION } from './store.ts';

/**
 * A stored offer. Without `toUserId` the address belongs to no user, and the offer cannot be
 * accepted.
 */
export interface NewTransfer {
  readonly clientId: string;
  readonly fromUserId: string;
  readonly toUserId: string | undefined;
  readonly email: string;
}

/** Returns the id of the active user whose address has this key, see `emailKey`. */
export async function activeUserByEmail(db: Db, key: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('users')
    .select('id')
    .where('email_key', '=', key)
    .where('is_active', '=', true)
    .executeTakeFirst();
  return row?.id;
}

/** Adds an offer; the application is locked and has none. */
export async function insertTransfer(tx: Tx, transfer: NewTransfer): Promise<void> {
  await tx
    .insertInto('application_transfers')
    .values({
      client_id: transfer.clientId,
      from_user_id: transfer.fromUserId,
      to_user_id: transfer.toUserId ?? null,
      to_email: transfer.email,
    })
    .execute();
}

/**
 * Removes the offer of an application; with `toUserId`, only one to that user.
 * @returns whose it was, or undefined where there was none
 */
export async function deleteTransfer(
  tx: Tx,
  clientId: string,
  toUserId?: string,
): Promise<{ fromUserId: string } | undefined> {
  return await tx
    .deleteFrom('application_transfers')
    .where('client_id', '=', clientId)
    .$if(toUserId !== undefined, (query) => query.where('to_user_id', '=', toUserId ?? ''))
    .returning('from_user_id as fromUserId')
    .executeTakeFirst();
}

/** Returns the offer of an application that waits for an answer; `email` as the owner typed it. */
export async function selectOutgoingTransfer(db: Db, clientId: string) {
  return await db
    .selectFrom('application_transfers')
    .select(['to_email as email', 'created_at as createdAt'])
    .where('client_id', '=', clientId)
    .executeTakeFirst();
}

/** The offers to a user, the newest first. */
export async function incomingTransfers(db: Db, userId: string) {
  const rows = await db
    .selectFrom('application_transfers')
    .innerJoin('applications', 'applications.client_id', 'application_transfers.client_id')
    .innerJoin('users', 'users.id', 'application_transfers.from_user_id')
    .select(APPLICATION)
    .select([
      sql<string>`coalesce(nullif(users.full_name, ''), users.email)`.as('fromName'),
      'application_transfers.created_at as offeredAt',
    ])
    .where('application_transfers.to_user_id', '=', userId)
    .orderBy('application_transfers.created_at', 'desc')
    .execute();
  return rows.map(({ fromName, offeredAt, ...application }) => ({
    application,
    fromName,
    createdAt: offeredAt,
  }));
}
