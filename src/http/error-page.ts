import type { Context } from 'koa';
import type { Logger } from '../lib/log.ts';
import { httpErrorProps } from './error-props.ts';
import { type ErrorPage, plainError } from './error-response.ts';
import type { Renderer } from './render.ts';
import { translator } from './translate.ts';
import type { ErrorProps } from './views.ts';

/** Makes the error page, in the language of the reader. */
export function errorPage(renderer: Renderer, log: Logger): ErrorPage {
  return (ctx, error) => {
    try {
      const t = translator(renderer.locale(ctx));
      const props = { ...httpErrorProps(t, error), entered: enteredIn(ctx) };
      renderer.page(ctx, 'error', props, { status: error.status });
    } catch (err) {
      log.error({ err }, 'Error page could not be rendered');
      plainError(ctx, error);
    }
  };
}

/** Limits of the form fields that the error page repeats. */
const ENTERED = { fields: 20, length: 4000 };

/** Returns the fields of a refused form, so that they are not lost. Never a password. */
function enteredIn(ctx: Context): NonNullable<ErrorProps['entered']> {
  const form: unknown = ctx.state.refusedForm;
  const fields = form instanceof URLSearchParams ? [...form] : [];
  return fields
    .filter(([name, value]) => value !== '' && !/^(csrf|return_to)$|password|secret/i.test(name))
    .slice(0, ENTERED.fields)
    .map(([name, value]) => ({ name, value: value.slice(0, ENTERED.length) }));
}
