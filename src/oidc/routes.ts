import Router from '@koa/router';
import type { Context } from 'koa';
import type { Config } from '../config/config.ts';
import { readForm } from '../http/form.ts';
import type { Keyring } from '../signing-keys/keyring.ts';
import { KEYS_MAX_AGE } from '../signing-keys/signing-key.ts';
import { METADATA_PATHS, PATHS } from './paths.ts';
import { serverMetadata } from './server-metadata.ts';

/** Routes in front of the provider's own. */
export function protocolRoutes(config: Config, keyring: Keyring): Router {
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
    .post(PATHS.authorization, postedRequest);
}

/**
 * An authorization request that was posted goes on as a GET. The provider takes a POST only with
 * `SameSite=None` cookies; ours are `Lax`, which browsers send along with this redirect.
 * @see RFC 6749 §3.1
 */
async function postedRequest(ctx: Context): Promise<void> {
  const form = await readForm(ctx);
  ctx.status = 303;
  ctx.redirect(`${PATHS.authorization}?${form}`);
}
