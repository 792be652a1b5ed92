import type { Config } from '../config/config.ts';
import type { RetentionRule } from '../db/delete-due.ts';
import { grantEnd } from '../db/live-grant.ts';
import { ERROR_DAYS } from '../insights/client-error.ts';
import { DEVICE_DAYS } from '../sessions/device-store.ts';

const HOUR = 3_600;
const DAY = 24 * HOUR;
/** Refresh tokens that were issued in that time are kept, too: earlier versions counted them. */
const RECENT = 32 * DAY;
/** Two periods of 90 days, of which one is compared with the other, in any time zone. */
const STATISTICS = 183 * DAY;

/** Rows that anybody can cause and that live for minutes. */
export const SHORT_LIVED: readonly RetentionRule[] = [
  { name: 'sessions', table: 'sessions', by: 't.expires_at', kept: 0 },
  // The back button meets an explanation.
  { name: 'interactions', table: 'interactions', by: 't.expires_at', kept: HOUR },
  {
    name: 'pushed_requests',
    table: 'pushed_authorization_requests',
    by: 't.expires_at',
    kept: 0,
  },
  { name: 'upstream_sign_ins', table: 'upstream_sign_ins', by: 't.expires_at', kept: HOUR },
  { name: 'upstream_logout_tokens', table: 'upstream_logout_tokens', by: 't.expires_at', kept: 0 },
  { name: 'upstream_logouts', table: 'upstream_logouts', by: 't.expires_at', kept: 0 },
  { name: 'dpop_proofs', table: 'dpop_proofs', by: 't.expires_at', kept: 0 },
];

/** Entries of the log, which `trimLog` deletes: only then the database allows it. */
function logEntries({ logRetentionDays: days }: Pick<Config, 'logRetentionDays'>): RetentionRule[] {
  return days === 0
    ? []
    : [{ name: 'log_entries', table: 'audit_events', by: 't.happened_at', kept: days * DAY }];
}

/** Returns all rules by which rows become due with time. Others visit all rows to find those. */
export function timedRules(
  config: Pick<Config, 'grantRetentionDays' | 'logRetentionDays' | 'refreshTokenTtl'>,
): readonly RetentionRule[] {
  const rules = [...SHORT_LIVED, ...retentionRules(config), ...logEntries(config)];
  return rules.filter(({ kept }) => kept !== undefined);
}

/**
 * Lists which rows are deleted when, except those of `SHORT_LIVED`. Grants come after their tokens,
 * so that few tokens are left to be deleted with a grant.
 */
export function retentionRules(
  config: Pick<Config, 'grantRetentionDays' | 'refreshTokenTtl'>,
): readonly RetentionRule[] {
  const grants = config.grantRetentionDays * DAY;
  return [
    { name: 'codes', table: 'authorization_codes', by: 't.expires_at', kept: DAY },
    // An application that revokes with the access token it was last given still ends its grant.
    { name: 'access_tokens', table: 'access_tokens', by: 't.expires_at', kept: 7 * DAY },
    {
      // A used refresh token stays for its lifetime, so that its re-use is noticed.
      name: 'refresh_tokens',
      table: 'refresh_tokens',
      by: 't.expires_at',
      kept: Math.max(DAY, RECENT - config.refreshTokenTtl),
      condition: `t.issued_at <= now() - make_interval(secs => ${RECENT})`,
    },
    ...(grants === 0
      ? []
      : [
          { name: 'revoked_grants', table: 'grants', by: 't.revoked_at', kept: grants } as const,
          {
            name: 'expired_grants',
            table: 'grants',
            by: grantEnd('t'),
            kept: grants,
            within: 't.revoked_at is null',
          } as const,
        ]),
    // A request of an ended session that is under way must not bring the session back.
    { name: 'ended_sign_ins', table: 'session_sign_ins', by: 't.ended_at', kept: DAY },
    {
      name: 'sign_ins',
      table: 'session_sign_ins',
      by: 't.session_uid',
      condition: `t.ended_at is null and t.signed_in_at <= now() - interval '1 hour'
        and not exists (select from sessions s where s.uid = t.session_uid)`,
    },
    {
      name: 'upstream_sessions',
      table: 'upstream_sessions',
      by: 't.session_uid',
      condition: `not exists (select from sessions s where s.uid = t.session_uid)
        and not exists (select from session_sign_ins b where b.session_uid = t.session_uid)`,
    },
    {
      name: 'devices',
      table: 'known_devices',
      by: 't.last_seen_at',
      kept: DEVICE_DAYS * DAY,
      // A user's last device stays: without any, the next sign-in would count as the very first, of
      // which no mail is sent.
      condition: `exists (
        select from known_devices later where later.user_id = t.user_id
          and (later.last_seen_at, later.device_hash) > (t.last_seen_at, t.device_hash))`,
    },
    // Answers whether a mail was sent.
    { name: 'sent_mails', table: 'mail_outbox', by: 't.sent_at', kept: 30 * DAY },
    {
      // An operator can try again.
      name: 'failed_mails',
      table: 'mail_outbox',
      by: 't.failed_at',
      kept: 90 * DAY,
      condition: 't.sent_at is null',
    },
    { name: 'application_days', table: 'application_days', by: 't.day', kept: STATISTICS },
    { name: 'client_errors', table: 'client_errors', by: 't.happened_at', kept: ERROR_DAYS * DAY },
    { name: 'idempotent_calls', table: 'idempotent_calls', by: 't.created_at', kept: DAY },
    {
      // Written by the clocks of the servers, which may differ from that of the database.
      name: 'rate_limits',
      table: 'rate_limits',
      by: 't.key',
      condition: "t.expire < extract(epoch from now() - interval '1 hour') * 1000",
    },
    { name: 'finished_deletions', table: 'deletions', by: 't.finished_at', kept: 30 * DAY },
    { name: 'ended_secrets', table: 'ended_secrets', by: 't.ended_at', kept: 90 * DAY },
  ];
}
