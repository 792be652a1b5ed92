import type { ErrorOut, errors, KoaContextWithOIDC } from 'oidc-provider';
import type { OverInteraction } from '../authorization/interaction.ts';
import type { Renderer } from '../web/render.ts';
import { translator } from '../web/translate.ts';

/** The provider's hook for errors that can't go back to the application. */
export type RenderProtocolError = (
  ctx: KoaContextWithOIDC,
  out: ErrorOut,
  error: errors.OIDCProviderError | Error,
) => Promise<void>;

/**
 * A page for the person who was sent here, with a line for the developer who has to mend it. The
 * browser is never sent on: where to is exactly what can't be trusted.
 * @param describeOver tells of a request that can't be taken up again
 * @see RFC 6749 §4.1.2.1
 */
export function createRenderError(
  renderer: Renderer,
  describeOver: (uid: string | undefined) => Promise<OverInteraction>,
): RenderProtocolError {
  return async (ctx, out, error) => {
    if (ctx.oidc.route === 'resume') {
      const uid = ctx.path.split('/').at(-1);
      renderer.page(ctx, 'interaction_over', await describeOver(uid), { status: ctx.status });
      return;
    }
    const t = translator(renderer.locale(ctx));
    const kind = kindOf(out);
    renderer.page(
      ctx,
      'error',
      {
        title: t(`error.${kind}.title`),
        message: t(`error.${kind}.message`),
        hint: t(`error.${kind}.hint`),
        developer: developerLine(ctx, out, error),
        links: [],
      },
      { status: ctx.status },
    );
  };
}

function kindOf(out: ErrorOut) {
  switch (out.error) {
    case 'invalid_client':
      return 'unknown_client';
    case 'invalid_redirect_uri':
      return 'redirect_uri';
    case 'unauthorized_client':
      return 'inactive_client';
    default:
      return 'authorize';
  }
}

function developerLine(ctx: KoaContextWithOIDC, out: ErrorOut, error: Error): string {
  const parts = [out.error, out.error_description];
  const redirectUri = ctx.oidc.params?.redirect_uri ?? ctx.query.redirect_uri;
  if (error.name === 'InvalidRedirectUri' && typeof redirectUri === 'string') {
    parts.push(`redirect_uri: ${redirectUri}`);
  }
  return parts.filter((part) => part !== undefined).join(' - ');
}
