import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { registerApplication, type TestPlatform } from '../support/factories.ts';
import { withPlatform } from '../support/fixture.ts';
import { authorizationUrl, decide, requestOf, signIn } from '../support/flow.ts';
import { says } from '../support/texts.ts';
import {
  fill,
  findForm,
  type Page,
  showsForm,
  describe as textOf,
  UserAgent,
} from '../support/user-agent.ts';

const { server, platform } = withPlatform();

const SESSION = 'stagedoor_session';

async function begin(agent = new UserAgent(server), parameters = {}) {
  const application = await registerApplication(server, { owner: 'ben' });
  const page = await agent.get(authorizationUrl(server, requestOf(application, parameters)));
  return { agent, page, application };
}

/** Returns Ada at her consent page. */
async function waitForAda() {
  const { agent, page, application } = await begin();
  return { agent, page: await signIn(agent, page, platform.ada), application };
}

async function signedInAs(user: TestPlatform['ada']): Promise<UserAgent> {
  const agent = new UserAgent(server);
  await signIn(agent, await agent.get('/login'), user);
  return agent;
}

/**
 * Returns a browser with the cookies of `of`, except for the session cookies, which are those of
 * `by`.
 */
function mixed(of: UserAgent, by: UserAgent): UserAgent {
  const cookies = of.cookies.copy();
  const headers = new Headers();
  for (const name of [SESSION, `${SESSION}.sig`]) {
    const [value] = by.cookies.values(name);
    const rest = value === undefined ? '=; path=/; max-age=0' : `=${value}; path=/`;
    headers.append('set-cookie', name + rest);
  }
  cookies.store(new URL(server.issuer), headers);
  return new UserAgent(server, {}, cookies);
}

function post(agent: UserAgent, page: Page, decision: 'allow' | 'deny'): Promise<Page> {
  const body = fill(findForm(page, ['decision']), {
    decision,
    organizers: ['redstage'],
    scopes: ['read'],
  });
  return agent.request(page.url, {
    method: 'POST',
    body,
    headers: { origin: server.issuer },
  });
}

async function written(clientId: string): Promise<number> {
  const { db } = server.database;
  const grants = await db
    .selectFrom('grants')
    .select('id')
    .where('client_id', '=', clientId)
    .execute();
  const events = await db
    .selectFrom('audit_events')
    .select('id')
    .where('client_id', '=', clientId)
    .where('action', 'like', 'stagedoor.user.oauth.%')
    .execute();
  return grants.length + events.length;
}

/**
 * Asserts that the page refuses with these words, and follows its link that starts the request
 * again.
 */
async function startsOver(agent: UserAgent, page: Page, words: RegExp): Promise<Page> {
  assert.equal(page.status, 403, textOf(page));
  assert.match(page.body, words);
  assert.ok(!showsForm(page, 'decision'));
  const [, link] = /href="(\/api\/v1\/oauth\/authorize\?[^"]*)"/.exec(page.body) ?? [];
  assert.ok(link, textOf(page));
  return agent.get(link.replaceAll('&amp;', '&'));
}

