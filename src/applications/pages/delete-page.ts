import type { Context } from 'koa';
import { inTransaction } from '../../db/transaction.ts';
import { originOf } from '../../http/origin.ts';
import { deleteApplication } from '../delete-application.ts';
import type { ApplicationDeleteProps } from '../views.ts';
import {
  type AccountPagesDeps,
  APPLICATIONS,
  type Owner,
  openOwnPage,
  openSecurityPage,
  postedForm,
  seeOther,
} from './account-page.ts';
import { presentHead } from './account-presenters.ts';

/** Asks for the name before an application is deleted. */
export async function showDelete(deps: AccountPagesDeps, ctx: Context): Promise<void> {
  const owner = await openSecurityPage(deps, ctx);
  if (owner !== undefined) {
    render(deps, ctx, owner, { typed: '', errors: {} });
  }
}

/** Deletes it with all its grants, once its name has been typed. */
export async function answerDelete(deps: AccountPagesDeps, ctx: Context): Promise<void> {
  const form = await postedForm(deps, ctx);
  const owner = await openOwnPage(deps, ctx);
  if (owner === undefined) {
    return;
  }
  const typed = form.get('name') ?? '';
  if (!owner.recent) {
    return render(deps, ctx, owner, { typed, errors: {}, signInAgain: true }, 403);
  }
  if (plain(typed) !== plain(owner.own.application.name)) {
    const errors = { name: [owner.t('applications.error.delete')] };
    return render(deps, ctx, owner, { typed, errors }, 400);
  }
  await inTransaction(deps.db, (tx) =>
    deleteApplication(tx, owner.actor, owner.clientId, originOf(ctx)),
  );
  seeOther(ctx, `${APPLICATIONS}?notice=deleted`);
}

/** Nobody can see how an accent is stored, or how many spaces there are. */
function plain(name: string): string {
  return name.normalize('NFKC').replace(/\s+/g, ' ').trim();
}

function render(
  deps: AccountPagesDeps,
  ctx: Context,
  owner: Owner,
  state: Pick<ApplicationDeleteProps, 'typed' | 'errors' | 'signInAgain'>,
  status = 200,
): void {
  const props = {
    ...state,
    application: presentHead(owner.own.application),
    action: ctx.path,
    connectedUsers: owner.own.connectedUsers,
  };
  deps.renderer.page(ctx, 'applications/delete', props, { status });
}
