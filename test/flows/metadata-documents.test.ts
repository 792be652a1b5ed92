import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { sql } from 'kysely';
import { stagedoorHere } from '../support/command-line.ts';
import {
  type DocumentApplication,
  type DocumentSite,
  LOOPBACK,
  startDocumentSite,
} from '../support/document-site.ts';
import {
  createPlatform,
  putUser,
  registerApplication,
  reviewApplication,
  type TestPlatform,
} from '../support/factories.ts';
import { authorizationUrl, authorize, requestOf, signIn } from '../support/flow.ts';
import { until } from '../support/outbox.ts';
import { callManagement, manage } from '../support/platform.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { says, textFor } from '../support/texts.ts';
import { basic, introspect, obtainTokens, postForm, refresh, revoke } from '../support/tokens.ts';
import { type Page, showsForm, UserAgent } from '../support/user-agent.ts';

/** `DOCUMENT_REQUESTS=100000` for the whole number. */
const ANONYMOUS_REQUESTS = Number(process.env.DOCUMENT_REQUESTS ?? 50);

let server: TestServer;
let platform: TestPlatform;
let site: DocumentSite;
let ada: UserAgent;
before(async () => {
  site = await startDocumentSite();
  server = await startServer({ FETCH_PRIVATE_HOSTS: '127.0.0.1' });
  platform = await createPlatform(server);
  ada = new UserAgent(server);
  await signIn(ada, await ada.get('/login'), platform.ada);
});
after(async () => {
  await server.close();
  await site.close();
});

// Each test has the whole budget of the user and of the host.
beforeEach(() => sql`delete from rate_limits`.execute(server.database.db));

const cli = (...args: string[]) => {
  const { databaseUrl = '', dataDir } = server.config;
  return stagedoorHere({ DATABASE_URL: databaseUrl, DATA_DIR: dataDir }, args);
};
const pathOf = ({ clientId }: Pick<DocumentApplication, 'clientId'>) =>
  `/api/v1/applications/${encodeURIComponent(clientId)}/`;
