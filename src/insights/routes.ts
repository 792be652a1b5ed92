import type { ApiDeps, Endpoint } from '../api/endpoint.ts';
import { listEndpoint } from '../api/list-endpoint.ts';
import { found } from '../api/route.ts';
import { findApplication } from '../applications/store.ts';
import { EXAMPLES } from '../applications/wire-examples.ts';
import { listErrors } from './store.ts';
import { errorsQuery, failedRequest, presentFailedRequest } from './wire.ts';

/** `/api/v1/applications/{client_id}/errors/`: what developers see, also of applications without an owner. */
export function errorEndpoints(deps: ApiDeps): Endpoint[] {
  return [
    listEndpoint(deps, {
      path: '/applications/:client_id/errors',
      right: 'applications',
      tag: 'Applications',
      id: 'listFailedRequests',
      summary: 'List the failed requests of an application in the last 7 days',
      details: 'The newest first. At most 60 a minute are recorded.',
      params: {
        client_id: {
          description: 'Client ID of the application',
          example: EXAMPLES.application.client_id,
        },
      },
      query: errorsQuery,
      entry: failedRequest,
      conditional: { by: 'nothing' },
      load: async (tx, { query, param, slice }) => {
        const { clientId } = found(await findApplication(tx, param('client_id')));
        return listErrors(tx, clientId, query, slice);
      },
      present: presentFailedRequest,
    }),
  ];
}
