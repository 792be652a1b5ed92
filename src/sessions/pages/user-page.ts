import type { Context } from 'koa';
import type { Config } from '../../config/config.ts';
import type { Db } from '../../db/database.ts';
import type { Tx } from '../../db/transaction.ts';
import { type FormSchema, parseForm } from '../../http/form.ts';
import { originOf } from '../../http/origin.ts';
import { type Page, PageAnswer, type PageDeps, seeOther } from '../../http/page.ts';
import type { Actor, Origin } from '../../lib/actor.ts';
import { StagedoorError } from '../../lib/errors.ts';
import type { Locale } from '../../lib/locale.ts';
import type { User } from '../../users/user.ts';
import { identify, type Sessions } from './sessions.ts';

/** Dependencies of the pages of signed-in users. */
export interface UserPageDeps extends PageDeps {
  readonly db: Db;
  readonly config: Config;
  readonly sessions: Sessions;
  readonly inTransaction: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
  /** Counts what waits for operators, for the header of their pages. */
  readonly countWaiting: () => Promise<number>;
}

/** A request of a signed-in user to a page. */
export interface UserRequest<Deps> {
  readonly deps: Deps;
  readonly user: User;
  readonly actor: Actor;
  readonly origin: Origin;
  /** Identifies the browser session inside the server; opens nothing. */
  readonly sessionUid: string;
  /** The sign-in is new enough to change security settings. */
  readonly recent: boolean;
  readonly locale: Locale;
  /** Path of the request. */
  readonly path: string;
  /** Parameters of the path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Context['query'];
  /** For cookies and headers only. */
  readonly ctx: Context;
}

/**
 * A page of signed-in users. Each function answers with `render` or `seeOther`. `Request` is a
 * `UserRequest` with what was opened.
 */
export interface UserPage<Request, Form, Input> {
  readonly path: string;
  /** Requires a recent sign-in: a GET goes to the sign-in page, a POST to `signInAgain`. */
  readonly recent?: boolean;
  /** The form has a file and at most so many bytes; undefined: it has none. */
  readonly fileBytes?: number;
  readonly show: (request: Request) => PageAnswer | Promise<PageAnswer>;
  readonly post?: PostedForm<Request, Form, Input> | AnsweredForm<Request, Form>;
}

interface PageForm<Request, Form> {
  readonly form: FormSchema<Form>;
  /**
   * Shows a form that was posted with a sign-in older than `RECENT_SIGN_IN_SECONDS` again. Absent: an
   * error page does.
   */
  readonly signInAgain?: (
    request: Request & { readonly form: Form },
  ) => PageAnswer | Promise<PageAnswer>;
  /**
   * Shows the form again for an expected error of `prepare`, `submit` or `answer`, for example a
   * `ValidationError`. Throws any other error again.
   */
  readonly retry?: (
    request: Request & { readonly form: Form },
    error: unknown,
  ) => PageAnswer | Promise<PageAnswer>;
}

/** Handling of a posted form. `Form` is the result of the schema, `Input` that of `prepare`. */
export interface PostedForm<Request, Form, Input> extends PageForm<Request, Form> {
  /** Makes the input of `submit` from the form, or answers. Runs before the transaction. */
  readonly prepare?: (
    request: Request & { readonly form: Form },
  ) => PageAnswer | Input | Promise<PageAnswer | Input>;
  /** Carries out the change. Runs in a transaction, which an error rolls back. */
  readonly submit: (
    request: Request & { readonly form: Form; readonly input: Input; readonly tx: Tx },
  ) => Promise<PageAnswer>;
}

/**
 * Handling of a posted form without a transaction: the form changes nothing, or its use case opens
 * a transaction itself, after it has hashed a password.
 */
export interface AnsweredForm<Request, Form> extends PageForm<Request, Form> {
  readonly answer: (request: Request & { readonly form: Form }) => PageAnswer | Promise<PageAnswer>;
}

/** Makes a page of signed-in users. Everybody else is sent to sign in, and back afterwards. */
export function userPage<Deps extends UserPageDeps, Form, Input>(
  page: UserPage<UserRequest<Deps>, Form, Input>,
): Page<Deps> {
  return userPageAbout(async () => ({}), page);
}

