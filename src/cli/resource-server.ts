import { resourceServerEndpoints } from '../resource-servers/routes.ts';
import type { Flag } from './inputs.ts';
import { expiryOf, listed } from './present.ts';
import { resourceCommands } from './resource.ts';

const REQUIRE_AUDIENCE: Flag = ['refuse tokens without an audience', { require_audience: true }];
const ID = '2fQ9dLx0aVbT7mRkY3nWcE5u';

/** Sets up `stagedoor resource-server`. */
export const addResourceServer = resourceCommands({
  endpoints: resourceServerEndpoints,
  examples: ['resource-server add "Orders API"', 'resource-server list'],
  columns: {
    'CLIENT ID': 'client_id',
    REGISTERED: 'created_at',
    NAME: 'name',
    RESOURCES: ({ resources }) => listed(resources),
  },
  facts: {
    'Client id': 'client_id',
    Name: 'name',
    Resources: 'resources',
    'Tokens without audience': ({ require_audience }) =>
      require_audience ? 'refused' : 'accepted',
    Registered: 'created_at',
  },
  commands: {
    list: { operation: 'listResourceServers' },
    show: { operation: 'getResourceServer' },
    add: {
      operation: 'registerResourceServer',
      argument: 'name',
      examples: [
        'resource-server add "Orders API"',
        'resource-server add "Orders API" --json > orders-api.json',
        'resource-server add "Orders API" --resource https://api.example.com/orders --require-audience',
      ],
      flags: { '--require-audience': REQUIRE_AUDIENCE },
    },
    change: {
      operation: 'patchResourceServer',
      flags: {
        '--require-audience': REQUIRE_AUDIENCE,
        '--no-require-audience': [
          'accept tokens without an audience again',
          { require_audience: false },
        ],
        '--no-resources': ['remove all resources', { resources: [] }],
      },
      examples: [
        `resource-server change ${ID} --resource https://api.example.com/orders`,
        `resource-server change ${ID} --require-audience`,
      ],
    },
    delete: { operation: 'deleteResourceServer', confirm: '' },
    secrets: {
      operation: 'listResourceServerSecrets',
      columns: {
        ID: 'id',
        'ENDS IN': ({ last_four }) => (last_four === null ? '-' : `…${last_four}`),
        ADDED: 'created_at',
        EXPIRES: expiryOf,
        'LAST USED': 'last_used_at',
        LABEL: 'label',
      },
    },
    'add-secret': {
      operation: 'addResourceServerSecret',
      facts: {
        'Client id': 'client_id',
        'Id of the secret': 'id',
        Label: 'label',
        Expires: expiryOf,
      },
      examples: [
        `resource-server add-secret ${ID} --label "from July on"`,
        `resource-server add-secret ${ID} --expires 365d --json | jq -r .client_secret`,
      ],
    },
    'delete-secret': { operation: 'deleteResourceServerSecret', confirm: '' },
  },
});
