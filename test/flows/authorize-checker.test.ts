import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sql } from 'kysely';
import {
  registerApplication,
  reviewApplication,
  type TestApplication,
} from '../support/factories.ts';
import { prepared, withPlatform } from '../support/fixture.ts';
import { authorizationUrl, requestOf, signedIn } from '../support/flow.ts';
import { manage } from '../support/platform.ts';
import { says } from '../support/texts.ts';
import { type Page, showsForm, describe as textOf, UserAgent } from '../support/user-agent.ts';

const good = (application: TestApplication) => requestOf(application, { state: 'some-long-state' });

describe('Authorize-URL checker', () => {
  const { server, platform } = withPlatform();
  const ben = prepared(() => signedIn(server, platform.ben));

  async function check(application: TestApplication, url: string): Promise<Page> {
    const path = `/account/applications/${application.clientId}/check`;
    const page = await ben.submit(await ben.get(path), { url });
    assert.equal(page.status, 200, textOf(page));
    return page;
  }

  const accepted = (page: Page) => !/<li class="panel error">/.test(page.body);

  /** Tells if the server shows its sign-in page for the request. */
  async function serverAccepts(url: string): Promise<boolean> {
    const page = await new UserAgent(server).get(url);
    return (
      showsForm(page, 'email', 'password') ||
      // Accepted, but prompt=none forbids a page.
      page.leavesTo?.searchParams.get('error') === 'login_required'
    );
  }

  it('agrees with the server for every kind of request', async () => {
    const { application } = platform;
    const native = await registerApplication(server, {
      owner: 'ben',
      name: 'Native',
      clientType: 'public',
      redirectUris: ['http://127.0.0.1/callback', 'com.example.app:/callback'],
    });
    const lax = await registerApplication(server, {
      owner: 'ben',
      name: 'Lax',
      requirePkce: false,
      scopes: ['profile'],
      redirectUris: ['https://app.example.com/back?shop=1&lang=en'],
    });
    const outcomes = { accepted: 0, refused: 0 };
    for (const one of [application, native, lax]) {
      await reviewApplication(server, one.clientId);
    }
    for (const [of, changes, more] of requests(application, native, lax)) {
      const parameters = Object.entries({ ...good(of), ...changes }).filter(
        (entry): entry is [string, string] => entry[1] !== undefined,
      );
      const url = authorizationUrl(server, Object.fromEntries(parameters)).href + (more ?? '');
      const expected = await serverAccepts(url);
      const page = await check(of, url);
      assert.equal(accepted(page), expected, `${url}\n${textOf(page)}`);
      outcomes[expected ? 'accepted' : 'refused'] += 1;
    }
    assert.ok(outcomes.accepted >= 25 && outcomes.refused >= 40, JSON.stringify(outcomes));
  });

  it('agrees with the server for other spellings of the path', async () => {
    const { application } = platform;
    const url = authorizationUrl(server, good(application)).href;
    for (const path of ['authorize/', 'Authorize', 'authorise', 'authorize//', 'authorize/x']) {
      const spelt = url.replace('authorize?', `${path}?`);
      assert.equal(accepted(await check(application, spelt)), await serverAccepts(spelt), path);
    }
  });

  it('reports a disabled application', async () => {
    const off = await registerApplication(server, { owner: 'ben', name: 'Off' });
    await manage(server, 'PATCH', `/api/v1/applications/${off.clientId}/`, { is_active: false });
    const url = authorizationUrl(server, good(off)).href;
    assert.equal(await serverAccepts(url), false);
    const page = await check(off, url);
    assert.equal(accepted(page), false);
    assert.match(page.body, says('insights.reason.application_disabled'));
  });

  it('shows the pasted URL as escaped text, and stores it nowhere', async () => {
    const { application } = platform;
    const mark = 'S3CRETSTATE';
    const url = `${authorizationUrl(server, { ...good(application), state: mark }).href}&"><script>alert(1)</script>=1`;
    const page = await check(application, url);
    assert.ok(page.body.includes(mark));
    assert.doesNotMatch(page.body, /<script>/);
    assert.equal(page.url.search, '');
    const { rows } = await sql<{ n: number }>`
      select (select count(*) from client_errors where details::text like ${`%${mark}%`})
        + (select count(*) from audit_events where data::text like ${`%${mark}%`}) as n
    `.execute(server.database.db);
    assert.equal(Number(rows[0]?.n), 0);
  });

  it('refuses a form with a wrong CSRF token', async () => {
    const path = `/account/applications/${platform.application.clientId}/check`;
    const body = new URLSearchParams({ url: 'https://example.com/', csrf: 'x' });
    assert.equal((await ben.request(path, { method: 'POST', body })).status, 403);
  });
});

