import { resourceServerEndpoints } from '../resource-servers/routes.ts';
import { expiryOf } from './present.ts';
import { resourceCommands } from './resource.ts';

const ID = '2fQ9dLx0aVbT7mRkY3nWcE5u';

/** Sets up `stagedoor resource-server`. */
export const addResourceServer = resourceCommands({
  endpoints: resourceServerEndpoints,
  examples: ['resource-server add "Orders API"', 'resource-server list'],
  columns: { 'CLIENT ID': 'client_id', REGISTERED: 'created_at', NAME: 'name' },
  facts: { 'Client id': 'client_id', Name: 'name', Registered: 'created_at' },
  commands: {
    list: { operation: 'listResourceServers' },
    show: { operation: 'getResourceServer' },
    add: {
      operation: 'registerResourceServer',
      argument: 'name',
      examples: [
        'resource-server add "Orders API"',
        'resource-server add "Orders API" --json > orders-api.json',
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
