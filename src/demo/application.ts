import type { RequestListener } from 'node:http';
import Router from '@koa/router';
import Koa, { type ParameterizedContext } from 'koa';
import {
  attempt,
  callBoth,
  type DemoApplication,
  finishConnecting,
  placeOrder,
  refresh,
  revoke,
} from './actions.ts';
import { describeError, unknownCallback } from './describe-error.ts';
import type { Html } from './html.ts';
import { readMails } from './mails.ts';
import { connectedPage, mailsPage, messagePage, type PageContext, startPage } from './pages.ts';
import {
  addPending,
  type Connection,
  createSessions,
  inTurn,
  type Session,
  type Sessions,
  takePending,
} from './session.ts';
import { STYLE_HASH } from './style.ts';
import { LANGUAGES, type Language, languageOf, TEXTS } from './texts.ts';

/** Dependencies of the demo application's pages. */
export interface DemoApplicationDeps extends DemoApplication, PageContext {
  /** Its own address, without a trailing slash. */
  readonly url: string;
  /** Folder of the mails; undefined if they are delivered. */
  readonly mailFolder: string | undefined;
  /** Addresses of the demo's users. */
  readonly recipients: readonly string[];
}

type Action = (app: DemoApplication, session: Session, connection: Connection) => Promise<void>;

/** Actions of the buttons. */
const ACTIONS: Readonly<Record<string, Action>> = {
  '/call': callBoth,
  '/order': placeOrder,
  '/refresh': refresh,
  '/revoke': revoke,
};

/** A name of its own: browsers share the cookies of all ports of localhost. */
const COOKIE = 'stagedoor_demo';
const LANGUAGE_COOKIE = 'stagedoor_demo_language';

const COOKIE_OPTIONS = { sameSite: 'lax' } as const;

interface State {
  language: Language;
  /** Undefined before the browser has connected anything. */
  session: Session | undefined;
}

type Ctx = ParameterizedContext<State>;

/** The demo application: a third party's web application, with everything that it sees on show. */
export function createDemoApplication(deps: DemoApplicationDeps): RequestListener {
  const sessions = createSessions();
  const router = new Router<State>()
    .get('/', (ctx) => showState(deps, ctx))
    .get('/connect', (ctx) => connect(deps, sessions, ctx))
    .get('/callback', (ctx) => receive(deps, ctx))
    .get('/mistake', (ctx) => makeMistake(deps, ctx))
    .get('/mails', (ctx) => showMails(deps, ctx))
    .get('/language', chooseLanguage);
  for (const [path, action] of Object.entries(ACTIONS)) {
    router.all(path, (ctx) => act(deps, ctx, action));
  }
  return new Koa<State>()
    .use((ctx, next) => answer(sessions, ctx, next))
    .use(router.routes())
    .use(router.allowedMethods())
    .callback();
}

