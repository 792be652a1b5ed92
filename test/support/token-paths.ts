import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Db } from '../../src/db/database.ts';
import { newCredential } from '../../src/lib/credentials.ts';
import { registerApplication, type TestApplication } from './factories.ts';
import { startPlatform } from './platform-server.ts';
import { send } from './send.ts';
import { startServer, type TestServer } from './server.ts';
import type { TokenAttempt } from './token-cases.ts';
import { seedApi, storedState, type TokenSubject, withNames } from './token-subject.ts';
import { basic } from './tokens.ts';

/** Number of random cases, and how many of them run at the same time. */
const CASES = process.env.SOAK === '1' ? 4_000 : 200;
const AT_ONCE = 8;
/**
 * Headers that can differ between two equal responses, because a lifetime can have another length.
 */
const VARYING = new Set(['date', 'connection', 'keep-alive', 'content-length', 'x-request-id']);

/** Servers on one database, whose statements of the short path are counted. */
export interface PathServers {
  readonly server: TestServer;
  /** A server with other settings; undefined on the embedded database. */
  readonly second: TestServer | undefined;
  readonly others: Others;
  /** Returns the number of requests that used the short path. */
  readonly short: () => number;
  readonly close: () => Promise<void>;
}

interface Others {
  readonly other: TestApplication;
  readonly otherPublic: TestApplication;
}

/** Starts the servers, with `variables`, and also with `more` for the second one. */
export async function startPathServers(
  variables: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string>>,
): Promise<PathServers> {
  const { server, platform } = await startPlatform(variables);
  const { databaseUrl } = server.config;
  const second =
    databaseUrl === undefined
      ? undefined
      : await startServer({ DATABASE_URL: databaseUrl, ...more });
  await seedApi(server.database.db);
  const { application: other } = platform;
  const otherPublic = await registerApplication(server, {
    owner: 'ben',
    clientType: 'public',
    redirectUris: ['http://127.0.0.1/callback'],
  });
  let short = 0;
  for (const { database } of second === undefined ? [server] : [server, second]) {
    const { write } = database;
    const counting: typeof write = async <Row extends object>(
      text: string,
      values: readonly unknown[],
    ) => {
      const rows = await write<Row>(text, values);
      short += rows.length;
      return rows;
    };
    Object.assign(database, { write: counting });
  }
  const close = async () => {
    await second?.close();
    await server.close();
  };
  return { server, second, others: { other, otherPublic }, short: () => short, close };
}

/** Random cases of one grant type. */
export interface PathCases<State, Attempt, Subject> {
  readonly cases: fc.Arbitrary<{ readonly state: State; readonly attempt: Attempt }>;
  readonly seed: (db: Db, state: State) => Promise<Subject>;
  /** Selects the second server. */
  readonly usesSecond: (state: State) => boolean;
  /** Parameters of the request, without those of the client's authentication. */
  readonly parametersOf: (
    attempt: Attempt,
    subject: Subject,
  ) => readonly (readonly [name: string, value: string | undefined])[];
}

/**
 * Sends random requests in random states through both paths and compares responses and rows. An
 * unknown parameter selects the path through oidc-provider.
 */
export async function comparePaths<
  State,
  Attempt extends TokenAttempt,
  Subject extends TokenSubject,
>(
  servers: PathServers,
  { cases, seed: seedSubject, usesSecond, parametersOf }: PathCases<State, Attempt, Subject>,
  note: (message: string) => void,
): Promise<void> {
  const { server, second, others, short } = servers;
  const { db } = server.database;
  const run = async (state: State, attempt: Attempt, suffix: string) => {
    const subject = await seedSubject(db, state);
    const { headers, body } = requestOf(attempt, parametersOf(attempt, subject), subject, others);
    const { issuer } = usesSecond(state) ? (second ?? server) : server;
    const response = await send(`${issuer}/api/v1/oauth/token`, {
      method: 'POST',
      headers,
      body: Buffer.from(body + suffix),
    });
    const { text } = response;
    const outcome = {
      status: response.status,
      headers: Object.fromEntries([...response.headers].filter(([name]) => !VARYING.has(name))),
      body: shapeOf(text, subject),
      stored: await storedState(db, subject, text.startsWith('{') ? JSON.parse(text) : {}),
    };
    return { outcome, subject };
  };
  const subjects: [Subject, Subject][] = [];
  const property = fc.asyncProperty(cases, async ({ state, attempt }) => {
    const fast = await run(state, attempt, '');
    const general = await run(state, attempt, '&unknown=1');
    assert.deepEqual(fast.outcome, general.outcome);
    subjects.push([fast.subject, general.subject]);
  });
  // The embedded database takes ten times as long, and runs the same statements.
  const count = second === undefined ? CASES / 4 : CASES;
  const seed = Number(process.env.PATHS_SEED ?? Date.now() % 1_000_000);
  note(`PATHS_SEED=${seed}`);
  await Promise.all(
    Array.from({ length: AT_ONCE }, (_, index) =>
      fc.assert(property, { numRuns: Math.ceil(count / AT_ONCE), seed: seed + index }),
    ),
  );
  note(`${short()} of ${2 * subjects.length} requests took the short path`);
  assert.ok(short() > subjects.length / 10, `only ${short()} requests took the short path`);
  await assertSameUses(server, subjects);
}

