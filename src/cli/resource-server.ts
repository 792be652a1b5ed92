import type { Command } from 'commander';
import { apiAction, examples, printSecret } from './command.ts';
import { addDestructiveCommand, addShow } from './common-verbs.ts';
import { printList } from './list.ts';
import { pathTo, quote, type Request } from './management.ts';
import type { Column } from './present.ts';
import { addServerSecrets } from './resource-server-secret.ts';
import type { Shell } from './shell.ts';

const FACTS: readonly Column[] = [
  ['Client id', 'client_id'],
  ['Name', 'name'],
  ['Registered', 'created_at'],
];

/** `stagedoor resource-server …` */
export function addResourceServer(program: Command, shell: Shell): void {
  const group = program
    .command('resource-server')
    .description('API services of the platform, which introspect tokens.');
  examples(group, 'resource-server add "Orders API"', 'resource-server list');
  const list = group
    .command('list')
    .description('All resource servers, the oldest first. With --json one array.')
    .action(
      apiAction(shell, (api, line) =>
        printList(api, line, {
          path: '/resource-servers/',
          columns: [
            ['CLIENT ID', 'client_id'],
            ['REGISTERED', 'created_at'],
            ['NAME', 'name'],
          ],
          none: 'There are no resource servers.',
        }),
      ),
    );
  examples(list, 'resource-server list', 'resource-server list --json');
  addShow(group, shell, {
    description: 'One resource server.',
    args: ['<client_id>'],
    request: ([id = '']) => request('GET', id),
    facts: FACTS,
    examples: ['resource-server show 2fQ9dLx0aVbT7mRkY3nWcE5u'],
  });
  const add = group
    .command('add')
    .description('Register a resource server. Its secret is printed, this once.')
    .argument('<name>')
    .action(
      apiAction(shell, async (api, line) => {
        const body = { name: line.args[0] };
        const answer = await api.call({ method: 'POST', path: '/resource-servers/', body });
        printSecret(line, answer.body, 'client_secret', [
          ...FACTS,
          ['Client secret', 'client_secret'],
        ]);
      }),
    );
  examples(
    add,
    'resource-server add "Orders API"',
    'resource-server add "Orders API" --json > orders-api.json',
  );
  addDestructiveCommand(group, shell, {
    verb: 'delete',
    description: 'Delete a resource server. From then on it introspects nothing.',
    args: ['<client_id>'],
    question: ([id = '']) => `Delete the resource server ${quote(id)}?`,
    request: ([id = '']) => request('DELETE', id),
    done: ([id = '']) => `Deleted the resource server ${quote(id)}.`,
    examples: ['resource-server delete 2fQ9dLx0aVbT7mRkY3nWcE5u --yes'],
  });
  addServerSecrets(group, shell);
}

function request(method: Request['method'], id: string): Request {
  const missing = `There is no resource server with the client id ${quote(id)}.`;
  return { method, path: pathTo`/resource-servers/${id}/`, missing };
}
