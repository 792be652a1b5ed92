import type { Context } from 'koa';
import { inTransaction } from '../../db/transaction.ts';
import { originOf } from '../../http/origin.ts';
import { emailKey } from '../../lib/email.ts';
import { StagedoorError, ValidationError } from '../../lib/errors.ts';
import { type OfferLimits, offerWithinLimits } from '../offer-limits.ts';
import { offerTransfer, withdrawTransfer } from '../transfer.ts';
import type { TransferFormProps } from '../views.ts';
import {
  type AccountPagesDeps,
  type Owner,
  openOwnPage,
  openSecurityPage,
  postedForm,
  seeOther,
} from './account-page.ts';
import { presentHead } from './account-presenters.ts';

/** Asks who is to have the application. */
export async function showTransfer(deps: AccountPagesDeps, ctx: Context): Promise<void> {
  const owner = await openSecurityPage(deps, ctx);
  if (owner !== undefined) {
    render(deps, ctx, owner, { email: '', errors: {} });
  }
}

/** Offers the application; it stays the owner's until the other one accepts. */
export async function answerTransferForm(
  deps: AccountPagesDeps & { readonly offerLimits: OfferLimits },
  ctx: Context,
): Promise<void> {
  const form = await postedForm(deps, ctx);
  const owner = await openOwnPage(deps, ctx);
  if (owner === undefined) {
    return;
  }
  const { actor, clientId, user, t } = owner;
  const typed = form.get('email') ?? '';
  if (!owner.recent) {
    return render(deps, ctx, owner, { email: typed, errors: {}, signInAgain: true }, 403);
  }
  const refuse = (text: string) =>
    render(deps, ctx, owner, { email: typed, errors: { email: [text] } }, 400);
  const email = typed.trim();
  const key = emailKey(email);
  if (key === undefined) {
    return refuse(t('applications.error.email'));
  }
  if (key === emailKey(user.email)) {
    return refuse(t('applications.error.email.own'));
  }
  try {
    await offerWithinLimits(deps.offerLimits, user.id, email, () =>
      inTransaction(deps.db, (tx) =>
        offerTransfer(tx, actor, clientId, user.id, email, originOf(ctx)),
      ),
    );
    seeOther(ctx, `${owner.path}?notice=transfer_offered`);
  } catch (error) {
    if (error instanceof ValidationError) {
      return refuse(t('applications.error.email'));
    }
    if (error instanceof StagedoorError && error.code === 'too_many_attempts') {
      return refuse(t('applications.error.email.many'));
    }
    if (error instanceof StagedoorError && error.code === 'conflict') {
      // Offered already, in another tab: the page of the application says to whom.
      return seeOther(ctx, owner.path);
    }
    throw error;
  }
}

/** Takes the offer back. */
export async function answerWithdraw(deps: AccountPagesDeps, ctx: Context): Promise<void> {
  await postedForm(deps, ctx);
  const owner = await openOwnPage(deps, ctx);
  if (owner === undefined) {
    return;
  }
  const { actor, clientId } = owner;
  await inTransaction(deps.db, (tx) => withdrawTransfer(tx, actor, clientId, originOf(ctx)));
  seeOther(ctx, `${owner.path}?notice=transfer_withdrawn`);
}

function render(
  deps: AccountPagesDeps,
  ctx: Context,
  owner: Owner,
  state: Pick<TransferFormProps, 'email' | 'errors' | 'signInAgain'>,
  status = 200,
): void {
  const props = {
    ...state,
    application: presentHead(owner.own.application),
    action: ctx.path,
  };
  deps.renderer.page(ctx, 'applications/transfer', props, { status });
}