/**
 * Makes a page of signed-in users about something that belongs to them.
 * @param open loads what the path names; answers, or throws `not_found`, if it is not the user's
 */
export function userPageAbout<Deps extends UserPageDeps, Opened extends object, Form, Input>(
  open: (request: UserRequest<Deps>) => Promise<Opened | PageAnswer>,
  {
    path,
    recent = false,
    fileBytes,
    show,
    post,
  }: UserPage<UserRequest<Deps> & Opened, Form, Input>,
): Page<Deps> {
  const begin = async (deps: Deps, ctx: Context) => {
    const request = await identifiedRequest(deps, ctx);
    if (request instanceof PageAnswer) {
      return request;
    }
    const opened = await open(request);
    return opened instanceof PageAnswer ? opened : { ...request, ...opened };
  };
  const beginRecent = async (deps: Deps, ctx: Context) => {
    const request = await begin(deps, ctx);
    const tooOld = recent && !(request instanceof PageAnswer) && !request.recent;
    return tooOld ? confirmSignIn(ctx) : request;
  };
  return {
    path,
    show: async (deps, ctx) => {
      const request = await beginRecent(deps, ctx);
      return request instanceof PageAnswer ? request : show(request);
    },
    // A stranger cannot make this server read a large form.
    upload:
      fileBytes === undefined
        ? undefined
        : {
            limit: fileBytes,
            refuse: async (deps, ctx) => {
              const request = await beginRecent(deps, ctx);
              return request instanceof PageAnswer ? request : undefined;
            },
          },
    ...(post && {
      submit: async (deps, ctx, fields) => {
        const request = await begin(deps, ctx);
        return request instanceof PageAnswer ? request : submit(post, recent, request, fields);
      },
    }),
  };
}

async function submit<Deps extends UserPageDeps, Request extends UserRequest<Deps>, Form, Input>(
  post: PostedForm<Request, Form, Input> | AnsweredForm<Request, Form>,
  recent: boolean,
  request: Request,
  fields: URLSearchParams,
): Promise<PageAnswer> {
  const posted = { ...request, form: parseForm(post.form, fields) };
  if (recent && !request.recent) {
    if (post.signInAgain === undefined) {
      throw new StagedoorError('forbidden', 'Sign in again to change security settings.');
    }
    return post.signInAgain(posted);
  }
  try {
    if ('answer' in post) {
      return await post.answer(posted);
    }
    const prepared = await post.prepare?.(posted);
    if (prepared instanceof PageAnswer) {
      return prepared;
    }
    // Without `prepare` the type of the input is undefined.
    const input = prepared as Input;
    return await request.deps.inTransaction((tx) => post.submit({ ...posted, input, tx }));
  } catch (error) {
    if (post.retry === undefined) {
      throw error;
    }
    return post.retry(posted, error);
  }
}

async function identifiedRequest<Deps extends UserPageDeps>(
  deps: Deps,
  ctx: Context,
): Promise<UserRequest<Deps> | PageAnswer> {
  const identified = await identify(deps, ctx);
  if (identified === undefined) {
    // A form that was posted without a session comes back to its page, not to the form's action.
    const lost = ['GET', 'HEAD'].includes(ctx.method) ? '' : 'reason=lost&';
    return seeOther(`/login?${lost}return_to=${encodeURIComponent(ctx.url)}`);
  }
  const { user, authenticatedAt, sessionUid } = identified;
  if (user.isOperator) {
    ctx.state.waiting = await deps.countWaiting();
  }
  const { path, params, query } = ctx;
  return {
    deps,
    user,
    actor: `user:${user.id}`,
    origin: originOf(ctx),
    sessionUid,
    recent: authenticatedAt.getTime() >= Date.now() - deps.config.recentSignInSeconds * 1000,
    locale: deps.renderer.locale(ctx),
    path,
    params,
    query,
    ctx,
  };
}

/** A POST does not go there: what was typed would be lost on the way. */
function confirmSignIn(ctx: Context): PageAnswer {
  return seeOther(`/login?reason=recent&return_to=${encodeURIComponent(ctx.path)}`);
}
