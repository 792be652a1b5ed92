import { setTimeout as sleep } from 'node:timers/promises';
import { ResponseBodyError } from 'openid-client';
import { z } from 'zod';
import { describeError } from './describe-error.ts';
import type { OAuth, Show } from './oauth.ts';
import { addStep, type Connection, type Pending, type Session } from './session.ts';
import { type Behind, describeUrl, type StepText, sendStep } from './step.ts';
import type { Language, Texts } from './texts.ts';

/** Milliseconds after which the API has noticed a change: until then it may answer from memory. */
const NOTICED = 1_000;

/** Dependencies of the demo application. */
export interface DemoApplication {
  readonly oauth: OAuth;
  readonly apiUrl: string;
  /** Names by slug: all the organizers that there are. */
  readonly organizers: ReadonlyMap<string, Readonly<Record<Language, string>>>;
  /** Introspects a token as the API does. */
  readonly lookBehind: (accessToken: string) => Promise<Behind | undefined>;
}

/** Turns the callback into a connection, and shows at once what it opens and what it does not. */
export async function finishConnecting(
  app: DemoApplication,
  session: Session,
  callback: URL,
  pending: Pending,
): Promise<void> {
  session.steps = [];
  showBrowser(session, callback, pending);
  const tokens = await app.oauth.finish(showIn(session), session.texts, callback, pending);
  session.connection = { ...tokens, organizers: [], ended: false };
  const organizers = await listOrganizers(app, session, tokens.accessToken);
  session.connection = { ...session.connection, organizers };
  await callBoth(app, session, session.connection);
}

/** Reads the orders of an organizer that was picked, and of one that was not. */
export async function callBoth(
  app: DemoApplication,
  session: Session,
  connection: Connection,
): Promise<void> {
  const picked = connection.organizers[0];
  const other = [...app.organizers.keys()].find((slug) => !connection.organizers.includes(slug));
  if (picked !== undefined) {
    await callOrders(app, session, connection, 'GET', picked);
  }
  // If all are selected, uses one that does not exist: the API answers the same.
  await callOrders(app, session, connection, 'GET', other ?? 'goldentent');
}

/** Changes something at an organizer that was picked. */
export async function placeOrder(
  app: DemoApplication,
  session: Session,
  connection: Connection,
): Promise<void> {
  await callOrders(app, session, connection, 'POST', connection.organizers[0] ?? 'goldentent');
}

/** Gets new tokens, and shows that the old access token is worth nothing then. */
export async function refresh(
  app: DemoApplication,
  session: Session,
  connection: Connection,
): Promise<void> {
  if (connection.refreshToken === undefined) {
    return;
  }
  try {
    const tokens = await app.oauth.refresh(showIn(session), session.texts, connection.refreshToken);
    session.connection = { ...connection, ...tokens };
  } catch (error) {
    const ended = error instanceof ResponseBodyError && error.error === 'invalid_grant';
    session.connection = { ...connection, ended: ended || connection.ended };
    throw error;
  }
  const [picked] = connection.organizers;
  if (picked !== undefined) {
    await sleep(NOTICED);
    await callOrders(app, session, connection, 'GET', picked, 'withOld');
    await callOrders(app, session, session.connection, 'GET', picked, 'withNew');
  }
}

/** Gives the authorization back, and shows that the API refuses then. */
export async function revoke(
  app: DemoApplication,
  session: Session,
  connection: Connection,
): Promise<void> {
  await app.oauth.revoke(
    showIn(session),
    session.texts,
    connection.refreshToken ?? connection.accessToken,
  );
  session.connection = { ...connection, ended: true };
  await sleep(NOTICED);
  await callOrders(app, session, connection, 'GET', connection.organizers[0] ?? 'goldentent');
}

/** Does one of these. What fails is shown by its step, or, when there was none, by a notice. */
export async function attempt(session: Session, task: () => Promise<void>): Promise<void> {
  const before = session.stepCount;
  try {
    await task();
  } catch (error) {
    const isShown = session.stepCount > before && session.steps.at(-1)?.inBrowser !== true;
    if (!isShown || session.connection === undefined) {
      session.notice = describeError(session.texts, error);
    }
  }
}

const organizerList = z.object({ results: z.array(z.object({ slug: z.string() })) });

async function listOrganizers(
  app: DemoApplication,
  session: Session,
  accessToken: string,
): Promise<string[]> {
  const { steps, noResponse } = session.texts;
  const text: StepText = {
    title: steps.list,
    noResponse,
    explain: (status) => (status === 200 ? steps.listed : explainRefusal(steps, status)),
  };
  const response = await callApi(app, session, text, '/api/organizers', 'GET', accessToken);
  const list = organizerList.safeParse(response?.ok ? await response.json() : undefined);
  return list.success ? list.data.results.map(({ slug }) => slug) : [];
}

async function callOrders(
  app: DemoApplication,
  session: Session,
  connection: Connection,
  method: 'GET' | 'POST',
  slug: string,
  token?: 'withOld' | 'withNew',
): Promise<void> {
  const { steps, noResponse } = session.texts;
  const name = app.organizers.get(slug)?.[session.language] ?? slug;
  const picked = connection.organizers.includes(slug);
  const what = method === 'POST' ? steps.order(name) : steps.read(name);
  const text: StepText = {
    title: token === undefined ? what : steps[token](what),
    noResponse,
    explain: (status) => explainOrders(steps, status, name, picked),
  };
  const path = `/api/organizers/${slug}/orders`;
  await callApi(app, session, text, path, method, connection.accessToken);
}

function explainOrders(
  steps: Texts['steps'],
  status: number | undefined,
  name: string,
  picked: boolean,
): string {
  if (status === 403) {
    return picked ? steps.insufficient(name) : steps.notChosen(name);
  }
  if (status === 200 || status === 201) {
    return picked ? steps.chosen(name) : steps.wrong(name);
  }
  return explainRefusal(steps, status);
}

function explainRefusal(steps: Texts['steps'], status: number | undefined): string {
  switch (status) {
    case undefined:
      return steps.silent;
    case 401:
      return steps.invalid;
    case 403:
      return steps.scope;
    case 503:
      return steps.unavailable;
    default:
      return steps.unexpected;
  }
}

/** Undefined where there was no answer; the step says so. */
async function callApi(
  app: DemoApplication,
  session: Session,
  text: StepText,
  path: string,
  method: 'GET' | 'POST',
  accessToken: string,
): Promise<Response | undefined> {
  const headers = { authorization: `Bearer ${accessToken}`, accept: 'application/json' };
  const lookBehind = () => app.lookBehind(accessToken);
  try {
    const url = `${app.apiUrl}${path}`;
    return await sendStep(showIn(session), text, url, { method, headers }, lookBehind);
  } catch {
    return undefined;
  }
}

function showIn(session: Session): Show {
  return (step) => addStep(session, step);
}

/** Shows the two steps of the browser. */
function showBrowser(session: Session, callback: URL, { url }: Pending): void {
  const { steps } = session.texts;
  const shown = [
    { title: steps.authorize, comment: steps.authorizeText, request: describeUrl('GET', url) },
    { title: steps.callback, comment: steps.callbackText, request: describeUrl('GET', callback) },
  ];
  for (const step of shown) {
    const nothing = { status: undefined, challenge: undefined, check: undefined, body: '' };
    addStep(session, { ...step, ...nothing, reason: session.texts.browser, inBrowser: true });
  }
}
