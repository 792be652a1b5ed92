import { RIGHTS } from '../api/operator.ts';
import { operatorTokenEndpoints } from '../operators/routes.ts';
import { expiryOf, listed } from './present.ts';
import { resourceCommands } from './resource.ts';

/** Sets up `stagedoor operator-token`. */
export const addOperatorToken = resourceCommands({
  endpoints: operatorTokenEndpoints,
  examples: ['operator-token add reporting --right read --expires 90d', 'operator-token list'],
  columns: {
    ID: 'id',
    NAME: 'name',
    RIGHTS: 'rights',
    'MADE BY': ({ created_by }) => String(created_by).replace(/^operator:/, ''),
    'ENDS IN': ({ last_four }) => `…${last_four}`,
    EXPIRES: expiryOf,
    'LAST USED': 'last_used_at',
  },
  facts: { Id: 'id', Name: 'name', Rights: ({ rights }) => listed(rights), Ends: expiryOf },
  commands: {
    list: { operation: 'listOperatorTokens' },
    add: {
      operation: 'createOperatorToken',
      argument: 'name',
      help: { rights: `${RIGHTS.join(', ')}; may be repeated` },
      examples: [
        'operator-token add platform --right directory --right grants',
        'operator-token add reporting --right read --expires 90d',
        'operator-token add reporting --right read --json | jq -r .token',
      ],
    },
    revoke: {
      operation: 'revokeOperatorToken',
      flags: {
        '--keep-children': [
          'only this one: those that it made belong to its maker then',
          { keep_children: true },
        ],
      },
      confirm: ', with those that it made',
    },
  },
});
