import type { Context } from 'koa';
import type { Logger } from '../lib/log.ts';
import { sendsCookies } from './cookies.ts';
import { refusedForm } from './csrf.ts';
import { type ErrorPage, plainError } from './error-response.ts';
import type { HttpError } from './http-error.ts';
import type { Renderer } from './render.ts';
import { type SharedText, type Translate, translator } from './translate.ts';

/** An error: what happened, what to do next, and a line for developers. */
export interface ErrorProps {
  readonly title: string;
  readonly message: string;
  readonly hint?: string | undefined;
  /** English. */
  readonly developer?: string | undefined;
  /** Fields of a refused form, so that they need not be typed again. */
  readonly entered?: readonly { readonly name: string; readonly value: string }[];
  /** Signs in the developer, who then sees what is wrong. */
  readonly ownerLink?: { readonly href: string; readonly label: string } | undefined;
  /** Links beside those to the authorizations and the home page, which every error page has. */
  readonly links: readonly { readonly href: string; readonly label: string }[];
}

/** Texts of the error page by error code. */
const KINDS: Partial<Record<HttpError['code'], ErrorKind>> = {
  validation_failed: 'bad_request',
  unsupported_media_type: 'bad_request',
  not_acceptable: 'bad_request',
  unauthenticated: 'unauthenticated',
  forbidden: 'forbidden',
  csrf_failed: 'csrf',
  not_found: 'not_found',
  method_not_allowed: 'method_not_allowed',
  conflict: 'conflict',
  gone: 'gone',
  payload_too_large: 'too_large',
  too_many_attempts: 'too_many',
  document_refused: 'client_document',
  document_invalid: 'client_document',
  fetch_refused: 'client_document',
  fetch_failed: 'client_document',
  fetch_limited: 'too_many',
  unavailable: 'unavailable',
};

type Kinds<Key> = Key extends `error.${infer Kind}.title` ? Kind : never;
/** Error pages that the catalogue has texts for. */
type ErrorKind = Kinds<SharedText>;

/**
 * Makes the error page, in the language of the reader.
 * @param identify gives the page the header of the signed-in user
 */
export function errorPage(
  renderer: Renderer,
  log: Logger,
  identify: (ctx: Context) => Promise<unknown> = async () => {},
): ErrorPage {
  return async (ctx, error) => {
    // The failure may be the reason for which the user can't be identified either.
    if (error.status < 500 && error.status !== 429 && ctx.state.signedIn === undefined) {
      await identify(ctx).catch(() => {});
    }
    try {
      const t = translator(renderer.locale(ctx));
      const refused = refusedForm(ctx);
      const props =
        refused === undefined
          ? presentError(t, error)
          : presentRefusedForm(t, ctx, refused, error.message);
      renderer.page(ctx, 'error', props, { status: error.status });
    } catch (err) {
      log.error({ err }, 'Error page could not be rendered');
      plainError(ctx, error);
    }
  };
}

/** Presents an error in the language of the page. */
function presentError(t: Translate<SharedText>, error: HttpError): ErrorProps {
  const kind = KINDS[error.code] ?? (error.status < 500 ? 'bad_request' : 'internal');
  // The cause of a 500 is in the log only; a 404 has nothing to add.
  const silent = ['internal', 'not_found', 'unavailable'].includes(kind);
  return {
    title: t(`error.${kind}.title`),
    message: t(`error.${kind}.message`),
    hint: t(`error.${kind}.hint`),
    developer: silent ? undefined : error.message,
    links: kind === 'unauthenticated' ? [{ href: '/login', label: t('link.login') }] : [],
  };
}

/**
 * Presents the refusal of a form of our own page: the browser sends no cookies, or the page is older
 * than the browser's cookie. Its link opens the page again.
 */
function presentRefusedForm(
  t: Translate<SharedText>,
  ctx: Context,
  form: URLSearchParams,
  developer: string,
): ErrorProps {
  const kind = sendsCookies(ctx) ? 'old_form' : 'cookies';
  const returnTo = form.get('return_to');
  const query = returnTo === null ? '' : `?return_to=${encodeURIComponent(returnTo)}`;
  return {
    title: t(`error.${kind}.title`),
    message: t(`error.${kind}.message`),
    hint: t(`error.${kind}.hint`),
    developer,
    links: [{ href: ctx.path + query, label: t('link.open_again') }],
    entered: enteredIn(form),
  };
}

/** Limits of the form fields that the error page repeats. */
const ENTERED = { fields: 20, length: 4000 };

/** Returns the fields of a refused form, so that they are not lost. Never a password. */
function enteredIn(form: URLSearchParams): NonNullable<ErrorProps['entered']> {
  return [...form]
    .filter(([name, value]) => value !== '' && !/^(csrf|return_to)$|password|secret/i.test(name))
    .slice(0, ENTERED.fields)
    .map(([name, value]) => ({ name, value: value.slice(0, ENTERED.length) }));
}