const rowsOf = async (table: 'applications' | 'interactions' | 'client_documents') => {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from ${sql.table(table)}`.execute(server.database.db);
  return rows[0]?.count ?? 0;
};
const open = (
  application: Omit<DocumentApplication, 'clientSecret'>,
  parameters = {},
  agent = ada,
): Promise<Page> => agent.get(authorizationUrl(server, requestOf(application, parameters)));
const connect = (application: DocumentApplication) =>
  obtainTokens(server, { application, user: platform.ada, agent: ada, scope: 'read' });
/** Lets the copy of a document become old, or its failures last. */
const setDocument = (change: string) =>
  sql`update client_documents set ${sql.raw(change)}`.execute(server.database.db);
const STALE = "fresh_until = now() - interval '1 second'";

describe('An unknown document', () => {
  test(`${ANONYMOUS_REQUESTS} anonymous requests show sign-in with the host: no row, no fetch`, async () => {
    const before = [await rowsOf('applications'), await rowsOf('interactions')];
    const fetched = site.requests.length;
    for (let index = 0; index < ANONYMOUS_REQUESTS; index += 1) {
      const clientId = site.address(`/invented/${index}.json`);
      const redirectUri = `https://client-${index}.example/cb`;
      const page = await open({ clientId, redirectUri }, {}, new UserAgent(server));
      assert.ok(showsForm(page, 'email', 'password'));
      assert.match(page.body, says('login.continue', { application: `<bdi>${site.host}</bdi>` }));
    }
    assert.deepEqual([await rowsOf('applications'), await rowsOf('interactions')], before);
    assert.equal(site.requests.length, fetched);
  });

  const ANONYMOUS: Record<string, Record<string, string>> = {
    'prompt=none': { prompt: 'none' },
    'an unknown scope': { scope: 'everything' },
    'a wrong response type': { response_type: 'token' },
  };
  for (const [name, parameters] of Object.entries(ANONYMOUS)) {
    test(`an anonymous request with ${name} is not redirected to the application`, async () => {
      const application = site.publish('/anonymous.json');
      const fetched = site.requests.length;
      const page = await open(application, parameters, new UserAgent(server));
      assert.equal(page.leavesTo, undefined);
      assert.ok(page.status >= 400);
      assert.equal(site.requests.length, fetched);
    });
  }

  test('token, revocation and pushed requests are 401 and fetch nothing', async () => {
    const { clientId, redirectUri } = site.publish('/programs.json');
    const client = { clientId, clientSecret: undefined };
    const fetched = site.requests.length;
    for (const [endpoint, parameters] of [
      ['token', { grant_type: 'refresh_token', refresh_token: `sdr_${'a'.repeat(43)}` }],
      ['revoke_token', { token: 'x' }],
      ['par', requestOf({ clientId, redirectUri })],
    ] as const) {
      const answer = await postForm(server, endpoint, client, parameters);
      assert.deepEqual([answer.status, answer.body.error], [401, 'invalid_client'], endpoint);
    }
    assert.equal(site.requests.length, fetched);
  });

  test('a user signs in, allows it, and it gets tokens that can be refreshed and revoked', async () => {
    const application = site.publish('/whole.json');
    const before = await rowsOf('applications');
    const agent = new UserAgent(server);
    const login = await open(application, {}, agent);
    assert.equal(await rowsOf('applications'), before);
    const consent = await signIn(agent, login, platform.ada);
    assert.ok(showsForm(consent, 'decision'));
    assert.equal(await rowsOf('applications'), before, 'no row before consent');
    const tokens = await obtainTokens(server, { application, user: platform.ada, agent });
    assert.equal(await rowsOf('applications'), before + 1);
    const renewed = await refresh(server, application, tokens.refreshToken);
    assert.equal(renewed.status, 200);
    const answer = await introspect(
      server,
      platform.resourceServer,
      renewed.body.access_token ?? '',
    );
    assert.deepEqual([answer.body.active, answer.body.client_id], [true, application.clientId]);
    const ended = await revoke(server, application, renewed.body.refresh_token ?? '');
    assert.equal(ended.status, 200);
  });

  test('opened by three users before anybody allows it is fetched once', async () => {
    const application = site.publish('/opened.json');
    const ben = new UserAgent(server);
    await signIn(ben, await ben.get('/login'), platform.ben);
    for (const agent of [ada, ada, ben]) {
      assert.ok(showsForm(await open(application, {}, agent), 'decision'));
    }
    assert.equal(site.requests.filter((path) => path === '/opened.json').length, 1);
  });

  test('beyond 20 addresses a day, a user sees a page, and nothing is fetched', async () => {
    const carol = new UserAgent(server);
    await signIn(carol, await carol.get('/login'), await putUser(server, { id: 'carol' }));
    const pages: Page[] = [];
    for (let index = 0; index < 21; index += 1) {
      pages.push(await open(site.publish(`/many/${index}.json`), {}, carol));
    }
    assert.deepEqual(
      pages.map(({ status }) => status),
      [...Array(20).fill(200), 429],
    );
    assert.ok(!site.requests.includes('/many/20.json'));
  });

  test('a user denies it: the application learns that, and no row is written', async () => {
    const application = site.publish('/denied.json');
    const before = await rowsOf('applications');
    const denied = await authorize(server, {
      application,
      user: platform.ada,
      agent: ada,
      decision: 'deny',
    });
    assert.equal(denied.parameters.error, 'access_denied');
    assert.equal(await rowsOf('applications'), before);
  });
});

describe('Consent for a document', () => {
  test('shows the host, that it is not reviewed, and that it runs on this computer', async () => {
    const page = await open(site.publish('/consent.json'));
    assert.match(page.body, /Ticket Agent/);
    assert.match(page.body, says('consent.described_at', { host: `<bdi>${site.host}</bdi>` }));
    assert.match(page.body, says('consent.unreviewed.title'));
    assert.match(page.body, says('consent.local.title'));
    assert.match(page.body, says('consent.back.local', { host: '<bdi>127.0.0.1:51234</bdi>' }));
  });

  test('warns of programs on this device if this request returns there, not to a website', async () => {
    const website = 'https://agent.example/cb';
    const scheme = 'com.example.agent:/cb';
    const application = site.publish('/website.json', {
      redirect_uris: [website, 'http://127.0.0.1/callback', scheme],
    });
    const warns = async (redirectUri: string) =>
      says('consent.local.title').test((await open({ ...application, redirectUri })).body);
    assert.equal(await warns('http://127.0.0.1:7/callback'), true);
    assert.equal(await warns(scheme), true);
    assert.equal(await warns(website), false);
  });

  test('shows a name that looks like a reviewed one by its host', async () => {
    const known = await registerApplication(server, { owner: 'ben', name: 'Seatmap Studio' });
    await reviewApplication(server, known.clientId);
    for (const [path, name] of [
      ['/same.json', 'Seatmap Studio'],
      ['/similar.json', 'Seatrnap Studio'],
      ['/official.json', 'Official Seat Plan'],
      ['/hidden.json', 'Seat\u202eplan'],
    ] as const) {
      const page = await open(site.publish(path, { client_name: name }));
      assert.ok(showsForm(page, 'decision'), name);
      assert.match(
        page.body,
        says('consent.heading', { application: `<bdi>${site.host}</bdi>` }),
        name,
      );
    }
  });

  test('the application changes while the page is open: nothing is granted', async () => {
    const application = site.publish('/races.json');
    const page = await open(application);
    site.publish('/races.json', { client_name: 'Other Agent' });
    await sql`update interactions set candidate = jsonb_set(candidate, '{fetched,freshSeconds}', '0')
      where candidate is not null`.execute(server.database.db);
    const ben = new UserAgent(server);
    await obtainTokens(server, { application, user: platform.ben, agent: ben, scope: 'profile' });
    const answer = await ada.submit(
      page,
      { decision: 'allow', organizers: [], scopes: ['read'] },
      'decision',
    );
    assert.match(answer.body, says('over.title.application_changed'));
  });
});

