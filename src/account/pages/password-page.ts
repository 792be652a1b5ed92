import type { Context } from 'koa';
import { postedForm, seeOther } from '../../applications/pages/account-page.ts';
import { type Translate, translator } from '../../http/translate.ts';
import { type Identified, requireSignIn } from '../../sessions/pages/identify.ts';
import { changePassword, hasPassword } from '../../sign-in/change-password.ts';
import { guessOriginOf } from '../../sign-in/pages/sign-in-page.ts';
import { retryAfter } from '../../sign-in/pages/sign-in-routes.ts';
import { PASSWORD_LIMIT } from '../../users/password.ts';
import { findPasswordFault, PASSWORD_MINIMUM } from '../../users/password-rules.ts';
import type { User } from '../../users/user.ts';
import type { AccountText } from '../texts.ts';
import type { PasswordProps } from '../views.ts';
import { type AccountPagesDeps, hostElsewhere, PASSWORD } from './account-page.ts';

/** The form for another password, or why there is none. */
export async function showPassword(deps: AccountPagesDeps, ctx: Context): Promise<void> {
  const identified = await requireSignIn(deps, ctx);
  if (identified !== undefined) {
    const { user } = identified;
    const { ended } = ctx.query;
    const changed = typeof ended === 'string' && /^\d{1,6}$/.test(ended);
    render(deps, ctx, user, {
      without: await whyWithout(deps, user),
      changed: changed ? { others: Number(ended) } : undefined,
    });
  }
}

/** Changes it. What was typed is in no answer, be it right or wrong. */
export async function answerPassword(deps: AccountPagesDeps, ctx: Context): Promise<void> {
  const form = await postedForm(deps, ctx);
  const identified = await requireSignIn(deps, ctx);
  if (identified === undefined) {
    return;
  }
  const { user } = identified;
  const without = await whyWithout(deps, user);
  if (without !== undefined) {
    return render(deps, ctx, user, { without, status: 409 });
  }
  const typed = {
    current: form.get('current_password') ?? '',
    wanted: form.get('new_password') ?? '',
    again: form.get('new_password_again') ?? '',
  };
  const errors = checkTyped(translator<AccountText>(deps.renderer.locale(ctx)), deps, user, typed);
  if (Object.keys(errors).length > 0) {
    return render(deps, ctx, user, { errors, status: 400 });
  }
  await change(deps, ctx, identified, typed);
}

async function change(
  deps: AccountPagesDeps,
  ctx: Context,
  { user, sessionUid }: Identified,
  { current, wanted }: { readonly current: string; readonly wanted: string },
): Promise<void> {
  const t = translator<AccountText>(deps.renderer.locale(ctx));
  const begin = () => deps.sessions.signIn(ctx, user.id);
  const from = await guessOriginOf(deps, ctx);
  const attempt = { user, current, wanted, from, begin };
  const result = await changePassword(deps, attempt);
  switch (result.outcome) {
    case 'changed': {
      const others = result.sessions.filter((uid) => uid !== sessionUid).length;
      return seeOther(ctx, `${PASSWORD}?ended=${others}`);
    }
    case 'wrong': {
      const errors = { current_password: t('account.password.error.current.wrong') };
      return render(deps, ctx, user, { errors, status: 400 });
    }
    case 'throttled': {
      const count = Math.ceil(result.retrySeconds / 60);
      const errors = { current_password: t('account.password.error.current.throttled', { count }) };
      retryAfter(ctx, result);
      return render(deps, ctx, user, { errors, status: 429 });
    }
    case 'busy': {
      const count = result.retrySeconds;
      const errors = { current_password: t('account.password.error.current.busy', { count }) };
      retryAfter(ctx, result);
      return render(deps, ctx, user, { errors, status: 503 });
    }
  }
}

/** Before the current password is looked at: what can't be taken costs no try. */
function checkTyped(
  t: Translate<AccountText>,
  { config }: AccountPagesDeps,
  user: User,
  typed: { readonly current: string; readonly wanted: string; readonly again: string },
): PasswordProps['errors'] {
  const { current, wanted, again } = typed;
  const personal = [user.email, user.fullName, user.id, new URL(config.issuer).host, 'Stagedoor'];
  const fault = findPasswordFault(wanted, personal) ?? (wanted === current ? 'same' : undefined);
  const count = fault === 'long' ? PASSWORD_LIMIT : PASSWORD_MINIMUM;
  return {
    ...(current === '' ? { current_password: t('account.password.error.current.missing') } : {}),
    ...(fault === undefined
      ? {}
      : { new_password: t(`account.password.error.new.${fault}`, { count }) }),
    ...(fault === undefined && again !== wanted
      ? { new_password_again: t('account.password.error.again.different') }
      : {}),
  };
}

/** Why a user has no password here to change. */
async function whyWithout(deps: AccountPagesDeps, user: User): Promise<PasswordProps['without']> {
  const host = hostElsewhere(deps.config);
  if (host !== undefined) {
    return { host };
  }
  return (await hasPassword(deps, user.id)) ? undefined : 'none';
}

function render(
  deps: AccountPagesDeps,
  ctx: Context,
  { email }: User,
  state: {
    readonly without?: PasswordProps['without'];
    readonly errors?: PasswordProps['errors'];
    readonly changed?: PasswordProps['changed'];
    readonly status?: number;
  },
): void {
  const { without, changed, errors = {}, status = 200 } = state;
  const props = { action: PASSWORD, email, minimum: PASSWORD_MINIMUM, without, errors, changed };
  deps.renderer.page(ctx, 'account/password', props, { status });
}
