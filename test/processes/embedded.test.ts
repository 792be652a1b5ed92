import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { listApplications } from '../../src/applications/store.ts';
import { openDatabase } from '../../src/db/database.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import { notifyExpiring } from '../../src/grants/notify-expiring.ts';
import { newestGrant } from '../support/authorizations.ts';
import { addKeys, assertionOf, makeKeyPair } from '../support/client-keys.ts';
import { newDpopKey, newProof } from '../support/dpop.ts';
import { copyEmbeddedTemplate } from '../support/embedded-template.ts';
import { putUser, registerApplication } from '../support/factories.ts';
import { withPlatform } from '../support/fixture.ts';
import { authorize, signIn } from '../support/flow.ts';
import { call } from '../support/openapi/call.ts';
import { fetchDocument, operationsOf } from '../support/openapi/operations.ts';
import { WALKERS } from '../support/openapi/walkers.ts';
import { createWorld } from '../support/openapi/world.ts';
import { manage } from '../support/platform.ts';
import { says } from '../support/texts.ts';
import { introspect, obtainTokens, postForm, refresh, revoke } from '../support/tokens.ts';
import { describe as textOf, UserAgent } from '../support/user-agent.ts';

// Runs the statements of every store on the embedded database. With TEST_ENGINES=all, all flows of
// `ENGINE_VARIABLES` and `PAGE_ENGINE_VARIABLES` run on it.
describe('Embedded database', () => {
  const { server, platform } = withPlatform({ DATABASE_URL: '' });

  it('operators find applications by words with dots and in Hindi', async () => {
    const name = 'Scanner for pretix.eu हिन्दी v2.0';
    const { clientId } = await registerApplication(server, { owner: 'ben', name });
    for (const search of ['pretix.eu', 'हिन्दी', 'v2.0 scan', "'\\ & !:*", '\\']) {
      const slice = { limit: 10, offset: 0 };
      const { entries } = await listApplications(server.database.db, slice, { search });
      const expected = /\p{L}/u.test(search) ? [clientId] : [];
      assert.deepEqual(
        entries.map((one) => one.clientId),
        expected,
        search,
      );
    }
  });

  it('a grant can be created, introspected, refreshed, shown and revoked', async () => {
    const { application, resourceServer, ada } = platform;
    const agent = new UserAgent(server);
    const organizers = ['redstage'];
    const first = await obtainTokens(server, { application, user: ada, organizers, agent });
    const tell = async (token: string) => (await introspect(server, resourceServer, token)).body;
    const { active, organizers: open, permissions } = await tell(first.accessToken);
    assert.deepEqual([active, open], [true, organizers]);
    assert.deepEqual(permissions, { redstage: ['can_view_orders', 'can_change_orders'] });

    const { body } = await refresh(server, application, first.refreshToken);
    assert.equal((await tell(first.accessToken)).active, false);
    assert.equal((await tell(body.access_token ?? '')).active, true);

    const id = await newestGrant(server, application.clientId);
    for (const path of ['', `/${id}/change`, `/${id}/revoke`, '/unused']) {
      const page = await agent.get(`/account/authorizations${path}`);
      assert.equal(page.status, 200, textOf(page));
    }
    await revoke(server, application, body.refresh_token ?? '');
    assert.equal((await tell(body.access_token ?? '')).active, false);
    const again = await refresh(server, application, body.refresh_token ?? '');
    assert.equal(again.body.error_description, 'revoked_by_client');
  });

  it('each form of the operator console is answered', { timeout: 60_000 }, async () => {
    const operator = await putUser(server, { id: 'olga', isOperator: true });
    const tim = await putUser(server, { id: 'tim' });
    const one = await registerApplication(server, { owner: tim.id });
    await obtainTokens(server, { application: one, user: platform.ada });
    const token = await manage(server, 'POST', '/api/v1/operator-tokens/', {
      name: 'old',
      rights: ['read'],
    });
    const application = `/operator/applications/${one.clientId}`;
    const grant = `/operator/grants/${await newestGrant(server, one.clientId)}/revoke`;
    const agent = new UserAgent(server);
    await signIn(agent, await agent.get('/login'), operator);
    const { body: page } = await agent.get(application);
    const [, csrf = ''] = /name="csrf" value="([^"]+)"/.exec(page) ?? [];
    for (const [path, notice, values] of [
      [`${application}/ask`, 'asked', { question: 'Why?' }],
      [`${application}/review`, 'changed_meanwhile', { version: '999' }],
      [`${application}/suspend`, 'suspended', { reason: 'Phishing' }],
      [`${application}/resume`, 'resumed'],
      [grant, 'revoked'],
      [`${application}/delete`, 'deleted'],
      ['/operator/users/tim/deactivate', 'deactivated'],
      ['/operator/users/tim/activate', 'activated'],
      ['/operator/users/tim/sign-out', 'signed_out'],
      ['/operator/mails/retry', 'retried'],
      [`/operator/tokens/${Object(token).id}/revoke`, 'revoked'],
    ] as const) {
      const answer = await agent.request(path, {
        method: 'POST',
        body: new URLSearchParams({ csrf, ...values }),
        headers: { origin: new URL(server.issuer).origin },
      });
      assert.equal(answer.url.searchParams.get('notice'), notice, `${path} ${textOf(answer)}`);
    }
  });

  it('tokens bound to a key can be obtained and refreshed, and a repeated proof is refused', async () => {
    const { application, resourceServer, ada } = platform;
    const key = await newDpopKey();
    const proof = () => newProof(key, { url: `${server.issuer}/api/v1/oauth/token` });
    const parameters = { approval_prompt: 'force' };
    const result = await authorize(server, { application, user: ada, parameters });
    const code = {
      grant_type: 'authorization_code',
      code: result.parameters.code ?? '',
      redirect_uri: result.redirectUri,
      code_verifier: result.codeVerifier ?? '',
    };
    const dpop = await proof();
    const first = await postForm(server, 'token', application, code, { dpop });
    assert.equal(first.body.token_type, 'DPoP', JSON.stringify(first.body));
    const next = { grant_type: 'refresh_token', refresh_token: first.body.refresh_token ?? '' };
    const repeated = await postForm(server, 'token', application, next, { dpop });
    assert.equal(repeated.body.error, 'invalid_dpop_proof');
    const second = await postForm(server, 'token', application, next, { dpop: await proof() });
    const told = await introspect(server, resourceServer, second.body.access_token ?? '');
    assert.deepEqual(told.body.cnf, { jkt: key.jkt });
  });

  it('a client can authenticate with its key, once per assertion', async () => {
    const { clientId } = await registerApplication(server, { owner: 'ben' });
    const key = await makeKeyPair();
    await addKeys(server, clientId, JSON.stringify({ keys: [key.publicJwk] }));
    const assertion = await assertionOf(server.issuer, clientId, key);
    const post = () => postForm(server, 'introspect', undefined, { ...assertion, token: 'x' });
    assert.deepEqual([(await post()).status, (await post()).status], [200, 401]);
  });

  it('the account pages of users and developers are shown', async () => {
    const { application, ben } = platform;
    const agent = new UserAgent(server);
    await obtainTokens(server, { application, user: ben, agent });
    const app = `/account/applications/${application.clientId}`;
    for (const path of [
      ...['profile', 'password', 'sessions', 'activity', 'activity.json', 'applications'].map(
        (name) => `/account/${name}`,
      ),
      // Days that this database would not store.
      '/account/activity?from=0001-01-01&to=9999-12-31',
      '/account/activity.csv?from=0001-01-01&to=9999-12-31',
      ...['', '/edit', '/statistics', '/errors', '/check', '/transfer', '/delete'].map(
        (name) => app + name,
      ),
    ]) {
      const page = await agent.get(path);
      assert.equal(page.status, 200, textOf(page));
    }
  });

  it('a log entry can be asked for since the last year that a time may have', async () => {
    const path = '/api/v1/logentries/?modified_since=9999-12-31T23:59:59Z';
    assert.equal(Object(await manage(server, 'GET', path)).count, 0);
  });

  it('every API operation returns each of its successes', async () => {
    const world = createWorld(server, platform);
    const operator = `Token ${server.operatorToken}`;
    let calls = 0;
    for (const one of operationsOf(await fetchDocument(server))) {
      const isOperator = one.operation.security.some(({ operatorToken }) => operatorToken);
      for (const status of [200, 201, 204]) {
        const made = (await WALKERS[one.id]?.[status]?.(world)) ?? [];
        for (const each of [made].flat()) {
          const authorized = isOperator ? { authorization: operator, ...each } : each;
          const answer = await call(server, one, authorized);
          assert.equal(answer.status, status, `${one.id}: ${answer.text}`);
          calls += 1;
        }
      }
    }
    assert.ok(calls > 40, `${calls} calls`);
  });

  it('a user can limit an authorization, change profile and password, and end sessions', async () => {
    const { application, resourceServer, ben } = platform;
    const agent = new UserAgent(server);
    const parameters = { approval_prompt: 'force' };
    const obtained = await obtainTokens(server, { application, user: ben, agent, parameters });
    const id = await newestGrant(server, application.clientId);
    const open = (path: string) => agent.get(`/account/${path}`);
    const end = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);
    const limit = await open(`authorizations/${id}/change`);
    assert.equal((await agent.submit(limit, { end_date: end })).status, 200);
    const { body } = await introspect(server, resourceServer, obtained.accessToken);
    assert.equal(body.active, true);
    await notifyExpiring(server.database.db, server.config, 100);
    const other = new UserAgent(server);
    await signIn(other, await other.get('/login'), ben);
    const profile = await agent.submit(await open('profile'), { language: 'en', timezone: 'UTC' });
    assert.equal(profile.status, 200, textOf(profile));
    const changed = await agent.submit(await open('password'), {
      current_password: ben.password,
      new_password: 'a horse eats a battery',
      new_password_again: 'a horse eats a battery',
    });
    assert.match(changed.body, says('account.password.changed.title'));
    assert.equal((await other.get('/account/profile')).url.pathname, '/login');
  });
});

describe('An embedded database that is closed', () => {
  it('finishes the transactions that wait for their turn', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'stagedoor-close-'));
    await copyEmbeddedTemplate(dataDir);
    const { db, close } = await openDatabase({ url: undefined, dataDir, connections: 1 });
    const works = [1, 2, 3].map((one) => inTransaction(db, () => turn(one)));
    await close();
    assert.deepEqual(await Promise.all(works), [1, 2, 3]);
    await rm(dataDir, { recursive: true });
  });
});
