import type { ApiDeps, Endpoint } from '../api/endpoint.ts';
import { listEndpoint } from '../api/list-endpoint.ts';
import { listLog, logCompleteUntil } from './list-log.ts';
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
        'Entries are never changed. Of calls that change nothing, the first of its kind in a minute has an entry of its own; the others of that minute have one together, and `calls` says how many they are.',
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
