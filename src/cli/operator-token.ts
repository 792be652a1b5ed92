import type { Command } from 'commander';
import { RIGHTS } from '../api/operator.ts';
import { apiAction, examples, printSecret, several } from './command.ts';
import { addDestructiveCommand } from './common-verbs.ts';
import { printList } from './list.ts';
import { pathTo, quote } from './management.ts';
import { parseTime } from './parse-time.ts';
import type { Column } from './present.ts';
import type { Shell } from './shell.ts';

const FACTS: readonly Column[] = [
  ['Id', 'id'],
  ['Name', 'name'],
  ['Rights', (entry) => (Array.isArray(entry.rights) ? entry.rights.join(' ') : '-')],
  ['Ends', ({ expires_at }) => (expires_at === null ? 'never' : String(expires_at))],
  ['Token', 'token'],
];

/** `stagedoor operator-token …` */
export function addOperatorToken(program: Command, shell: Shell): void {
  const group = program
    .command('operator-token')
    .description('Operator tokens: who may call the management API, and for what.');
  examples(group, 'operator-token add reporting --right read --expires 90d', 'operator-token list');
  const list = group
    .command('list')
    .description('All operator tokens, the oldest first, expired ones too. With --json one array.')
    .action(
      apiAction(shell, (api, line) =>
        printList(api, line, {
          path: '/operator-tokens/',
          columns: [
            ['ID', 'id'],
            ['NAME', 'name'],
            ['RIGHTS', 'rights'],
            ['MADE BY', (entry) => String(entry.created_by).replace(/^operator:/, '')],
            ['ENDS IN', ({ last_four }) => `…${last_four}`],
            ['EXPIRES', ({ expires_at }) => (expires_at === null ? 'never' : String(expires_at))],
            ['LAST USED', 'last_used_at'],
          ],
          none: 'There are no operator tokens.',
        }),
      ),
    );
  examples(list, 'operator-token list', 'operator-token list --json');
  addAdd(group, shell);
  addDestructiveCommand(group, shell, {
    verb: 'revoke',
    description:
      'Revoke an operator token and all that were made with it. Their next calls are refused.',
    args: ['<id>'],
    flags: [['--keep-children', 'only this one: those that it made belong to its maker then']],
    question: ([id = '']) => `Revoke the operator token ${quote(id)}, with those that it made?`,
    request: ([id = ''], flag) => ({
      method: 'DELETE',
      path: pathTo`/operator-tokens/${id}/`,
      query: { keep_children: flag('keepChildren') ? 'true' : undefined },
      missing: `There is no operator token with the id ${quote(id)}; "operator-token list" has the ids.`,
    }),
    done: ([id = '']) => `Revoked the operator token ${quote(id)}.`,
    examples: [
      'operator-token revoke Rk3vYt8LmZq1XwJc7BnHs5Gd',
      'operator-token revoke Rk3vYt8LmZq1XwJc7BnHs5Gd --keep-children --yes',
    ],
  });
}

interface AddOptions {
  readonly right: readonly string[];
  readonly expires?: string;
}

function addAdd(group: Command, shell: Shell): void {
  const add = group
    .command('add')
    .description('Make an operator token. It is printed, this once.')
    .argument('<name>', 'the log names its calls operator:<name>; no name is given twice')
    .requiredOption('--right <right>', `${RIGHTS.join(', ')}; may be repeated`, several)
    .option('--expires <when>', 'a time, or a distance such as 90d; never by default')
    .action(
      apiAction<AddOptions>(shell, async (api, line) => {
        const { right, expires } = line.options;
        const body = {
          name: line.args[0],
          rights: right,
          ...(expires !== undefined && { expires_at: parseTime('--expires', expires, true) }),
        };
        const answer = await api.call({ method: 'POST', path: '/operator-tokens/', body });
        printSecret(line, answer.body, 'token', FACTS);
      }),
    );
  examples(
    add,
    'operator-token add platform --right directory --right grants',
    'operator-token add reporting --right read --expires 90d',
    'operator-token add reporting --right read --json | jq -r .token',
  );
}
