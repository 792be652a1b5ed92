import type { Command } from 'commander';
import { apiAction, examples, printSecret } from './command.ts';
import { addDestructiveCommand } from './common-verbs.ts';
import { printList } from './list.ts';
import { pathTo, quote } from './management.ts';
import { parseTime } from './parse-time.ts';
import type { Column } from './present.ts';
import type { Shell } from './shell.ts';

const ID = '2fQ9dLx0aVbT7mRkY3nWcE5u';
const FACTS: readonly Column[] = [
  ['Client id', 'client_id'],
  ['Client secret', 'client_secret'],
  ['Id of the secret', 'id'],
  ['Label', 'label'],
  ['Expires', expiryOf],
];

function expiryOf({ expires_at }: Readonly<Record<string, unknown>>): string {
  return expires_at === null ? 'never' : String(expires_at);
}

function missing(id: string): string {
  return `There is no resource server with the client id ${quote(id)}.`;
}

interface AddOptions {
  readonly label?: string;
  readonly expires?: string;
}

/** Adds `secrets`, `add-secret` and `delete-secret`: a secret is replaced without downtime. */
export function addServerSecrets(group: Command, shell: Shell): void {
  const list = group
    .command('secrets')
    .description(
      'The secrets of a resource server, the oldest first; never the secrets themselves.',
    )
    .argument('<client_id>')
    .action(
      apiAction(shell, (api, line) => {
        const [id = ''] = line.args;
        return printList(api, line, {
          path: pathTo`/resource-servers/${id}/secrets/`,
          columns: [
            ['ID', 'id'],
            ['ENDS IN', ({ last_four }) => (last_four === null ? '-' : `…${last_four}`)],
            ['ADDED', 'created_at'],
            ['EXPIRES', expiryOf],
            ['LAST USED', 'last_used_at'],
            ['LABEL', 'label'],
          ],
          none: 'There are no secrets.',
          missing: missing(id),
        });
      }),
    );
  examples(list, `resource-server secrets ${ID}`);
  const add = group
    .command('add-secret')
    .description('Add a secret; those before it stay good. It is printed, this once.')
    .argument('<client_id>')
    .option('--label <text>', 'to tell secrets apart')
    .option('--expires <when>', 'a time, or a distance such as 90d; never by default')
    .action(
      apiAction<AddOptions>(shell, async (api, line) => {
        const [id = ''] = line.args;
        const { label, expires } = line.options;
        const path = pathTo`/resource-servers/${id}/secrets/`;
        const expires_at = expires && parseTime('--expires', expires, true);
        const body = { ...(label && { label }), ...(expires_at && { expires_at }) };
        const answer = await api.call({ method: 'POST', path, body, missing: missing(id) });
        printSecret(line, answer.body, 'client_secret', FACTS);
      }),
    );
  examples(
    add,
    `resource-server add-secret ${ID} --label "from July on"`,
    `resource-server add-secret ${ID} --expires 365d --json | jq -r .client_secret`,
  );
  addDestructiveCommand(group, shell, {
    verb: 'delete-secret',
    description: 'Delete a secret of a resource server. From then on it opens nothing.',
    args: ['<client_id>', '<id>'],
    question: ([, id = '']) => `Delete the secret ${quote(id)}?`,
    request: ([clientId = '', id = '']) => ({
      method: 'DELETE',
      path: pathTo`/resource-servers/${clientId}/secrets/${id}/`,
      missing: `The resource server ${quote(clientId)} has no secret with the id ${quote(id)}; "resource-server secrets" has the ids.`,
    }),
    done: ([, id = '']) => `Deleted the secret ${quote(id)}.`,
    examples: [`resource-server delete-secret ${ID} 7c9e6679-7425-40de-944b-e07fc1f90ae7 --yes`],
  });
}