/** Finds language and session of a request, and shows a page for what failed or does not exist. */
async function answer(sessions: Sessions, ctx: Ctx, next: () => Promise<unknown>): Promise<void> {
  const chosen = ctx.cookies.get(LANGUAGE_COOKIE);
  const language = languageOf(chosen, ctx.headers['accept-language']);
  const texts = TEXTS[language];
  const session = sessions.find(ctx.cookies.get(COOKIE));
  if (session) {
    Object.assign(session, { language, texts });
  }
  Object.assign(ctx.state, { language, session });
  ctx.set({
    'Cache-Control': 'no-store',
    'Content-Security-Policy': `default-src 'none'; style-src ${STYLE_HASH}; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  });
  try {
    await next();
  } catch (error) {
    console.error('The demo application failed.', error);
    showPage(ctx, 500, messagePage(language, texts.failed));
  }
  if (ctx.status >= 400 && !ctx.body) {
    const words = ctx.status === 405 ? texts.readOnly : texts.notFound;
    showPage(ctx, ctx.status, messagePage(language, words));
  }
}

function showState(deps: DemoApplicationDeps, ctx: Ctx): void {
  const { language, session } = ctx.state;
  const notice = session?.notice;
  if (session?.connection === undefined) {
    showPage(ctx, 200, startPage(deps, language, notice));
  } else {
    showPage(ctx, 200, connectedPage(deps, session, session.connection, notice));
  }
  if (session) {
    session.notice = undefined;
  }
}

/** Sends the user to the authorization server. */
async function connect(deps: DemoApplicationDeps, sessions: Sessions, ctx: Ctx): Promise<void> {
  if (ctx.host !== new URL(deps.url).host) {
    // The callback comes to the registered host, and the cookie has to be there.
    return goTo(ctx, `${deps.url}/connect`);
  }
  const session = ctx.state.session ?? sessions.create(ctx.state.language);
  ctx.cookies.set(COOKIE, session.id, COOKIE_OPTIONS);
  try {
    const { url, state, verifier } = await deps.oauth.begin();
    addPending(session, state, { url, verifier });
    goTo(ctx, url.href);
  } catch (error) {
    showPage(ctx, 502, startPage(deps, session.language, describeError(session.texts, error)));
  }
}

/** Sends a request that the authorization server refuses, and shows its developer why. */
async function makeMistake(deps: DemoApplicationDeps, ctx: Ctx): Promise<void> {
  const { language } = ctx.state;
  try {
    const { url } = await deps.oauth.begin();
    url.searchParams.set('redirect_uri', `${deps.url}/calback`);
    goTo(ctx, url.href);
  } catch (error) {
    showPage(ctx, 502, startPage(deps, language, describeError(TEXTS[language], error)));
  }
}

/** Shows the mails to a browser on this machine that asked for this address. */
async function showMails(deps: DemoApplicationDeps, ctx: Ctx): Promise<void> {
  const { language } = ctx.state;
  const { remoteAddress = '', localAddress } = ctx.req.socket;
  const isHere = /^(::ffff:)?127\.|^::1$/.test(remoteAddress) || remoteAddress === localAddress;
  const isDirect = !Object.keys(ctx.headers).some((name) => /^(x-)?forwarded|^via$/.test(name));
  if (!isHere || !isDirect || ctx.host !== new URL(deps.url).host) {
    return showPage(ctx, 403, messagePage(language, TEXTS[language].notHere));
  }
  const { mailFolder, recipients } = deps;
  const mails = mailFolder === undefined ? [] : await readMails(mailFolder, recipients);
  showPage(ctx, 200, mailsPage(language, mails));
}

function chooseLanguage(ctx: Ctx): void {
  const known = LANGUAGES.find((one) => one === ctx.query.to) ?? 'en';
  ctx.cookies.set(LANGUAGE_COOKIE, known, COOKIE_OPTIONS);
  goTo(ctx, '/');
}

/** Takes the user back. The page comes after a redirect, so that the code leaves the address bar. */
async function receive(deps: DemoApplicationDeps, ctx: Ctx): Promise<void> {
  const { language, session } = ctx.state;
  const url = new URL(ctx.url, deps.url);
  const pending = session && takePending(session, url.searchParams.get('state'));
  if (session === undefined || pending === undefined) {
    const notice = unknownCallback(TEXTS[language]);
    return showPage(ctx, 400, startPage(deps, language, notice));
  }
  await inTurn(session, () =>
    attempt(session, () => finishConnecting(deps, session, url, pending)),
  );
  goTo(ctx, '/');
}

async function act(deps: DemoApplicationDeps, ctx: Ctx, action: Action): Promise<void> {
  const { session } = ctx.state;
  const from = ctx.headers['sec-fetch-site'];
  const foreign = from !== undefined && from !== 'same-origin';
  if (ctx.method !== 'POST' || foreign || session?.connection === undefined) {
    return goTo(ctx, '/');
  }
  const first = session.stepCount + 1;
  await inTurn(session, () =>
    attempt(session, async () => {
      if (session.connection) {
        await action(deps, session, session.connection);
      }
    }),
  );
  goTo(ctx, session.notice ? '/' : `/#step-${first}`);
}

function goTo(ctx: Ctx, location: string): void {
  ctx.status = 303;
  ctx.redirect(location);
}

function showPage(ctx: Ctx, status: number, page: Html): void {
  ctx.status = status;
  ctx.type = 'html';
  ctx.body = page.markup;
}
