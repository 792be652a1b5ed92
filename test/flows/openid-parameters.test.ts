import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { registerApplication } from '../support/factories.ts';
import { prepared, withPlatform } from '../support/fixture.ts';
import { authorizationUrl, decide, requestOf, signIn } from '../support/flow.ts';
import { says } from '../support/texts.ts';
import { obtainTokens, postForm, pushRequest, refresh } from '../support/tokens.ts';
import { startUpstreamSite } from '../support/upstream-site.ts';
import { UpstreamVisitor } from '../support/upstream-visitor.ts';
import {
  offered,
  type Page,
  showsForm,
  describe as textOf,
  UserAgent,
} from '../support/user-agent.ts';

/** Parameters of generic clients, and the scopes that the consent page then offers. */
const ACCEPTED: readonly [
  name: string,
  parameters: Record<string, string>,
  scopes: readonly string[],
][] = [
  ['a nonce', { scope: 'read', nonce: 'abc' }, ['read']],
  ['acr_values', { scope: 'read', acr_values: 'gold' }, ['read']],
  ['an id_token_hint', { scope: 'read', id_token_hint: 'x' }, ['read']],
  ['claims', { scope: 'read', claims: '{"id_token":{"email":null}}' }, ['read']],
  ['claims that are not JSON', { scope: 'read', claims: '{' }, ['read']],
  ['claims_locales', { scope: 'read', claims_locales: 'de' }, ['read']],
  ['display', { scope: 'read', display: 'popup' }, ['read']],
  ['a max_age', { scope: 'read', max_age: '3000' }, ['read']],
  ['a malformed max_age', { scope: 'read', max_age: 'old' }, ['read']],
  ['a negative max_age', { scope: 'read', max_age: '-1' }, ['read']],
  ['offline_access', { scope: 'read offline_access' }, ['read']],
  ['openid', { scope: 'openid write' }, ['write']],
  ['only openid', { scope: 'openid' }, ['read', 'write']],
  [
    'openid and offline_access with consent',
    { scope: 'openid offline_access profile', prompt: 'consent' },
    ['profile'],
  ],
  ['a space before the scope', { scope: ' read' }, ['read']],
  ['spaces around and between scopes', { scope: '  read   write ' }, ['read', 'write']],
  ['only spaces', { scope: '  ' }, ['read', 'write']],
  ['a scope twice', { scope: 'read read' }, ['read']],
  ['spaces in prompt', { scope: 'read', prompt: ' consent  ' }, ['read']],
  [
    'all of these together',
    {
      scope: ' openid read',
      nonce: 'n',
      max_age: '60',
      ui_locales: 'fr en',
      display: 'page',
      acr_values: 'a b',
      claims: '{}',
    },
    ['read'],
  ],
];

