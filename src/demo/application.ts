import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
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
const ACTIONS: ReadonlyMap<string, Action> = new Map(
  Object.entries({
    '/call': callBoth,
    '/order': placeOrder,
    '/refresh': refresh,
    '/revoke': revoke,
  }),
);

const PAGES = ['/', '/connect', '/callback', '/mistake', '/mails', '/language'];

/** A name of its own: browsers share the cookies of all ports of localhost. */
const COOKIE = 'stagedoor_demo';
const LANGUAGE_COOKIE = 'stagedoor_demo_language';

/** The demo application: a third party's web application, with everything that it sees on show. */
export function createDemoApplication(deps: DemoApplicationDeps): RequestListener {
  const sessions = createSessions();
  return (request, response) => {
    answer(deps, sessions, request, response).catch((error: unknown) => {
      console.error('The demo application failed.', error);
      const language = languageOf(undefined, request.headers['accept-language']);
      sendPage(response, 500, messagePage(language, TEXTS[language].failed));
    });
    // No form has fields.
    request.resume();
  };
}

async function answer(
  deps: DemoApplicationDeps,
  sessions: Sessions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = URL.parse(request.url ?? '', deps.url);
  const language = languageOf(
    readCookie(request, LANGUAGE_COOKIE),
    request.headers['accept-language'],
  );
  const texts = TEXTS[language];
  const session = sessions.find(readCookie(request, COOKIE));
  if (session) {
    Object.assign(session, { language, texts });
  }
  const action = ACTIONS.get(url?.pathname ?? '');
  if (action) {
    return act(deps, session, action, request, response);
  }
  const page = PAGES.includes(url?.pathname ?? '');
  if (!page || url === null) {
    return sendPage(response, 404, messagePage(language, texts.notFound));
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    return sendPage(response, 405, messagePage(language, texts.readOnly));
  }
  switch (url.pathname) {
    case '/connect':
      return connect(deps, session ?? sessions.create(language), request, response);
    case '/callback':
      return receive(deps, language, session, url, response);
    case '/mistake':
      return makeMistake(deps, language, response);
    case '/mails':
      return showMails(deps, language, request, response);
    case '/language':
      return choose(url.searchParams.get('to'), response);
    default:
      showState(deps, language, session, response);
  }
}

function showState(
  deps: DemoApplicationDeps,
  language: Language,
  session: Session | undefined,
  response: ServerResponse,
): void {
  const notice = session?.notice;
  if (session?.connection === undefined) {
    sendPage(response, 200, startPage(deps, language, notice));
  } else {
    sendPage(response, 200, connectedPage(deps, session, session.connection, notice));
  }
  if (session) {
    session.notice = undefined;
  }
}

/** Sends the user to the authorization server. */
async function connect(
  deps: DemoApplicationDeps,
  session: Session,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.headers.host !== new URL(deps.url).host) {
    // The callback comes to the registered host, and the cookie has to be there.
    return redirect(response, `${deps.url}/connect`);
  }
  response.setHeader('set-cookie', `${COOKIE}=${session.id}; Path=/; HttpOnly; SameSite=Lax`);
  try {
    const { url, state, verifier } = await deps.oauth.begin();
    addPending(session, state, { url, verifier });
    redirect(response, url.href);
  } catch (error) {
    const notice = describeError(session.texts, error);
    sendPage(response, 502, startPage(deps, session.language, notice));
  }
}

/** Sends a request that the authorization server refuses, and shows its developer why. */
async function makeMistake(
  deps: DemoApplicationDeps,
  language: Language,
  response: ServerResponse,
): Promise<void> {
  try {
    const { url } = await deps.oauth.begin();
    url.searchParams.set('redirect_uri', `${deps.url}/calback`);
    redirect(response, url.href);
  } catch (error) {
    sendPage(response, 502, startPage(deps, language, describeError(TEXTS[language], error)));
  }
}

/** Shows the mails to a browser on this machine that asked for this address. */
async function showMails(
  deps: DemoApplicationDeps,
  language: Language,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { remoteAddress = '', localAddress } = request.socket;
  const isHere = /^(::ffff:)?127\.|^::1$/.test(remoteAddress) || remoteAddress === localAddress;
  const isDirect = !Object.keys(request.headers).some((name) => /^(x-)?forwarded|^via$/.test(name));
  if (!isHere || !isDirect || request.headers.host !== new URL(deps.url).host) {
    return sendPage(response, 403, messagePage(language, TEXTS[language].notHere));
  }
  const { mailFolder, recipients } = deps;
  const mails = mailFolder === undefined ? [] : await readMails(mailFolder, recipients);
  sendPage(response, 200, mailsPage(language, mails));
}

function choose(language: string | null, response: ServerResponse): void {
  const known = LANGUAGES.find((one) => one === language) ?? 'en';
  response.setHeader('set-cookie', `${LANGUAGE_COOKIE}=${known}; Path=/; HttpOnly; SameSite=Lax`);
  redirect(response, '/');
}

/** Takes the user back. The page comes after a redirect, so that the code leaves the address bar. */
async function receive(
  deps: DemoApplicationDeps,
  language: Language,
  session: Session | undefined,
  url: URL,
  response: ServerResponse,
): Promise<void> {
  const state = url.searchParams.get('state');
  const pending = session && takePending(session, state);
  if (session === undefined || pending === undefined) {
    const notice = unknownCallback(TEXTS[language]);
    return sendPage(response, 400, startPage(deps, language, notice));
  }
  await inTurn(session, () =>
    attempt(session, () => finishConnecting(deps, session, url, pending)),
  );
  redirect(response, '/');
}

async function act(
  deps: DemoApplicationDeps,
  session: Session | undefined,
  action: Action,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const from = request.headers['sec-fetch-site'];
  const foreign = from !== undefined && from !== 'same-origin';
  if (request.method !== 'POST' || foreign || session?.connection === undefined) {
    return redirect(response, '/');
  }
  const first = session.stepCount + 1;
  await inTurn(session, () =>
    attempt(session, async () => {
      if (session.connection) {
        await action(deps, session, session.connection);
      }
    }),
  );
  redirect(response, session.notice ? '/' : `/#step-${first}`);
}

function readCookie(request: IncomingMessage, name: string): string | undefined {
  const cookies = (request.headers.cookie ?? '').split(/; */);
  return cookies.find((cookie) => cookie.startsWith(`${name}=`))?.slice(name.length + 1);
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(303, { location, 'cache-control': 'no-store' }).end();
}

function sendPage(response: ServerResponse, status: number, page: Html): void {
  if (response.headersSent) {
    response.end();
    return;
  }
  response
    .writeHead(status, {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': `default-src 'none'; style-src ${STYLE_HASH}; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
    .end(page.markup);
}
