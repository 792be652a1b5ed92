import { deletionEndpoints } from '../deletions/routes.ts';
import { StagedoorError } from '../lib/errors.ts';
import type { Entry, Management } from './management.ts';
import { formatNumber } from './present.ts';
import { resourceCommands } from './resource.ts';

/** Returns how many grants of a deletion are removed: `120,000 of 300,000`. */
export function progressOf({ removed, grants }: Entry): string {
  return grants === null
    ? formatNumber(removed)
    : `${formatNumber(removed)} of ${formatNumber(grants)}`;
}

/**
 * Describes a deletion whose grants are not all removed yet. Returns undefined if there is none, or if
 * the operator token may not read it: the deletion itself has succeeded.
 */
export async function unfinishedDeletion(
  api: Management,
  subject: string,
): Promise<string | undefined> {
  try {
    const query = { subject, finished: 'false' };
    const { body } = await api.call({ method: 'get', path: '/deletions/', query });
    return Number(body.count) > 0 ? LEFT : undefined;
  } catch (error) {
    if (error instanceof StagedoorError) {
      return undefined;
    }
    throw error;
  }
}

const LEFT =
  'All of its authorizations have ended. The running server removes them and notifies their users: stagedoor deletion list\n';

/** Sets up `stagedoor deletion`. */
export const addDeletion = resourceCommands({
  endpoints: deletionEndpoints,
  examples: ['deletion list --unfinished'],
  columns: {
    KIND: 'kind',
    ID: 'subject',
    REQUESTED: 'requested_at',
    'GRANTS REMOVED': progressOf,
    FINISHED: ({ finished_at }) => String(finished_at ?? 'no'),
  },
  facts: {},
  commands: {
    list: {
      operation: 'listDeletions',
      flags: {
        '--users': ['only those of users', { kind: 'user' }],
        '--applications': ['only those of applications', { kind: 'application' }],
        '--finished': ['only those that are finished', { finished: true }],
        '--unfinished': ['only the others', { finished: false }],
      },
      examples: ['deletion list --unfinished'],
    },
  },
});
