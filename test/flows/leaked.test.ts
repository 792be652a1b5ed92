import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { z } from 'zod';
import { newCredential } from '../../src/lib/credentials.ts';
import { words } from '../support/authorizations.ts';
import { registerApplication, registerResourceServer } from '../support/factories.ts';
import { withPlatform } from '../support/fixture.ts';
import { signIn } from '../support/flow.ts';
import { callManagement, manage } from '../support/platform.ts';
import { says } from '../support/texts.ts';
import { introspect, obtainTokens, refresh } from '../support/tokens.ts';
import { UserAgent } from '../support/user-agent.ts';

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const KEYS = {
  public_keys: [
    {
      key_identifier: 'k1',
      key: publicKey.export({ type: 'spki', format: 'pem' }),
      is_current: true,
    },
  ],
};

const { server, platform } = withPlatform({
  LEAK_SCANNER_KEYS: JSON.stringify(KEYS),
  TRUST_PROXY: '1',
});
let caller: Awaited<ReturnType<typeof registerResourceServer>>;
let sources = 0;

before(async () => {
  caller = await registerResourceServer(server);
});

/** Sends a report, with a different address each time unless `headers` contains one. */
function report(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  sources += 1;
  return fetch(`${server.issuer}/api/v1/oauth/leaked`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-forwarded-for': `10.${sources}.0.1`,
      ...headers,
    },
    body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
  });
}

async function assertAccepted(response: Response): Promise<void> {
  assert.deepEqual([response.status, await response.text()], [200, '{}']);
}

const isActive = async (token: string) => (await introspect(server, caller, token)).body.active;
const mails = (kind: string) =>
  server.database.db.selectFrom('mail_outbox').selectAll().where('kind', '=', kind).execute();
const entries = async (action: string) =>
  z
    .object({
      results: z.array(
        z.object({ actor: z.string(), data: z.record(z.string(), z.unknown()) }).loose(),
      ),
    })
    .parse(await manage(server, 'GET', `/api/v1/logentries/?action=${action}`)).results;

describe('Leaked token', () => {
  for (const kind of ['accessToken', 'refreshToken'] as const) {
    test(`ends its whole grant and no other one: ${kind}`, async () => {
      const { application, ada, ben } = platform;
      const tokens = await obtainTokens(server, { application, user: ada });
      const others = await obtainTokens(server, { application, user: ben });
      const before = (await mails('leaked')).length;
      await assertAccepted(await report([tokens[kind], newCredential('sda'), 'junk']));
      assert.equal(await isActive(tokens.accessToken), false);
      const { status, body } = await refresh(server, application, tokens.refreshToken);
      assert.deepEqual(
        [status, body.error, body.error_description],
        [400, 'invalid_grant', 'leaked'],
      );
      assert.equal(await isActive(others.accessToken), true);
      const told = await mails('leaked');
      assert.equal(told.length, before + 1);
      assert.equal(told.at(-1)?.recipient, ada.email);
      const [entry] = await entries('stagedoor.user.oauth.revoked');
      assert.deepEqual([entry?.actor, entry?.data.reason], ['system', 'leaked']);
      await assertAccepted(await report([tokens[kind]]));
      assert.equal((await mails('leaked')).length, before + 1, 'a second report changes nothing');
    });
  }

  test('that a rotation replaced ends nothing', async () => {
    const { application, ada } = platform;
    const first = await obtainTokens(server, { application, user: ada });
    const { body } = await refresh(server, application, first.refreshToken);
    const last = await refresh(server, application, body.refresh_token ?? '');
    await assertAccepted(await report([first.refreshToken, first.accessToken]));
    assert.equal(await isActive(last.body.access_token ?? ''), true);
  });

  test('is explained on the activity page, and on the error page of the developer', async () => {
    const { ada, application } = platform;
    const agent = new UserAgent(server);
    await signIn(agent, await agent.get('/login'), ada);
    const page = await agent.get('/account/activity');
    assert.match(words(page), says('activity.leaked', { application: 'Box Office Sync' }));
    const owner = new UserAgent(server);
    await signIn(owner, await owner.get('/login'), platform.ben);
    const errors = await owner.get(`/account/applications/${application.clientId}/errors`);
    assert.match(errors.body, says('insights.reason.ended_by_leak'));
  });
});

