import type { Context } from 'koa';
import { type PageAnswer, render } from '../../http/page.ts';
import type { SignInResult } from '../sign-in.ts';
import { setRetryAfter } from './sign-in-here.ts';

/** Sign-in form. Posts `email`, `password` and `return_to`. */
interface LoginProps {
  readonly action: string;
  /** Value of the address field, or an empty string. */
  readonly email: string;
  /**
   * `recent`: signed in, but too long ago for what comes next. `again`: the application requires a new
   * sign-in.
   */
  readonly reason: 'first' | 'recent' | 'again' | 'switch';
  /** The application that sent the user here, if one did. */
  readonly application?: { readonly name: string } | undefined;
  readonly returnTo?: string | undefined;
  /** Users of the demo, with a button each that posts `email` and `return_to` to `/login/demo`. */
  readonly demo?: readonly { readonly name: string; readonly email: string }[];
  readonly error?: 'credentials' | 'throttled' | 'busy' | undefined;
  /** With `throttled`. */
  readonly retryMinutes?: number | undefined;
  /** With `busy`. */
  readonly retrySeconds?: number | undefined;
}

const STATUS = { signed_in: 200, wrong: 401, throttled: 429, busy: 503 } as const;

/**
 * Shows the sign-in form.
 * @param failed result of the last attempt, if it failed
 */
export function showLoginForm(
  ctx: Context,
  props: Omit<LoginProps, 'error' | 'retryMinutes' | 'retrySeconds'>,
  failed: SignInResult | undefined,
): PageAnswer {
  if (failed === undefined) {
    return render('sign-in/login', props);
  }
  setRetryAfter(ctx, failed);
  return render('sign-in/login', { ...props, ...presentFailure(failed) }, STATUS[failed.outcome]);
}

function presentFailure(
  result: SignInResult,
): Pick<LoginProps, 'error' | 'retryMinutes' | 'retrySeconds'> {
  switch (result.outcome) {
    case 'wrong':
      return { error: 'credentials' };
    case 'throttled':
      return { error: 'throttled', retryMinutes: Math.ceil(result.retrySeconds / 60) };
    case 'busy':
      return { error: 'busy', retrySeconds: result.retrySeconds };
    case 'signed_in':
      return {};
  }
}
