import { type SqlBool, sql } from 'kysely';
import type { Db } from '../db/database.ts';
import type { Tx } from '../db/transaction.ts';
import type { Reason } from './reason.ts';
import { toReason } from './store.ts';

/**
 * An application has stopped working if so many of its token requests failed within half an hour, none
 * succeeded in that time, and one had succeeded in the days before.
 */
export const FAILING = { failures: 5, minutes: 30, workedDays: 7 } as const;

/**
 * Reasons that only a request with a code or token can have that was issued to the application itself.
 * Those for which a single authorization ended are left out: they are not the application's fault.
 */
export const OWN_TOKEN_REASONS = [
  'code_expired',
  'code_reused',
  'code_redirect_uri',
  'redirect_uri_mismatch',
  'pkce_missing',
  'awaits_review',
  'trust_changed',
  'verifier_missing',
  'verifier_wrong',
  'verifier_length',
  'verifier_characters',
  'verifier_unexpected',
  'refresh_token_reused',
  'refresh_scope',
  'scope_withdrawn',
  'dpop_key_wrong',
  'ended_by_reuse',
  'ended_by_leak',
] as const satisfies readonly Reason[];

/**
 * Reasons that only an authenticated request can have, if the application is confidential. An unknown
 * code, or that of another application, is none: anybody can send one to its redirect URI.
 */
export const AUTHENTICATED_REASONS = [
  'client_assertion_reused',
  'grant_type_unsupported',
  'refresh_token_unknown',
  'resource_invalid',
  'resource_unknown',
  'resource_not_allowed',
  'resource_choice_missing',
  'resource_twice',
  'dpop_proof_missing',
  'dpop_proof_reused',
  'dpop_proof_invalid',
] as const satisfies readonly Reason[];

/** Reasons that count as often as a secret of the application was sent that has expired or was deleted. */
export const SECRET_REASONS = [
  'client_secret_wrong',
  'client_secret_none_valid',
] as const satisfies readonly Reason[];

/** Minutes of a row of `token_counts`. */
const QUARTER = 15;
/** Newest failed token requests of an application that are looked at. */
const LOOKED_AT = 200;
/** An application that has stopped working, and its owner, as a mail addresses them. */
export interface FailingApplication {
  readonly clientId: string;
  readonly name: string;
  readonly homepageUrl: string | null;
  readonly reviewedAt: Date | null;
  readonly recipient: string;
  readonly locale: string;
  readonly timezone: string;
  /** Failed token requests within `FAILING.minutes` that count, up to 200. */
  readonly failures: number;
  /** Error code and reason of the newest of them. */
  readonly error: string;
  readonly reason: Reason;
}

type Row = Omit<FailingApplication, 'error' | 'reason'> & {
  readonly last: { readonly error: string; readonly reason: string };
};

/**
 * Takes at most `limit` active applications that have stopped working, and records that their owners are
 * notified: each application at most once within 24 hours, whatever processes do so. Only failures count
 * that nobody without credentials, codes or tokens of the application can cause. Uses of old secrets are
 * known by the hour, so that those of the last hour are missing at the beginning of the next one.
 */
export async function takeFailingApplications(
  tx: Tx,
  limit: number,
): Promise<FailingApplication[]> {
  const { failures, minutes, workedDays } = FAILING;
  const { rows } = await sql<Row>`
    with quiet as materialized (
      select client_id from token_counts
      where at > now() - make_interval(mins => ${minutes + QUARTER}::int)
      group by client_id
      having sum(failed) >= ${failures}::int and sum(issued + refreshed) = 0
    ), failing as (
      select a.client_id, a.name, a.homepage_url, a.reviewed_at,
        u.email, coalesce(u.chosen_locale, u.locale) as locale,
        coalesce(u.chosen_timezone, u.timezone) as timezone, failed.failures, failed.last
      from quiet q
        join applications a on a.client_id = q.client_id
        join users u on u.id = a.owner_id
        left join failure_notices n on n.client_id = a.client_id
        cross join lateral (
          select coalesce(sum(f.count), 0)::int as uses from authentication_failures f
          where f.hour = date_trunc('hour', now()) and f.endpoint = 'token'
            and f.client_id = a.client_id and f.reason in ('expired', 'deleted')
        ) old_secrets
        cross join lateral (
          select
            (count(*) filter (where not e.by_secret)
              + least(count(*) filter (where e.by_secret), old_secrets.uses))::int as failures,
            (json_agg(json_build_object('error', e.error, 'reason', e.reason) order by e.id desc)
              filter (where not e.by_secret or old_secrets.uses > 0))->0 as last
          from (
            select id, happened_at, error, reason,
              reason = any(${SECRET_REASONS}::text[]) as by_secret
            from client_errors c
            where c.client_id = a.client_id and c.endpoint = 'token' order by id desc limit ${LOOKED_AT}::int
          ) e
          where e.happened_at > now() - make_interval(mins => ${minutes}::int)
            and (e.by_secret or e.reason = any(${OWN_TOKEN_REASONS}::text[])
              or a.client_type = 'confidential' and e.reason = any(${AUTHENTICATED_REASONS}::text[]))
        ) failed
      where a.is_active and a.suspended_at is null and u.is_active and ${isDue}
        and failed.failures >= ${failures}::int
        and exists (
          select from token_counts t
          where t.client_id = a.client_id and t.at > now() - make_interval(days => ${workedDays}::int)
            and t.issued + t.refreshed > 0
        )
      order by a.client_id
      limit ${limit}
      for key share of a skip locked
    ), taken as (
      insert into failure_notices as n (client_id, sent_at)
      select client_id, now() from failing
      on conflict (client_id) do update set sent_at = excluded.sent_at where ${isDue}
      returning client_id
    )
    select client_id as "clientId", name, homepage_url as "homepageUrl", reviewed_at as "reviewedAt",
      email as recipient, locale, timezone, failures, last
    from failing join taken using (client_id)
  `.execute(tx);
  return rows.map(({ last, ...row }) => ({
    ...row,
    error: last.error,
    reason: toReason(last.reason),
  }));
}

/** The owner of the notice `n` wants mails, and none was sent within a day; also if there is no notice. */
const isDue = sql<SqlBool>`n.muted is not true
  and (n.sent_at is null or n.sent_at < now() - interval '24 hours')`;

/** Returns true unless the owner of an application wants no mails about failures. */
export async function wantsFailureMails(db: Db, clientId: string): Promise<boolean> {
  const row = await db
    .selectFrom('failure_notices')
    .select('muted')
    .where('client_id', '=', clientId)
    .executeTakeFirst();
  return row?.muted !== true;
}

/** Turns mails about failures of an application off, or on. */
export async function setMuted(tx: Tx, clientId: string, muted: boolean): Promise<void> {
  await tx
    .insertInto('failure_notices')
    .values({ client_id: clientId, muted })
    .onConflict((conflict) => conflict.column('client_id').doUpdateSet({ muted }))
    .execute();
}
