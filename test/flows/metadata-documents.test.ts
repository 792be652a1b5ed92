import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { describeDocuments } from '../support/document-fixture.ts';
import { putUser } from '../support/factories.ts';
import { authorizationUrl, authorize, decide, requestOf, signIn } from '../support/flow.ts';
import { manage } from '../support/platform.ts';
import { growth, storedBytes } from '../support/stored-bytes.ts';
import { says } from '../support/texts.ts';
import { introspect, obtainTokens, postForm, refresh, revoke } from '../support/tokens.ts';
import { type Page, showsForm, UserAgent } from '../support/user-agent.ts';

/** `DOCUMENT_REQUESTS=100000` for the whole number, which takes 20 minutes. */
const ANONYMOUS_REQUESTS = Number(process.env.DOCUMENT_REQUESTS ?? 50);

describeDocuments('An unknown document', (world) => {
  const rowsOf = async (table: 'applications' | 'interactions' | 'client_documents') => {
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from ${sql.table(table)}`.execute(world.server.database.db);
    return rows[0]?.count ?? 0;
  };
  /** Opens a request of an invented client, without a session. */
  async function openInvented(index: number): Promise<void> {
    const clientId = world.site.address(`/invented/${index}.json`);
    const redirectUri = `https://client-${index}.example/cb`;
    const page = await world.open({ clientId, redirectUri }, {}, new UserAgent(world.server));
    assert.ok(showsForm(page, 'email', 'password'));
    assert.match(
      page.body,
      says('login.continue', { application: `<bdi>${world.site.host}</bdi>` }),
    );
  }

  test(`${ANONYMOUS_REQUESTS} anonymous requests show sign-in with the host: no row, no fetch`, async () => {
    const before = await storedBytes(world.server.database);
    const fetched = world.site.requests.length;
    for (let index = 0; index < ANONYMOUS_REQUESTS; index += 10) {
      await Promise.all(Array.from({ length: 10 }, (_, place) => openInvented(index + place)));
    }
    assert.deepEqual(growth(before, await storedBytes(world.server.database)), []);
    assert.equal(world.site.requests.length, fetched);
  });

  const ANONYMOUS: Record<string, Record<string, string>> = {
    'prompt=none': { prompt: 'none' },
    'an unknown scope': { scope: 'everything' },
    'a wrong response type': { response_type: 'token' },
  };
  for (const [name, parameters] of Object.entries(ANONYMOUS)) {
    test(`an anonymous request with ${name} is not redirected to the application`, async () => {
      const application = world.site.publish('/anonymous.json');
      const fetched = world.site.requests.length;
      const page = await world.open(application, parameters, new UserAgent(world.server));
      assert.equal(page.leavesTo, undefined);
      assert.ok(page.status >= 400);
      assert.equal(world.site.requests.length, fetched);
    });
  }

  test('token, revocation and pushed requests are 401 and fetch nothing', async () => {
    const { clientId, redirectUri } = world.site.publish('/programs.json');
    const client = { clientId, clientSecret: undefined };
    const fetched = world.site.requests.length;
    for (const [endpoint, parameters] of [
      ['token', { grant_type: 'refresh_token', refresh_token: `sdr_${'a'.repeat(43)}` }],
      ['revoke_token', { token: 'x' }],
      ['par', requestOf({ clientId, redirectUri })],
    ] as const) {
      const answer = await postForm(world.server, endpoint, client, parameters);
      assert.deepEqual([answer.status, answer.body.error], [401, 'invalid_client'], endpoint);
    }
    assert.equal(world.site.requests.length, fetched);
  });

  test('a user signs in, allows it, and it gets tokens that can be refreshed and revoked', async () => {
    const application = world.site.publish('/whole.json');
    const before = await rowsOf('applications');
    const agent = new UserAgent(world.server);
    const login = await world.open(application, {}, agent);
    assert.equal(await rowsOf('applications'), before);
    const consent = await signIn(agent, login, world.platform.ada);
    assert.ok(showsForm(consent, 'decision'));
    assert.equal(await rowsOf('applications'), before, 'no row before consent');
    const tokens = await obtainTokens(world.server, {
      application,
      user: world.platform.ada,
      agent,
    });
    assert.equal(await rowsOf('applications'), before + 1);
    const renewed = await refresh(world.server, application, tokens.refreshToken);
    assert.equal(renewed.status, 200);
    const answer = await introspect(
      world.server,
      world.platform.resourceServer,
      renewed.body.access_token ?? '',
    );
    assert.deepEqual([answer.body.active, answer.body.client_id], [true, application.clientId]);
    const ended = await revoke(world.server, application, renewed.body.refresh_token ?? '');
    assert.equal(ended.status, 200);
  });

  test('opened by three users before anybody allows it is fetched once', async () => {
    const application = world.site.publish('/opened.json');
    const ben = new UserAgent(world.server);
    await signIn(ben, await ben.get('/login'), world.platform.ben);
    for (const agent of [world.ada, world.ada, ben]) {
      assert.ok(showsForm(await world.open(application, {}, agent), 'decision'));
    }
    assert.equal(world.site.requests.filter((path) => path === '/opened.json').length, 1);
  });

  test('beyond 20 addresses a day, a user sees a page, and nothing is fetched', async () => {
    const carol = new UserAgent(world.server);
    await signIn(carol, await carol.get('/login'), await putUser(world.server, { id: 'carol' }));
    const pages: Page[] = [];
    for (let index = 0; index < 21; index += 1) {
      pages.push(await world.open(world.site.publish(`/many/${index}.json`), {}, carol));
    }
    assert.deepEqual(
      pages.map(({ status }) => status),
      [...Array(20).fill(200), 429],
    );
    assert.ok(!world.site.requests.includes('/many/20.json'));
  });

  test('a user denies it: the application learns that, and no row is written', async () => {
    const application = world.site.publish('/denied.json');
    const before = await rowsOf('applications');
    const denied = await authorize(world.server, {
      application,
      user: world.platform.ada,
      agent: world.ada,
      decision: 'deny',
    });
    assert.equal(denied.parameters.error, 'access_denied');
    assert.equal(await rowsOf('applications'), before);
  });

  test('on a link of another website is fetched only after the user continues', async () => {
    const { server, site } = world;
    const application = site.publish('/linked.json');
    const parameters = { state: '"><b>' };
    const url = authorizationUrl(server, requestOf(application, parameters));
    const headers = { 'sec-fetch-site': 'cross-site' };
    const page = await world.ada.request(url, { headers });
    assert.match(page.body, says('foreign_link.heading', { host: `<bdi>${site.host}</bdi>` }));
    assert.ok(!site.requests.includes('/linked.json'));
    const [, href = ''] = /href="([^"]*\/authorize\?[^"]*)"/.exec(page.body) ?? [];
    const consent = await world.ada.get(href.replaceAll('&amp;', '&'));
    const allowed = await decide(world.ada, consent);
    assert.equal(allowed.leavesTo?.searchParams.get('state'), parameters.state);
    assert.ok(showsForm(await world.ada.request(url, { headers }), 'decision'), 'it is known now');
  });

  test('is fetched for a HEAD request, too', async () => {
    const application = world.site.publish('/head.json');
    const url = authorizationUrl(world.server, requestOf(application));
    const page = await world.ada.request(url, { method: 'HEAD' });
    assert.ok(showsForm(page, 'decision'));
  });

  test('that cannot be used is in the log of operators, at most 20 times a day for a user', async () => {
    const { server, site } = world;
    const failures = async () =>
      Object(
        await manage(server, 'GET', '/api/v1/logentries/?action=stagedoor.client_document.failed'),
      );
    assert.equal((await failures()).count, 0);
    const { clientId, redirectUri } = site.answer('/gone.json', (_, response) =>
      response.writeHead(410).end(),
    );
    await world.open({ clientId, redirectUri });
    const [entry] = (await failures()).results;
    assert.deepEqual(
      [entry.application, entry.user, entry.actor, entry.data],
      [clientId, null, 'system', { reason: 'The host answered with status 410; 200 is needed.' }],
    );
    for (let index = 0; index < 20; index += 1) {
      await world.open({
        clientId: `https://agent.example:${index + 1000}/client.json`,
        redirectUri,
      });
    }
    assert.equal((await failures()).count, 20);
    await world.open({ clientId, redirectUri }, {}, new UserAgent(server));
    assert.equal((await failures()).count, 20, 'nobody is signed in');
  });
});