describe('Consent page of Ada', () => {
  test('Ben with her interaction cookie can neither see nor answer it', async () => {
    const { agent, page, application } = await waitForAda();
    const ben = mixed(agent, await signedInAs(platform.ben));
    const words = says('over.title.other_user');
    await startsOver(ben, await post(ben, page, 'allow'), words);
    await startsOver(ben, await post(ben, page, 'deny'), words);
    const consent = await startsOver(ben, await ben.get(page.url), words);
    assert.match(consent.body, /Green Arena/, 'the consent page of Ben');
    assert.doesNotMatch(consent.body, /Red Stage/);
    assert.equal(await written(application.clientId), 0);
    assert.ok((await decide(agent, page)).leavesTo?.searchParams.get('code'), 'Ada can continue');
  });

  test('another session of Ada can’t answer it', async () => {
    const { agent, page, application } = await waitForAda();
    const other = mixed(agent, await signedInAs(platform.ada));
    const consent = await startsOver(
      other,
      await post(other, page, 'allow'),
      says('over.title.signed_out'),
    );
    assert.ok(showsForm(consent, 'decision'));
    assert.equal(await written(application.clientId), 0);
  });

  test('it can’t be answered after signing out in another tab', async () => {
    const { agent, page, application } = await waitForAda();
    await agent.submit(await agent.get('/logout'), {}, 'csrf');
    const login = await startsOver(
      agent,
      await post(agent, page, 'allow'),
      says('over.title.signed_out'),
    );
    assert.ok(showsForm(login, 'password'));
    assert.equal(await written(application.clientId), 0);
  });

  test('it can’t be answered after Ben signed in in another tab', async () => {
    const { agent, page, application } = await waitForAda();
    const switched = page.body.match(/href="([^"]*prompt=login[^"]*)"/)?.[1] ?? '';
    const login = await agent.get(switched.replaceAll('&amp;', '&'));
    await signIn(agent, login, platform.ben);
    await startsOver(agent, await post(agent, page, 'allow'), says('over.title.other_user'));
    assert.equal(await written(application.clientId), 0);
  });

  test('it can’t be answered in another browser of Ada', async () => {
    const { page, application } = await waitForAda();
    const ada = await signedInAs(platform.ada);
    await startsOver(ada, await ada.get(page.url), says('over.title.other_browser'));
    await startsOver(ada, await post(ada, page, 'allow'), says('over.title.other_browser'));
    assert.equal(await written(application.clientId), 0);
  });

  test('no code is issued if the session changes after the answer', async () => {
    const { agent, page, application } = await waitForAda();
    const response = await fetch(page.url, {
      method: 'POST',
      body: fill(findForm(page, ['decision']), { decision: 'allow', organizers: ['redstage'] }),
      headers: { cookie: agent.cookies.header(page.url), origin: server.issuer },
      redirect: 'manual',
    });
    const next = response.headers.get('location') ?? '';
    const ben = mixed(agent, await signedInAs(platform.ben));
    const consent = await startsOver(ben, await ben.get(next), says('over.title.other_user'));
    assert.match(consent.body, /Green Arena/);
    const codes = await server.database.db
      .selectFrom('authorization_codes as c')
      .innerJoin('grants as g', 'g.id', 'c.grant_id')
      .where('g.client_id', '=', application.clientId)
      .select('c.issued_at')
      .execute();
    assert.equal(codes.length, 0);
  });
});

describe('Sign-in page of an authorization request', () => {
  test('works only in the browser that started the request', async () => {
    const ada = await signedInAs(platform.ada);
    const { page } = await begin(ada, { prompt: 'login' });
    assert.match(page.url.pathname, /^\/interaction\//);
    const stranger = new UserAgent(server);
    assert.equal((await stranger.get(page.url)).status, 403);
    const answer = await stranger.request(page.url, {
      method: 'POST',
      body: fill(findForm(page, ['password']), {
        email: platform.ben.email,
        password: platform.ben.password,
      }),
      headers: { origin: server.issuer },
    });
    assert.equal(answer.status, 403);
    assert.equal(stranger.cookies.values(SESSION).length, 0);
  });
});

test('cookies of single requests leave no regular expression in memory', async () => {
  const { RegExp: Original } = globalThis;
  const sources: string[] = [];
  // A class cannot be called without `new`, which nothing here does.
  globalThis.RegExp = class extends Original {
    constructor(pattern: string | RegExp, flags?: string) {
      super(pattern, flags);
      sources.push(String(pattern));
    }
  } as RegExpConstructor;
  try {
    const { agent, page } = await waitForAda();
    await post(agent, page, 'allow');
    await agent.get('/interaction/unknown');
  } finally {
    globalThis.RegExp = Original;
  }
  assert.deepEqual(
    sources.filter((source) => source.includes('stagedoor_request')),
    [],
  );
});
