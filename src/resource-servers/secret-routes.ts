import type { ApiDeps, Endpoint } from '../api/endpoint.ts';
import { listEndpoint } from '../api/list-endpoint.ts';
import { found } from '../api/route.ts';
import { NO_CONTENT, nothing, writeEndpoint } from '../api/write-endpoint.ts';
import { sliceOf } from '../db/slice.ts';
import { addServerSecret, deleteServerSecret, listServerSecrets } from './secrets.ts';
import {
  addedServerSecret,
  presentServerSecret,
  resourceServerQuery,
  serverSecretAnswer,
  serverSecretBody,
} from './wire.ts';
import { EXAMPLES } from './wire-examples.ts';

const CLIENT_ID = {
  description: 'Client ID of the resource server',
  example: EXAMPLES.resourceServer.client_id,
};
const SECRETS = {
  path: '/resource-servers/:client_id/secrets',
  right: 'resource_servers',
  tag: 'Resource servers',
  params: { client_id: CLIENT_ID },
} as const;

/** `/api/v1/resource-servers/{client_id}/secrets/`: rotation without downtime. */
export function serverSecretEndpoints(deps: ApiDeps): Endpoint[] {
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
    writeEndpoint(deps, {
      ...SECRETS,
      path: '/resource-servers/:client_id/secrets/:id',
      params: {
        client_id: CLIENT_ID,
        id: {
          description: 'ID of the secret, not the secret itself',
          example: EXAMPLES.serverSecret.id,
        },
      },
      method: 'delete',
      id: 'deleteResourceServerSecret',
      summary: 'Delete a secret of a resource server',
      details: 'It stops working immediately. The last valid secret cannot be deleted.',
      conflicts: true,
      body: nothing,
      statuses: { 204: 'The secret was deleted.' },
      run: async ({ tx, actor, param }) => {
        await deleteServerSecret(tx, actor, param('client_id'), param('id'));
        return NO_CONTENT;
      },
    }),
  ];
}
