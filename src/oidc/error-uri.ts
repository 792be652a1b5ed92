import type { Middleware } from 'koa';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { linkTo } from '../http/link-to.ts';
import { requestIdOf } from '../http/request-id.ts';
import type { Reason } from '../insights/reason.ts';

/** Ordinary outcomes, about which a developer need not read. */
const EXPECTED: ReadonlySet<Reason> = new Set(['interaction_needed', 'access_denied']);

/**
 * Notes that a failed authorization request is in the error log of its application. An application
 * of a metadata document has no owner who could read the log.
 */
export function noteLogged(ctx: KoaContextWithOIDC, issuer: string, reason: Reason): void {
  const { client } = ctx.oidc;
  if (client?.owner_id && !EXPECTED.has(reason)) {
    const log = `${issuer}/account/applications/${client.clientId}/errors`;
    ctx.state.errorUri = linkTo(log, { request_id: requestIdOf(ctx.req) });
  }
}

/**
 * Adds `error_uri` to an error that the browser takes to the application, in the query or the
 * fragment: the entry in the error log, which only the owner can open. A form that is posted to the
 * application (`response_mode=form_post`) is left as it is.
 * @see RFC 6749 §4.1.2.1
 */
export function addErrorUri(): Middleware {
  return async (ctx, next) => {
    await next();
    const { errorUri } = ctx.state;
    const location = ctx.response.get('Location');
    if (typeof errorUri === 'string' && /[?&#]error=/.test(location)) {
      ctx.redirect(`${location}&error_uri=${encodeURIComponent(errorUri)}`);
    }
  };
}
