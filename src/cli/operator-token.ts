import type { Command } from 'commander';
import { RIGHTS } from '../api/operator.ts';
import { operatorTokenEndpoints } from '../operators/routes.ts';
import { expiryOf } from './present.ts';
import { addResource } from './resource.ts';
import type { Shell } from './shell.ts';

const ID = 'Rk3vYt8LmZq1XwJc7BnHs5Gd';

/** Adds `stagedoor operator-token …`. */
export function addOperatorToken(group: Command, shell: Shell): void {
  addResource(group, shell, {
    endpoints: operatorTokenEndpoints,
    examples: ['operator-token add reporting --right read --expires 90d', 'operator-token list'],
    columns: [
      ['ID', 'id'],
      ['NAME', 'name'],
      ['RIGHTS', 'rights'],
      ['MADE BY', (entry) => String(entry.created_by).replace(/^operator:/, '')],
      ['ENDS IN', ({ last_four }) => `…${last_four}`],
      ['EXPIRES', expiryOf],
      ['LAST USED', 'last_used_at'],
    ],
    facts: [
      ['Id', 'id'],
      ['Name', 'name'],
      ['Rights', (entry) => (Array.isArray(entry.rights) ? entry.rights.join(' ') : '-')],
      ['Ends', expiryOf],
    ],
    commands: [
      {
        name: 'list',
        operation: 'listOperatorTokens',
        examples: ['operator-token list', 'operator-token list --json'],
      },
      {
        name: 'add',
        operation: 'createOperatorToken',
        argument: 'name',
        help: { rights: `${RIGHTS.join(', ')}; may be repeated` },
        examples: [
          'operator-token add platform --right directory --right grants',
          'operator-token add reporting --right read --expires 90d',
          'operator-token add reporting --right read --json | jq -r .token',
        ],
      },
      {
        name: 'revoke',
        operation: 'revokeOperatorToken',
        flags: [
          {
            flag: '--keep-children',
            help: 'only this one: those that it made belong to its maker then',
            sets: { keep_children: true },
          },
        ],
        confirm: ', with those that it made',
        examples: [
          `operator-token revoke ${ID}`,
          `operator-token revoke ${ID} --keep-children --yes`,
        ],
      },
    ],
  });
}
