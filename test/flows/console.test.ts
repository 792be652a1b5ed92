import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { sql } from 'kysely';
import { consolePages } from '../../src/console/pages/pages.ts';
import { hourlyJobs } from '../../src/jobs/jobs.ts';
import { dayOf } from '../../src/lib/format-date.ts';
import { browsers, logOf, queuedMails } from '../support/account.ts';
import {
  createPlatform,
  putUser,
  registerApplication,
  type TestApplication,
  type TestPlatform,
  type TestUser,
} from '../support/factories.ts';
import { manage } from '../support/platform.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { pattern, says, textFor } from '../support/texts.ts';
import { introspect, obtainTokens } from '../support/tokens.ts';
import { type Page, describe as textOf, type UserAgent } from '../support/user-agent.ts';

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
/** Markup, a formula of a spreadsheet, and characters that turn the reading direction. */
const EVIL = '=1+2<script>alert(1)</script>"\'';

/** Time zone of the operator, 14 hours ahead. */
const ZONE = 'Pacific/Kiritimati';
/** Answers to a wrong ID; 400 is for one that no URL may have. */
const REFUSED = [400, 404];

let server: TestServer;
let platform: TestPlatform;
let people: ReturnType<typeof browsers>;
let operator: TestUser;
let console: UserAgent;
let developer: TestUser;
let application: TestApplication;
let applications = 0;

before(async () => {
  server = await startServer({ TRUST_PROXY: '1' });
  platform = await createPlatform(server);
  people = browsers(server);
  operator = await putUser(server, { id: 'olga', isOperator: true, timezone: ZONE });
  developer = await putUser(server, { id: 'dev', fullName: EVIL });
  console = await people.signedIn(operator);
  application = await register();
});
after(() => server.close());

function register(name = EVIL): Promise<TestApplication> {
  applications += 1;
  return registerApplication(server, { owner: developer.id, name: `${name} ${applications}` });
}

const inConsole = (one: TestApplication) => `/operator/applications/${one.clientId}`;
const own = (one: TestApplication) => `/account/applications/${one.clientId}`;

/** Posts the form of a page with this action, as its button does. */
async function press(
  agent: UserAgent,
  page: string,
  action: string,
  values: Readonly<Record<string, string>> = {},
): Promise<Page> {
  const { body } = await agent.get(page);
  const [, csrf = ''] = /name="csrf" value="([^"]+)"/.exec(body) ?? [];
  const headers = { origin: new URL(server.issuer).origin };
  const fields = new URLSearchParams({ csrf, ...values });
  return agent.request(action, { method: 'POST', body: fields, headers });
}

const entries = (action: string) =>
  server.database.db
    .selectFrom('audit_events')
    .select(['actor', 'client_id', 'data', 'ip'])
    .where('action', '=', action)
    .orderBy('id')
    .execute();

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
    console = await people.signedIn(operator);
    assert.match((await press(console, path, path)).body, says('console.notice.deleted'));
    assert.equal((await console.get(inConsole(doomed))).status, 404);
  });
});

