import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import type { Tx } from '../db/transaction.ts';
import type { FailureCount, FailureReason } from './authentication-failure.ts';

/** Credentials of a failed authentication. */
interface Sent {
  readonly endpoint: string;
  readonly client_id: string;
  /** SHA-256 in hexadecimal digits. */
  readonly hash: string;
}

/** Returns for each failure if its client exists and if its secret is an old one. */
export async function classifyFailures(
  db: Db,
  sent: readonly Sent[],
): Promise<{ known: boolean; reason: Exclude<FailureReason, 'unknown_client'> }[]> {
  const { rows } = await sql<{ known: boolean; reason: 'wrong' | 'expired' | 'deleted' }>`
    select
      exists (select 1 from applications a where a.client_id = f.client_id)
        or exists (select 1 from resource_servers r where r.client_id = f.client_id) as known,
      case
        when exists (
          select 1 from application_secrets s
          where s.secret_hash = f.hash and s.client_id = f.client_id and s.expires_at <= now()
          union all
          select 1 from resource_server_secrets s
          where s.secret_hash = f.hash and s.client_id = f.client_id and s.expires_at <= now()
          union all
          select 1 from operator_tokens t
          where t.token_hash = f.hash and f.endpoint = 'management' and t.expires_at <= now()
        ) then 'expired'
        when exists (
          select 1 from ended_secrets e
          where e.secret_hash = f.hash and (e.owner = f.client_id or f.endpoint = 'management')
        ) then 'deleted'
        else 'wrong'
      end as reason
    from (
      select n, endpoint, client_id, decode(hash, 'hex') as hash
      from unnest(
        ${sent.map(({ endpoint }) => endpoint)}::text[],
        ${sent.map(({ client_id }) => client_id)}::text[],
        ${sent.map(({ hash }) => hash)}::text[]
      ) with ordinality as sent(endpoint, client_id, hash, n)
    ) f
    order by f.n
  `.execute(db);
  return rows;
}

/** Counts the rows of the current hour, per client. */
export async function countFailureRows(db: Db): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('authentication_failures')
    .select(['client_id', (eb) => eb.fn.countAll<string>().as('count')])
    .where('hour', '=', sql<Date>`date_trunc('hour', now())`)
    .groupBy('client_id')
    .execute();
  return new Map(rows.map(({ client_id, count }) => [client_id, Number(count)]));
}

/**
 * Adds failures to the current hour.
 * @returns those that are the first of their kind in this hour
 */
export async function upsertFailures(
  db: Db,
  counts: readonly FailureCount[],
): Promise<FailureCount[]> {
  const { rows } = await sql<FailureCount & { first: boolean }>`
    insert into authentication_failures as f (hour, endpoint, client_id, reason, ip, count)
    select date_trunc('hour', now()), added.endpoint, added."clientId", added.reason, added.ip, added.count
    from jsonb_to_recordset(${JSON.stringify(counts)}::jsonb)
      as added (endpoint text, "clientId" text, reason text, ip text, count int)
    on conflict (hour, endpoint, client_id, reason, ip) do update set count = f.count + excluded.count
    returning f.endpoint, f.client_id as "clientId", f.reason, f.ip, f.count, f.xmax = 0 as first
  `.execute(db);
  return rows.filter(({ first }) => first);
}

/** Failures of an ended hour, with the application that they concern. */
export interface EndedHour extends FailureCount {
  readonly hour: Date;
  readonly application: string | null;
  readonly ownerId: string | null;
}

/** Deletes and returns failures of ended hours; rows that another process takes are skipped. */
export async function takeEndedHours(tx: Tx, limit: number): Promise<EndedHour[]> {
  const { rows } = await sql<EndedHour>`
    with taken as (
      delete from authentication_failures where ctid = any(array(
        select ctid from authentication_failures
        where hour < date_trunc('hour', now()) order by hour limit ${limit}
        for update skip locked
      ))
      returning hour, endpoint, client_id, reason, ip, count
    )
    select t.hour, t.endpoint, t.client_id as "clientId", t.reason, t.ip, t.count,
           a.name as application, a.owner_id as "ownerId"
    from taken t left join applications a on a.client_id = t.client_id
    order by t.hour
  `.execute(tx);
  return rows;
}
