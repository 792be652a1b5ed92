import type { Context } from 'koa';
import { z } from 'zod';
import type { Config } from '../../config/config.ts';
import { parseForm, text } from '../../http/form.ts';
import { isFromThisMachine } from '../../http/origin.ts';
import { type Page, seeOther } from '../../http/page.ts';
import { found } from '../../lib/errors.ts';
import { isLoopbackHost } from '../../lib/loopback.ts';
import { type LoginPageDeps, returnPath, setLanguage, showForm } from './login-page.ts';
import { signInHere } from './sign-in-here.ts';

/** A user of the demo, who signs in by one button. */
export interface DemoAccount {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

/**
 * Returns the demo's accounts to whom they are offered: programs on the server's own machine, while the
 * demo runs and the configuration is not for production. They may read the passwords anyway.
 */
export function offerDemoAccounts(
  { demo, production, issuer }: Pick<Config, 'demo' | 'production' | 'issuer'>,
  running: () => { readonly users: readonly DemoAccount[] } | undefined,
): (ctx: Context) => readonly DemoAccount[] {
  const mayOffer = demo && !production && isLoopbackHost(new URL(issuer).hostname);
  return (ctx) => (mayOffer && isFromThisMachine(ctx) ? (running()?.users ?? []) : []);
}

const form = z
  .object({ email: text, return_to: text })
  .transform(({ email, return_to }) => ({ email, returnTo: returnPath(return_to) }));

/** Signs in as a user of the demo, with the password that the demo knows. */
export const demoPage: Page<LoginPageDeps> = {
  path: '/login/demo',
  show: async () => seeOther('/login'),
  submit: async (deps, ctx, fields) => {
    const { email, returnTo } = parseForm(form, fields);
    const account = found(
      deps.demoAccounts(ctx).find((one) => one.email === email),
      'There is no such account of the demo.',
    );
    setLanguage(ctx, returnTo);
    const result = await signInHere(deps, ctx, account);
    return result.outcome === 'signed_in'
      ? seeOther(returnTo)
      : showForm(deps, ctx, { email, returnTo, reason: 'first' }, result);
  },
};
