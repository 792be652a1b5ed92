import type { ApiDeps, Endpoint } from '../api/endpoint.ts';
import { listEndpoint } from '../api/list-endpoint.ts';
import { listLog, logCompleteUntil } from './log-store.ts';
import { logAnswer, logQuery, presentLogEntry } from './wire.ts';

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
