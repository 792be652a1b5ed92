import { sql } from 'kysely';
import { ADDRESSES } from '../audit/forget-store.ts';
import type { Tx } from '../db/transaction.ts';
import type { DeletionKind, EndNotice } from './deletion.ts';

/** Column by which the grants of a deletion are visited, an index begins with kind and column. */
const ORDER = {
  application: { party: 'client_id', by: 'created_at', type: 'timestamptz' },
  user: { party: 'user_id', by: 'client_id', type: 'text' },
} as const;

/** An unfinished deletion, locked until the transaction ends. */
export interface OpenDeletion {
  readonly id: string;
  readonly kind: DeletionKind;
  readonly subject: string;
  readonly counted: boolean;
}

/**
 * Adds the deletion of a row that was just deleted, or its notice if the trigger has added it.
 */
export async function upsertDeletion(
  tx: Tx,
  { kind, subject, notice }: { kind: DeletionKind; subject: string; notice: EndNotice | null },
): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    insert into deletions (kind, subject, notice)
    values (${kind}, ${subject}, ${notice && JSON.stringify(notice)}::jsonb)
    on conflict (kind, subject) where finished_at is null do update set notice = excluded.notice
    returning id
  `.execute(tx);
  return rows[0]?.id ?? '';
}

/** Locks the oldest unfinished deletion that no other process is working on, or the one with this ID. */
export async function lockOpenDeletion(tx: Tx, id?: string): Promise<OpenDeletion | undefined> {
  return tx
    .selectFrom('deletions')
    .select(['id', 'kind', 'subject', sql<boolean>`grants is not null`.as('counted')])
    .where('finished_at', 'is', null)
    .$if(id !== undefined, (query) => query.where('id', '=', id ?? ''))
    .orderBy('requested_at')
    .orderBy('id')
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
}

/** Counts the grants of a deletion, those that are removed included. */
export async function countGrants(tx: Tx, { id, kind }: OpenDeletion): Promise<void> {
  await sql`
    update deletions d set grants = removed + (
      select count(*) from grants g where g.${sql.ref(ORDER[kind].party)} = d.subject
    ) where id = ${id}::uuid
  `.execute(tx);
}

/**
 * Removes grants of a deletion, at most `limit`. Each user with a grant that was live when the
 * deletion was requested gets one log entry and one mail, with the first of these grants: the log
 * shows that a user has got them. A deleted user gets none, and a deactivated one only the entry.
 * @returns number of grants that it visited
 */
export async function removeGrants(
  tx: Tx,
  { id, kind }: OpenDeletion,
  limit: number,
): Promise<number> {
  const { party, by, type } = ORDER[kind];
  const { rows } = await sql<{ visited: number }>`
    with d as materialized (
      select subject, notice, position, requested_at from deletions where id = ${id}::uuid
    ), batch as materialized (
      select g.id, g.user_id, g.client_id, g.${sql.ref(by)} as position,
        g.revoked_at is null and least(g.expires_at, g.ends_at) > d.requested_at as live
      from grants g, d
      where g.${sql.ref(party)} = (select subject from d)
        and g.${sql.ref(by)} >= coalesce(
          (select position from d)::${sql.raw(type)},
          ${type === 'text' ? sql`''` : sql`'-infinity'::timestamptz`}
        )
      order by g.${sql.ref(by)} limit ${limit}
    ), logged as (
      insert into audit_events (action, actor, user_id, client_id, data)
      select distinct 'stagedoor.user.oauth.revoked', d.notice ->> 'actor', u.id, d.subject,
        d.notice -> 'log'
      from batch b join users u on u.id = b.user_id, d
      where b.live and d.notice is not null and (
        -- For each user by the index of the user: the entries of the application grow with each batch.
        select true from audit_events e
        where e.user_id = u.id and e.happened_at >= d.requested_at
          and coalesce(e.client_id, '') = d.subject
          and coalesce(e.action, '') = 'stagedoor.user.oauth.revoked'
          and e.data = d.notice -> 'log'
        limit 1
      ) is null
      returning user_id
    ), mailed as (
      insert into mail_outbox (kind, recipient, locale, data)
      select 'application_deleted', u.email, coalesce(u.chosen_locale, u.locale),
        d.notice -> 'mail'
          || jsonb_build_object('timezone', coalesce(u.chosen_timezone, u.timezone))
      from logged l join users u on u.id = l.user_id, d
      where u.is_active
    ), removed as (
      delete from grants where id = any(array(select id from batch))
    ), progress as (
      update deletions set removed = deletions.removed + (select count(*) from batch),
        position = coalesce((select max(position)::text from batch), deletions.position)
      where id = ${id}::uuid
    )
    select count(*)::int as visited from batch
  `.execute(tx);
  return rows[0]?.visited ?? 0;
}

/** Tests if a deletion has grants left. */
export async function hasGrants(tx: Tx, { kind, subject }: OpenDeletion): Promise<boolean> {
  const { rows } = await sql<{ left: boolean }>`
    select exists (select from grants where ${sql.ref(ORDER[kind].party)} = ${subject}) as left
  `.execute(tx);
  return rows[0]?.left === true;
}

/**
 * Removes addresses, IP and User-Agent from entries in the log of a deleted user, at most `limit`.
 * @returns number of entries that it visited
 */
export async function forgetEntries(
  tx: Tx,
  { id, subject }: OpenDeletion,
  limit: number,
): Promise<number> {
  const { rows } = await sql<{ visited: number }>`
    with batch as materialized (
      select id from audit_events
      where user_id = ${subject}
        and id > (select log_position from deletions where id = ${id}::uuid)
      order by id limit ${limit}
    ), forgotten as (
      update audit_events set ip = null, user_agent = null, data = data - ${ADDRESSES}
      where id = any(array(select id from batch))
        and (ip is not null or user_agent is not null or data ?| ${ADDRESSES})
    ), progress as (
      update deletions set log_position = (select max(id) from batch)
      where id = ${id}::uuid and exists (select from batch)
    )
    select count(*)::int as visited from batch
  `.execute(tx);
  return rows[0]?.visited ?? 0;
}

/** Notes that a deletion is finished. */
export async function setFinished(tx: Tx, { id }: OpenDeletion): Promise<void> {
  await tx
    .updateTable('deletions')
    .set({ finished_at: sql<Date>`now()`, notice: null })
    .where('id', '=', id)
    .execute();
}

/** Removes a deletion that one transaction began and finished. */
export async function dropDeletion(tx: Tx, { id }: OpenDeletion): Promise<void> {
  await tx.deleteFrom('deletions').where('id', '=', id).execute();
}
