import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sql } from 'kysely';
import { consolePages } from '../../src/console/pages/pages.ts';
import { logOf, press } from '../support/account.ts';
import { EVIL, withConsole } from '../support/console.ts';
import { putUser } from '../support/factories.ts';
import { prepared } from '../support/fixture.ts';
import { signIn } from '../support/flow.ts';
import { manage } from '../support/platform.ts';
import { pattern, says } from '../support/texts.ts';
import { introspect, obtainTokens } from '../support/tokens.ts';
import { describe as textOf } from '../support/user-agent.ts';

/** Pages without an object. */
const LISTS = [
  '',
  '/applications',
  '/users',
  '/grants',
  '/log',
  '/mails',
  '/resource-servers',
  '/tokens',
  '/health',
].map((path) => `/operator${path}`);
/** Answers to a wrong ID; 400 is for one that no URL may have. */
const REFUSED = [400, 404];

const { server, platform, people, operator, developer, console, register, inConsole, entries } =
  withConsole();
const application = prepared(() => register());

describe('The operator console', () => {
  test('is 404 for other users, and a sign-in without a session', async () => {
    const stranger = await people.signedIn(platform.ada);
    for (const path of [...LISTS, inConsole(application), `/operator/users/${developer.id}`]) {
      assert.equal((await stranger.get(path)).status, 404, path);
      const login = await people.open().get(path);
      assert.equal(login.url.pathname, '/login', path);
      assert.equal((await console.get(path)).status, 200, path);
    }
    for (const path of [`${inConsole(application)}/suspend`, `/operator/users/dev/deactivate`]) {
      assert.equal((await press(stranger, '/account/profile', path)).status, 404, path);
    }
    assert.doesNotMatch((await stranger.get('/account/profile')).body, /href="\/operator"/);
    assert.match((await console.get('/account/profile')).body, /href="\/operator"/);
  });

  test('every page and form is 404 for others, and for operators with a wrong ID', async () => {
    const stranger = await people.signedIn(platform.ada);
    const pathOf = (path: string, id: string) => path.replace(/:\w+/g, id);
    assert.ok(consolePages.length > 20);
    for (const { path, submit } of consolePages) {
      const known = pathOf(path, 'dev');
      assert.equal((await stranger.get(known)).status, 404, known);
      assert.equal((await people.open().get(known)).url.pathname, '/login', known);
      if (submit !== undefined) {
        assert.equal((await press(stranger, '/account/profile', known)).status, 404, known);
      }
      for (const id of path.includes(':')
        ? ['nobody', '%00', '%0A', '%2E%2E%2F', "'", 'ü', 'x'.repeat(2000)]
        : []) {
        const wrong = pathOf(path, id);
        const shown = await console.get(wrong);
        // A retry shows the list of mails.
        const isList = shown.url.pathname === '/operator/mails';
        assert.ok(REFUSED.includes(shown.status) || isList, `${wrong}: ${shown.status}`);
        if (submit !== undefined) {
          const values = { version: '1', question: 'Why?', reason: 'No' };
          const answer = await press(console, '/operator/users/dev', wrong, values);
          assert.ok(REFUSED.includes(answer.status), `${wrong}: ${answer.status}`);
        }
      }
    }
  });

  test('two operators deactivate each other: one is refused', async () => {
    const names = ['max', 'moritz'];
    const agents = await Promise.all(
      names.map(async (id) => people.signedIn(await putUser(server, { id, isOperator: true }))),
    );
    const answers = await Promise.all(
      agents.map((agent, index) => {
        const other = `/operator/users/${names[1 - index]}`;
        return press(agent, other, `${other}/deactivate`);
      }),
    );
    const active = await Promise.all(
      names.map(
        async (id) => Object(await manage(server, 'GET', `/api/v1/users/${id}/`)).is_active,
      ),
    );
    assert.deepEqual(active.toSorted(), [false, true]);
    assert.ok(answers.every(({ status }) => status < 500));
  });

  test('a form without CSRF token changes nothing', async () => {
    const headers = { origin: new URL(server.issuer).origin };
    const path = `${inConsole(application)}/suspend`;
    const answer = await console.request(path, {
      method: 'POST',
      body: new URLSearchParams(),
      headers,
    });
    assert.equal(answer.status, 403);
    assert.doesNotMatch((await console.get(inConsole(application))).body, /\/resume"/);
  });

  test('a demoted or deactivated operator loses it at the next request', async () => {
    for (const change of [{ is_operator: false }, { is_active: false }]) {
      const rita = await putUser(server, { id: 'rita', isOperator: true });
      const agent = await people.signedIn(rita);
      assert.equal((await agent.get('/operator')).status, 200);
      const page = await agent.get(`/operator/users/${developer.id}`);
      await manage(server, 'PATCH', '/api/v1/users/rita/', change);
      const [, csrf = ''] = /name="csrf" value="([^"]+)"/.exec(page.body) ?? [];
      const answer = await agent.request(`/operator/users/${developer.id}/deactivate`, {
        method: 'POST',
        body: new URLSearchParams({ csrf }),
        headers: { origin: new URL(server.issuer).origin },
      });
      assert.ok(answer.status === 404 || answer.url.pathname === '/login', textOf(answer));
      const user = Object(await manage(server, 'GET', '/api/v1/users/dev/'));
      assert.equal(user.is_active, true);
    }
  });

  test('names of others are escaped, and no page has a secret', async () => {
    const evil = await register(`${EVIL}\u00a0`);
    const { accessToken: token } = await obtainTokens(server, {
      application: evil,
      user: platform.ada,
    });
    const made = Object(
      await manage(server, 'POST', '/api/v1/operator-tokens/', { name: 'sync', rights: ['read'] }),
    );
    for (const path of [
      ...LISTS,
      '/operator/applications?q=%3D1',
      '/operator/users?q=dev',
      inConsole(evil),
      `/operator/users/${developer.id}`,
      `/operator/grants?application=${evil.clientId}`,
    ]) {
      const { body, status } = await console.get(path);
      assert.equal(status, 200, path);
      assert.doesNotMatch(body, /<script>alert|[\u202a-\u202e\u2066-\u2069]/, path);
      assert.doesNotMatch(body, /sd[arso]_[0-9A-Za-z]{8}/, path);
      const { cookieKeys, databaseUrl = '' } = server.config;
      const { password } = new URL(databaseUrl);
      for (const secret of [
        ...[token, made.token, evil.clientSecret, server.operatorToken],
        ...[...(cookieKeys ?? []), password].filter((one) => one !== ''),
      ]) {
        assert.ok(!body.includes(String(secret)), path);
      }
    }
    assert.ok((await console.get('/operator/users?q=DEV@exam')).body.includes('dev@example.com'));
  });

  test('what cannot be undone needs a recent sign-in', async () => {
    const agent = await people.signedIn(operator);
    const doomed = await register();
    const path = `${inConsole(doomed)}/delete`;
    assert.equal((await agent.get(path)).status, 200);
    await sql`update sessions set authenticated_at = now() - interval '2 days'
      where user_id = ${operator.id}`.execute(server.database.db);
    assert.equal((await agent.get(path)).url.pathname, '/login');
    const refused = await press(agent, `/operator/users/${developer.id}`, path);
    assert.equal(refused.url.pathname, '/login');
    assert.equal((await agent.get(inConsole(doomed))).status, 200);
    await signIn(console, await console.get('/login?reason=recent'), operator);
    assert.match((await press(console, path, path)).body, says('console.notice.deleted'));
    assert.equal((await console.get(inConsole(doomed))).status, 404);
  });
});

