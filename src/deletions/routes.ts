import type { ApiDeps, Endpoint } from '../api/endpoint.ts';
import { listEndpoint } from '../api/list-endpoint.ts';
import { listDeletions } from './store.ts';
import { deletionAnswer, deletionQuery, presentDeletion } from './wire.ts';

/** `GET /api/v1/deletions/`: progress of the removal of grants. */
export function deletionEndpoints(deps: ApiDeps): Endpoint[] {
  return [
    listEndpoint(deps, {
      path: '/deletions',
      right: 'grants',
      tag: 'Maintenance',
      id: 'listDeletions',
      summary: 'List deletions of users and applications',
      details:
        'Deleting a user or an application ends all of its grants at once. Up to 1,000 grants are removed in the same call. If there are more, the deletion is listed here, and the server removes the others in batches and notifies their users; finished deletions are listed for 30 days.',
      query: deletionQuery,
      entry: deletionAnswer,
      conditional: { by: 'last-modified', list: () => 'deletions' },
      load: (tx, { query: { ordering, ...filters }, slice }) =>
        listDeletions(tx, slice, filters, ordering.direction),
      present: presentDeletion,
    }),
  ];
}