describe('What a document contains', () => {
  const ACCEPTED: Record<string, object> = {
    'unknown grant types': {
      grant_types: [
        'authorization_code',
        'refresh_token',
        'urn:ietf:params:oauth:grant-type:jwt-bearer',
      ],
    },
    'unknown response types': { response_types: ['code', 'token'] },
    'scopes that this server has not': { scope: 'read mcp:tools openid' },
    'only scopes that this server has not': { scope: 'mcp:tools' },
    'an authentication by secret': { token_endpoint_auth_method: 'client_secret_post' },
    'no authentication': { token_endpoint_auth_method: 'none' },
    'application type native': { application_type: 'native' },
    'a loopback redirect with another port': { redirect_uris: ['http://127.0.0.1:33418/callback'] },
    'a private scheme and a website beside': {
      redirect_uris: [
        'http://127.0.0.1/callback',
        'cursor://anysphere.cursor-mcp/cb',
        'https://a.example/',
      ],
    },
    'redirect URIs that this server refuses': {
      redirect_uris: [
        'http://evil.example/cb',
        'javascript:alert(1)',
        7,
        'http://127.0.0.1/callback',
      ],
    },
    'values of other types': { client_name: 7, scope: ['read'], client_uri: {}, contacts: null },
  };
  for (const [name, fields] of Object.entries(ACCEPTED)) {
    test(`${name}: accepted, up to a token`, async () => {
      const application = site.publish(`/accepted/${encodeURIComponent(name)}.json`, fields);
      assert.ok((await connect(application)).accessToken);
    });
  }

  const REFUSED: Record<string, object> = {
    'another client_id': { client_id: 'https://other.example/client.json' },
    'its address in another spelling as client_id': { client_id: 'HTTP://127.0.0.1/x' },
    'no client_id': { client_id: undefined },
    'a client_secret': { client_secret: 'x' },
    'no redirect URI': { redirect_uris: [] },
    'only redirect URIs that this server refuses': { redirect_uris: ['http://evil.example/cb'] },
    'no authorization code grant': { grant_types: ['client_credentials'] },
    'no code response': { response_types: ['token'] },
  };
  for (const [name, fields] of Object.entries(REFUSED)) {
    test(`${name}: refused on a page`, async () => {
      const application = site.publish(`/refused/${encodeURIComponent(name)}.json`, fields);
      const page = await open(application);
      assert.equal(page.status, 400);
      assert.match(page.body, says('error.client_document.title'));
      assert.equal(page.leavesTo, undefined);
    });
  }

  test('a redirect URI that is not in it is refused on a page', async () => {
    const { clientId } = site.publish('/redirects.json');
    const page = await open({ clientId, redirectUri: 'https://evil.example/cb' });
    assert.equal(page.status, 400);
    assert.equal(page.leavesTo, undefined);
  });
});

