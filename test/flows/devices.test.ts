import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { sql } from 'kysely';
import { hashOf } from '../../src/lib/credentials.ts';
import { cleanUp } from '../support/clean-up.ts';
import { putUser, type TestUser } from '../support/factories.ts';
import { withPlatform } from '../support/fixture.ts';
import { authorizationUrl, requestOf, signIn } from '../support/flow.ts';
import { mailsTo } from '../support/mail-folder.ts';
import { callManagement } from '../support/platform.ts';
import { says, textFor } from '../support/texts.ts';
import { showsForm, describe as textOf, UserAgent } from '../support/user-agent.ts';

const COOKIE = 'stagedoor_device';
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

const { server, platform } = withPlatform({ TRUST_PROXY: '1' });
let user: TestUser;
let users = 0;

beforeEach(async () => {
  users += 1;
  user = await putUser(server, { id: `user${users}`, locale: 'de', timezone: 'Europe/Berlin' });
});

/** Opens another browser with the same address. */
const newBrowser = (cookies?: UserAgent['cookies']) =>
  new UserAgent(server, { 'user-agent': FIREFOX, 'x-forwarded-for': '203.0.113.7' }, cookies);

async function signInWith(agent: UserAgent, who = user): Promise<UserAgent> {
  const page = await signIn(agent, await agent.get('/login?reason=recent'), who);
  assert.equal(page.url.pathname, '/account/authorizations');
  return agent;
}

const devices = (userId = user.id) =>
  server.database.db
    .selectFrom('known_devices')
    .select(['device_hash', 'last_seen_at'])
    .where('user_id', '=', userId)
    .orderBy('first_seen_at')
    .execute();

/** Counts the mails about a new device. */
const told = async (recipient = user.email) => {
  const mails = await server.database.db
    .selectFrom('mail_outbox')
    .select('id')
    .where('kind', '=', 'new_device')
    .where('recipient', '=', recipient)
    .execute();
  return mails.length;
};

/** Returns the data of each logged sign-in. */
const logged = async () => {
  const rows = await server.database.db
    .selectFrom('audit_events')
    .select('data')
    .where('action', '=', 'stagedoor.user.signed_in')
    .where('user_id', '=', user.id)
    .orderBy('id')
    .execute();
  return rows.map(({ data }) => data);
};

const age = (days: number) =>
  server.database.db
    .updateTable('known_devices')
    .set({ last_seen_at: sql<Date>`last_seen_at - make_interval(days => ${days})` })
    .where('user_id', '=', user.id)
    .execute();

const requestUrl = (parameters: Record<string, string>) =>
  authorizationUrl(server, requestOf(platform.application, { scope: 'profile', ...parameters }));