describe('Leaked secret', () => {
  test('of an application is deleted, even the last one, and the owner gets a mail', async () => {
    const application = await registerApplication(server, { owner: 'ben', name: 'Leaky' });
    const tokens = await obtainTokens(server, { application, user: platform.ada });
    await assertAccepted(await report([application.clientSecret]));
    const { status, body } = await refresh(server, application, tokens.refreshToken);
    assert.deepEqual([status, body.error], [401, 'invalid_client']);
    assert.equal(await isActive(tokens.accessToken), true, 'the grant stays live');
    const [mail] = (await mails('application_changed')).filter(
      ({ data }) => data.change === 'secret_leaked',
    );
    assert.equal(mail?.recipient, platform.ben.email);
    const [entry] = await entries('stagedoor.application.secret_deleted');
    assert.deepEqual([entry?.actor, entry?.data.reason], ['system', 'leaked']);
    const owner = new UserAgent(server);
    await signIn(owner, await owner.get('/login'), platform.ben);
    const page = await owner.get('/account/activity');
    assert.match(words(page), says('activity.secret_leaked', { application: 'Leaky' }));
  });

  test('of a resource server is deleted', async () => {
    const other = await registerResourceServer(server, 'Leaky API');
    await assertAccepted(await report([other.clientSecret]));
    assert.equal((await introspect(server, other, newCredential('sda'))).status, 401);
    const [entry] = await entries('stagedoor.resource_server.secret_deleted');
    assert.deepEqual([entry?.data.name, entry?.data.reason], ['Leaky API', 'leaked']);
  });

  test('that has expired is kept', async () => {
    const application = await registerApplication(server, { owner: 'ben' });
    await server.database.db
      .updateTable('application_secrets')
      .set({ expires_at: new Date(0) })
      .where('client_id', '=', application.clientId)
      .execute();
    await assertAccepted(await report([application.clientSecret]));
    const left = await server.database.db
      .selectFrom('application_secrets')
      .select('id')
      .where('client_id', '=', application.clientId)
      .execute();
    assert.equal(left.length, 1);
  });
});

test('A leaked operator token is revoked with all tokens created with it', async () => {
  const make = async (name: string, by: string) =>
    z.object({ token: z.string() }).parse(
      await manage(
        { issuer: server.issuer, operatorToken: by },
        'POST',
        '/api/v1/operator-tokens/',
        {
          name,
          rights: ['read', 'tokens'],
        },
      ),
    ).token;
  const parent = await make('leaky', server.operatorToken);
  const child = await make('child', parent);
  const kept = await make('kept', server.operatorToken);
  await assertAccepted(await report([parent]));
  const statusOf = async (operatorToken: string) =>
    (await callManagement({ issuer: server.issuer, operatorToken }, 'GET', '/api/v1/users/'))
      .status;
  assert.deepEqual(await Promise.all([parent, child, kept].map(statusOf)), [401, 401, 200]);
  const revoked = await entries('stagedoor.operator_token.revoked');
  assert.deepEqual(
    revoked.map(({ actor, data }) => [actor, data.name, data.reason]),
    [
      ['system', 'child', 'leaked'],
      ['system', 'leaky', 'leaked'],
    ],
  );
});

