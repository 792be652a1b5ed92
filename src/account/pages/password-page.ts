import { z } from 'zod';
import { upstreamHost } from '../../config/upstream.ts';
import { text } from '../../http/form.ts';
import { type PageAnswer, render, seeOther } from '../../http/page.ts';
import { type Translate, translator } from '../../http/translate.ts';
import { type UserPageDeps, type UserRequest, userPage } from '../../sessions/pages/user-page.ts';
import { changePassword, hasPassword } from '../../sign-in/change-password.ts';
import {
  guessOriginOf,
  type SignInPageDeps,
  setRetryAfter,
} from '../../sign-in/pages/sign-in-here.ts';
import { PASSWORD_LIMIT } from '../../users/password.ts';
import { findPasswordFault, PASSWORD_MINIMUM } from '../../users/password-rules.ts';
import type { AccountText } from '../texts.ts';

const PASSWORD = '/account/password';

interface FormState {
  /** Reason for showing no form: the user signs in elsewhere, or has no password. */
  readonly without: { readonly host: string } | 'none' | undefined;
  readonly errors: {
    readonly current_password?: string;
    readonly new_password?: string;
    readonly new_password_again?: string;
  };
  /** The password has been changed, and this many other browsers were signed out. */
  readonly changed: { readonly others: number } | undefined;
}

const form = z
  .object({ current_password: text, new_password: text, new_password_again: text })
  .transform((fields) => ({
    current: fields.current_password,
    wanted: fields.new_password,
    again: fields.new_password_again,
  }));

type Typed = z.output<typeof form>;
type Deps = UserPageDeps & SignInPageDeps;
type Request = UserRequest<Deps>;

/** Changes the user's password. No answer contains what was typed. */
export const passwordPage = userPage({
  path: PASSWORD,
  show: async (request: Request) => {
    const { ended } = request.query;
    const changed = typeof ended === 'string' && /^\d{1,6}$/.test(ended);
    return showForm(request, {
      without: await whyWithout(request),
      changed: changed ? { others: Number(ended) } : undefined,
    });
  },
  post: {
    form,
    answer: async (request) => {
      const without = await whyWithout(request);
      if (without !== undefined) {
        return showForm(request, { without }, 409);
      }
      const errors = await checkTyped(request, request.form);
      return Object.keys(errors).length > 0
        ? showForm(request, { errors }, 400)
        : change(request, request.form);
    },
  },
});

/** Takes no transaction while the passwords are hashed. */
async function change(request: Request, { current, wanted }: Typed): Promise<PageAnswer> {
  const { deps, ctx, user, sessionUid } = request;
  const result = await changePassword(deps, {
    user,
    current,
    wanted,
    from: await guessOriginOf(deps, ctx),
    begin: () => deps.sessions.signIn(ctx, user.id),
  });
  setRetryAfter(ctx, result);
  const t = wordsOf(request);
  switch (result.outcome) {
    case 'changed': {
      const others = result.sessions.filter((uid) => uid !== sessionUid).length;
      return seeOther(`${PASSWORD}?ended=${others}`);
    }
    case 'wrong':
      return refuse(request, t('account.password.error.current.wrong'), 400);
    case 'throttled': {
      const count = Math.ceil(result.retrySeconds / 60);
      return refuse(request, t('account.password.error.current.throttled', { count }), 429);
    }
    case 'busy': {
      const count = result.retrySeconds;
      return refuse(request, t('account.password.error.current.busy', { count }), 503);
    }
  }
}

function refuse(request: Request, message: string, status: number): PageAnswer {
  return showForm(request, { errors: { current_password: message } }, status);
}

/** Checks what does not need the current password, so that a mistake is not counted as an attempt. */
async function checkTyped(
  request: Request,
  { current, wanted, again }: Typed,
): Promise<FormState['errors']> {
  const { deps, user } = request;
  const t = wordsOf(request);
  const { host } = new URL(deps.config.issuer);
  const personal = [user.email, user.fullName, user.id, host, 'Stagedoor'];
  const fault =
    (await findPasswordFault(wanted, personal)) ?? (wanted === current ? 'same' : undefined);
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

async function whyWithout({ deps, user }: Request): Promise<FormState['without']> {
  const { upstream } = deps.config;
  if (upstream !== undefined) {
    return { host: upstreamHost(upstream) };
  }
  return (await hasPassword(deps, user.id)) ? undefined : 'none';
}

function wordsOf({ locale }: Request): Translate<AccountText> {
  return translator<AccountText>(locale);
}

function showForm(
  { user: { email }, path }: Request,
  { without, changed, errors = {} }: Partial<FormState>,
  status = 200,
): PageAnswer {
  const props = { action: path, email, minimum: PASSWORD_MINIMUM, without, errors, changed };
  return render('account/password', props, status);
}
