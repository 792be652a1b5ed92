import type { ApiDeps, Endpoint } from '../api/endpoint.ts';
import { listEndpoint } from '../api/list-endpoint.ts';
import { readEndpoint } from '../api/read-endpoint.ts';
import { NO_CONTENT, nothing, writeEndpoint } from '../api/write-endpoint.ts';
import { deleteResourceServer } from './delete-resource-server.ts';
import { findResourceServer } from './find-resource-server.ts';
import { registerResourceServer } from './register-resource-server.ts';
import { serverSecretEndpoints } from './secret-routes.ts';
import { listResourceServers } from './store.ts';
import { updateResourceServer } from './update-resource-server.ts';
import {
  presentResourceServer,
  registeredResourceServer,
  resourceServerAnswer,
  resourceServerBody,
  resourceServerChanges,
  resourceServerQuery,
} from './wire.ts';
import { EXAMPLES } from './wire-examples.ts';

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
    writeEndpoint(deps, {
      ...ONE,
      method: 'delete',
      id: 'deleteResourceServer',
      summary: 'Delete a resource server',
      details: 'It can no longer introspect tokens, and tokens for its resources become inactive.',
      body: nothing,
      statuses: { 204: 'The resource server was deleted.' },
      run: async ({ tx, actor, param }) => {
        await deleteResourceServer(tx, actor, param('client_id'));
        return NO_CONTENT;
      },
    }),
    ...serverSecretEndpoints(deps),
  ];
}
