import type { ApiDeps, Endpoint } from '../api/endpoint.ts';
import { listEndpoint } from '../api/list-endpoint.ts';
import { readEndpoint } from '../api/read-endpoint.ts';
import { nothing, writeEndpoint } from '../api/write-endpoint.ts';
import { found } from '../lib/errors.ts';
import { findManagedGrant, listManagedGrants } from './management-store.ts';
import { revokeGrant } from './revoke.ts';
import { grantAnswer, grantQuery, presentGrant, revokedGrant } from './wire.ts';

const GRANTS = { right: 'grants', tag: 'Grants' } as const;
const PARAMS = { id: { description: 'ID of the grant', example: grantAnswer.example.id } };

/** `/api/v1/grants/`, for operators: what users have allowed applications. */
export function grantEndpoints(deps: ApiDeps): Endpoint[] {
  return [
    listEndpoint(deps, {
      ...GRANTS,
      path: '/grants',
      id: 'listGrants',
      summary: 'List grants',
      details:
        'Includes ended grants. Grants are deleted with their user or application, and when they have been over for as long as the server is set to keep them (400 days by default). Those of a deleted user or application open nothing, but are listed as active until they are removed.',
      query: grantQuery,
      entry: grantAnswer,
      // Grants end by time alone, so an older answer about active ones can be wrong by itself.
      conditional: {
        by: 'last-modified',
        list: (_, { active }) => (active === undefined ? 'grants' : undefined),
      },
      load: (tx, { query: { user, application, organizer, active, ordering }, slice }) =>
        listManagedGrants(
          tx,
          slice,
          { userId: user, clientId: application, organizer, active },
          ordering.direction,
        ),
      present: presentGrant,
    }),
    readEndpoint(deps, {
      ...GRANTS,
      path: '/grants/:id',
      id: 'getGrant',
      summary: 'Read a grant',
      params: PARAMS,
      answer: grantAnswer,
      list: () => 'grants',
      load: (tx, param) => findManagedGrant(tx, param('id')),
      present: presentGrant,
    }),
    revocation(deps),
  ];
}

function revocation(deps: ApiDeps): Endpoint {
  return writeEndpoint(deps, {
    ...GRANTS,
    method: 'post',
    path: '/grants/:id/revoke',
    id: 'revokeGrant',
    summary: 'Revoke a grant',
    details:
      'All of its tokens stop working immediately and permanently. Revoking it again changes nothing and keeps the first reason.',
    params: PARAMS,
    body: nothing,
    answer: revokedGrant,
    statuses: { 200: 'The revoked grant.' },
    run: async ({ tx, actor, param }) => {
      const id = found(await findManagedGrant(tx, param('id'))).id;
      const ended = await revokeGrant(tx, id, { reason: 'revoked_by_operator', actor });
      const grant = presentGrant(found(await findManagedGrant(tx, id)));
      const detail = `This grant had been revoked before, at ${grant.revoked_at}.`;
      return { status: 200, changed: ended, answer: ended ? grant : { ...grant, detail } };
    },
  });
}
