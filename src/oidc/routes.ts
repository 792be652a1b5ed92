import Router from '@koa/router';
import type { Provider } from 'oidc-provider';
import type { Config } from '../config/config.ts';
import type { Limits } from '../limits/limits.ts';
import type { Keyring } from '../signing-keys/keyring.ts';
import { KEYS_MAX_AGE } from '../signing-keys/signing-key.ts';
import { METADATA_PATHS, PATHS } from './paths.ts';
import { postedRequests } from './posted-requests.ts';
import { serverMetadata } from './server-metadata.ts';

/** Routes in front of the provider's own. */
export function protocolRoutes(deps: {
  readonly config: Config;
  readonly keyring: Keyring;
  readonly provider: Provider;
  readonly limits: Limits;
}): Router {
  const { config, keyring, provider, limits } = deps;
  const metadata = serverMetadata(config);
  const router = new Router();
  // The provider answers the GET.
  router.register(PATHS.authorization, ['OPTIONS', 'PUT', 'PATCH', 'DELETE'], (ctx) => {
    ctx.set('Allow', 'GET, HEAD, POST, OPTIONS');
    ctx.status = ctx.method === 'OPTIONS' ? 204 : 405;
  });
  for (const path of METADATA_PATHS) {
    router.get(path, (ctx) => {
      ctx.set('Cache-Control', 'public, max-age=300');
      ctx.body = metadata;
    });
  }
  return router
    .get(PATHS.jwks, (ctx) => {
      ctx.set('Cache-Control', `public, max-age=${KEYS_MAX_AGE}`);
      ctx.type = 'application/jwk-set+json';
      ctx.body = { keys: keyring.publicKeys() };
    })
    .post(PATHS.authorization, postedRequests(provider, limits));
}
