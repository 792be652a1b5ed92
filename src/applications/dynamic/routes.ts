import Router from '@koa/router';
import { readBody } from '../../http/body.ts';
import { clientAddress } from '../../http/origin.ts';
import { CLIENT_ID_LIMIT } from '../../lib/client-id.ts';
import { StagedoorError } from '../../lib/errors.ts';
import { parseJson } from '../../lib/parse-json.ts';
import { createLocalLimit } from '../../limits/local-limit.ts';
import type { ClientIds } from './client-ids.ts';
import {
  RegistrationRefusedError,
  type RegistrationSettings,
  readRegistration,
} from './registration-request.ts';

/** Path of the registration endpoint. */
export const REGISTRATION_PATH = '/api/v1/oauth/register';

/** Bytes of a registration. */
const BODY_LIMIT = 16 * 1024;
/**
 * Registrations of one address, in each process. They store nothing, so this protects only the
 * processor. Users of a hosted agent share its addresses.
 */
const LIMIT = { points: 600, seconds: 600 };
const TOO_MANY = 'Too many registrations from this address.';

/**
 * Serves `POST /api/v1/oauth/register`: programs that know nothing else get a client ID that contains
 * their details. Nothing is stored; the first consent writes the row of the application.
 * @see RFC 7591 §3
 */
export function registrationRoutes(settings: RegistrationSettings, clientIds: ClientIds): Router {
  const router = new Router();
  if (settings.dynamicRegistration === 'off') {
    return router;
  }
  const count = createLocalLimit(LIMIT, TOO_MANY);
  return router.post(REGISTRATION_PATH, async (ctx) => {
    ctx.set('Cache-Control', 'no-store');
    count(clientAddress(ctx) ?? '');
    if (ctx.request.type.toLowerCase() !== 'application/json') {
      throw new StagedoorError('unsupported_media_type', 'The body must be application/json.');
    }
    const body = await readBody(ctx, BODY_LIMIT);
    const json = parseJson(body.toString('utf8'));
    const { client, redirectUris, scope } = readRegistration(settings, json);
    const clientId = clientIds.make(client);
    if (clientId.length > CLIENT_ID_LIMIT) {
      const message = 'The name and the redirect URIs are too long together.';
      throw new RegistrationRefusedError('invalid_client_metadata', message);
    }
    ctx.status = 201;
    ctx.body = {
      client_id: clientId,
      client_name: client.name,
      redirect_uris: redirectUris,
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      application_type: redirectUris.every((uri) => uri.startsWith('https:')) ? 'web' : 'native',
      ...(scope === undefined ? {} : { scope }),
    };
  });
}
