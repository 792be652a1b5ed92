import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import { createClientIds } from '../../src/applications/dynamic/client-ids.ts';
import {
  registerApplication,
  reviewApplication,
  type TestApplication,
} from '../support/factories.ts';
import { withPlatform } from '../support/fixture.ts';
import { authorizationUrl, authorize, requestOf, signIn } from '../support/flow.ts';
import { manage } from '../support/platform.ts';
import { startPlatform } from '../support/platform-server.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { growth, storedBytes } from '../support/stored-bytes.ts';
import { says } from '../support/texts.ts';
import { exchange, refresh } from '../support/tokens.ts';
import { showsForm, UserAgent } from '../support/user-agent.ts';

const REDIRECT_URI = 'http://127.0.0.1:33418/callback';
const OLD_KEY = 'old-cookie-key-of-the-tests-0123456789';
/** Registrations that have to leave no row; 100,000 takes two minutes. */
const REGISTRATIONS = Number(process.env.REGISTRATIONS ?? 200);
const NEW_KEY = 'new-cookie-key-of-the-tests-0123456789';

const registered = z.object({ client_id: z.string(), redirect_uris: z.array(z.string()) });

/** Posts to the registration endpoint. */
function post(server: TestServer, body: unknown, headers: Record<string, string> = {}) {
  return fetch(`${server.issuer}/api/v1/oauth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

async function register(
  server: TestServer,
  name: string,
  { redirectUri = REDIRECT_URI, from = '203.0.113.1' } = {},
) {
  const body = {
    client_name: name,
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  };
  const response = await post(server, body, { 'x-forwarded-for': from });
  assert.equal(response.status, 201, await response.clone().text());
  const { client_id: clientId } = registered.parse(await response.json());
  return { clientId, clientSecret: undefined, redirectUri };
}

describe('Dynamic registration', () => {
  const { server, platform } = withPlatform({
    TRUST_PROXY: '1',
    COOKIE_KEYS: `${NEW_KEY},${OLD_KEY}`,
    PLATFORM_NAME: 'Live',
  });

  const allow = (application: TestApplication) =>
    authorize(server, {
      application,
      user: platform.ada,
      scope: ' read  offline_access',
      organizers: ['redstage'],
    });
  const rowsOf = (clientId: string) =>
    server.database.db
      .selectFrom('applications')
      .select(['kind', 'name', 'redirect_uris'])
      .where('client_id', '=', clientId)
      .execute();

  it('answers with what this server has, for scripts of every origin', async () => {
    const body = {
      client_name: 'Agent',
      redirect_uris: [REDIRECT_URI, 'https://agent.example/callback'],
      scope: 'read nothing',
      software_id: 'x',
    };
    const response = await post(server, body, { origin: 'https://inspector.example' });
    assert.equal(response.status, 201);
    assert.equal(response.headers.get('access-control-allow-origin'), '*');
    assert.equal(response.headers.get('cache-control'), 'no-store');
    const { client_id: clientId, ...answer } = z.looseObject({}).parse(await response.json());
    assert.match(String(clientId), /^dyn1\./);
    assert.deepEqual(answer, {
      client_name: 'Agent',
      redirect_uris: [REDIRECT_URI],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      application_type: 'native',
      scope: 'read',
    });
  });

  it('refuses with the error codes of RFC 7591, readable for scripts', async () => {
    const website = { redirect_uris: ['https://agent.example/'] };
    const many = Array.from({ length: 20 }, (_, i) => `http://127.0.0.1/${'x'.repeat(100)}/${i}`);
    const cases: [body: unknown, status: number, error: string][] = [
      [website, 400, 'invalid_redirect_uri'],
      [{}, 400, 'invalid_redirect_uri'],
      ['{', 400, 'invalid_client_metadata'],
      ['', 400, 'invalid_client_metadata'],
      [{ redirect_uris: [REDIRECT_URI], client_name: [] }, 400, 'invalid_client_metadata'],
      [{ redirect_uris: many }, 400, 'invalid_client_metadata'],
      ['x'.repeat(17_000), 413, 'invalid_request'],
    ];
    for (const [body, status, error] of cases) {
      const response = await post(server, body, { origin: 'https://inspector.example' });
      assert.equal(response.status, status);
      assert.equal(response.headers.get('access-control-allow-origin'), '*');
      assert.equal(z.looseObject({}).parse(await response.json()).error, error);
    }
    const form = await post(server, 'a=b', { 'content-type': 'application/x-www-form-urlencoded' });
    assert.equal(form.status, 415);
    assert.equal((await fetch(`${server.issuer}/api/v1/oauth/register`)).status, 405);
  });

  it('limits the registrations of one address', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.77' };
    const statuses = await Promise.all(
      Array.from({ length: 603 }, async () => {
        const response = await post(server, { redirect_uris: [REDIRECT_URI] }, headers);
        await response.body?.cancel();
        return response.status;
      }),
    );
    const of = (status: number) => statuses.filter((one) => one === status).length;
    assert.deepEqual([of(201), of(429)], [600, 3]);
  });

  it('stores nothing, also when the client IDs are used without a sign-in', async () => {
    const before = await storedBytes(server.database);
    for (let i = 0; i < REGISTRATIONS; i += 20) {
      const [application] = await Promise.all(
        Array.from({ length: 20 }, (_, j) =>
          register(server, `Agent ${i + j}`, { from: `10.0.${(i >> 8) % 256}.${j}` }),
        ),
      );
      if (application !== undefined && i % 100 === 0) {
        const url = authorizationUrl(server, requestOf(application));
        assert.ok(showsForm(await new UserAgent(server).get(url), 'email', 'password'));
      }
    }
    assert.deepEqual(growth(before, await storedBytes(server.database)), []);
  });

  it('gives a program the same client ID on every port', async () => {
    const first = await register(server, 'Porter', {
      redirectUri: 'http://127.0.0.1:1234/callback',
    });
    const second = await register(server, 'Porter', {
      redirectUri: 'http://127.0.0.1:56789/callback',
    });
    assert.equal(first.clientId, second.clientId);
  });

  it('leads to tokens; the first consent writes the row', async () => {
    const application = await register(server, 'First Agent');
    const other = { ...application, redirectUri: 'http://127.0.0.1:50001/callback' };
    assert.deepEqual(await rowsOf(application.clientId), []);
    const tokens = await exchange(server, application, await allow(application));
    assert.equal(tokens.body.scope, 'read');
    assert.deepEqual(await rowsOf(application.clientId), [
      { kind: 'dynamic', name: 'First Agent', redirect_uris: ['http://127.0.0.1/callback'] },
    ]);
    const again = await exchange(server, other, await allow(other));
    assert.equal(again.status, 200);
    assert.equal((await refresh(server, application, again.body.refresh_token ?? '')).status, 200);
    assert.equal((await rowsOf(application.clientId)).length, 1);
  });

  it('writes no row if the user denies', async () => {
    const application = await register(server, 'Denied Agent');
    const { parameters } = await authorize(server, {
      application,
      user: platform.ada,
      decision: 'deny',
    });
    assert.equal(parameters.error, 'access_denied');
    assert.deepEqual(await rowsOf(application.clientId), []);
  });

  it('says on the consent page that nobody vouches for the name', async () => {
    const application = await register(server, 'Some Agent');
    const agent = new UserAgent(server);
    const login = await agent.get(authorizationUrl(server, requestOf(application)));
    const { body } = await signIn(agent, login, platform.ada);
    assert.match(body, /Some Agent/);
    assert.match(body, says('consent.dynamic.text'));
  });

  it('hides a name that would need a review', async () => {
    const reviewed = await registerApplication(server, { owner: 'ben', name: 'Claude' });
    await reviewApplication(server, reviewed.clientId);
    const names = ['Claude', 'CIaude', 'Stagedoor MCP', 'live MCP helper', 'Verified Agent'];
    for (const name of names) {
      const application = await register(server, name);
      const { clientId } = application;
      const agent = new UserAgent(server);
      const login = await agent.get(authorizationUrl(server, requestOf(application)));
      assert.match((await signIn(agent, login, platform.ada)).body, /value="allow"/, name);
      assert.deepEqual(await rowsOf(clientId), [], name);
      await exchange(server, application, await allow(application));
      const [row] = await rowsOf(clientId);
      assert.equal(row?.name, 'Unnamed app', name);
      assert.equal((await exchange(server, application, await allow(application))).status, 200);
    }
  });

  it('keeps a name that contains the platform’s only as a part of a word', async () => {
    const application = await register(server, 'Delivery bot');
    await exchange(server, application, await allow(application));
    assert.equal((await rowsOf(application.clientId))[0]?.name, 'Delivery bot');
  });

  it('cannot be used any more once it is suspended', async () => {
    const application = await register(server, 'Bad Agent');
    const { body } = await exchange(server, application, await allow(application));
    const path = `/api/v1/applications/${application.clientId}/suspend/`;
    await manage(server, 'POST', path, { reason: 'abuse' });
    const refused = await refresh(server, application, body.refresh_token ?? '');
    assert.deepEqual([refused.status, refused.body.error], [400, 'invalid_grant']);
    assert.equal((await register(server, 'Bad Agent')).clientId, application.clientId);
  });

  it('refuses a client ID that was changed, with a page that says what to do', async () => {
    const { clientId, redirectUri } = await register(server, 'Agent');
    const changed = {
      clientId: clientId.replace(/.$/, (end) => (end === 'A' ? 'Q' : 'A')),
      redirectUri,
    };
    const page = await new UserAgent(server).get(authorizationUrl(server, requestOf(changed)));
    assert.equal(page.status, 400);
    assert.match(page.body, says('error.stale_registration.message'));
  });

  describe('after a cookie key was removed', () => {
    let later: TestServer;
    before(async () => {
      const DATABASE_URL = server.config.databaseUrl ?? '';
      later = await startServer({ COOKIE_KEYS: NEW_KEY, DATABASE_URL });
    });
    after(() => later.close());

    const madeByOldKey = (name: string) => {
      const redirectUris = ['http://127.0.0.1/callback'];
      const clientId = createClientIds([OLD_KEY]).make({ name, redirectUris });
      return { clientId, clientSecret: undefined, redirectUri: REDIRECT_URI };
    };

    it('programs that nobody allowed get invalid_client, and register anew', async () => {
      const stale = madeByOldKey('Stale Agent');
      const { status, body } = await refresh(later, stale, 'sdr_x');
      assert.deepEqual([status, body.error], [401, 'invalid_client']);
      const page = await new UserAgent(later).get(authorizationUrl(later, requestOf(stale)));
      assert.match(page.body, says('error.stale_registration.message'));
      const anew = await register(later, 'Stale Agent');
      assert.notEqual(anew.clientId, stale.clientId);
    });

    it('programs that a user allowed before keep working', async () => {
      const application = madeByOldKey('Kept Agent');
      const { body } = await exchange(server, application, await allow(application));
      assert.equal((await refresh(later, application, body.refresh_token ?? '')).status, 200);
    });
  });
});

