import { UnsecuredJWT } from 'jose';
import { errors } from 'oidc-provider';
import { currentTransaction } from './current-transaction.ts';
import type { AdapterDeps, PartialAdapter } from './deps.ts';
import {
  consumePushedRequest,
  insertPushedRequest,
  selectPushedRequest,
} from './pushed-request-store.ts';
import { fromEpoch, nowEpoch, toEpoch } from './time.ts';

/** Pushed authorization requests. @see RFC 9126 */
export function pushedRequestAdapter({ db }: AdapterDeps): PartialAdapter {
  const here = () => currentTransaction() ?? db;
  return {
    upsert: async (id, payload) => {
      if (payload.request === undefined || payload.exp === undefined) {
        throw new Error('a pushed request needs its parameters and an end');
      }
      await insertPushedRequest(here(), id, {
        request: payload.request,
        // The model's `trusted` is a boolean here; the shared payload type knows the list of another model.
        trusted: Boolean(payload.trusted),
        issuedAt: fromEpoch(payload.iat ?? nowEpoch()),
        expiresAt: fromEpoch(payload.exp),
      });
    },
    find: async (id) => {
      const found = await selectPushedRequest(here(), id);
      return (
        found && {
          jti: id,
          kind: 'PushedAuthorizationRequest',
          request: withEnd(found.request, toEpoch(found.expiresAt)),
          ...(found.trusted ? { trusted: ['client_id'] } : {}),
          iat: toEpoch(found.issuedAt),
          exp: toEpoch(found.expiresAt),
          ...(found.consumed ? { consumed: true } : {}),
        }
      );
    },
    consume: async (id) => {
      if (!(await consumePushedRequest(here(), id))) {
        throw new errors.InvalidRequestUri('request_uri is invalid, expired, or was already used');
      }
    },
  };
}

/** The row's end is the one that counts: the provider writes another one into the request. */
function withEnd(request: string, end: number): string {
  const { payload } = UnsecuredJWT.decode(request);
  return new UnsecuredJWT(payload).setExpirationTime(end).encode();
}
