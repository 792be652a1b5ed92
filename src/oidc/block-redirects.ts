import { errors, type KoaContextWithOIDC, type Provider } from 'oidc-provider';
import type { Obstacle } from '../authorization/interaction.ts';
import { findRedirectObstacle, RequestStopped } from './still-allowed.ts';

/** The reason why an error is not sent to the application. */
export type Block = Obstacle | 'not_signed_in';

/** Shows a page instead of each error redirect that `findBlock` finds a reason against. */
export function blockRedirects(provider: Provider): void {
  // The provider emits this before it looks at `allow_redirect`, for every error of the endpoint.
  provider.on('authorization.error', (ctx, error) => {
    if (findBlock(ctx, error) !== undefined) {
      error.allow_redirect = false;
    }
  });
}

/**
 * Finds the reason why an error may not be sent to the application.
 *
 * Anybody can register an application, and a link to this server can be made to fail. If the
 * failure were sent on at once, the link would lead from the platform's own host to any other. So
 * an application without a review gets it from a signed-in person only. A stopped application gets
 * nothing.
 * @see RFC 6749 §4.1.2.1, RFC 9700 §4.11.2
 */
export function findBlock(ctx: KoaContextWithOIDC, error: Error): Block | undefined {
  if (error instanceof RequestStopped) {
    return error.obstacle;
  }
  const { client, session, params = ctx.query } = ctx.oidc;
  const { redirect_uri: uri } = params;
  if (
    client === undefined ||
    typeof uri !== 'string' ||
    uri === '' ||
    error instanceof errors.InvalidRedirectUri
  ) {
    // The provider redirects none of these.
    return undefined;
  }
  const userId = session?.accountId;
  return (
    findRedirectObstacle(client, uri, userId) ??
    (userId === undefined && client.reviewed !== true ? 'not_signed_in' : undefined)
  );
}
