import { z } from 'zod';
import { type ApiDeps, component, type Endpoint } from '../api/endpoint.ts';
import { time } from '../api/fields.ts';
import { listEndpoint } from '../api/list-endpoint.ts';
import { filter, flag, ordering } from '../api/query.ts';
import { isClientId } from '../lib/client-id.ts';
import { isDirectoryId } from '../users/user.ts';
import { DELETION_KINDS, type Deletion } from './deletion.ts';
import { listDeletions } from './store.ts';

/** Query of `GET /deletions/`. */
const deletionQuery = z.object({
  kind: z.enum(DELETION_KINDS).optional().describe('Only those of users, or of applications.'),
  subject: filter(
    (value) => isDirectoryId(value) || isClientId(value),
    'Neither the ID of a user nor a client ID.',
    'Only deletions of this user (ID) or application (client ID).',
  ),
  finished: flag('Only those that are finished, or only the others.'),
  ordering: ordering(['requested_at'], '-requested_at'),
});

/** A deletion in API answers. */
const deletionAnswer = component(
  'Deletion',
  z.object({
    id: z.string(),
    kind: z.enum(DELETION_KINDS),
    subject: z.string().describe('ID of the user, or client ID of the application.'),
    requested_at: time.describe('From then on, nothing of it is live.'),
    grants: z.int().nullable().describe('Number of grants; null until they are counted.'),
    removed: z.int().describe('Number of grants that are removed.'),
    finished_at: time
      .nullable()
      .describe('Until then, the same ID cannot be registered again (409).'),
  }),
  {
    id: '5b0d7c52-6a3e-4f0e-9d7b-2f4f0c9f1a68',
    kind: 'application',
    subject: 'pK3vTq7ZyWc5Nf2XbG8dRm4L',
    requested_at: '2026-11-27T07:00:00.000Z',
    grants: 300_000,
    removed: 120_000,
    finished_at: null,
  },
);

/** A deletion as the API answers it. */
function presentDeletion(deletion: Deletion): z.infer<typeof deletionAnswer.schema> {
  return {
    id: deletion.id,
    kind: deletion.kind,
    subject: deletion.subject,
    requested_at: deletion.requestedAt.toISOString(),
    grants: deletion.grants,
    removed: deletion.removed,
    finished_at: deletion.finishedAt?.toISOString() ?? null,
  };
}

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
