import type { Context } from 'koa';
import { isUsable, SECRET_LIMIT } from '../../client-secrets/client-secret.ts';
import { inTransaction } from '../../db/transaction.ts';
import { originOf } from '../../http/origin.ts';
import { setApplicationActive } from '../activate.ts';
import { reviewNeed } from '../review-need.ts';
import { listSecrets } from '../secrets.ts';
import { outgoingTransfer } from '../transfer.ts';
import { type AccountPagesDeps, oneOf, openOwnPage, postedForm, seeOther } from './account-page.ts';
import { presentHead, presentScopes, presentSecrets } from './account-presenters.ts';

const NOTICES = [
  'saved',
  'unchanged',
  'enabled',
  'disabled',
  'secret_deleted',
  'transfer_offered',
  'transfer_withdrawn',
] as const;

/** All about one application. */
export async function showApplication(deps: AccountPagesDeps, ctx: Context): Promise<void> {
  const owner = await openOwnPage(deps, ctx);
  if (owner === undefined) {
    return;
  }
  const { clientId, path, user } = owner;
  const { application, connectedUsers, lastUsedAt } = owner.own;
  const secrets = await listSecrets(deps.db, clientId);
  const transfer = await outgoingTransfer(deps.db, clientId);
  const scopes = presentScopes(deps.config, deps.renderer.locale(ctx));
  deps.renderer.page(ctx, 'applications/show', {
    application: presentHead(application),
    clientId,
    confidential: application.clientType === 'confidential',
    switchedOn: application.isActive,
    suspensionReason: application.suspensionReason,
    reviewNeed: reviewNeed(deps.config, application),
    connectedUsers,
    lastUsedAt,
    createdAt: application.createdAt,
    description: application.description,
    homepageUrl: application.homepageUrl,
    privacyPolicyUrl: application.privacyPolicyUrl,
    termsUrl: application.termsUrl,
    redirectUris: application.redirectUris,
    scopes: scopes.filter(({ name }) => application.scopes.includes(name)).map(({ text }) => text),
    requirePkce: application.requirePkce,
    secrets: presentSecrets(path, secrets),
    maySecrets: secrets.filter(isUsable).length < SECRET_LIMIT,
    secretLimit: SECRET_LIMIT,
    transferTo: transfer?.email ?? null,
    notice: oneOf(NOTICES, ctx.query.notice),
    timezone: user.timezone,
  });
}

/** Switches an application off, or on again. */
export async function answerActive(
  deps: AccountPagesDeps,
  ctx: Context,
  active: boolean,
): Promise<void> {
  await postedForm(deps, ctx);
  const owner = await openOwnPage(deps, ctx);
  if (owner === undefined) {
    return;
  }
  await inTransaction(deps.db, (tx) =>
    setApplicationActive(tx, owner.actor, owner.clientId, active, originOf(ctx)),
  );
  seeOther(ctx, `${owner.path}?notice=${active ? 'enabled' : 'disabled'}`);
}
