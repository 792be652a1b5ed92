import { z } from 'zod';
import { type ApiDeps, component, type Endpoint } from '../api/endpoint.ts';
import { time } from '../api/fields.ts';
import { listEndpoint } from '../api/list-endpoint.ts';
import { filter, ordering, sinceMoment } from '../api/query.ts';
import { toIpAddress } from '../lib/ip-address.ts';
import { isAction, type LogEntry } from './log-entry.ts';
import { listLog, logCompleteUntil } from './log-store.ts';

/** Query of `GET /logentries/`. */
const logQuery = z.object({
  user: filter(
    // As the ids of users are; the log knows those who were deleted too.
    (value) => /^[A-Za-z0-9._-]{1,64}$/.test(value),
    'Not a user ID.',
    "Only entries of this user's log.",
  ),
  action: filter(
    isAction,
    'Not an action such as stagedoor.user.oauth.authorized.',
    'Only entries of this action, such as `stagedoor.user.oauth.authorized`.',
  ),
  modified_since: sinceMoment(
    'Only entries since then. Use `X-Page-Generated` of the first page of your last request.',
  ),
  ordering: ordering(['happened_at'], '-happened_at'),
});

/** An entry of the log in API answers. */
const logAnswer = component(
  'LogEntry',
  z.object({
    id: z.string(),
    happened_at: time,
    action: z.string().describe('For example `stagedoor.user.oauth.authorized`.'),
    actor: z
      .string()
      .describe(
        '`user:<id>`, `client:<client_id>`, `operator:<name>` (a token), `operator:user:<id>` (in the console) or `system`.',
      ),
    user: z.string().nullable().describe('ID of the user whose log contains the entry.'),
    application: z.string().nullable().describe('Client ID.'),
    grant: z.string().nullable(),
    ip: z.string().nullable().describe('IPv4 or IPv6 address of the client.'),
    user_agent: z.string().nullable(),
    data: z.record(z.string(), z.unknown()).describe('Details of the event.'),
  }),
  {
    id: '1042',
    happened_at: '2026-11-02T09:30:00.000Z',
    action: 'stagedoor.user.oauth.authorized',
    actor: 'user:ada',
    user: 'ada',
    application: 'pK3vTq7ZyWc5Nf2XbG8dRm4L',
    grant: 'tQ2xN8vLzR5mKc7YwB3hJd',
    ip: '192.0.2.7',
    user_agent: 'Mozilla/5.0',
    data: { application: 'Seatmap Studio', scopes: ['read'], organizers: ['oldmill'] },
  },
);

/** An entry of the log as the API answers it. */
function presentLogEntry(entry: LogEntry): z.infer<typeof logAnswer.schema> {
  return {
    id: entry.id,
    happened_at: entry.happenedAt.toISOString(),
    action: entry.action,
    actor: entry.actor,
    user: entry.userId,
    application: entry.clientId,
    grant: entry.grantId,
    ip: toIpAddress(entry.ip) ?? null,
    user_agent: entry.userAgent,
    data: entry.data,
  };
}

/** `/api/v1/logentries/`, for operators: the whole log. */
export function logEndpoints(deps: ApiDeps): Endpoint[] {
  return [
    listEndpoint(deps, {
      path: '/logentries',
      right: 'read',
      tag: 'Log',
      id: 'listLogEntries',
      summary: 'Read the log',
      details:
        'Entries never change. Among calls that change nothing, the first of a kind within a minute has its own entry; the others of that minute share one, and `calls` is their number.',
      query: logQuery,
      entry: logAnswer,
      conditional: { by: 'page-generated', completeUntil: logCompleteUntil },
      load: (tx, { query: { user, action, modified_since, ordering }, slice }) =>
        listLog(tx, slice, { userId: user, action, since: modified_since }, ordering.direction),
      logged: ({ user, action }) => ({ user, action }),
      present: presentLogEntry,
    }),
  ];
}
