import Router from '@koa/router';
import type { Context } from 'koa';
import type { Db } from '../../../db/database.ts';
import { inTransaction } from '../../../db/transaction.ts';
import { readForm } from '../../../http/form.ts';
import { StagedoorError } from '../../../lib/errors.ts';
import { createVerifyLogoutToken } from '../logout-token.ts';
import { endSessionsAt } from '../sessions.ts';
import type { UpstreamLogin } from './upstream-login.ts';

/** Path to which the provider posts logout tokens. It is registered there. */
const BACKCHANNEL = '/logout/backchannel';

/** Ends the sessions here of users who sign out at the provider. */
export function backchannelRoutes({
  db,
  upstream,
}: {
  readonly db: Db;
  readonly upstream: UpstreamLogin;
}): Router {
  const { settings, discover } = upstream;
  const verify = createVerifyLogoutToken(settings, discover);
  return new Router().post(BACKCHANNEL, async (ctx) => {
    ctx.set('Cache-Control', 'no-store');
    try {
      const token = await verify((await readForm(ctx)).get('logout_token') ?? '');
      await inTransaction(db, (tx) => endSessionsAt(tx, settings.issuer, token));
      ctx.status = 200;
      ctx.body = '';
    } catch (error) {
      refuse(ctx, error);
    }
  });
}

/** @see OpenID Connect Back-Channel Logout 1.0 §2.8 */
function refuse(ctx: Context, error: unknown): void {
  if (!(error instanceof StagedoorError)) {
    throw error;
  }
  ctx.status = 400;
  ctx.body = { error: 'invalid_request', error_description: error.message };
}
