import type { Context } from 'koa';
import { type PageAnswer, render } from '../../http/page.ts';
import { view } from '../../http/view.ts';

/** Offers the current account and another one, for `prompt=select_account`. */
interface AccountSelectionProps {
  readonly user: { readonly fullName: string; readonly email: string };
  /** Path that continues with the current account. */
  readonly continueAt: string;
  /** Path of the sign-in with another account. */
  readonly otherAt: string;
}

const accountSelectionView = view<AccountSelectionProps>('sign-in/select_account');

/** Tests if an authorization request asks the user to select an account. */
export function selectsAccount(ctx: Context): boolean {
  return ctx.query.prompt === 'select_account';
}

/** Shows the selection to a signed-in user. */
export function showAccounts(
  { fullName, email }: AccountSelectionProps['user'],
  returnTo: string,
): PageAnswer {
  return render(accountSelectionView, {
    user: { fullName, email },
    continueAt: returnTo,
    otherAt: `/login?reason=switch&return_to=${encodeURIComponent(returnTo)}`,
  });
}