describe('Users, authorizations, mails and tokens in the console', () => {
  test('a user is signed out, deactivated and activated; an operator not by themselves', async () => {
    const tim = await putUser(server, { id: 'tim' });
    const agent = await people.signedIn(tim);
    await press(console, '/operator/users/tim', '/operator/users/tim/sign-out');
    assert.equal((await agent.get('/account/profile')).url.pathname, '/login');
    await press(console, '/operator/users/tim', '/operator/users/tim/deactivate');
    const state = async (id: string) =>
      Object(await manage(server, 'GET', `/api/v1/users/${id}/`)).is_active;
    assert.equal(await state('tim'), false);
    await press(console, '/operator/users/tim', '/operator/users/tim/activate');
    assert.equal(await state('tim'), true);
    const log = await logOf(server, 'tim');
    assert.equal(log.filter(({ actor }) => actor === 'operator:user:olga').length, 3);
    const self = await press(console, '/operator/users/tim', '/operator/users/olga/deactivate');
    assert.equal(self.status, 409);
    assert.equal(await state('olga'), true);
  });

  test('applications are found by IDs, and by how the name or a word in it begins', async () => {
    const found = async (q: string) => {
      const { body } = await console.get(`/operator/applications?q=${encodeURIComponent(q)}`);
      return [...body.matchAll(/<bdi>(?:Übersicht|Box-Office|Scanner)[^<]*/g)].length;
    };
    const one = await register('Übersicht der Plätze');
    await register('Box-Office_Export');
    await register("Scanner for pretix.eu हिन्दी v2.0 O'Brien C++");
    for (const q of ['Übersicht', 'übersicht DER pl', 'plätze', 'pl über', one.clientId]) {
      assert.equal(await found(q), 1, q);
    }
    for (const q of ['box', 'export', 'Box-Office', 'box off']) {
      assert.equal(await found(q), 1, q);
    }
    for (const q of ['Pretix.EU', 'pretix.', 'हिन्', 'v2.0', "o'br", 'c++', 'for \\ & pretix']) {
      assert.equal(await found(q), 1, q);
    }
    assert.ok((await found(developer.id)) >= 2);
    for (const q of ['bersicht', '%', '_', "'", '!', '& | :*', '\\', "\\' :*", '<script>']) {
      assert.equal(await found(q), 0, q);
    }
  });

  test('users are found by ID and by how address, name and last name begin', async () => {
    const odd = await putUser(server, { id: 'x-1', fullName: 'Zoë de la 100%_Cruz' });
    await putUser(server, { id: 'x-2', fullName: 'Zoe Other' });
    const found = async (q: string) => {
      const { body } = await console.get(`/operator/users?q=${encodeURIComponent(q)}`);
      return [...body.matchAll(/href="\/operator\/users\/(x-[^"]+)"/g)].map(([, id]) => id);
    };
    const [local = ''] = odd.email.split('@');
    for (const q of ['x-1', odd.email.toUpperCase(), local, 'zoë D', '100%_C']) {
      assert.deepEqual(await found(q), ['x-1'], q);
    }
    for (const q of ['x', 'ë', '%', '_', '\u0007', "'", 'Zoë de la 100%_Cruzes']) {
      assert.deepEqual(await found(q), q === 'x' ? ['x-1', 'x-2'] : [], q);
    }
  });

  test('a grant is revoked after a confirmation', async () => {
    const one = await register('Revoked');
    const { accessToken: token } = await obtainTokens(server, {
      application: one,
      user: platform.ada,
    });
    const list = await console.get(`/operator/grants?application=${one.clientId}`);
    const [, path = ''] = /href="(\/operator\/grants\/[^"]+\/revoke)"/.exec(list.body) ?? [];
    await press(console, path, path);
    const { body } = await introspect(server, platform.resourceServer, token);
    assert.deepEqual(body, { active: false });
    const [revocation] = (await entries('stagedoor.user.oauth.revoked')).slice(-1);
    assert.equal(revocation?.actor, 'operator:user:olga');
  });

  test('a mail that was given up is due again', async () => {
    const { db } = server.database;
    const settings = `/account/applications/${(await register('Mailed')).clientId}`;
    await press(await people.signedIn(developer), settings, `${settings}/request-review`);
    await sql`update mail_outbox set failed_at = now(), sent_at = null, last_error = '<b>550</b> refused'
      where kind = 'review_waiting'`.execute(db);
    const { body } = await console.get('/operator/mails');
    assert.ok(body.includes('&lt;b&gt;550'));
    const [, path = ''] = /action="(\/operator\/mails\/[0-9a-f-]+\/retry)"/.exec(body) ?? [];
    await press(console, '/operator/mails', path);
    await press(console, '/operator/mails', '/operator/mails/retry');
    // Another operator was faster.
    const again = await press(console, '/operator/users/dev', path);
    assert.match(again.body, says('console.notice.retried'));
    const { rows } = await sql`select from mail_outbox where failed_at is not null`.execute(db);
    assert.equal(rows.length, 0);
  });

  test('the health page has the checks of the doctor, what to do, and their time', async () => {
    const { body } = await console.get('/operator/health');
    for (const key of [
      'database',
      'migrations',
      'signing_keys',
      'issuer',
      'mail_server',
    ] as const) {
      assert.match(body, says(`health.${key}`), key);
    }
    assert.match(body, says('health.mail_server.folder'));
    assert.match(body, says('console.health.intro'));
    // This server has no proxy, although TRUST_PROXY names one.
    assert.match(
      body,
      pattern`${says('console.health.fix')}.*${says('health.client_address.unnamed.fix')}`,
    );
  });

  test('an API service is deleted after a confirmation', async () => {
    const body = { name: 'Old API' };
    const made = Object(await manage(server, 'POST', '/api/v1/resource-servers/', body));
    const path = `/operator/resource-servers/${made.client_id}/delete`;
    assert.ok((await console.get('/operator/resource-servers')).body.includes(path));
    const { body: shown } = await press(console, path, path);
    assert.match(shown, says('console.notice.deleted'));
    assert.ok(!shown.includes('Old API'));
    const [deleted] = (await entries('stagedoor.resource_server.deleted')).slice(-1);
    assert.equal(deleted?.actor, 'operator:user:olga');
  });

  test('an operator token is revoked together with those made with it', async () => {
    const made = Object(
      await manage(server, 'POST', '/api/v1/operator-tokens/', { name: 'old', rights: ['read'] }),
    );
    const path = `/operator/tokens/${made.id}/revoke`;
    assert.ok((await console.get('/operator/tokens')).body.includes(path));
    await press(console, path, path);
    const [revoked] = (await entries('stagedoor.operator_token.revoked')).slice(-1);
    assert.equal(revoked?.actor, 'operator:user:olga');
    assert.equal((await console.get(path)).status, 404);
  });

  test('a deleted operator leaves no address and browser in the log', async () => {
    const pia = await putUser(server, { id: 'pia', isOperator: true });
    const agent = await people.signedIn(pia);
    await press(agent, '/operator/users/tim', '/operator/users/tim/deactivate');
    await manage(server, 'DELETE', '/api/v1/users/pia/');
    const { rows } = await sql<{ ip: string | null; agent: string | null }>`
      select ip, user_agent as agent from audit_events where actor = 'operator:user:pia'
    `.execute(server.database.db);
    assert.ok(rows.length >= 3);
    assert.deepEqual(
      rows.filter(({ ip, agent: browser }) => ip !== null || browser !== null),
      [],
    );
  });
});