describe('Requests of generic OpenID and OAuth clients', () => {
  const { server, platform } = withPlatform();
  /** A public application, whose requests always show the consent page. */

  const application = prepared(() =>
    registerApplication(server, { owner: 'ben', clientType: 'public' }),
  );
  const ada = prepared(() => new UserAgent(server));

  before(async () => {
    await signIn(ada, await ada.get('/login'), platform.ada);
  });

  const parametersOf = (parameters: Record<string, string>) => requestOf(application, parameters);
  const requestUrl = (parameters: Record<string, string>) =>
    authorizationUrl(server, parametersOf(parameters));

  const pushedUrl = (parameters: Record<string, string>) =>
    pushRequest(server, application, parametersOf(parameters));

  /** The three ways to send a request. */
  const WAYS: Record<string, (parameters: Record<string, string>) => Promise<Page>> = {
    GET: (parameters) => ada.get(requestUrl(parameters)),
    POST: (parameters) =>
      ada.request('/api/v1/oauth/authorize', {
        method: 'POST',
        body: new URLSearchParams(parametersOf(parameters)),
      }),
    PAR: async (parameters) => ada.get(await pushedUrl(parameters)),
  };

  for (const [way, send] of Object.entries(WAYS)) {
    describe(`by ${way}`, () => {
      for (const [name, parameters, scopes] of ACCEPTED) {
        it(`${name}: the consent page offers ${scopes.join(' and ')}`, async () => {
          const page = await send(parameters);
          assert.ok(showsForm(page, 'decision'), textOf(page));
          assert.deepEqual(offered(page, 'scopes').sort(), [...scopes].sort());
        });
      }

      it('an unknown scope is still refused', async () => {
        const refused =
          way === 'PAR'
            ? (await postForm(server, 'par', application, parametersOf({ scope: 'read email' })))
                .body
            : Object.fromEntries(
                (await send({ scope: 'read email' })).leavesTo?.searchParams ?? [],
              );
        assert.equal(refused.error, 'invalid_scope');
      });

      it('max_age: the user signs in again if the sign-in is older, and only then', async () => {
        await ageSignIn(120);
        const page = await send({ scope: 'read', max_age: '60' });
        assert.ok(showsForm(page, 'email', 'password'), textOf(page));
        assert.match(page.body, says('login.title_recent'));
        const consent = await signIn(ada, page, platform.ada);
        assert.ok(showsForm(consent, 'decision'), textOf(consent));
        await ageSignIn(120);
        const sentBack = await decide(ada, consent);
        assert.ok(sentBack.leavesTo?.searchParams.get('code'), textOf(sentBack));
      });

      it('max_age=0: the user signs in again, and is not asked for another account', async () => {
        const page = await send({ scope: 'read', max_age: '0' });
        assert.ok(showsForm(page, 'email', 'password'), textOf(page));
        assert.match(page.body, says('login.title_again'));
        const consent = await signIn(ada, page, platform.ada);
        assert.ok(showsForm(consent, 'decision'), textOf(consent));
      });

      it('max_age with prompt=none and an older sign-in: login_required', async () => {
        await ageSignIn(120);
        const { leavesTo } = await send({ scope: 'read', max_age: '60', prompt: 'none' });
        assert.equal(leavesTo?.searchParams.get('error'), 'login_required');
      });

      it('select_account: the user continues with the current account', async () => {
        const page = await send({ scope: 'read', prompt: 'select_account' });
        assert.match(page.body, says('select_account.title'));
        assert.ok(page.body.includes(platform.ada.email));
        const consent = await ada.get(linkIn(page, 0));
        assert.ok(showsForm(consent, 'decision'), textOf(consent));
        const sentBack = await decide(ada, consent);
        assert.ok(sentBack.leavesTo?.searchParams.get('code'), textOf(sentBack));
      });

      it('select_account with consent: the consent page follows', async () => {
        const page = await send({ scope: 'read', prompt: 'consent select_account' });
        const consent = await ada.get(linkIn(page, 0));
        assert.ok(showsForm(consent, 'decision'), textOf(consent));
      });

      it('select_account with login: the user signs in, with any account', async () => {
        const page = await send({ scope: 'read', prompt: 'login select_account' });
        assert.ok(showsForm(page, 'email', 'password'), textOf(page));
        const consent = await signIn(ada, page, platform.ada);
        assert.ok(showsForm(consent, 'decision'), textOf(consent));
      });
    });
  }

  for (const way of ['GET', 'PAR']) {
    const urlOf = (parameters: Record<string, string>) =>
      way === 'GET' ? Promise.resolve(requestUrl(parameters)) : pushedUrl(parameters);

    it(`select_account by ${way}: another account, which the consent page then shows`, async () => {
      const agent = new UserAgent(server);
      await signIn(agent, await agent.get('/login'), platform.ada);
      const selection = await agent.get(await urlOf({ scope: 'read', prompt: 'select_account' }));
      const login = await agent.get(linkIn(selection, 1));
      assert.match(login.body, says('login.title_switch'));
      const consent = await signIn(agent, login, platform.ben);
      assert.deepEqual(offered(consent, 'organizers'), ['greenarena']);
    });

    it(`select_account by ${way} without a session: the sign-in is the selection`, async () => {
      const agent = new UserAgent(server);
      const login = await agent.get(await urlOf({ scope: 'read', prompt: 'select_account' }));
      const consent = await signIn(agent, login, platform.ada);
      assert.ok(showsForm(consent, 'decision'), textOf(consent));
    });

    it(`ui_locales by ${way}: every page of the flow is in the first language that exists`, async () => {
      const agent = new UserAgent(server, { 'accept-language': 'en' });
      const url = await urlOf({ scope: 'read', ui_locales: 'fr-CA de-AT en' });
      const login = await agent.get(url);
      assert.equal(login.headers.get('content-language'), 'de');
      const wrong = await signIn(agent, login, { ...platform.ada, password: 'wrong' });
      assert.equal(wrong.headers.get('content-language'), 'de');
      const consent = await signIn(agent, wrong, platform.ada);
      assert.equal(consent.headers.get('content-language'), 'de', 'Ada’s own language is English');
      const failed = await decide(agent, consent, { organizers: [] });
      assert.equal(failed.headers.get('content-language'), 'de');
    });
  }

  it('the language that a user selects stays until consent, without links to other pages', async () => {
    const agent = new UserAgent(server, { 'accept-language': 'en' });
    const login = await agent.get(requestUrl({ scope: 'read' }));
    const inGerman = await agent.get(languageLink(login, 'de'));
    assert.equal(inGerman.headers.get('content-language'), 'de');
    const wrong = await signIn(agent, inGerman, { ...platform.ada, password: 'wrong' });
    assert.equal(wrong.headers.get('content-language'), 'de');
    const consent = await signIn(agent, wrong, platform.ada);
    assert.equal(consent.headers.get('content-language'), 'de', 'Ada’s own language is English');
    const inEnglish = await agent.get(languageLink(consent, 'en'));
    assert.equal(inEnglish.headers.get('content-language'), 'en');
    const failed = await decide(agent, inEnglish, { organizers: [] });
    assert.equal(failed.headers.get('content-language'), 'en');
    for (const page of [login, consent]) {
      assert.doesNotMatch(page.body, /href="\/(logout|docs|account\/profile)?"/);
    }
    const sentBack = await decide(agent, failed);
    assert.ok(sentBack.leavesTo?.searchParams.get('code'), textOf(sentBack));
  });

  it('ui_locales: an error page is in that language', async () => {
    const url = requestUrl({ redirect_uri: 'https://other.example.com/', ui_locales: 'de' });
    const page = await new UserAgent(server, { 'accept-language': 'en' }).get(url);
    assert.equal(page.headers.get('content-language'), 'de');
  });

  it('the token response contains the granted scopes', async () => {
    const { ada: user } = platform;
    const tokens = await obtainTokens(server, {
      application,
      user,
      scope: 'openid read offline_access',
      parameters: { prompt: 'consent' },
    });
    assert.equal(tokens.scope, 'read');
  });

  const AT_REFRESH: Record<string, [scope: string, expected: string]> = {
    'repeats the requested scopes': ['openid read write offline_access', 'read write'],
    'sends extra spaces': ['  read   write ', 'read write'],
    'requests fewer scopes': [' read', 'read'],
    'requests only scopes of OpenID Connect': ['openid offline_access', 'read write'],
  };
  for (const [name, [scope, expected]] of Object.entries(AT_REFRESH)) {
    it(`a refresh that ${name} succeeds with "${expected}"`, async () => {
      const { ada: user } = platform;
      const options = { application, user, scope: 'read write', parameters: { prompt: 'consent' } };
      const { refreshToken } = await obtainTokens(server, options);
      const { status, body } = await refresh(server, application, refreshToken, { scope });
      assert.equal(status, 200, JSON.stringify(body));
      assert.equal(body.scope, expected);
    });
  }

  async function ageSignIn(seconds: number): Promise<void> {
    const { db } = server.database;
    await db
      .updateTable('sessions')
      .set({ authenticated_at: sql`now() - ${seconds} * interval '1 second'` })
      .where('user_id', '=', platform.ada.id)
      .execute();
  }
});