type Request = readonly [
  of: TestApplication,
  changes: Readonly<Record<string, string | undefined>>,
  more?: string,
];

function requests(app: TestApplication, native: TestApplication, lax: TestApplication): Request[] {
  const none = undefined;
  const noPkce = { code_challenge: none, code_challenge_method: none };
  const of = (one: TestApplication, ...all: Request[1][]): Request[] =>
    all.map((changes): Request => [one, changes]);
  const values = (name: string, ...all: string[]): Request[] =>
    all.map((value): Request => [app, { [name]: value }]);
  return [
    ...values('client_id', 'nobody', '', `${app.clientId} `),
    ...values('response_type', '', 'code code', 'code ', 'Code', 'token', 'code token', 'none'),
    ...values(
      'redirect_uri',
      '',
      `${app.redirectUri}/`,
      `${app.redirectUri}?`,
      `${app.redirectUri}?x=1`,
      app.redirectUri.replace('https', 'http'),
      app.redirectUri.toUpperCase(),
      encodeURIComponent(app.redirectUri),
      ` ${app.redirectUri}`,
    ),
    ...values('scope', '', 'read', 'read write profile', 'read read', 'read  write', ' read'),
    ...values('scope', 'read,write', 'openid', 'offline_access', 'READ', 'réad', 'read "'),
    ...values('state', '', 'x', 'a\nb', 'tab\tbed', 'ü€💥', 'del\u{7f}', 'c1\u{85}'),
    ...values('code_challenge', '', 'short', 'a'.repeat(42), 'a'.repeat(128), 'a'.repeat(129)),
    ...values('code_challenge', `${'a'.repeat(42)}=`, `${'a'.repeat(42)}~`, 'ab'.repeat(32)),
    ...values('code_challenge_method', '', 'plain', 's256', 'S256 '),
    ...values('prompt', '', 'login', 'consent', 'login consent', 'none', 'none login', 'create'),
    ...values('prompt', 'select_account', 'login '),
    ...values('approval_prompt', '', 'force', 'auto', 'line\nbreak'),
    ...values('response_mode', '', 'query', 'fragment', 'form_post', 'jwt', 'web_message'),
    ...values('nonce', '', 'n'),
    ...values('max_age', '0', '60'),
    ...values('acr_values', 'gold'),
    ...values('claims_locales', 'de'),
    ...values('id_token_hint', 'x'),
    ...values('claims', '{}'),
    ...values('login_hint', 'ada@example.com'),
    ...values('ui_locales', 'de en'),
    ...values('display', 'popup'),
    ...values('registration', '{}'),
    ...values('request', 'e.e.e'),
    ...values('request_uri', 'https://app.example.com/r'),
    ...values('resource', 'https://api.example.com/'),
    ...values('utm_source', 'mail', 'line\nbreak'),
    ...of(app, {}, noPkce, { code_challenge: none }, { state: none, scope: none }),
    ...of(native, {}, noPkce, { redirect_uri: 'com.example.app:/callback' }),
    ...of(
      native,
      { redirect_uri: 'http://127.0.0.1:51763/callback' },
      { redirect_uri: 'http://127.0.0.1:/callback' },
      { redirect_uri: 'http://127.0.0.1:99999/callback' },
      { redirect_uri: 'http://127.0.0.1:51763/callback/' },
      { redirect_uri: 'http://127.0.0.1:51763/callback?x=1' },
      { redirect_uri: 'http://localhost:51763/callback' },
      { redirect_uri: 'HTTP://127.0.0.1:51763/callback' },
      { redirect_uri: 'http://me@127.0.0.1:51763/callback' },
      { redirect_uri: 'https://127.0.0.1:51763/callback' },
      { redirect_uri: 'com.example.app:///callback' },
      { redirect_uri: 'com.example.app://callback' },
    ),
    ...of(lax, {}, noPkce, { scope: 'profile' }, { ...noPkce, scope: 'profile' }),
    ...of(lax, { scope: 'read' }, { scope: 'profile', code_challenge: none }),
    [app, {}, '&state=again'],
    [app, {}, `&client_id=${app.clientId}`],
    [app, {}, '&scope='],
    [app, {}, '&utm_source=a&utm_source=b'],
    [app, {}, '#fragment'],
    [app, {}, '&%zz=%ff&=&&'],
    [app, { state: none }, '&state=%ff%zz'],
    [app, { state: none }, '&amp;state=some-long-state'],
    [app, { scope: none }, '&scope=read+write'],
    [app, { scope: none }, '&scope=read%2520write'],
    [lax, { redirect_uri: none, scope: 'profile' }, `&redirect_uri=${lax.redirectUri}`],
  ];
}