describe('Review of an application', () => {
  test('requested, asked back, requested again, approved, changed: each step is seen', async () => {
    const one = await register('Seatmap');
    const agent = await people.signedIn(developer);
    const queue = async () => (await console.get('/operator')).body;
    assert.ok(!(await queue()).includes(inConsole(one)));
    const ask = () => press(agent, own(one), `${own(one)}/request-review`);
    assert.match((await ask()).body, says('applications.notice.review_requested'));
    await ask();
    assert.equal((await entries('stagedoor.application.review_requested')).length, 1);
    assert.ok((await queue()).includes(inConsole(one)));
    assert.match(await queue(), says('console.first_review'));
    assert.match((await console.get(inConsole(one))).body, says('console.changes.first'));
    assert.match((await console.get('/account/profile')).body, /class="badge">1</);
    assert.equal((await queuedMails(server, 'review_waiting', operator.email)).length, 1);

    const question = 'Which data do you keep?\n<b>Please answer.</b>';
    await press(console, inConsole(one), `${inConsole(one)}/ask`, { question });
    assert.ok(!(await queue()).includes(inConsole(one)));
    const page = await agent.get(own(one));
    assert.ok(page.body.includes('Which data do you keep?\n&lt;b&gt;'), textOf(page));
    const [mail] = await queuedMails(server, 'application_changed', developer.email);
    assert.equal(Object(mail?.data).reason, question);
    await ask();
    assert.ok((await queue()).includes(inConsole(one)));
    assert.equal((await queuedMails(server, 'review_waiting', operator.email)).length, 1);

    const seen = await console.get(inConsole(one));
    const [, version = ''] = /name="version" value="(\d+)"/.exec(seen.body) ?? [];
    await manage(server, 'PATCH', `/api/v1/applications/${one.clientId}/`, { name: 'Other' });
    const stale = await press(console, inConsole(one), `${inConsole(one)}/review`, { version });
    assert.match(stale.body, says('console.notice.changed_meanwhile'));
    const done = await press(console, inConsole(one), `${inConsole(one)}/review`, {
      version: String(Number(version) + 1),
    });
    assert.match(done.body, says('console.notice.reviewed'));
    const [review] = await entries('stagedoor.application.reviewed');
    assert.equal(review?.actor, 'operator:user:olga');
    assert.ok(!(await queue()).includes(inConsole(one)));
    assert.doesNotMatch((await agent.get(own(one))).body, /request-review|Which data/);
    const late = await press(console, '/operator/users/dev', `${inConsole(one)}/ask`, { question });
    assert.match(late.body, says('console.notice.not_asked'));

    const uri = 'https://elsewhere.example.com/callback';
    await manage(server, 'PATCH', `/api/v1/applications/${one.clientId}/`, {
      redirect_uris: [uri],
    });
    assert.ok((await queue()).includes('elsewhere.example.com'));
    const { body } = await console.get(inConsole(one));
    assert.match(body, /<ins><bdi>https:\/\/elsewhere\.example\.com\/callback/);
    assert.match(body, /<del><bdi>https:\/\/app\.example\.com\/callback/);
  });

  test('operators do not decide about their own application, unless there is no other', async () => {
    const { db } = server.database;
    const owner = await putUser(server, { id: 'owen', isOperator: true });
    const one = await registerApplication(server, { owner: owner.id, name: 'Own tool' });
    const path = inConsole(one);
    const agent = await people.signedIn(owner);
    const reviewed = async () =>
      Object(await manage(server, 'GET', `/api/v1/applications/${one.clientId}/`)).reviewed_at;
    const decide = (verb: string) =>
      press(agent, '/operator/users/dev', `${path}/${verb}`, {
        version: '1',
        question: 'Why?',
        reason: '',
      });
    const page = await agent.get(path);
    assert.match(page.body, says('console.own.others'));
    assert.ok(page.body.includes('Olga Example'), 'the page names who can decide');
    assert.ok(!page.body.includes(`${path}/review`) && !page.body.includes(`${path}/ask`));
    for (const verb of ['review', 'ask', 'suspend', 'resume']) {
      const { body } = await decide(verb);
      const expected = verb === 'suspend' ? 'suspended' : 'own_application';
      assert.match(body, says(`console.notice.${expected}`), verb);
    }
    await press(console, path, `${path}/resume`);
    assert.equal(await reviewed(), null);

    await sql`update users set is_operator = false where id <> 'owen'`.execute(db);
    try {
      assert.match((await agent.get(path)).body, says('console.own.alone'));
      assert.match((await decide('review')).body, says('console.notice.reviewed'));
      const last = (await entries('stagedoor.application.reviewed')).at(-1);
      assert.deepEqual(
        [last?.actor, last?.data],
        [
          'operator:user:owen',
          {
            application: 'Own tool',
            version: 1,
            by_owner: true,
          },
        ],
      );
      assert.match((await agent.get('/operator/log')).body, says('console.data.by_owner'));
    } finally {
      await sql`update users set is_operator = true where id = ${operator.id}`.execute(db);
    }
  });

  test('changed keys, a change of no recorded field and a suspicious name are seen', async () => {
    const { db } = server.database;
    const agent = await register('Keyed');
    const page = async () => (await console.get(inConsole(agent))).body;
    const approve = async () => {
      const [, version = ''] = /name="version" value="(\d+)"/.exec(await page()) ?? [];
      await press(console, inConsole(agent), `${inConsole(agent)}/review`, { version });
    };
    const change = (values: { fingerprint?: string; client_type?: 'public'; name?: string }) =>
      db.updateTable('applications').set(values).where('client_id', '=', agent.clientId).execute();
    await change({ fingerprint: 'first-keys' });
    await approve();
    await change({ fingerprint: 'other-keys', client_type: 'public' });
    const changed = await page();
    for (const value of ['first-keys', 'confidential']) {
      assert.ok(changed.includes(`<del><bdi>${value}`), value);
    }
    for (const value of ['other-keys', 'public']) {
      assert.ok(changed.includes(`<ins><bdi>${value}`), value);
    }
    assert.match((await console.get('/operator')).body, says('console.field.fingerprint'));

    await sql`update application_reviews set reviewed_details = reviewed_details
      - 'fingerprint' - 'clientType' where client_id = ${agent.clientId}`.execute(db);
    assert.match(await page(), says('console.changes.unrecorded'));
    assert.match((await console.get('/operator')).body, says('console.changes.unrecorded'));

    assert.doesNotMatch(await page(), says('console.need.name_claims_review'));
    await change({ name: 'Verified Seats' });
    assert.match(await page(), says('console.need.name_claims_review'));
    assert.match((await console.get('/operator')).body, says('console.need.name_claims_review'));
    await approve();
    assert.doesNotMatch(await page(), says('console.need.name_claims_review'));
  });

  test('a private-use scheme that other apps share is seen before the approval', async () => {
    const scheme = 'com.example.shared:/callback';
    const [first, second] = [await register('First'), await register('Second')];
    await server.database.db
      .updateTable('applications')
      .set({ redirect_uris: [scheme], owner_id: null })
      .where('client_id', 'in', [first.clientId, second.clientId])
      .execute();
    const page = async () => (await console.get(inConsole(second))).body;
    assert.match(await page(), says('console.need.scheme_of_unreviewed'));
    const { body } = await console.get(inConsole(first));
    const [, version = ''] = /name="version" value="(\d+)"/.exec(body) ?? [];
    await press(console, inConsole(first), `${inConsole(first)}/review`, { version });
    assert.match(await page(), says('console.need.scheme_of_reviewed'));
  });

  test('operators get at most one mail a day, and none without something new', async () => {
    const job = hourlyJobs(server.config).find(({ name }) => name === 'review_notices');
    const run = () => job?.begin(server.database.db)(1000);
    const mails = async () => (await queuedMails(server, 'review_waiting', operator.email)).length;
    const age = (hours: number) =>
      sql`update operator_notices set sent_at = now() - make_interval(hours => ${hours})`.execute(
        server.database.db,
      );
    const before = await mails();
    await age(23);
    await run();
    assert.equal(await mails(), before);
    await age(25);
    await Promise.all([run(), run()]);
    assert.equal(await mails(), before + 1);
    await age(25);
    await sql`update application_reviews set requested_at = now() - interval '30 hours'
      where requested_at is not null`.execute(server.database.db);
    await sql`update applications set updated_at = now() - interval '30 hours'`.execute(
      server.database.db,
    );
    await run();
    assert.equal(await mails(), before + 1);
  });

  test('the mail of a request is not sent again a day later', async () => {
    const { db } = server.database;
    const job = hourlyJobs(server.config).find(({ name }) => name === 'review_notices');
    await sql`delete from operator_notices`.execute(db);
    const one = await register('Once');
    const agent = await people.signedIn(developer);
    await press(agent, own(one), `${own(one)}/request-review`);
    const before = await queuedMails(server, 'review_waiting', operator.email);
    await sql`update operator_notices set sent_at = sent_at - interval '25 hours',
      counted_until = counted_until - interval '25 hours'`.execute(db);
    await sql`update application_reviews set requested_at = requested_at - interval '25 hours'`.execute(
      db,
    );
    await sql`update applications set updated_at = updated_at - interval '25 hours'`.execute(db);
    await job?.begin(db)(1000);
    const after = await queuedMails(server, 'review_waiting', operator.email);
    assert.equal(after.length, before.length);
    const mails = await db.selectFrom('operator_notices').select('sent_at').execute();
    assert.ok(mails.length > 0);
  });

  test('suspends and resumes with the reason, as the operator user', async () => {
    const one = await register('Stopped');
    await press(console, inConsole(one), `${inConsole(one)}/suspend`, { reason: 'Phishing' });
    const [suspension] = (await entries('stagedoor.application.suspended')).slice(-1);
    assert.deepEqual(
      [suspension?.actor, suspension?.client_id, Object(suspension?.data).reason],
      ['operator:user:olga', one.clientId, 'Phishing'],
    );
    const call = (await entries('stagedoor.operator.called')).findLast(
      ({ data }) => Object(data).path === '/operator/applications/:clientId/suspend',
    );
    assert.equal(call?.actor, 'operator:user:olga');
    assert.ok(call?.ip);
    await press(console, inConsole(one), `${inConsole(one)}/resume`);
    const resumed = (await entries('stagedoor.application.resumed')).at(-1);
    assert.equal(resumed?.client_id, one.clientId);
  });
});

