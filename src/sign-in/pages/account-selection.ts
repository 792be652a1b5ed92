import type { Context } from 'koa';
import { type PageAnswer, render } from '../../http/page.ts';
import type { User } from '../../users/user.ts';

/** Tests if an authorization request asks the user to select an account. */
export function selectsAccount(ctx: Context): boolean {
  return ctx.query.prompt === 'select_account';
}

/** Offers a signed-in user the current account and another one. */
export function showAccounts(
  { fullName, email }: Pick<User, 'fullName' | 'email'>,
  returnTo: string,
): PageAnswer {
  return render('sign-in/select_account', {
    user: { fullName, email },
    continueAt: returnTo,
    otherAt: `/login?reason=switch&return_to=${encodeURIComponent(returnTo)}`,
  });
}
