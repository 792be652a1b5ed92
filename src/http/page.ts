import { Readable } from 'node:stream';
import Router from '@koa/router';
import type { Context } from 'koa';
import type { Csrf } from './csrf.ts';
import { readForm } from './form.ts';
import type { Renderer } from './render.ts';
import { readUpload } from './upload.ts';

/** Dependencies of every page. */
export interface PageDeps {
  readonly renderer: Renderer;
  readonly csrf: Csrf;
}

/** A page at a path: the answers to GET and, if it has a form, to POST. */
export interface Page<Deps> {
  /** Path of the router, `/account/profile` for example. */
  readonly path: string;
  readonly show: (deps: Deps, ctx: Context) => Promise<PageAnswer>;
  readonly submit?: (deps: Deps, ctx: Context, form: URLSearchParams) => Promise<PageAnswer>;
  /** The form has a file, `uploadedFile`; undefined: it has none. */
  readonly upload?: PageUpload<Deps> | undefined;
  /** Answers a form whose CSRF token is wrong; undefined: an error page does. */
  readonly refuse?: (
    deps: Deps,
    ctx: Context,
    form: URLSearchParams,
  ) => Promise<PageAnswer | undefined>;
}

/** A form with a file. */
export interface PageUpload<Deps> {
  /** Bytes of the whole form. */
  readonly limit: number;
  /** Answers a request whose form is not to be read; undefined: it is read. */
  readonly refuse: (deps: Deps, ctx: Context) => Promise<PageAnswer | undefined>;
}

/** Answer of a page. Made by `render`, `seeOther` and `download`. */
export class PageAnswer {
  readonly send: (renderer: Renderer, ctx: Context) => void | Promise<void>;

  constructor(send: (renderer: Renderer, ctx: Context) => void | Promise<void>) {
    this.send = send;
  }
}

/**
 * Answers with a view.
 * @param view file name in `views/` without its ending
 * @param props values that the template has in `it`
 * @param status 200 by default
 */
export function render(view: string, props: object, status = 200): PageAnswer {
  return new PageAnswer((renderer, ctx) => renderer.page(ctx, view, props, { status }));
}

/** Redirects the browser with a GET, so that a reload does not repeat the change. */
export function seeOther(to: string): PageAnswer {
  return new PageAnswer((_, ctx) => {
    ctx.set('Cache-Control', 'no-store');
    ctx.status = 303;
    ctx.redirect(to);
  });
}

/**
 * Answers with a file, as a stream: the next chunk is made when the last one has been sent. The
 * first one is made before the headers, so that an error up to then is answered with its page.
 */
export function download(file: {
  readonly name: string;
  readonly type: string;
  readonly chunks: AsyncGenerator<string>;
}): PageAnswer {
  return new PageAnswer(async (_, ctx) => {
    const first = await file.chunks.next();
    ctx.type = file.type;
    ctx.set('Cache-Control', 'no-store');
    ctx.attachment(file.name);
    ctx.body = Readable.from(startingWith(first, file.chunks), { objectMode: false });
  });
}

async function* startingWith(
  first: IteratorResult<string>,
  rest: AsyncGenerator<string>,
): AsyncGenerator<string> {
  if (!first.done) {
    yield first.value;
    yield* rest;
  }
}

/**
 * Mounts pages. A posted form is read and its CSRF token verified before `submit` runs.
 * @throws StagedoorError (per request) `csrf_failed`, `unsupported_media_type`, `payload_too_large`
 */
export function pageRoutes<Deps extends PageDeps>(
  deps: Deps,
  pages: readonly Page<Deps>[],
): Router {
  const router = new Router();
  for (const page of pages) {
    const { path, show, submit } = page;
    router.get(path, async (ctx) => {
      await (await show(deps, ctx)).send(deps.renderer, ctx);
    });
    if (submit !== undefined) {
      router.post(path, async (ctx) => {
        const early = await page.upload?.refuse(deps, ctx);
        if (early !== undefined) {
          return early.send(deps.renderer, ctx);
        }
        const form = await (page.upload ? readUpload(ctx, page.upload.limit) : readForm(ctx));
        const refusal = await checkCsrf(deps, page, ctx, form);
        await (refusal ?? (await submit(deps, ctx, form))).send(deps.renderer, ctx);
      });
    }
  }
  return router;
}

async function checkCsrf<Deps extends PageDeps>(
  deps: Deps,
  { refuse }: Page<Deps>,
  ctx: Context,
  form: URLSearchParams,
): Promise<PageAnswer | undefined> {
  try {
    deps.csrf.verify(ctx, form);
    return undefined;
  } catch (error) {
    const refusal = await refuse?.(deps, ctx, form);
    if (refusal === undefined) {
      throw error;
    }
    return refusal;
  }
}

/** Returns `value` if it is one of the known values of a query parameter. */
export function oneOf<T extends string>(known: readonly T[], value: unknown): T | undefined {
  return known.find((one) => one === value);
}