describe('Requests of generic clients, with the platform’s own login', () => {
  const site = prepared(() => startUpstreamSite());

  after(() => site.close());

  const requestUrl = (parameters: Record<string, string>) =>
    authorizationUrl(site.server, requestOf(site.platform.application, parameters));

  async function signedIn(): Promise<UpstreamVisitor> {
    const visitor = new UpstreamVisitor(site.server, site.upstream);
    await visitor.open('/account/authorizations', site.ada);
    return visitor;
  }

  it('max_age: the platform asks for the sign-in again if it is older', async () => {
    const visitor = await signedIn();
    const recent = await visitor.open(requestUrl({ max_age: '600' }), site.ada);
    assert.equal(recent.requests.length, 0);
    await site.server.database.db
      .updateTable('sessions')
      .set({ authenticated_at: sql`now() - interval '20 minutes'` })
      .execute();
    const old = await visitor.open(requestUrl({ max_age: '600' }), site.ada);
    assert.equal(old.requests[0]?.searchParams.get('prompt'), 'login');
    assert.equal(old.asked.length, 1);
    assert.ok(showsForm(old.page, 'decision'), textOf(old.page));
  });

  it('select_account: the user continues, or signs in with another account there', async () => {
    const visitor = await signedIn();
    const { page, requests } = await visitor.open(requestUrl({ prompt: 'select_account' }));
    assert.equal(requests.length, 0);
    const consent = await visitor.open(linkIn(page, 0));
    assert.ok(showsForm(consent.page, 'decision'), textOf(consent.page));
    const other = await visitor.open(linkIn(page, 1), site.ben);
    assert.equal(other.requests[0]?.searchParams.get('prompt'), 'login');
    assert.deepEqual(offered(other.page, 'organizers'), ['greenarena']);
  });

  it('select_account without a session: the upstream login asks for the account', async () => {
    const visitor = new UpstreamVisitor(site.server, site.upstream);
    const { page, requests } = await visitor.open(
      requestUrl({ prompt: 'select_account' }),
      site.ada,
    );
    assert.equal(requests[0]?.searchParams.get('prompt'), 'login');
    assert.ok(showsForm(page, 'decision'), textOf(page));
  });
});

/**
 * Returns the path of a button of the account selection: 0 continues, 1 leads to another account.
 */
function linkIn(page: Page, index: number): string {
  const links = [...page.body.matchAll(/<a class="button[^"]*" href="([^"]+)"/g)];
  const href = links[index]?.[1];
  assert.ok(href, textOf(page));
  return href.replaceAll('&amp;', '&');
}

function languageLink(page: Page, locale: string): string {
  const link = new RegExp(`href="([^"]+)" hreflang="${locale}"`);
  return page.body.match(link)?.[1]?.replaceAll('&amp;', '&') ?? assert.fail(textOf(page));
}