/** Compares which secrets were used. Uses are written after the response. */
async function assertSameUses(
  server: TestServer,
  subjects: readonly (readonly [TokenSubject, TokenSubject])[],
): Promise<void> {
  const read = async () => {
    const rows = await server.database.db
      .selectFrom('application_secrets')
      .select('client_id')
      .where('last_used_at', 'is not', null)
      .execute();
    const used = new Set(rows.map((row) => row.client_id));
    return subjects.filter(([a, b]) => used.has(a.clientId) !== used.has(b.clientId));
  };
  for (let attempt = 0; attempt < 20 && (await read()).length > 0; attempt += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.deepEqual(await read(), []);
}

/** Replaces tokens by names, and the lifetime by hundreds of seconds. */
function shapeOf(text: string, subject: TokenSubject): string {
  return withNames(text, subject).replaceAll(
    /"expires_in":(\d+)/g,
    (_, seconds) => `lifetime ${Math.round(seconds / 100)}`,
  );
}

function requestOf(
  { encoding, extra, contentType, headers, authentication }: TokenAttempt,
  parameters: readonly (readonly [string, string | undefined])[],
  subject: TokenSubject,
  others: Others,
) {
  const credentials = credentialsOf(authentication, subject, others);
  const fields = [
    ...parameters,
    ['client_id', credentials.clientId] as const,
    ['client_secret', credentials.clientSecret] as const,
    ...extra,
  ];
  const encode = (value: string) =>
    encoding === 'all percent-encoded'
      ? [...Buffer.from(value)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
      : new URLSearchParams({ '': value }).toString().slice(1);
  const body = fields
    .filter(([, value]) => value !== undefined)
    .map(([name, value = '']) => `${name}=${encode(value)}`)
    .join('&');
  const { authorization } = credentials;
  return {
    headers: {
      ...headers,
      ...(contentType === undefined ? {} : { 'content-type': contentType }),
      ...(authorization === undefined ? {} : { authorization }),
    },
    body: encoding === 'broken' ? `${body}%` : body,
  };
}

interface Credentials {
  readonly authorization?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
}

function credentialsOf(
  authentication: TokenAttempt['authentication'],
  { clientId, clientSecret, isPublic }: TokenSubject,
  { other, otherPublic }: Others,
): Credentials {
  const authorization = basic(clientId, clientSecret);
  const raw = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
  const percent = (text: string) =>
    [...text].map((one) => `%${one.charCodeAt(0).toString(16)}`).join('');
  const otherSecret = other.clientSecret ?? '';
  const all: Record<TokenAttempt['authentication'], Credentials> = {
    'as registered': isPublic ? { clientId } : { authorization },
    basic: { authorization },
    post: { clientId, clientSecret },
    'client_id alone': { clientId },
    'basic, percent-encoded': {
      authorization: raw(`${percent(clientId)}:${percent(clientSecret)}`),
    },
    'basic, scheme in lower case': { authorization: authorization.replace('Basic', 'basic') },
    'basic and client_id': { authorization, clientId },
    'basic and another client_id': { authorization, clientId: other.clientId },
    'basic and client_secret': { authorization, clientSecret },
    'basic with an empty secret': { authorization: raw(`${clientId}:`) },
    'basic without a colon': { authorization: raw(clientId) },
    'basic, not Base64': { authorization: `${authorization}!` },
    'basic without padding': { authorization: authorization.replaceAll('=', '') },
    'wrong secret, basic': { authorization: basic(clientId, newCredential('sds')) },
    'wrong secret, post': { clientId, clientSecret: newCredential('sds') },
    'secret with a space': { clientId, clientSecret: `${clientSecret} ` },
    'empty client_secret': { clientId, clientSecret: '' },
    'other application, basic': { authorization: basic(other.clientId, otherSecret) },
    'other application, post': { clientId: other.clientId, clientSecret: otherSecret },
    'other public application': { clientId: otherPublic.clientId },
    'unknown application': { authorization: basic('nobody', clientSecret) },
    bearer: { authorization: `Bearer ${clientSecret}` },
    nothing: {},
  };
  return all[authentication];
}