describe('A known document', () => {
  const requestsTo = (path: string) => site.requests.filter((one) => one === path).length;

  test('is fetched again only when its copy is old', async () => {
    const application = site.publish('/fresh.json');
    await connect(application);
    await open(application);
    assert.equal(requestsTo('/fresh.json'), 1);
    await setDocument(STALE);
    await Promise.all([open(application), open(application), open(application)]);
    assert.equal(requestsTo('/fresh.json'), 2);
  });

  test('with a new name shows it, and its review ends', async () => {
    const application = site.publish('/renamed.json');
    await connect(application);
    await reviewDocument(application);
    site.publish('/renamed.json', { client_name: 'Renamed Agent' });
    await setDocument(STALE);
    const page = await open(application);
    assert.match(page.body, /Renamed Agent/);
    assert.match(page.body, says('consent.unreviewed.title'));
  });

  test('with other redirect hosts is told in the log and on the page, and its review ends', async () => {
    const client_name = 'Moving Agent';
    const application = site.publish('/moved.json', { client_name });
    await connect(application);
    await reviewDocument(application);
    site.publish('/moved.json', {
      client_name,
      redirect_uris: ['http://127.0.0.1/callback', 'https://new.example/cb'],
    });
    await setDocument(STALE);
    const page = await open(application);
    assert.match(page.body, says('consent.unreviewed.title'));
    const [, ending = '|'] = textFor('consent.again.changed', { date: '|' }).split('|');
    assert.ok(page.body.includes(ending));
    const activity = await ada.get('/account/activity');
    assert.match(
      activity.body,
      says('activity.trust_changed', { application: '<bdi>Moving Agent</bdi>' }),
    );
  });

  test('that changes its redirect hosts again and again adds one entry a day to the log', async () => {
    const application = site.publish('/flips.json');
    await connect(application);
    const flip = async (host: string) => {
      site.publish('/flips.json', { redirect_uris: [LOOPBACK, `https://${host}.example/cb`] });
      await setDocument(STALE);
      await open(application);
    };
    const entries = async () => {
      const { rows } = await sql`select from audit_events where client_id = ${application.clientId}
        and action = 'stagedoor.application.trust_changed'`.execute(server.database.db);
      return rows.length;
    };
    await sql`update applications set fingerprint = 'earlier'
      where client_id = ${application.clientId}`.execute(server.database.db);
    await setDocument(STALE);
    await open(application);
    assert.equal(await entries(), 0, 'the grant is for these redirect hosts');
    await sql`insert into audit_events (happened_at, action, actor, user_id, client_id)
      values (now() - interval '2 days', 'stagedoor.application.trust_changed', 'system', 'ada',
        ${application.clientId})`.execute(server.database.db);
    for (const host of ['one', 'two', 'one', 'two']) {
      await flip(host);
    }
    assert.equal(await entries(), 2);
  });

  const BROKEN: Record<string, (application: string) => void> = {
    'is not found': (path) =>
      void site.answer(path, (_, response) => response.writeHead(404).end()),
    'is HTML': (path) =>
      void site.answer(path, (_, response) => {
        response.writeHead(200, { 'Content-Type': 'text/html' }).end('<p>Back soon</p>');
      }),
    'names another client': (path) => void site.publish(path, { client_id: 'https://x.example/y' }),
  };
  for (const [name, breakIt] of Object.entries(BROKEN)) {
    test(`that ${name} now works on for seven days`, async () => {
      const path = `/broken/${encodeURIComponent(name)}.json`;
      const application = site.publish(path);
      const tokens = await connect(application);
      breakIt(path);
      await setDocument(STALE);
      assert.ok(showsForm(await open(application), 'decision'));
      assert.equal((await refresh(server, application, tokens.refreshToken)).status, 200);
      await setDocument("failing_since = now() - interval '6 days 23 hours'");
      assert.ok(showsForm(await open(application), 'decision'));
      await setDocument("failing_since = now() - interval '7 days 1 minute'");
      const page = await open(application);
      assert.match(page.body, says('error.client_document.title'));
      site.publish(path);
      await setDocument(`failing_since = null, ${STALE}`);
      assert.ok(showsForm(await open(application), 'decision'));
    });
  }

  test('can be suspended and resumed by its URL-encoded address', async () => {
    const application = site.publish('/suspended.json');
    const tokens = await connect(application);
    const path = pathOf(application);
    const shown = Object(await manage(server, 'GET', path));
    assert.deepEqual([shown.kind, shown.owner], ['metadata_document', null]);
    await manage(server, 'POST', `${path}suspend/`, { reason: 'Misused' });
    const answer = await introspect(server, platform.resourceServer, tokens.accessToken);
    assert.equal(answer.body.active, false);
    const page = await open(application);
    assert.equal(page.leavesTo, undefined);
    assert.ok(!showsForm(page, 'decision'));
    await manage(server, 'POST', `${path}resume/`);
    assert.ok(showsForm(await open(application), 'decision'));
  });

  test('is in the list by its kind, and its details cannot be changed', async () => {
    const application = site.publish('/listed.json');
    await connect(application);
    const list = await manage(
      server,
      'GET',
      '/api/v1/applications/?kind=metadata_document&ordering=-created_at',
    );
    assert.equal(Object(list).results[0].client_id, application.clientId);
    const answer = await callManagement(server, 'PATCH', pathOf(application), { name: 'Mine' });
    assert.deepEqual([answer.status, Object.keys(Object(answer.body))], [400, ['name']]);
    const disabled = await manage(server, 'PATCH', pathOf(application), { is_active: false });
    assert.equal(Object(disabled).state, 'disabled');
  });

  test('can be disconnected by the user on the page of all its authorizations', async () => {
    const application = site.publish('/disconnected.json', { client_name: 'Lonely Agent' });
    await connect(application);
    const path = `/account/authorizations/applications/${encodeURIComponent(application.clientId)}/revoke`;
    const page = await ada.submit(await ada.get(path), {});
    assert.equal(page.status, 200);
    assert.doesNotMatch(page.body, /Lonely Agent/);
  });

  test('is listed, shown and suspended on the command line by its address', async () => {
    const application = site.publish('/command-line.json');
    await connect(application);
    const list = await cli('application', 'list', '--documents', '--json');
    assert.equal(list.code, 0, list.err);
    const known: { client_id: string }[] = JSON.parse(list.out);
    assert.ok(known.some(({ client_id }) => client_id === application.clientId));
    const shown = await cli('application', 'show', application.clientId);
    assert.match(shown.out, /metadata_document/);
    const reason = ['--reason', 'Misused'];
    const suspended = await cli('application', 'suspend', application.clientId, ...reason);
    assert.equal(suspended.code, 0, suspended.err);
    const grants = await cli('grant', 'list', '--application', application.clientId, '--json');
    assert.equal(JSON.parse(grants.out).length, 1);
    const blocked = await cli('blocked-host', 'add', 'agent.example', ...reason);
    assert.equal(blocked.code, 0, blocked.err);
    assert.match((await cli('blocked-host', 'list')).out, /agent\.example/);
    assert.equal((await cli('blocked-host', 'delete', 'agent.example', '--yes')).code, 0);
  });

  test('has its failed requests in the error log, and its changes in the feed, by its address', async () => {
    const application = site.publish('/failing.json');
    const { clientId } = application;
    await connect(application);
    const before = await changesAfter();
    const refused = await postForm(server, 'token', application, {
      grant_type: 'refresh_token',
      refresh_token: 'wrong',
    });
    assert.equal(refused.body.error, 'invalid_grant');
    await manage(server, 'POST', `${pathOf(application)}suspend/`, { reason: 'Misused' });
    const { changes } = await changesAfter(before.cursor);
    assert.ok(changes.includes(`application:${clientId}`));
    await until(async () => {
      const errors = server.database.db
        .selectFrom('client_errors')
        .select('endpoint')
        .where('client_id', '=', clientId);
      return (await errors.execute()).length === 1;
    });
  });

  test('of a host that is blocked is suspended, and no other of the host is fetched', async () => {
    const application = site.publish('/blocked.json');
    await connect(application);
    await manage(server, 'PUT', '/api/v1/blocked-hosts/127.0.0.1/', { reason: 'Misused' });
    assert.equal(Object(await manage(server, 'GET', pathOf(application))).state, 'suspended');
    const page = await open(site.publish('/blocked-new.json'));
    assert.equal(page.status, 403);
    assert.match(page.body, says('error.client_document.title'));
    assert.ok(!site.requests.includes('/blocked-new.json'));
    await manage(server, 'DELETE', '/api/v1/blocked-hosts/127.0.0.1/');
    assert.ok(showsForm(await open(site.publish('/blocked-new.json')), 'decision'));
    assert.equal(Object(await manage(server, 'GET', pathOf(application))).state, 'suspended');
  });

  async function changesAfter(cursor?: string): Promise<{ changes: string[]; cursor: string }> {
    const { clientId, clientSecret = '' } = platform.resourceServer;
    const url = new URL('/api/v1/oauth/changes', server.issuer);
    if (cursor !== undefined) {
      url.searchParams.set('after', cursor);
    }
    const headers = { authorization: basic(clientId, clientSecret) };
    return Object(await (await fetch(url, { headers })).json());
  }

  async function reviewDocument(application: DocumentApplication): Promise<void> {
    const { version } = Object(await manage(server, 'GET', pathOf(application)));
    await manage(server, 'POST', `${pathOf(application)}review/`, { version });
    assert.match((await open(application)).body, says('consent.reviewed'));
  }
});
