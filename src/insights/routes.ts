import { z } from 'zod';
import { type ApiDeps, component, type Endpoint } from '../api/endpoint.ts';
import { time } from '../api/fields.ts';
import { listEndpoint } from '../api/list-endpoint.ts';
import { findApplication } from '../applications/store.ts';
import { ONE } from '../applications/wire.ts';
import { found } from '../lib/errors.ts';
import { type ClientError, ENDPOINTS } from './client-error.ts';
import { listErrors } from './store.ts';

/** Query of `GET /applications/{client_id}/errors/`. */
const errorsQuery = z.object({
  endpoint: z.enum(ENDPOINTS).optional().describe('Only failed requests at this endpoint.'),
});

/** A failed request in responses. */
const failedRequest = component(
  'FailedRequest',
  z.object({
    id: z.string(),
    request_id: z
      .string()
      .optional()
      .describe('`X-Request-ID` of the response, which the error page shows, too.'),
    happened_at: time,
    endpoint: z.enum(ENDPOINTS),
    error: z.string().describe('Error code of the response, for example `invalid_grant`.'),
    reason: z.string().describe('Stable name of the exact reason, for example `code_expired`.'),
    details: z
      .record(z.string(), z.union([z.string(), z.array(z.string())]))
      .describe('Values that help to find the fault. Never a code, token or secret.'),
  }),
  {
    id: '2718',
    request_id: '5f0c9a52-7c1e-4d0b-9a55-0e6a1c0f2b11',
    happened_at: '2026-11-27T09:30:00.000Z',
    endpoint: 'token',
    error: 'invalid_client',
    reason: 'client_assertion_key_unknown',
    details: { sent: 'summer' },
  },
);

function presentFailedRequest(entry: ClientError): z.infer<typeof failedRequest.schema> {
  const { id, requestId, happenedAt, endpoint, error, reason } = entry;
  const details = Object.fromEntries(
    Object.entries(entry.details).map(([name, value]): [string, string | string[]] => [
      name,
      typeof value === 'string' ? value : [...value],
    ]),
  );
  return {
    id,
    ...(requestId === undefined ? {} : { request_id: requestId }),
    happened_at: happenedAt.toISOString(),
    endpoint,
    error,
    reason,
    details,
  };
}

/** `/api/v1/applications/{client_id}/errors/`: what developers see, also of applications without an owner. */
export function errorEndpoints(deps: ApiDeps): Endpoint[] {
  return [
    listEndpoint(deps, {
      ...ONE,
      path: `${ONE.path}/errors`,
      id: 'listFailedRequests',
      summary: 'List the failed requests of an application in the last 7 days',
      details: 'The newest first. At most 60 a minute are recorded.',
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
