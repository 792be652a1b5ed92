import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import type { Slice } from '../db/slice.ts';
import type { Tx } from '../db/transaction.ts';
import type { UndeliveredMail } from './mail.ts';

/** One slice of the mails that are not delivered, the oldest first. */
export function selectUndelivered(
  db: Db,
  { limit, offset }: Slice,
  only: { readonly failed: boolean },
): Promise<UndeliveredMail[]> {
  return db
    .selectFrom('mail_outbox')
    .select([
      'id',
      'kind',
      'recipient',
      'created_at as createdAt',
      'attempts',
      'next_attempt_at as nextAttemptAt',
      'failed_at as failedAt',
      'last_error as lastError',
    ])
    .where('sent_at', 'is', null)
    .$if(only.failed, (query) => query.where('failed_at', 'is not', null))
    .orderBy('created_at')
    .orderBy('id')
    .limit(limit)
    .offset(offset)
    .execute();
}

/**
 * Makes mails that were given up due again, with as many attempts as a new one: that one, or all
 * of them.
 * @returns how many
 */
export async function updateFailedDue(tx: Tx, id?: string): Promise<number> {
  const { numUpdatedRows } = await tx
    .updateTable('mail_outbox')
    .set({ failed_at: null, attempts: 0, next_attempt_at: sql<Date>`now()` })
    .where('failed_at', 'is not', null)
    .where('sent_at', 'is', null)
    .$if(id !== undefined, (query) => query.where('id', '=', id ?? ''))
    .executeTakeFirstOrThrow();
  return Number(numUpdatedRows);
}

/** What became of a mail so far; undefined where there is none with this id. */
export async function selectMailState(
  db: Db,
  id: string,
): Promise<'sent' | 'failed' | 'waiting' | undefined> {
  const row = await db
    .selectFrom('mail_outbox')
    .select(['sent_at', 'failed_at'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) {
    return undefined;
  }
  return row.sent_at !== null ? 'sent' : row.failed_at !== null ? 'failed' : 'waiting';
}

/** Deletes mails so many days after they were sent, or given up. */
export async function deleteOldMails(
  db: Db,
  days: { readonly sent: number; readonly failed: number },
): Promise<void> {
  await db
    .deleteFrom('mail_outbox')
    .where('sent_at', '<', sql<Date>`now() - make_interval(days => ${days.sent})`)
    .execute();
  await db
    .deleteFrom('mail_outbox')
    .where('sent_at', 'is', null)
    .where('failed_at', '<', sql<Date>`now() - make_interval(days => ${days.failed})`)
    .execute();
}