describe('Leak report', () => {
  test('that is malformed is refused', async () => {
    const refused: [unknown, Record<string, string>, number][] = [
      ['', {}, 400],
      ['[', {}, 400],
      ['{}', {}, 400],
      ['null', {}, 400],
      ['"sda_x"', {}, 400],
      ['[1]', {}, 400],
      ['[["a"]]', {}, 400],
      [[{ token: 'a' }], {}, 400],
      [Buffer.from([0x5b, 0xff, 0x5d]), {}, 400],
      [Array.from({ length: 1001 }, () => ''), {}, 413],
      [`["${'x'.repeat(600_000)}"]`, {}, 413],
      ['[]', { 'content-type': 'text/plain' }, 415],
      ['[]', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
      ['[]', { 'content-encoding': 'gzip' }, 415],
    ];
    for (const [body, headers, status] of refused) {
      const response = await report(body, headers);
      const answer = z
        .object({ error: z.literal('invalid_request'), error_description: z.string() })
        .parse(await response.json());
      assert.equal(response.status, status, JSON.stringify([body, answer]).slice(0, 200));
    }
    const get = await fetch(`${server.issuer}/api/v1/oauth/leaked`);
    assert.deepEqual([get.status, get.headers.get('allow')], [405, 'POST']);
  });

  test('of 0 or 1,000 strings is accepted', async () => {
    await assertAccepted(await report(Array.from({ length: 1000 }, () => newCredential('sdr'))));
    await assertAccepted(await report([]));
    await assertAccepted(await report(['constructor', '', '\u0000', '🎭'.repeat(1000)]));
  });

  test('without a well-formed credential causes no query', async (t) => {
    const { read } = server.database;
    const queries = t.mock.method(server.database, 'read', read);
    await assertAccepted(await report(['sda_nonsense', 'x']));
    assert.equal(queries.mock.callCount(), 0);
  });

  test('beyond the limit of an address is refused with Retry-After', async () => {
    const headers = { 'x-forwarded-for': '10.250.0.1' };
    const answers = await Promise.all(
      Array.from({ length: 61 }, () => report([newCredential('sda')], headers)),
    );
    const late = answers.filter(({ status }) => status === 429);
    assert.equal(late.length, 1);
    assert.ok(Number(late[0]?.headers.get('retry-after')) > 0);
    assert.equal(
      z.object({ error: z.string() }).parse(await late[0]?.json()).error,
      'temporarily_unavailable',
    );
    const junk = { 'x-forwarded-for': '10.251.0.1' };
    const statuses: number[] = [];
    for (let count = 0; count < 301; count += 43) {
      const some = Array.from({ length: 43 }, () => report(['junk'], junk));
      statuses.push(...(await Promise.all(some)).map(({ status }) => status));
    }
    assert.deepEqual(
      statuses.filter((status) => status !== 200),
      [429],
    );
  });
});

describe('Leak report in GitHub’s format', () => {
  const signed = (body: string, key = 'k1') => ({
    'github-public-key-identifier': key,
    'github-public-key-signature': sign('sha256', Buffer.from(body), privateKey).toString('base64'),
  });
  const bodyOf = (token: string) =>
    JSON.stringify([
      { token, type: 'stagedoor_token', url: 'https://example.com/x', source: 'content' },
    ]);

  test('ends the reported tokens, without a limit', async () => {
    const { application, ada } = platform;
    const tokens = await obtainTokens(server, { application, user: ada });
    const body = bodyOf(tokens.accessToken);
    await assertAccepted(await report(body, { ...signed(body), 'x-forwarded-for': '10.250.0.1' }));
    assert.equal(await isActive(tokens.accessToken), false);
  });

  test('with a wrong signature or unknown key is refused and ends nothing', async () => {
    const { application, ada } = platform;
    const { accessToken } = await obtainTokens(server, { application, user: ada });
    const body = bodyOf(accessToken);
    const wrong = [
      signed(`${body} `),
      signed(body, 'k2'),
      { ...signed(body), 'github-public-key-signature': '' },
      { ...signed(body), 'github-public-key-signature': '!' },
      { 'github-public-key-signature': signed(body)['github-public-key-signature'] },
    ];
    for (const headers of wrong) {
      assert.equal((await report(body, headers)).status, 400);
    }
    assert.equal(await isActive(accessToken), true);
  });
});
