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
import { describeError, UNKNOWN_CALLBACK } from './describe-error.ts';
import type { Html } from './html.ts';
import { connectedPage, messagePage, type PageContext, startPage } from './pages.ts';
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

/** Dependencies of the demo application's pages. */
export interface DemoApplicationDeps extends DemoApplication, PageContext {
  /** Its own address, without a trailing slash. */
  readonly url: string;
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

/** A name of its own: browsers share the cookies of all ports of localhost. */
const COOKIE = 'stagedoor_demo';

/** The demo application: a third party's web application, with everything that it sees on show. */
export function createDemoApplication(deps: DemoApplicationDeps): RequestListener {
  const sessions = createSessions();
  return (request, response) => {
    answer(deps, sessions, request, response).catch((error: unknown) => {
      console.error('The demo application failed.', error);
      const text = 'The demo application made a mistake. Its console says which.';
      sendPage(response, 500, messagePage('That did not work', text));
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
  const session = sessions.find(readCookie(request));
  const action = ACTIONS.get(url?.pathname ?? '');
  if (action) {
    return act(deps, session, action, request, response);
  }
  const page = ['/', '/connect', '/callback'].includes(url?.pathname ?? '');
  if (!page || url === null) {
    return sendPage(response, 404, messagePage('Not found', 'There is no such page.'));
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    return sendPage(response, 405, messagePage('Not possible', 'This page can only be read.'));
  }
  if (url.pathname === '/connect') {
    return connect(deps, session ?? sessions.create(), request, response);
  }
  if (url.pathname === '/callback') {
    return receive(deps, session, url, response);
  }
  showState(deps, session, response);
}

function showState(
  deps: DemoApplicationDeps,
  session: Session | undefined,
  response: ServerResponse,
): void {
  const notice = session?.notice;
  if (session?.connection === undefined) {
    sendPage(response, 200, startPage(deps, notice));
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
    addPending(session, state, verifier);
    redirect(response, url.href);
  } catch (error) {
    sendPage(response, 502, startPage(deps, describeError(error)));
  }
}

/** Takes the user back. The page comes after a redirect, so that the code leaves the address bar. */
async function receive(
  deps: DemoApplicationDeps,
  session: Session | undefined,
  url: URL,
  response: ServerResponse,
): Promise<void> {
  const state = url.searchParams.get('state');
  const verifier = session && takePending(session, state);
  if (session === undefined || state === null || verifier === undefined) {
    return sendPage(response, 400, startPage(deps, UNKNOWN_CALLBACK));
  }
  await inTurn(session, () =>
    attempt(session, () => finishConnecting(deps, session, url, { state, verifier })),
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

function readCookie(request: IncomingMessage): string | undefined {
  const cookies = (request.headers.cookie ?? '').split(/; */);
  return cookies.find((cookie) => cookie.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1);
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
