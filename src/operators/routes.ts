import type { ApiDeps, Endpoint } from '../api/endpoint.ts';
import { listEndpoint } from '../api/list-endpoint.ts';
import { deleteEndpoint, writeEndpoint } from '../api/write-endpoint.ts';
import { createOperatorToken } from './create.ts';
import { revokeOperatorToken } from './revoke.ts';
import { listOperatorTokens } from './store.ts';
import {
  createdToken,
  presentToken,
  revocationQuery,
  tokenAnswer,
  tokenBody,
  tokenQuery,
} from './wire.ts';

const TOKENS = { path: '/operator-tokens', tag: 'Operator tokens' } as const;

/** `/api/v1/operator-tokens/`: who may call this API, and for what. */
export function operatorTokenEndpoints(deps: ApiDeps): Endpoint[] {
  return [
    listEndpoint(deps, {
      ...TOKENS,
      right: 'tokens',
      id: 'listOperatorTokens',
      summary: 'List operator tokens',
      details: 'Includes expired tokens, but not the token of the configuration.',
      query: tokenQuery,
      entry: tokenAnswer,
      conditional: { by: 'last-modified', list: () => 'operator-tokens' },
      load: (tx, { query, slice }) => listOperatorTokens(tx, slice, query.ordering.direction),
      present: presentToken,
    }),
    writeEndpoint(deps, {
      ...TOKENS,
      right: 'tokens',
      method: 'post',
      id: 'createOperatorToken',
      summary: 'Create an operator token',
      details:
        'It has at most the rights and the lifetime of the creating token, and is revoked with it.',
      body: tokenBody,
      answer: createdToken,
      statuses: { 201: 'The token, shown only once, and its data.' },
      run: async ({ tx, operator, body: { name, rights, expires_at } }) => {
        const input = { name, rights, expiresAt: expires_at };
        const { operatorToken, token } = await createOperatorToken(tx, operator, input);
        return { status: 201, answer: { ...presentToken(operatorToken), token } };
      },
    }),
    deleteEndpoint(deps, {
      ...TOKENS,
      path: '/operator-tokens/:id',
      right: 'any',
      id: 'revokeOperatorToken',
      summary: 'Revoke an operator token',
      details:
        'Also revokes all tokens that were created with it, directly or indirectly. A token may revoke itself; with the right `tokens` it may revoke others that have no more rights than itself.',
      params: {
        id: {
          description: 'ID of the token, not the token itself',
          example: tokenAnswer.example.id,
        },
      },
      query: revocationQuery,
      deleted: 'The token was revoked.',
      endsTokens: true,
      run: async ({ tx, operator, param, query }) => {
        const { keep_children: keepChildren } = query(revocationQuery);
        await revokeOperatorToken(tx, operator, { id: param('id'), keepChildren });
      },
    }),
  ];
}
