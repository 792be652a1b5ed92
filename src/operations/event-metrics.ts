import { Counter, Histogram, type Registry } from 'prom-client';
import type { FailureEndpoint } from '../audit/authentication-failure.ts';
import { entryCounts } from '../audit/store.ts';
import type { OutageCause } from '../db/unreachable.ts';
import { revocationCounts } from '../grants/revoke.ts';
import { createEventCounts, type EventCounts } from '../lib/event-counts.ts';
import type { UpstreamOutcome } from '../sign-in/upstream/refusal.ts';
import type { TokenResponseKind } from '../tokens/count-token-response.ts';
import { ROUTE_GROUPS } from './route-group.ts';

/** Counts of what callers did, for the code that serves them. */
export type EventMetrics = ReturnType<typeof eventMetrics>;

/** Seconds. An answer that is a second old is useless to its reader. */
const AGES = [0.05, 0.1, 0.15, 0.25, 0.5, 0.75, 1];

/** Adds the metrics of introspections, tokens, revocations, sign-ins and the feed of changes. */
export function eventMetrics(registry: Registry) {
  const counted = <Kind extends string>(
    [name, help]: readonly [string, string],
    labels: readonly string[],
    kinds: readonly Kind[],
  ) => {
    const counts = createEventCounts(kinds);
    expose(registry, { name, help, labels, counts });
    return counts;
  };
  expose(registry, {
    name: 'stagedoor_log_entries_total',
    help: 'Entries added to the log of events',
    labels: ['action'],
    counts: entryCounts,
  });
  expose(registry, {
    name: 'stagedoor_grants_revoked_total',
    help: 'Authorizations that were revoked, by reason; deletions of applications and users not included',
    labels: ['reason'],
    counts: revocationCounts,
  });
  const ages = new Histogram({
    name: 'stagedoor_changes_age_seconds',
    help: 'Age of the answers of the changes feed',
    buckets: AGES,
    registers: [registry],
  });
  return {
    introspections: counted(
      [
        'stagedoor_introspections_total',
        'Introspections by authenticated callers, and refused ones',
      ],
      ['outcome'],
      ['active', 'inactive', 'refused'],
    ),
    tokenResponses: counted<TokenResponseKind>(
      ['stagedoor_token_responses_total', 'Responses of the token endpoint'],
      ['grant_type', 'outcome'],
      [
        'authorization_code issued',
        'authorization_code refused',
        'refresh_token issued',
        'refresh_token replayed',
        'refresh_token refused',
        'other refused',
      ],
    ),
    passwordChecks: counted(
      ['stagedoor_password_checks_total', 'Passwords that people typed'],
      ['outcome'],
      ['right', 'wrong', 'throttled', 'busy'],
    ),
    authenticationFailures: counted<FailureEndpoint>(
      ['stagedoor_authentication_failures_total', 'Wrong secrets and operator tokens of programs'],
      ['endpoint'],
      ['token', 'revoke_token', 'par', 'introspect', 'management'],
    ),
    outages: counted<OutageCause>(
      ['stagedoor_outages_total', 'Requests that were answered with 503, by cause'],
      ['cause'],
      ['pool_timeout', 'query_timeout', 'lock_timeout', 'connection', 'refused', 'other'],
    ),
    defects: counted(
      [
        'stagedoor_defects_total',
        'Requests that met a defect and were answered with 500, by route',
      ],
      ['route'],
      ROUTE_GROUPS,
    ),
    upstreamSignIns: counted<UpstreamOutcome>(
      ['stagedoor_upstream_sign_ins_total', 'Sign-ins at the login of the platform'],
      ['outcome'],
      [
        'signed_in',
        'unavailable',
        'refused',
        'unknown_user',
        'deactivated',
        'signed_out',
        'clock',
        'foreign',
        'expired',
        'used',
        'invalid',
        'misconfigured',
        'not_fresh',
      ],
    ),
    unreadable: counted<string>(
      ['stagedoor_unreadable_requests_total', 'Malformed, too long and too slow requests'],
      ['status'],
      ['400', '408', '413', '431'],
    ),
    observeChangesAge: (milliseconds: number) => ages.observe(milliseconds / 1000),
  };
}

/** Adds a counter whose values come from `counts`. A kind is the values of the labels in turn. */
function expose(
  registry: Registry,
  metric: {
    readonly name: string;
    readonly help: string;
    readonly labels: readonly string[];
    readonly counts: Pick<EventCounts<string>, 'entries'>;
  },
): void {
  const { name, help, labels, counts } = metric;
  new Counter({
    name,
    help,
    labelNames: [...labels],
    registers: [registry],
    collect() {
      this.reset();
      for (const [kind, count] of counts.entries()) {
        const values = kind.split(' ');
        this.inc(Object.fromEntries(labels.map((label, at) => [label, values[at] ?? ''])), count);
      }
    },
  });
}
