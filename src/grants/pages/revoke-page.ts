import type { Context } from 'koa';
import { postedForm } from '../../applications/pages/account-page.ts';
import { inTransaction } from '../../db/transaction.ts';
import { revokeGrant } from '../revoke.ts';
import { byUser, type GrantPagesDeps, openGrantPage, toList } from './account-page.ts';
import { presentApplication, presentGrant } from './presenters.ts';

/** Asks once more before a grant ends. */
export async function showRevoke(deps: GrantPagesDeps, ctx: Context): Promise<void> {
  const opened = await openGrantPage(deps, ctx);
  if (opened === undefined) {
    return;
  }
  const { user, grant, others } = opened;
  const context = { config: deps.config, locale: deps.renderer.locale(ctx) };
  deps.renderer.page(ctx, 'grants/revoke', {
    action: ctx.path,
    application: presentApplication(grant),
    grant: presentGrant(context, grant),
    others,
    nothingLeft: ctx.query.nothing_left !== undefined,
    timezone: user.timezone,
  });
}

/** Ends it. */
export async function answerRevoke(deps: GrantPagesDeps, ctx: Context): Promise<void> {
  await postedForm(deps, ctx);
  const opened = await openGrantPage(deps, ctx);
  if (opened === undefined) {
    return;
  }
  const { user, grant, others } = opened;
  const ended = await inTransaction(deps.db, (tx) => revokeGrant(tx, grant.id, byUser(user, ctx)));
  if (ended) {
    return toList(ctx, others > 0 ? 'revoked_one' : 'revoked');
  }
  toList(ctx, 'already_revoked');
}