describe('Sign-in', () => {
  test('the first one of a user sends no mail, and the browser becomes known', async () => {
    const agent = await signInWith(newBrowser());
    const [cookie = ''] = agent.cookies.values(COOKIE);
    const [device, ...others] = await devices();
    assert.deepEqual(others, []);
    assert.deepEqual(Buffer.from(device?.device_hash ?? []), hashOf(cookie));
    assert.deepEqual(await logged(), [{}]);
    assert.equal(await told(), 0);
  });

  test('in another browser sends a mail with time, address, browser and advice', async () => {
    await signInWith(newBrowser());
    await signInWith(newBrowser());
    assert.deepEqual(await logged(), [{}, { new_device: true }]);
    assert.equal((await devices()).length, 2);
    const [mail, ...others] = await mailsTo(server, user.email);
    assert.ok(mail !== undefined && others.length === 0);
    assert.equal(mail.headers.get('subject'), textFor('mail.sign_in.subject', {}, 'de'));
    for (const part of [mail.text, mail.html]) {
      assert.match(part, /Firefox unter Linux, Adresse 203\.0\.113\.7/);
      assert.match(part, /20\d\d um \d\d:\d\d ME(S?)Z/);
      assert.match(part, says('mail.sign_in.unexpected', {}, 'de'));
      assert.ok(part.includes(`${server.issuer}/account/authorizations`));
    }
  });

  test('in a known browser sends no mail', async () => {
    const agent = await signInWith(newBrowser());
    await age(300);
    const [before] = await devices();
    const cookies = agent.cookies.values(COOKIE);
    await agent.submit(await agent.get('/logout'), {}, 'csrf');
    await signInWith(agent);
    assert.deepEqual(agent.cookies.values(COOKIE), cookies);
    const [after, ...others] = await devices();
    assert.ok(before && after && after.last_seen_at > before.last_seen_at);
    assert.deepEqual(others, []);
    assert.deepEqual(await logged(), [{}, {}]);
    assert.equal(await told(), 0);
  });

  test('renews the device cookie for a year, as HttpOnly', async () => {
    const agent = newBrowser();
    const login = await agent.get('/login');
    const csrf = /name="csrf" value="([^"]+)"/.exec(login.body)?.[1] ?? '';
    const response = await fetch(new URL('/login', server.issuer), {
      method: 'POST',
      body: new URLSearchParams({ csrf, email: user.email, password: user.password }),
      headers: { cookie: agent.cookies.header(login.url) },
      redirect: 'manual',
    });
    const [header = ''] = response.headers
      .getSetCookie()
      .filter((one) => one.startsWith(`${COOKIE}=`));
    assert.match(
      header,
      /^stagedoor_device=[0-9A-Za-z]{43}; Path=\/; Max-Age=31536000; HttpOnly; SameSite=Lax$/,
    );
  });

  test('in a browser that another user knows counts as new for this user', async () => {
    const { ada } = platform;
    const shared = await signInWith(newBrowser(), ada);
    await signInWith(shared);
    assert.equal(await told(), 0, 'the first sign-in of the user');
    await signInWith(newBrowser());
    assert.equal(await told(), 1);
    await signInWith(shared, ada);
    await signInWith(shared);
    assert.equal(await told(), 1);
    assert.equal(await told(ada.email), 0);
  });

  test('during an authorization request in a new browser sends a mail', async () => {
    await signInWith(newBrowser());
    const agent = newBrowser();
    const consent = await signIn(agent, await agent.get(requestUrl({})), user);
    assert.ok(showsForm(consent, 'decision'));
    assert.equal(await told(), 1);
    assert.equal(agent.cookies.values(COOKIE).length, 1);
  });

  test('again on the consent page in a new browser sends a mail', async () => {
    const agent = await signInWith(newBrowser());
    const stolen = agent.cookies.copy();
    stolen.store(
      new URL(server.issuer),
      new Headers({ 'set-cookie': `${COOKIE}=; Max-Age=0; Path=/` }),
    );
    await server.database.db
      .updateTable('sessions')
      .set({ authenticated_at: sql<Date>`now() - interval '2 hours'` })
      .where('user_id', '=', user.id)
      .execute();
    const other = newBrowser(stolen);
    const consent = await other.get(requestUrl({ prompt: 'consent' }));
    const wrong = await other.submit(consent, { decision: 'allow', password: 'wrong' });
    assert.equal(await told(), 0);
    const end = await other.submit(wrong, { decision: 'allow', password: user.password });
    assert.ok(end.leavesTo?.searchParams.has('code'), textOf(end) + textOf(wrong));
    assert.deepEqual(await logged(), [{}, { new_device: true }]);
    assert.equal(await told(), 1);
  });

  test('twice at once in a new browser sends one mail', async () => {
    await signInWith(newBrowser());
    const agent = newBrowser();
    await signInWith(agent, platform.ben);
    const login = await agent.get('/login?reason=recent');
    await Promise.all([signIn(agent, login, user), signIn(agent, login, user)]);
    assert.equal((await devices()).length, 2);
    assert.equal(await told(), 1);
  });

  test('with a forged device cookie counts as a new browser', async () => {
    await signInWith(newBrowser());
    const agent = newBrowser();
    for (const forged of ['', 'x', 'ü'.repeat(43), `${'x'.repeat(43)}%00`]) {
      const header = `${COOKIE}=${encodeURIComponent(forged)}; Path=/`;
      agent.cookies.store(new URL(server.issuer), new Headers({ 'set-cookie': header }));
      await signInWith(agent);
      assert.match(agent.cookies.values(COOKIE)[0] ?? '', /^[0-9A-Za-z]{43}$/);
    }
    assert.equal(await told(), 4);
  });
});

describe('No mail and no known browser for a sign-in', () => {
  const attempt = async (email: string, password: string) => {
    const agent = newBrowser();
    const page = await agent.submit(await agent.get('/login'), { email, password });
    assert.equal(page.status, 401);
    assert.deepEqual(agent.cookies.values(COOKIE), []);
  };

  test('with a wrong password, of a deactivated user or of an unknown user', async () => {
    await signInWith(newBrowser());
    await attempt(user.email, 'wrong');
    await attempt('nobody@example.com', 'wrong');
    await callManagement(server, 'PATCH', `/api/v1/users/${user.id}/`, { is_active: false });
    await attempt(user.email, user.password);
    assert.equal((await devices()).length, 1);
    assert.equal(await told(), 0);
  });

  test('whose log entry failed', async () => {
    await signInWith(newBrowser());
    const { db } = server.database;
    await sql`alter table audit_events rename to audit_events_away`.execute(db);
    try {
      const agent = newBrowser();
      const page = await signIn(agent, await agent.get('/login'), user);
      assert.equal(page.status, 500);
      assert.deepEqual(agent.cookies.values(COOKIE), []);
    } finally {
      await sql`alter table audit_events_away rename to audit_events`.execute(db);
    }
    assert.equal((await devices()).length, 1);
    assert.equal(await told(), 0);
  });
});

describe('Browser without a sign-in for a year', () => {
  test('is no longer known', async () => {
    const agent = await signInWith(newBrowser());
    await age(364);
    await cleanUp(server, 'devices');
    assert.equal((await devices()).length, 1);
    await age(2);
    await signInWith(newBrowser());
    await cleanUp(server, 'devices');
    assert.equal((await devices()).length, 1);
    await signInWith(agent);
    assert.equal(await told(), 2);
  });

  test('is remembered as an earlier sign-in, so that the next one is not the first', async () => {
    await signInWith(newBrowser());
    await age(1000);
    await cleanUp(server, 'devices');
    await signInWith(newBrowser());
    assert.equal(await told(), 1);
  });

  test('is deleted with the user', async () => {
    await signInWith(newBrowser());
    await callManagement(server, 'DELETE', `/api/v1/users/${user.id}/`);
    assert.deepEqual(await devices(), []);
  });
});
