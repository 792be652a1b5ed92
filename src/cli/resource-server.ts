import type { Command } from 'commander';
import { resourceServerEndpoints } from '../resource-servers/routes.ts';
import { type Column, expiryOf } from './present.ts';
import { addResource } from './resource.ts';
import type { Shell } from './shell.ts';

const ID = '2fQ9dLx0aVbT7mRkY3nWcE5u';
const SECRET_COLUMNS: readonly Column[] = [
  ['ID', 'id'],
  ['ENDS IN', ({ last_four }) => (last_four === null ? '-' : `…${last_four}`)],
  ['ADDED', 'created_at'],
  ['EXPIRES', expiryOf],
  ['LAST USED', 'last_used_at'],
  ['LABEL', 'label'],
];

/** Adds `stagedoor resource-server …`. */
export function addResourceServer(group: Command, shell: Shell): void {
  addResource(group, shell, {
    endpoints: resourceServerEndpoints,
    examples: ['resource-server add "Orders API"', 'resource-server list'],
    columns: [
      ['CLIENT ID', 'client_id'],
      ['REGISTERED', 'created_at'],
      ['NAME', 'name'],
    ],
    facts: [
      ['Client id', 'client_id'],
      ['Name', 'name'],
      ['Registered', 'created_at'],
    ],
    commands: [
      {
        name: 'list',
        operation: 'listResourceServers',
        examples: ['resource-server list', 'resource-server list --json'],
      },
      {
        name: 'show',
        operation: 'getResourceServer',
        examples: [`resource-server show ${ID}`],
      },
      {
        name: 'add',
        operation: 'registerResourceServer',
        argument: 'name',
        examples: [
          'resource-server add "Orders API"',
          'resource-server add "Orders API" --json > orders-api.json',
        ],
      },
      {
        name: 'delete',
        operation: 'deleteResourceServer',
        confirm: '',
        examples: [`resource-server delete ${ID} --yes`],
      },
      {
        name: 'secrets',
        operation: 'listResourceServerSecrets',
        columns: SECRET_COLUMNS,
        examples: [`resource-server secrets ${ID}`],
      },
      {
        name: 'add-secret',
        operation: 'addResourceServerSecret',
        facts: [
          ['Client id', 'client_id'],
          ['Id of the secret', 'id'],
          ['Label', 'label'],
          ['Expires', expiryOf],
        ],
        examples: [
          `resource-server add-secret ${ID} --label "from July on"`,
          `resource-server add-secret ${ID} --expires 365d --json | jq -r .client_secret`,
        ],
      },
      {
        name: 'delete-secret',
        operation: 'deleteResourceServerSecret',
        confirm: '',
        examples: [
          `resource-server delete-secret ${ID} 7c9e6679-7425-40de-944b-e07fc1f90ae7 --yes`,
        ],
      },
    ],
  });
}
