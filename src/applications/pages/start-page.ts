import type { Context } from 'koa';
import { type AccountPagesDeps, oneOf, openOwnPage } from './account-page.ts';
import { presentHead } from './account-presenters.ts';
import { curlExample, javascriptExample } from './example-presenters.ts';
import { takeSecret } from './new-secret-page.ts';

const OCCASIONS = ['registered', 'secret_added'] as const;

/** Client id, the new secret where there is one, and how to come to a first token. */
export async function showStart(deps: AccountPagesDeps, ctx: Context): Promise<void> {
  const owner = await openOwnPage(deps, ctx);
  if (owner === undefined) {
    return;
  }
  const { application } = owner.own;
  const { issuer } = deps.config;
  const place = { userId: owner.user.id, clientId: owner.clientId, path: ctx.path };
  deps.renderer.page(ctx, 'applications/start', {
    application: presentHead(application),
    clientId: owner.clientId,
    confidential: application.clientType === 'confidential',
    newSecret: takeSecret(deps, ctx, place),
    occasion: oneOf(OCCASIONS, ctx.query.occasion) ?? 'look',
    curl: curlExample(issuer, application),
    javascript: javascriptExample(issuer, application),
  });
}
