import { type ErrorOut, errors, type KoaContextWithOIDC } from 'oidc-provider';
import { isDynamicClientId } from '../applications/dynamic/client-ids.ts';
import type { ClosedInteraction } from '../authorization/interaction.ts';
import { renderOver } from '../authorization/pages/over-page.ts';
import type { Config } from '../config/config.ts';
import type { Db } from '../db/database.ts';
import { setUiLocales } from '../http/locale.ts';
import type { Renderer } from '../http/render.ts';
import { requestIdOf } from '../http/request-id.ts';
import { translator } from '../http/translate.ts';
import { presentRefused } from '../insights/pages/refused-page.ts';
import { visibleLine } from '../lib/visible-text.ts';
import { greet } from '../sessions/pages/sessions.ts';
import type { User } from '../users/user.ts';
import { findActiveUser } from '../users/user-store.ts';
import { type Block, findBlock } from './block-redirects.ts';
import { diagnoseRequest } from './client-errors.ts';
import { currentTransaction } from './current-transaction.ts';
import { describeClosedInteraction } from './describe-closed-interaction.ts';
import { findForeignSession } from './interactions.ts';
import { restartPath } from './restart-url.ts';

/** The provider's hook for errors that can't go back to the application. */
export type RenderProtocolError = (
  ctx: KoaContextWithOIDC,
  out: ErrorOut,
  error: errors.OIDCProviderError | Error,
) => Promise<void>;

/**
 * A page for the person who was sent here, with a line for the developer who has to fix it. If that is
 * the owner of the application, it says what is wrong. The browser is never sent on: where to is exactly what can't be trusted.
 * @see RFC 6749 §4.1.2.1
 */
export function createRenderError(deps: {
  renderer: Renderer;
  db: Db;
  config: Config;
}): RenderProtocolError {
  const { renderer } = deps;
  return async (ctx, out, error) => {
    const user = await greetUser(deps.db, ctx);
    setUiLocales(ctx, ctx.oidc.params?.ui_locales);
    const block = findBlock(ctx, error);
    if (ctx.oidc.route === 'resume' || block === 'awaits_review') {
      const over = await describeEnd(deps, ctx, error, block);
      return renderOver(over).send(renderer, ctx);
    }
    // Errors that would have redirected have a status of 303.
    const status = Math.max(ctx.status, 400);
    const refused = user && describeRefused(deps, ctx, { userId: user.id, out, error });
    if (refused !== undefined) {
      renderer.page(ctx, 'insights/refused', refused, { status });
      return;
    }
    const t = translator(renderer.locale(ctx));
    const kind =
      block === 'not_signed_in'
        ? block
        : block
          ? 'inactive_client'
          : kindOf(out, ctx.query.client_id);
    renderer.page(
      ctx,
      'error',
      {
        title: t(`error.${kind}.title`),
        message: t(`error.${kind}.message`),
        hint: t(`error.${kind}.hint`),
        developer: developerLine(ctx, out, error),
        links: kind === 'not_signed_in' ? [signInLink(ctx, t('link.sign_in_and_continue'))] : [],
        ownerLink:
          user === undefined && kind !== 'not_signed_in' && ctx.oidc.client?.owner_id
            ? signInLink(ctx, t('error.owner.sign_in'))
            : undefined,
      },
      { status },
    );
  };
}

/** Gives the page the language and the header of the signed-in user. */
async function greetUser(db: Db, ctx: KoaContextWithOIDC): Promise<User | undefined> {
  const userId = ctx.oidc.session?.accountId;
  const user = userId && (await findActiveUser(currentTransaction() ?? db, userId));
  if (!user) {
    return undefined;
  }
  greet(ctx, user);
  return user;
}

/** Says what is wrong with a request, to the owner of the application; undefined for everybody else. */
function describeRefused(
  { renderer, config }: { readonly renderer: Renderer; readonly config: Config },
  ctx: KoaContextWithOIDC,
  failed: { readonly userId: string; readonly out: ErrorOut; readonly error: Error },
) {
  const { client, route } = ctx.oidc;
  const { userId, out, error } = failed;
  const isOwner = client !== undefined && client.owner_id === userId;
  const diagnosis =
    isOwner && route === 'authorization' && error instanceof errors.OIDCProviderError
      ? diagnoseRequest(ctx, error)
      : undefined;
  return (
    client &&
    diagnosis &&
    presentRefused(renderer.locale(ctx), {
      ...diagnosis,
      clientId: client.clientId,
      application: visibleLine(client.clientName ?? '') || client.clientId,
      error: out.error,
      requestId: requestIdOf(ctx.req),
      url: config.issuer + ctx.url,
    })
  );
}

/** Describes why a request ends here. The request of another session can be started over. */
async function describeEnd(
  deps: { db: Db; config: Config },
  ctx: KoaContextWithOIDC,
  error: Error,
  block: Block | undefined,
): Promise<ClosedInteraction> {
  const { session } = ctx.oidc;
  const closed = { db: deps.db, issuer: deps.config.issuer };
  const over = await describeClosedInteraction(closed, uidOf(ctx), session?.accountId);
  const { Interaction: interaction } = ctx.oidc.entities;
  if (block !== undefined && block !== 'not_signed_in') {
    return { ...over, reason: block };
  }
  if (!(error instanceof errors.SessionNotFound) || interaction === undefined) {
    return over;
  }
  const reason = session && findForeignSession(interaction, session);
  return reason === undefined
    ? over
    : { ...over, reason, restartAt: restartPath(deps.config.issuer, interaction) };
}

function uidOf(ctx: KoaContextWithOIDC): string | undefined {
  return ctx.oidc.route === 'resume' ? ctx.path.split('/').at(-1) : undefined;
}

function signInLink(ctx: KoaContextWithOIDC, label: string) {
  return { href: `/login?return_to=${encodeURIComponent(ctx.url)}`, label };
}

function kindOf(out: ErrorOut, clientId: unknown) {
  switch (out.error) {
    case 'invalid_client':
      return typeof clientId === 'string' && isDynamicClientId(clientId)
        ? 'stale_registration'
        : 'unknown_client';
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
