import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import { isLiveGrant } from '../db/live-grant.ts';
import type { Tx } from '../db/transaction.ts';
import type { Actor } from '../lib/actor.ts';

/** Counts live grants that were given before a time. */
export async function countOlderGrants(db: Db, before: Date): Promise<number> {
  const { rows } = await sql<{ count: string }>`
    select count(*) from grants g
    where ${sql.raw(isLiveGrant('g'))} and g.created_at < ${before}::timestamptz
  `.execute(db);
  return Number(rows[0]?.count);
}

/**
 * Revokes live grants that were given before a time, each with its log entry and without a mail.
 * @param after ID after which it looks at the next `limit` grants, in their order
 * @returns number of revoked grants, and the last ID that it looked at; undefined after the last one
 */
export async function revokeOlderGrants(
  tx: Tx,
  { before, after, limit, actor }: { before: Date; after: string; limit: number; actor: Actor },
): Promise<{ revoked: number; last: string | undefined }> {
  const { rows } = await sql<{ revoked: number; last: string | null }>`
    with visited as materialized (
      select g.id, ${sql.raw(isLiveGrant('g'))} and g.created_at < ${before}::timestamptz as due
      from grants g where g.id > ${after} order by g.id limit ${limit}
    ), locked as materialized (
      select g.id from grants g join visited on visited.id = g.id and visited.due
      where g.revoked_at is null order by g.id for update of g
    ), forgotten as (
      delete from refresh_replays where grant_id in (select id from locked)
    ), ended as (
      update grants set revoked_at = now(), revocation_reason = 'revoked_by_operator'
      where id in (select id from locked)
      returning id, user_id, client_id
    ), logged as (
      insert into audit_events (action, actor, user_id, client_id, grant_id, data)
      select 'stagedoor.user.oauth.revoked', ${actor}, ended.user_id, ended.client_id, ended.id,
        jsonb_build_object('reason', 'revoked_by_operator', 'application', a.name)
      from ended left join applications a on a.client_id = ended.client_id
    )
    select (select count(*)::int from ended) as revoked,
      (select max(id) from visited) as last
  `.execute(tx);
  const { revoked = 0, last } = rows[0] ?? {};
  return { revoked, last: last ?? undefined };
}
