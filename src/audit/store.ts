import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import { preparedWrite } from '../db/prepared-query.ts';
import { createEventCounts } from '../lib/event-counts.ts';
import type { AuditAction, AuditEvent } from './event.ts';

/**
 * Entries that this process has added to the log, also those of transactions that failed afterwards.
 * All servers of a process share it: passing a counter to each state change would change all of them.
 */
export const entryCounts = createEventCounts<AuditAction>([]);

const toValues = (event: AuditEvent) => ({
  at: event.at ?? null,
  action: event.action,
  actor: event.actor,
  user_id: event.userId ?? null,
  client_id: event.clientId ?? null,
  grant_id: event.grantId ?? null,
  ip: event.origin?.ip ?? null,
  user_agent: event.origin?.userAgent ?? null,
  data: JSON.stringify(event.data ?? {}),
});

const insertion = preparedWrite<ReturnType<typeof toValues>>((db, param) =>
  db.insertInto('audit_events').values({
    happened_at: sql<Date>`coalesce(${param('at')}::timestamptz, now())`,
    action: param('action'),
    actor: param('actor'),
    user_id: param('user_id'),
    client_id: param('client_id'),
    grant_id: param('grant_id'),
    ip: param('ip'),
    user_agent: param('user_agent'),
    data: param('data'),
  }),
);

/** Adds an entry. Nothing else ever writes this table, and a trigger refuses updates. */
export async function record(db: Db, event: AuditEvent): Promise<void> {
  await insertion(db, toValues(event));
  entryCounts.count(event.action);
}

/** Adds entries in their order, up to 1,000 by one statement. */
export async function recordAll(db: Db, events: readonly AuditEvent[]): Promise<void> {
  for (let at = 0; at < events.length; at += 1000) {
    const rows = events
      .slice(at, at + 1000)
      .map((event, place) => ({ ...toValues(event), data: event.data ?? {}, place }));
    await sql`
      insert into audit_events (
        happened_at, action, actor, user_id, client_id, grant_id, ip, user_agent, data
      )
      select coalesce(entry.at, now()), entry.action, entry.actor, entry.user_id, entry.client_id,
        entry.grant_id, entry.ip, entry.user_agent, entry.data
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as entry (
        place int, at timestamptz, action text, actor text, user_id text, client_id text,
        grant_id text, ip text, user_agent text, data jsonb
      )
      order by entry.place
    `.execute(db);
  }
  for (const { action } of events) {
    entryCounts.count(action);
  }
}

/** Returns the camelCase names of the fields of an application that were changed after `since`. */
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