describe('Texts of operators', () => {
  test('are refused if they are too long or do not print, and change nothing', async () => {
    const one = await register('Odd reason');
    for (const value of ['a\0b', 'a\u0007b', 'a\u202eb', `${'a'.repeat(1999)}\u{1f600}`]) {
      for (const [verb, values] of [
        ['suspend', { reason: value }],
        ['ask', { question: value }],
      ] as const) {
        const answer = await press(console, inConsole(one), `${inConsole(one)}/${verb}`, values);
        assert.equal(answer.status, 200, JSON.stringify(value));
        assert.match(answer.body, says('console.notice.text_refused'), JSON.stringify(value));
      }
    }
    const suspended = await entries('stagedoor.application.suspended');
    assert.ok(!suspended.some(({ client_id: id }) => id === one.clientId));
  });
});

describe('The log in the console', () => {
  const titles = async (query: string) => {
    const { body, status } = await console.get(`/operator/log?${query}`);
    assert.equal(status, 200, query);
    return [...body.matchAll(/<h2><bdi>(.*?)<\/bdi>/g)].map(([, title = '']) => title);
  };
  /** Follows the links to further pages. */
  const allTitles = async (query: string) => {
    const found: string[] = [];
    let path: string | undefined = `/operator/log?${query}`;
    while (path !== undefined) {
      const { body } = await console.get(path);
      found.push(...[...body.matchAll(/<h2><bdi>(.*?)<\/bdi>/g)].map(([, title = '']) => title));
      path = /href="([^"]+)" rel="next"/.exec(body)?.[1]?.replaceAll('&amp;', '&');
    }
    return found;
  };

  test('is filtered by user, application, operator, kind and day', async () => {
    const lea = await putUser(server, { id: 'lea', fullName: 'Lea Lustig' });
    const one = await register('Logged');
    await obtainTokens(server, { application: one, user: platform.ada });
    await people.signedIn(lea);
    const signedIn = textFor('console.log.signed_in', { user: 'Lea Lustig' });
    assert.deepEqual(await titles('user=lea&kind=sign_ins'), [signedIn]);
    assert.deepEqual(await titles(`user=${encodeURIComponent(lea.email)}&kind=sign_ins`), [
      signedIn,
    ]);
    assert.deepEqual(await titles('user=lea&kind=authorizations'), []);
    const [connected] = await titles(`application=${one.clientId}&kind=authorizations`);
    assert.match(connected ?? '', /Logged/);
    assert.ok(!(await titles(`application=${one.clientId}`)).includes(signedIn));
    assert.match((await titles('operator=user:olga')).join(), says('console.log.opened'));
    assert.deepEqual(await titles('operator=nobody'), []);
    // The days are those of the operator's time zone.
    const today = dayOf(new Date(), ZONE);
    assert.deepEqual(await titles(`user=lea&kind=sign_ins&since=${today}&until=${today}`), [
      signedIn,
    ]);
    assert.deepEqual(await titles('user=lea&until=2020-01-01'), []);
  });

  test('odd filters match nothing or are ignored, and are never an error', async () => {
    for (const query of [
      'user=%00',
      'user=a%0Ab',
      'user=%40',
      'application=%20a%20b',
      'kind=__proto__',
      'operator=%27',
      'since=2026-13-45&until=9999-99-99',
      'until=2999-12-31',
      'page=2&cursor=%7B',
      'page=7',
      'user=a&user=b',
    ]) {
      assert.equal((await console.get(`/operator/log?${query}`)).status, 200, query);
    }
  });

  test('each entry is on one page, forwards and backwards, with every kind of filter', async () => {
    const { db } = server.database;
    await sql`insert into audit_events (happened_at, action, actor, user_id, client_id, data)
      select now() - (n / 3) * interval '1 second',
        'stagedoor.' || (array['user.signed_in', 'user.oauth.denied'])[1 + n % 2],
        case n % 2 when 0 then 'user:many' else 'operator:many' end, 'many',
        'app-' || n % 2, jsonb_build_object('application', 'App ' || n)
      from generate_series(1, 120) n`.execute(db);
    for (const [query, expected] of [
      ['user=many', 120],
      ['user=many&kind=authorizations', 60],
      ['application=app-1', 60],
      ['application=app-1&user=many&kind=authorizations&operator=many', 60],
      ['operator=many', 60],
    ] as const) {
      const found = await allTitles(query);
      assert.equal(found.length, expected, query);
    }
    const denied = (await allTitles('kind=authorizations')).filter((one) => /App \d/.test(one));
    assert.equal(new Set(denied).size, 60);
    const first = await titles('user=many');
    const page = async (path: string, rel: string) => {
      const { body } = await console.get(path);
      return new RegExp(`href="([^"]+)" rel="${rel}"`).exec(body)?.[1]?.replaceAll('&amp;', '&');
    };
    const third = await page((await page('/operator/log?user=many', 'next')) ?? '', 'next');
    const second = await page(third ?? '', 'prev');
    const back = await page(second ?? '', 'prev');
    assert.deepEqual(await titles(back?.split('?')[1] ?? ''), first);
  });

  test('looks through 5,000 entries of an application for one page, and goes on from there', async () => {
    const { db } = server.database;
    await sql`insert into audit_events (happened_at, action, actor, client_id, data)
      select now() - n * interval '1 second',
        case n when 5001 then 'stagedoor.application.deleted' else 'stagedoor.application.changed' end,
        'system', 'busy', '{}'
      from generate_series(1, 5001) n`.execute(db);
    const query = 'application=busy&kind=sign_ins';
    const first = await console.get(`/operator/log?${query}`);
    assert.match(first.body, says('console.empty.searched'));
    const next = /href="([^"]+)" rel="next"/.exec(first.body)?.[1]?.replaceAll('&amp;', '&');
    const last = await console.get(next ?? '');
    assert.match(last.body, says('console.empty.rest'));
    assert.doesNotMatch(last.body, / rel="next"/);
    assert.deepEqual(await allTitles(query), []);
  });

  test('logs who read it with which filters, without e-mail addresses', async () => {
    await console.get('/operator/log?user=lea%40example.com&kind=sign_ins&since=2026-01-01');
    const [call] = (await entries('stagedoor.operator.called')).filter(
      ({ data }) => Object(data).filters?.since === '2026-01-01',
    );
    assert.deepEqual(Object(call?.data).filters, {
      user: 'lea',
      kind: 'sign_ins',
      since: '2026-01-01',
    });
    assert.equal(call?.actor, 'operator:user:olga');
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
      return [...body.matchAll(/<bdi>Übersicht[^<]*|<bdi>Box-Office[^<]*/g)].length;
    };
    const one = await register('Übersicht der Plätze');
    await register('Box-Office_Export');
    for (const q of ['Übersicht', 'übersicht DER pl', 'plätze', 'pl über', one.clientId]) {
      assert.equal(await found(q), 1, q);
    }
    for (const q of ['box', 'export', 'Box-Office', 'box off']) {
      assert.equal(await found(q), 1, q);
    }
    assert.ok((await found(developer.id)) >= 2);
    for (const q of ['bersicht', '%', '_', "'", '!', '& | :*', '\\', '<script>']) {
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