describe('DYNAMIC_REGISTRATION', () => {
  it('with REGISTRATION=approval: the first use waits for a review', async () => {
    const variables = { REGISTRATION: 'approval', DYNAMIC_REGISTRATION: 'native' };
    const { server, platform } = await startPlatform(variables);
    try {
      const { ada } = platform;
      const application = await register(server, 'Agent');
      const agent = new UserAgent(server);
      const login = await agent.get(authorizationUrl(server, requestOf(application)));
      const page = await signIn(agent, login, ada);
      assert.match(page.body, says('over.title.awaits_review'));
      await reviewApplication(server, application.clientId);
      const result = await authorize(server, { application, user: ada });
      assert.equal((await exchange(server, application, result)).status, 200);
    } finally {
      await server.close();
    }
  });

  it('any accepts websites, off has no endpoint, and native no longer accepts websites', async () => {
    const any = await startServer({ DYNAMIC_REGISTRATION: 'any' });
    const DATABASE_URL = any.config.databaseUrl ?? '';
    const native = await startServer({ DYNAMIC_REGISTRATION: 'native', DATABASE_URL });
    const off = await startServer({ DYNAMIC_REGISTRATION: 'off', DATABASE_URL });
    try {
      const metadata = async ({ issuer }: TestServer) =>
        z
          .looseObject({ registration_endpoint: z.string().optional() })
          .parse(await (await fetch(`${issuer}/.well-known/oauth-authorization-server`)).json())
          .registration_endpoint;
      assert.equal(await metadata(any), `${any.issuer}/api/v1/oauth/register`);
      assert.equal(await metadata(off), undefined);
      const website = await register(any, 'Website', {
        redirectUri: 'https://agent.example/callback',
      });
      const open = async (server: TestServer) =>
        (await new UserAgent(server).get(authorizationUrl(server, requestOf(website)))).body;
      assert.match(await open(any), /type="password"/);
      for (const server of [native, off]) {
        assert.match(await open(server), says('error.stale_registration.message'));
      }
      assert.equal((await post(off, { redirect_uris: [REDIRECT_URI] })).status, 404);
    } finally {
      await Promise.all([native.close(), off.close()]);
      await any.close();
    }
  });
});
