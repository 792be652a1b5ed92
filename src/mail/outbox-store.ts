import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../db/database.ts';
import { preparedQuery, preparedWrite } from '../db/prepared-query.ts';
import { type Part, readSlice, type Slice } from '../db/slice.ts';
import type { Tx } from '../db/transaction.ts';
import { currentTraceparent } from '../lib/background-work.ts';
import type { Mail, MailKind, QueuedMail, UndeliveredMail } from './mail.ts';

/** One slice of the mails that are not delivered, the oldest first. */
export function selectUndelivered(
  db: Db,
  slice: Slice,
  only: { readonly failed: boolean },
): Promise<Part<UndeliveredMail>> {
  const rows = db
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
    .$if(only.failed, (query) => query.where('failed_at', 'is not', null));
  return readSlice(
    rows,
    slice,
    { by: { created_at: 'time', id: 'uuid' }, direction: 'asc' },
    undefined,
  );
}

/**
 * Makes mails that were given up due again, with as many attempts as a new one: that one, or all
 * of them.
 * @returns how many
 */
export async function retryFailedMails(tx: Tx, id?: string): Promise<number> {
  const { numUpdatedRows } = await tx
    .updateTable('mail_outbox')
    .set({ failed_at: null, attempts: 0, next_attempt_at: sql<Date>`now()` })
    .where('failed_at', 'is not', null)
    .where('sent_at', 'is', null)
    .$if(id !== undefined, (query) => query.where('id', '=', id ?? ''))
    .executeTakeFirstOrThrow();
  return Number(numUpdatedRows);
}

/** Returns the state of a mail; undefined if no mail has this ID. */
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

const insertion = preparedWrite<{
  kind: MailKind;
  recipient: string;
  locale: string;
  data: string;
}>((db, param) =>
  db.insertInto('mail_outbox').values({
    kind: param('kind'),
    recipient: param('recipient'),
    locale: param('locale'),
    data: param('data'),
  }),
);

/** Puts a mail into the outbox, in the transaction of the event that it reports. */
export async function enqueueMail<K extends MailKind>(db: Db, mail: Mail<K>): Promise<void> {
  const { kind, recipient, locale } = mail;
  // JSON omits undefined.
  const data = JSON.stringify({ ...mail.data, traceparent: currentTraceparent() });
  await insertion(db, { kind, recipient, locale, data });
}

const claim = preparedQuery<{ limit: number; leaseSeconds: number }, QueuedMail>((db, param) =>
  db
    .with('due', (query) =>
      query
        .selectFrom('mail_outbox')
        .select('id')
        .where('sent_at', 'is', null)
        .where('failed_at', 'is', null)
        .where('next_attempt_at', '<=', sql<Date>`now()`)
        .orderBy('next_attempt_at')
        .limit(param('limit'))
        .forUpdate()
        .skipLocked(),
    )
    .updateTable('mail_outbox')
    .from('due')
    .set({
      attempts: sql`mail_outbox.attempts + 1`,
      next_attempt_at: inSeconds(param('leaseSeconds')),
    })
    .whereRef('mail_outbox.id', '=', 'due.id')
    .returning([
      'mail_outbox.id',
      'mail_outbox.kind',
      'mail_outbox.recipient',
      'mail_outbox.locale',
      'mail_outbox.data',
      'mail_outbox.created_at as createdAt',
      'mail_outbox.attempts',
    ]),
);

/**
 * Takes mails that are due, on a lease: for `leaseSeconds` no other sender sees them, and a sender
 * that dies loses none. One statement, so a transaction of its own; what another sender is taking
 * at this moment is skipped.
 */
export function claimDueMails(db: Db, limit: number, leaseSeconds: number): Promise<QueuedMail[]> {
  return claim(db, { limit, leaseSeconds });
}

const markSent = preparedWrite<{ ids: readonly string[] }>((db, param) =>
  db
    .updateTable('mail_outbox')
    .set({ sent_at: sql<Date>`now()`, failed_at: null, last_error: null })
    .where('id', '=', sql<string>`any(${param('ids')}::uuid[])`),
);

/** Notes that a mail server took the mails. Holds even where the lease has run out meanwhile. */
export function updateMailsSent(db: Db, ids: readonly string[]): Promise<void> {
  return markSent(db, { ids });
}

/**
 * Notes a failed attempt; without `retrySeconds` the mail is given up. Does nothing where another
 * sender has taken the mail since, whose attempt counts then.
 */
export async function updateMailFailed(
  db: Db,
  mail: QueuedMail,
  failure: { readonly error: string; readonly retrySeconds: number | undefined },
): Promise<void> {
  await db
    .updateTable('mail_outbox')
    .set({
      last_error: failure.error,
      ...(failure.retrySeconds === undefined
        ? { failed_at: sql<Date>`now()` }
        : { next_attempt_at: inSeconds(failure.retrySeconds) }),
    })
    .where('id', '=', mail.id)
    .where('attempts', '=', mail.attempts)
    .where('sent_at', 'is', null)
    .execute();
}

/** Gives mails back that were taken but not tried, as if they had not been taken. */
export async function releaseMails(db: Db, mails: readonly QueuedMail[]): Promise<void> {
  for (const mail of mails) {
    await db
      .updateTable('mail_outbox')
      .set({ attempts: mail.attempts - 1, next_attempt_at: sql<Date>`now()` })
      .where('id', '=', mail.id)
      .where('attempts', '=', mail.attempts)
      .where('sent_at', 'is', null)
      .execute();
  }
}

/** Mails that are not delivered. */
export interface MailBacklog {
  readonly pending: number;
  /** Given up. */
  readonly failed: number;
  /** Age of the oldest pending mail in seconds; 0 if none is pending. */
  readonly oldestSeconds: number;
}

/** Counts the mails that are not delivered. */
export async function countMails(db: Db): Promise<MailBacklog> {
  // Two parts, each by an index: most rows are sent mails.
  const { rows } = await sql<MailBacklog>`
    select waiting.pending, waiting."oldestSeconds", (
      select count(*)::int from mail_outbox where failed_at is not null and sent_at is null
    ) as failed
    from (
      select count(*)::int as pending,
        coalesce(extract(epoch from now() - min(created_at)), 0)::float8 as "oldestSeconds"
      from mail_outbox where sent_at is null and failed_at is null
    ) waiting
  `.execute(db);
  return rows[0] ?? { pending: 0, failed: 0, oldestSeconds: 0 };
}

/** The database's own clock: those of several senders may differ. */
function inSeconds(seconds: number | RawBuilder<number>) {
  return sql<Date>`now() + make_interval(secs => ${seconds})`;
}
