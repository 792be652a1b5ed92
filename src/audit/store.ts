import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import type { AuditEvent } from './event.ts';

/** Adds an entry. Nothing else ever writes this table, and a trigger refuses updates. */
export async function record(db: Db, event: AuditEvent): Promise<void> {
  await db
    .insertInto('audit_events')
    .values({
      ...(event.at === undefined ? {} : { happened_at: event.at }),
      action: event.action,
      actor: event.actor,
      user_id: event.userId ?? null,
      client_id: event.clientId ?? null,
      grant_id: event.grantId ?? null,
      ip: event.origin?.ip ?? null,
      user_agent: event.origin?.userAgent ?? null,
      data: JSON.stringify(event.data ?? {}),
    })
    .execute();
}

/** The fields of an application that its log says were changed after `since`. */
export async function selectChangedFields(
  db: Db,
  clientId: string,
  since: Date,
): Promise<string[]> {
  const { rows } = await sql<{ field: string }>`
    select distinct jsonb_array_elements_text(data -> 'changed') as field
    from audit_events
    where client_id = ${clientId} and action = 'stagedoor.application.changed'
      and happened_at > ${since}::timestamptz
    order by field
  `.execute(db);
  return rows.map((row) => row.field);
}
