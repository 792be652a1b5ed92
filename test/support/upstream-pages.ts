import type { Middleware } from 'koa';
import type Provider from 'oidc-provider';
import { readForm } from '../../src/http/form.ts';
import type { UpstreamAccount } from './upstream-provider.ts';

/** Sign-in page of the platform: e-mail address and password, or cancel. */
export function signInPages(
  provider: Provider,
  accounts: ReadonlyMap<string, UpstreamAccount>,
): Middleware {
  return async (ctx, next) => {
    if (!ctx.path.startsWith('/sign-in/')) {
      return next();
    }
    const { params, prompt } = await provider.interactionDetails(ctx.req, ctx.res);
    if (ctx.method !== 'POST') {
      ctx.type = 'html';
      ctx.body = page(String(params.login_hint ?? ''), prompt.reasons, String(params.ui_locales));
      return;
    }
    const form = await readForm(ctx);
    const account = [...accounts.values()].find(
      ({ email, password }) => email === form.get('email') && password === form.get('password'),
    );
    if (form.has('cancel')) {
      return finish({ error: 'access_denied', error_description: 'the person cancelled' });
    }
    if (account === undefined) {
      ctx.status = 401;
      ctx.body = 'No such account.';
      return;
    }
    return finish({ login: { accountId: account.sub } });

    async function finish(result: Parameters<Provider['interactionResult']>[2]): Promise<void> {
      const next = await provider.interactionResult(ctx.req, ctx.res, result, {
        mergeWithLastSubmission: false,
      });
      ctx.status = 303;
      ctx.redirect(next);
    }
  };
}

function page(email: string, reasons: readonly string[], languages: string): string {
  return `<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>The platform</title>
    <h1>Sign in to the platform</h1><p>Because of ${reasons.join(', ')}; in ${languages}.</p>
    <form method="post">
      <label>E-mail <input name="email" value="${email.replaceAll('"', '')}"></label>
      <label>Password <input name="password" type="password"></label>
      <button name="sign" value="in">Sign in</button>
      <button name="cancel" value="1">Cancel</button>
    </form></html>`;
}
