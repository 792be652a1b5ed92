import type { ApiDeps, Endpoint } from '../api/endpoint.ts';
import { listEndpoint } from '../api/list-endpoint.ts';
import { readEndpoint } from '../api/read-endpoint.ts';
import { deleteEndpoint, writeEndpoint } from '../api/write-endpoint.ts';
import { sliceOf } from '../db/slice.ts';
import { found } from '../lib/errors.ts';
import {
  deleteResourceServer,
  registerResourceServer,
  updateResourceServer,
} from './change-resource-server.ts';
import { addServerSecret, deleteServerSecret, listServerSecrets } from './secrets.ts';
import { findResourceServer, listResourceServers } from './store.ts';
import {
  addedServerSecret,
  EXAMPLES,
  presentResourceServer,
  presentServerSecret,
  registeredResourceServer,
  resourceServerAnswer,
  resourceServerBody,
  resourceServerChanges,
  resourceServerQuery,
  serverSecretAnswer,
  serverSecretBody,
} from './wire.ts';

const ALL = {
  path: '/resource-servers',
  right: 'resource_servers',
  tag: 'Resource servers',
} as const;
const ONE = {
  ...ALL,
  path: '/resource-servers/:client_id',
  params: {
    client_id: {
      description: 'Client ID of the resource server',
      example: EXAMPLES.resourceServer.client_id,
    },
  },
} as const;

/** The API services of the platform. */
export function resourceServerEndpoints(deps: ApiDeps): Endpoint[] {
  return [
    listEndpoint(deps, {
      ...ALL,
      id: 'listResourceServers',
      summary: 'List resource servers',
      query: resourceServerQuery,
      entry: resourceServerAnswer,
      conditional: { by: 'last-modified', list: () => 'resource-servers' },
      load: (tx, { query, slice }) => listResourceServers(tx, slice, query.ordering.direction),
      present: presentResourceServer,
    }),
    writeEndpoint(deps, {
      ...ALL,
      method: 'post',
      id: 'registerResourceServer',
      summary: 'Register a resource server',
      details: 'It can introspect access tokens that are meant for it.',
      body: resourceServerBody,
      answer: registeredResourceServer,
      statuses: { 201: 'The resource server and its secret, shown only once.' },
      run: async ({ tx, actor, body }) => {
        const { name, resources, require_audience: requireAudience } = body;
        const details = { name, resources, requireAudience };
        const { resourceServer, clientSecret } = await registerResourceServer(tx, actor, details);
        const answer = { ...presentResourceServer(resourceServer), client_secret: clientSecret };
        return { status: 201, answer };
      },
    }),
    readEndpoint(deps, {
      ...ONE,
      id: 'getResourceServer',
      summary: 'Read a resource server',
      answer: resourceServerAnswer,
      list: () => 'resource-servers',
      load: (tx, param) => findResourceServer(tx, param('client_id')),
      present: presentResourceServer,
    }),
    writeEndpoint(deps, {
      ...ONE,
      method: 'patch',
      id: 'patchResourceServer',
      summary: 'Update fields of a resource server',
      details:
        'Tokens for a removed resource become inactive immediately, and so do tokens without an audience if `require_audience` is set.',
      body: resourceServerChanges,
      answer: resourceServerAnswer,
      statuses: { 200: 'The updated resource server.' },
      run: async ({ tx, actor, param, body }) => {
        const { name, resources, require_audience: requireAudience } = body;
        const changes = { name, resources, requireAudience };
        const server = await updateResourceServer(tx, actor, param('client_id'), changes);
        return { status: 200, answer: presentResourceServer(server) };
      },
    }),
    deleteEndpoint(deps, {
      ...ONE,
      id: 'deleteResourceServer',
      summary: 'Delete a resource server',
      details: 'It can no longer introspect tokens, and tokens for its resources become inactive.',
      deleted: 'The resource server was deleted.',
      run: ({ tx, actor, param }) => deleteResourceServer(tx, actor, param('client_id')),
    }),
    ...serverSecretEndpoints(deps),
  ];
}

const SECRETS = { ...ONE, path: `${ONE.path}/secrets` } as const;

/** `/api/v1/resource-servers/{client_id}/secrets/`: rotation without downtime. */
function serverSecretEndpoints(deps: ApiDeps): Endpoint[] {
  return [
    listEndpoint(deps, {
      ...SECRETS,
      id: 'listResourceServerSecrets',
      summary: 'List the secrets of a resource server',
      details: 'Includes expired ones, never the secrets themselves.',
      query: resourceServerQuery,
      entry: serverSecretAnswer,
      conditional: { by: 'last-modified', list: () => 'resource-server-secrets' },
      load: async (tx, { param, query, slice }) => {
        const secrets = found(await listServerSecrets(tx, param('client_id')));
        return sliceOf(secrets, slice, query.ordering.direction);
      },
      present: presentServerSecret,
    }),
    writeEndpoint(deps, {
      ...SECRETS,
      method: 'post',
      id: 'addResourceServerSecret',
      summary: 'Add a secret to a resource server',
      details:
        'Existing secrets keep working. To rotate without downtime: add a secret, configure the service to use it, check `last_used_at` of the old one, and delete it. At most five are valid at a time.',
      body: serverSecretBody,
      answer: addedServerSecret,
      statuses: { 201: 'The secret, shown only once.' },
      run: async ({ tx, actor, param, body: { label, expires_at } }) => {
        const clientId = param('client_id');
        const input = { label, expiresAt: expires_at };
        const { secret, clientSecret } = await addServerSecret(tx, actor, clientId, input);
        const credentials = { client_id: clientId, client_secret: clientSecret };
        return { status: 201, answer: { ...presentServerSecret(secret), ...credentials } };
      },
    }),
    deleteEndpoint(deps, {
      ...SECRETS,
      path: `${SECRETS.path}/:id`,
      params: {
        ...SECRETS.params,
        id: {
          description: 'ID of the secret, not the secret itself',
          example: EXAMPLES.serverSecret.id,
        },
      },
      id: 'deleteResourceServerSecret',
      summary: 'Delete a secret of a resource server',
      details: 'It stops working immediately. The last valid secret cannot be deleted.',
      conflicts: true,
      deleted: 'The secret was deleted.',
      run: ({ tx, actor, param }) => deleteServerSecret(tx, actor, param('client_id'), param('id')),
    }),
  ];
}
