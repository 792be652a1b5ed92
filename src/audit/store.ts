import type { Db } from '../db/database.ts';
import type { AuditEvent } from './event.ts';
import type { Mail, MailKind } from './mail.ts';

/** Longest User-Agent that is kept, in characters. */
const USER_AGENT_LIMIT = 300;

/** Adds an entry. Nothing else ever writes this table, and a trigger refuses updates. */
export async function insertEvent(db: Db, event: AuditEvent): Promise<void> {
  await db
    .insertInto('audit_events')
    .values({
      action: event.action,
      actor: event.actor,
      user_id: event.userId ?? null,
      client_id: event.clientId ?? null,
      grant_id: event.grantId ?? null,
      ip: event.origin?.ip ?? null,
      user_agent: event.origin?.userAgent?.slice(0, USER_AGENT_LIMIT) ?? null,
      data: JSON.stringify(event.data ?? {}),
    })
    .execute();
}

/** Puts a mail into the outbox, in the transaction of what it tells. */
export async function insertMail<K extends MailKind>(db: Db, mail: Mail<K>): Promise<void> {
  await db
    .insertInto('mail_outbox')
    .values({
      kind: mail.kind,
      recipient: mail.recipient,
      locale: mail.locale,
      data: JSON.stringify(mail.data),
    })
    .execute();
}
