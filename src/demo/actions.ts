import { setTimeout as sleep } from 'node:timers/promises';
import { ResponseBodyError } from 'openid-client';
import { z } from 'zod';
import { describeError } from './describe-error.ts';
import type { OAuth, Show } from './oauth.ts';
import { addStep, type Connection, type Session } from './session.ts';
import { type StepText, sendStep } from './step.ts';

/** Milliseconds after which the API has noticed a change: until then it may answer from memory. */
const NOTICED = 1_000;

/** Dependencies of the demo application. */
export interface DemoApplication {
  readonly oauth: OAuth;
  readonly apiUrl: string;
  /** Name by slug: all the organizers that there are. */
  readonly organizers: ReadonlyMap<string, string>;
}

/** Turns the callback into a connection, and shows at once what it opens and what it does not. */
export async function finishConnecting(
  app: DemoApplication,
  session: Session,
  callback: URL,
  pending: { state: string; verifier: string },
): Promise<void> {
  session.steps = [];
  const tokens = await app.oauth.finish(showIn(session), callback, pending.state, pending.verifier);
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
    const tokens = await app.oauth.refresh(showIn(session), connection.refreshToken);
    session.connection = { ...connection, ...tokens };
  } catch (error) {
    const ended = error instanceof ResponseBodyError && error.error === 'invalid_grant';
    session.connection = { ...connection, ended: ended || connection.ended };
    throw error;
  }
  const [picked] = connection.organizers;
  if (picked !== undefined) {
    await sleep(NOTICED);
    await callOrders(app, session, connection, 'GET', picked, 'the old access token');
    await callOrders(app, session, session.connection, 'GET', picked, 'the new access token');
  }
}

/** Gives the authorization back, and shows that the API refuses then. */
export async function revoke(
  app: DemoApplication,
  session: Session,
  connection: Connection,
): Promise<void> {
  await app.oauth.revoke(showIn(session), connection.refreshToken ?? connection.accessToken);
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
    if (session.stepCount === before || session.connection === undefined) {
      session.notice = describeError(error);
    }
  }
}

const organizerList = z.object({ results: z.array(z.object({ slug: z.string() })) });

async function listOrganizers(
  app: DemoApplication,
  session: Session,
  accessToken: string,
): Promise<string[]> {
  const text: StepText = {
    title: 'List the organizers of the token',
    explain: (status) =>
      status === 200
        ? 'Only organizers that the user chose, with the permissions of the user there.'
        : explainRefusal(status),
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
  token?: string,
): Promise<void> {
  const name = app.organizers.get(slug) ?? slug;
  const picked = connection.organizers.includes(slug);
  const what = method === 'POST' ? `Place an order at ${name}` : `Read the orders of ${name}`;
  const text: StepText = {
    title: token === undefined ? what : `${what} with ${token}`,
    explain: (status) => explainOrders(status, name, picked),
  };
  const path = `/api/organizers/${slug}/orders`;
  await callApi(app, session, text, path, method, connection.accessToken);
}

function explainOrders(status: number | undefined, name: string, picked: boolean): string {
  if (status === 403) {
    return picked
      ? `Rejected: ${name} was chosen, but the scope or the user's own permissions are not sufficient.`
      : `Refused: ${name} was not picked.`;
  }
  if (status === 200 || status === 201) {
    return picked ? `Let in: ${name} was picked.` : `Let in, although ${name} was not picked!`;
  }
  return explainRefusal(status);
}

function explainRefusal(status: number | undefined): string {
  switch (status) {
    case undefined:
      return 'The API did not respond.';
    case 401:
      return 'Rejected: this access token is no longer valid.';
    case 403:
      return 'Rejected: the scope is not sufficient.';
    case 503:
      return 'Rejected: the API cannot verify tokens right now.';
    default:
      return 'Unexpected response of the API.';
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
  try {
    const url = `${app.apiUrl}${path}`;
    return await sendStep(showIn(session), text, url, { method, headers });
  } catch {
    return undefined;
  }
}

function showIn(session: Session): Show {
  return (step) => addStep(session, step);
}
