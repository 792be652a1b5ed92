import type { ApiDeps, Endpoint } from '../api/endpoint.ts';
import { listEndpoint } from '../api/list-endpoint.ts';
import { readEndpoint } from '../api/read-endpoint.ts';
import { NO_CONTENT, nothing, writeEndpoint } from '../api/write-endpoint.ts';
import { deleteResourceServer } from './delete-resource-server.ts';
import { findResourceServer } from './find-resource-server.ts';
import { registerResourceServer } from './register-resource-server.ts';
import { serverSecretEndpoints } from './secret-routes.ts';
import { listResourceServers } from './store.ts';
import {
  presentResourceServer,
  registeredResourceServer,
  resourceServerAnswer,
  resourceServerBody,
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
      details: 'It can introspect access tokens.',
      body: resourceServerBody,
      answer: registeredResourceServer,
      statuses: { 201: 'The resource server and its secret, shown only once.' },
      run: async ({ tx, actor, body }) => {
        const { resourceServer, clientSecret } = await registerResourceServer(tx, actor, body);
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
      method: 'delete',
      id: 'deleteResourceServer',
      summary: 'Delete a resource server',
      details: 'It can no longer introspect tokens.',
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
