import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { newCredential } from '../../src/lib/credentials.ts';
import { ENGINE_VARIABLES } from '../support/engines.ts';
import { createPlatform, registerApplication, type TestApplication } from '../support/factories.ts';
import { type RefreshAttempt, type RefreshState, refreshCase } from '../support/refresh-cases.ts';
import { type RefreshSubject, seedSubject, storedState } from '../support/refresh-subject.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { basic } from '../support/tokens.ts';

/** Number of random cases, and how many of them run at the same time. */
const CASES = process.env.SOAK === '1' ? 4_000 : 320;
const AT_ONCE = 8;
/**
 * Headers that can differ between two equal responses, because a lifetime can have another length.
 */
const VARYING = new Set(['date', 'connection', 'keep-alive', 'content-length']);

interface Outcome {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly stored: object;
}

for (const [engine, variables] of Object.entries(ENGINE_VARIABLES)) {
  describe(`Two code paths of a refresh, on ${engine}`, () => {
    let server: TestServer;
    /**
     * A server on the same database with REFRESH_RETRY_SECONDS=0; undefined on the embedded
     * database.
     */
    let strict: TestServer | undefined;
    let other: TestApplication;
    let otherPublic: TestApplication;
    /** Number of refreshes that used the short path. */
    let short = 0;

    before(async () => {
      server = await startServer(variables);
      const { databaseUrl } = server.config;
      strict =
        databaseUrl === undefined
          ? undefined
          : await startServer({ DATABASE_URL: databaseUrl, REFRESH_RETRY_SECONDS: '0' });
      const platform = await createPlatform(server);
      other = platform.application;
      otherPublic = await registerApplication(server, {
        owner: 'ben',
        clientType: 'public',
        redirectUris: ['http://127.0.0.1/callback'],
      });
      for (const each of [server, strict ?? server]) {
        const { write } = each.database;
        const counting: typeof write = async <Row extends object>(
          text: string,
          values: readonly unknown[],
        ) => {
          const rows = await write<Row>(text, values);
          short += rows.length;
          return rows;
        };
        Object.assign(each.database, { write: counting });
      }
    });
    after(async () => {
      await strict?.close();
      await server.close();
    });

    /** Sends the same request in the same state; `suffix` is an unknown parameter. */
    const run = async (state: RefreshState, attempt: RefreshAttempt, suffix: string) => {
      const { db } = server.database;
      const subject = await seedSubject(db, state);
      const { headers, body } = requestOf(attempt, subject, { other, otherPublic });
      const { issuer } = state.retries ? server : (strict ?? server);
      const response = await fetch(`${issuer}/api/v1/oauth/token`, {
        method: 'POST',
        headers,
        body: Buffer.from(body + suffix),
      });
      const text = await response.text();
      const answered = text.startsWith('{') ? JSON.parse(text) : {};
      const outcome: Outcome = {
        status: response.status,
        headers: Object.fromEntries([...response.headers].filter(([name]) => !VARYING.has(name))),
        body: shapeOf(text, subject),
        stored: await storedState(db, subject, answered),
      };
      return { outcome, subject };
    };

    test('return the same responses, and write the same rows', async (t) => {
      const subjects: [RefreshSubject, RefreshSubject][] = [];
      const property = fc.asyncProperty(refreshCase, async ({ state, attempt }) => {
        const fast = await run(state, attempt, '');
        const general = await run(state, attempt, '&unknown=1');
        assert.deepEqual(fast.outcome, general.outcome);
        subjects.push([fast.subject, general.subject]);
      });
      const seed = Number(process.env.REFRESH_SEED ?? Date.now() % 1_000_000);
      t.diagnostic(`REFRESH_SEED=${seed}`);
      await Promise.all(
        Array.from({ length: AT_ONCE }, (_, index) =>
          fc.assert(property, { numRuns: CASES / AT_ONCE, seed: seed + index }),
        ),
      );
      t.diagnostic(`${short} of ${2 * subjects.length} requests took the short path`);
      assert.ok(short > subjects.length / 5, `only ${short} requests took the short path`);
      await assertSameUses(server, subjects);
    });
  });
}

/** Compares which secrets were used. Uses are written after the response. */
async function assertSameUses(
  server: TestServer,
  subjects: readonly (readonly [RefreshSubject, RefreshSubject])[],
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
function shapeOf(text: string, subject: RefreshSubject): string {
  return text
    .replaceAll(subject.successor.accessToken, 'successor access')
    .replaceAll(subject.successor.refreshToken, 'successor refresh')
    .replaceAll(subject.clientId, 'client')
    .replaceAll(/(sd[ar])_\w{49}/g, '$1')
    .replaceAll(/"expires_in":(\d+)/g, (_, seconds) => `lifetime ${Math.round(seconds / 100)}`);
}

interface Others {
  readonly other: TestApplication;
  readonly otherPublic: TestApplication;
}

function requestOf(attempt: RefreshAttempt, subject: RefreshSubject, others: Others) {
  const { encoding } = attempt;
  const credentials = credentialsOf(attempt, subject, others);
  const refreshToken = {
    right: subject.refreshToken,
    'wrong checksum': `${subject.refreshToken.slice(0, -1)}_`,
    unknown: newCredential('sdr'),
    'access token': subject.accessToken,
    empty: '',
    missing: undefined,
  }[attempt.refreshToken];
  const fields: [string, string | undefined][] = [
    ['grant_type', attempt.grantType === 'missing' ? undefined : attempt.grantType],
    ['refresh_token', refreshToken],
    ['scope', attempt.scope],
    ['client_id', credentials.clientId],
    ['client_secret', credentials.clientSecret],
    ...attempt.extra.map(([name, value]): [string, string] => [name, value]),
  ];
  const encode = (value: string) =>
    encoding === 'all percent-encoded'
      ? [...Buffer.from(value)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
      : new URLSearchParams({ '': value }).toString().slice(1);
  const body = fields
    .filter(([, value]) => value !== undefined)
    .map(([name, value = '']) => `${name}=${encode(value)}`)
    .join('&');
  return {
    headers: {
      ...attempt.headers,
      ...(attempt.contentType === undefined ? {} : { 'content-type': attempt.contentType }),
      ...(credentials.authorization === undefined
        ? {}
        : { authorization: credentials.authorization }),
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
  { authentication }: RefreshAttempt,
  { clientId, clientSecret, isPublic }: RefreshSubject,
  { other, otherPublic }: Others,
): Credentials {
  const authorization = basic(clientId, clientSecret);
  const raw = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
  const percent = (text: string) =>
    [...text].map((one) => `%${one.charCodeAt(0).toString(16)}`).join('');
  const otherSecret = other.clientSecret ?? '';
  const all: Record<RefreshAttempt['authentication'], Credentials> = {
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
