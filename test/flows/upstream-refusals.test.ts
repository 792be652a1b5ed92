import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { JWTPayload } from 'jose';
import { CompiledQuery } from 'kysely';
import { authorizationUrl, requestOf } from '../support/flow.ts';
import { freePort } from '../support/free-port.ts';
import { scrape } from '../support/metrics.ts';
import { createScriptRunner } from '../support/run-script.ts';
import { prepareEnvironment } from '../support/server-environment.ts';
import { pattern, says, textFor } from '../support/texts.ts';
import type { Behaviour } from '../support/upstream-behaviour.ts';
import { startUpstreamProvider } from '../support/upstream-provider.ts';
import { startUpstreamSite, type UpstreamSite } from '../support/upstream-site.ts';
import { UpstreamVisitor } from '../support/upstream-visitor.ts';
import { type Page, showsForm, describe as textOf } from '../support/user-agent.ts';

const ACCOUNT = '/account/authorizations';
const SESSION = 'stagedoor_session';

describe('Failed upstream sign-in', () => {
  let site: UpstreamSite;
  before(async () => {
    site = await startUpstreamSite();
  });
  afterEach(async () => {
    site.upstream.behaviour = {};
    await site.upstream.network.restore();
  });
  after(() => site.close());

  const newVisitor = (headers?: Record<string, string>) =>
    new UpstreamVisitor(site.server, site.upstream, headers);

  const requestUrl = () =>
    authorizationUrl(
      site.server,
      requestOf(site.platform.application, { approval_prompt: 'force' }),
    );

  const query = async (text: string): Promise<Record<string, unknown>[]> =>
    (await site.server.database.db.executeQuery<Record<string, unknown>>(CompiledQuery.raw(text)))
      .rows;

  /** Returns the link with these words. */
  const wayOn = (page: Page, words: string) => {
    const link = new RegExp(`<a href="([^"]+)"[^>]*><bdi>${words}</bdi>`);
    return link.exec(page.body)?.[1]?.replaceAll('&amp;', '&') ?? assert.fail(textOf(page));
  };

  /** Asserts that a page explains what happened and what to do, without a session. */
  const assertRefused = (visitor: UpstreamVisitor, page: Page, status: number, title: RegExp) => {
    assert.equal(page.status, status, textOf(page));
    assert.match(page.body, /<h1>[^<]+<\/h1>\s*<p>[^<]+<\/p>\s*<p>[^<]+<\/p>/);
    assert.match(page.body, title, textOf(page));
    assert.match(page.headers.get('cache-control') ?? '', /no-store/);
    assert.deepEqual(visitor.stagedoor.cookies.values(SESSION), []);
  };

  const wrongs: Record<
    string,
    { behaviour: Behaviour; status: number; title: RegExp; detail: RegExp }
  > = {
    access_denied: {
      behaviour: { authorizationError: 'access_denied' },
      status: 403,
      title: says('upstream.refused.title'),
      detail: /access_denied/,
    },
    'prompt=none not possible': {
      behaviour: { authorizationError: 'login_required' },
      status: 403,
      title: says('upstream.refused.title'),
      detail: /login_required/,
    },
    'an error named like an inherited property': {
      behaviour: { authorizationError: 'constructor' },
      status: 403,
      title: says('upstream.refused.title'),
      detail: /constructor/,
    },
    'an error named like the prototype': {
      behaviour: { authorizationError: '__proto__' },
      status: 403,
      title: says('upstream.refused.title'),
      detail: /__proto__/,
    },
    'an unavailable platform': {
      behaviour: { authorizationError: 'temporarily_unavailable' },
      status: 503,
      title: says('upstream.unavailable.title'),
      detail: /temporarily_unavailable/,
    },
    'an unauthorized client': {
      behaviour: { authorizationError: 'unauthorized_client' },
      status: 503,
      title: says('upstream.misconfigured.title'),
      detail: /unauthorized_client/,
    },
    'a failing token endpoint': {
      behaviour: { tokenAnswer: { status: 502, body: '<h1>Bad gateway</h1>' } },
      status: 503,
      title: says('upstream.unavailable.title'),
      detail: /status 502/,
    },
    'a token endpoint that returns a page': {
      behaviour: { tokenAnswer: { status: 200, body: '<h1>Maintenance</h1>' } },
      status: 503,
      title: says('upstream.unavailable.title'),
      detail: /NOT_JSON/,
    },
    'an expired code': {
      behaviour: { tokenAnswer: { status: 400, body: { error: 'invalid_grant' } } },
      status: 410,
      title: says('upstream.expired.title'),
      detail: /invalid_grant/,
    },
    'the nonce of another sign-in': {
      behaviour: { claims: (claims) => ({ ...claims, nonce: 'another' }) },
      status: 400,
      title: says('upstream.invalid.title'),
      detail: /nonce/,
    },
    'an ID token for another audience': {
      behaviour: { claims: (claims) => ({ ...claims, aud: 'another' }) },
      status: 400,
      title: says('upstream.invalid.title'),
      detail: /aud/,
    },
    'an ID token of another issuer': {
      behaviour: { claims: (claims) => ({ ...claims, iss: 'https://evil.example.com' }) },
      status: 400,
      title: says('upstream.invalid.title'),
      detail: /iss/,
    },
    'a response of another issuer': {
      behaviour: { iss: 'https://evil.example.com' },
      status: 400,
      title: says('upstream.invalid.title'),
      detail: /iss/,
    },
    'a signature of an unknown key': {
      behaviour: { foreignKey: true },
      status: 400,
      title: says('upstream.invalid.title'),
      detail: /signature/,
    },
    'an ID token without auth_time': {
      behaviour: { claims: ({ auth_time: _, ...claims }) => claims },
      status: 503,
      title: says('upstream.misconfigured.title'),
      detail: /no auth_time .*OIDC_WITHOUT_AUTH_TIME/,
    },
    'an invalid subject': {
      behaviour: { claims: (claims) => ({ ...claims, sub: 'a\u0000b' }) },
      status: 400,
      title: says('upstream.invalid.title'),
      detail: /sub/,
    },
    'a fast clock': {
      behaviour: { claims: shifted(90) },
      status: 503,
      title: says('upstream.clock.title'),
      detail: /iat is (89|90|91) seconds/,
    },
    'a slow clock': {
      behaviour: { claims: shifted(-90) },
      status: 503,
      title: says('upstream.clock.title'),
      detail: /iat is -(89|90|91) seconds/,
    },
    'a clock that is an hour slow': {
      behaviour: { claims: shifted(-3600) },
      status: 503,
      title: says('upstream.clock.title'),
      detail: /exp/,
    },
    'an ID token that is not valid yet': {
      behaviour: { claims: (claims) => ({ ...claims, nbf: (claims.iat ?? 0) + 90 }) },
      status: 503,
      title: says('upstream.clock.title'),
      detail: /nbf/,
    },
    'a sign-in older than allowed': {
      behaviour: { claims: (claims) => ({ ...claims, auth_time: (claims.iat ?? 0) - 43_300 }) },
      status: 403,
      title: says('upstream.not_fresh.title'),
      detail: /auth_time/,
    },
  };
  for (const [name, { behaviour, status, title, detail }] of Object.entries(wrongs)) {
    it(`${name}: the page shows the reason, and a later attempt succeeds`, async () => {
      for (const start of [ACCOUNT, requestUrl()]) {
        const visitor = newVisitor();
        site.upstream.behaviour = behaviour;
        const { page, requests } = await visitor.open(start, site.ada);
        assertRefused(visitor, page, status, title);
        assert.match(/<code[^>]*>(.*?)<\/code>/s.exec(page.body)?.[1] ?? '', detail);
        assert.equal(requests.length, 1, 'no redirect loop');
        site.upstream.behaviour = {};
        const again = await visitor.open(wayOn(page, textFor('upstream.link.again')), site.ada);
        assert.ok(
          again.page.url.pathname === ACCOUNT || showsForm(again.page, 'decision'),
          textOf(again.page),
        );
      }
    });
  }

  it('is counted by outcome', async () => {
    const count = async (outcome: string) =>
      (await scrape(site.server.issuer)).get(
        `stagedoor_upstream_sign_ins_total{outcome="${outcome}"}`,
      ) ?? assert.fail(outcome);
    const before = [await count('misconfigured'), await count('signed_in')] as const;
    site.upstream.behaviour = { authorizationError: 'unauthorized_client' };
    await newVisitor().open(ACCOUNT, site.ada);
    site.upstream.behaviour = {};
    await newVisitor().open(ACCOUNT, site.ada);
    const after = [await count('misconfigured'), await count('signed_in')];
    assert.deepEqual(after, [before[0] + 1, before[1] + 1]);
  });

  it('clocks that differ by a few seconds are accepted', async () => {
    for (const seconds of [20, -20]) {
      site.upstream.behaviour = { claims: shifted(seconds) };
      const { page } = await newVisitor().open(ACCOUNT, site.ada);
      assert.equal(page.url.pathname, ACCOUNT, textOf(page));
    }
  });

  it('cancelled at the platform: the page says so', async () => {
    const visitor = newVisitor();
    const { page } = await visitor.open(requestUrl());
    assertRefused(visitor, page, 403, says('upstream.refused.title'));
    assert.match(page.body, says('upstream.refused.message'));
  });

  it('the page is in German for German browsers', async () => {
    const { page } = await newVisitor({ 'accept-language': 'de' }).open(requestUrl());
    assert.match(
      page.body,
      pattern`<html lang="de">[\s\S]*<h1>${says('upstream.refused.title', {}, 'de')}</h1>`,
    );
  });

  describe('platform unreachable', () => {
    it('the server starts, and sign-in shows an error page', async () => {
      const away = await startUpstreamSite();
      await away.upstream.network.cut();
      const visitor = new UpstreamVisitor(away.server, away.upstream);
      assert.equal((await visitor.stagedoor.get('/')).status, 200);
      for (const url of [ACCOUNT, '/logout/upstream']) {
        const page = await visitor.stagedoor.get(url);
        assert.ok([200, 503].includes(page.status), textOf(page));
      }
      const page = await visitor.stagedoor.get(ACCOUNT);
      assertRefused(visitor, page, 503, says('upstream.unavailable.title'));
      assert.match(page.body, /ECONNREFUSED/);
      assert.equal(page.headers.get('retry-after'), '10');
      await away.upstream.network.restore();
      const again = await visitor.open(wayOn(page, textFor('upstream.link.again')), away.ada);
      assert.equal(again.page.url.pathname, ACCOUNT, textOf(again.page));
      await away.close();
    });

    it('a response is awaited for five seconds', async () => {
      const visitor = newVisitor();
      const started = await visitor.stagedoor.get(ACCOUNT);
      assert.ok(started.leavesTo);
      const back = await visitor.platform.get(started.leavesTo);
      const { email, password } = site.ada;
      const answer = await visitor.platform.submit(back, { email, password });
      site.upstream.network.stall();
      const page = await visitor.stagedoor.get(answer.leavesTo ?? '/');
      assertRefused(visitor, page, 503, says('upstream.unavailable.title'));
      assert.match(page.body, /OAUTH_TIMEOUT/);
    });
  });

  describe('user can’t sign in', () => {
    it('unknown user: the page names whom to ask, and another account can sign in', async () => {
      const stranger = site.upstream.addAccount('platform|stranger');
      const visitor = newVisitor();
      const { page } = await visitor.open(requestUrl(), stranger);
      assertRefused(visitor, page, 403, says('upstream.unknown_user.title'));
      assert.match(page.body, says('upstream.unknown_user.hint'));
      const signOut = textFor('upstream.link.sign_out', {
        host: new URL(site.upstream.issuer).host,
      });
      assert.equal(wayOn(page, signOut), '/logout/upstream');
      assert.match(page.body, /issuer http:\/\/127\.0\.0\.1:\d+, subject platform\|stranger/);
      const other = await visitor.open(wayOn(page, textFor('upstream.link.other')), site.ada);
      assert.equal(other.asked.length, 1, 'the platform asks for another account');
      assert.ok(showsForm(other.page, 'decision'), textOf(other.page));
    });

    it('a subject equal to a local user id is not that user', async () => {
      const namesake = site.upstream.addAccount('ada', { email: 'another@example.com' });
      const visitor = newVisitor();
      const { page } = await visitor.open(ACCOUNT, namesake);
      assertRefused(visitor, page, 403, says('upstream.unknown_user.title'));
    });

    it('deactivated user: the page says so, and the attempt is logged', async () => {
      await query("update users set is_active = false where id = 'ben'");
      const visitor = newVisitor();
      const { page } = await visitor.open(ACCOUNT, site.ben);
      await query("update users set is_active = true where id = 'ben'");
      assertRefused(visitor, page, 403, says('upstream.deactivated.title'));
      const [entry] = await query(
        "select actor, user_id, data from audit_events where action = 'stagedoor.user.sign_in_failed' order by id desc limit 1",
      );
      assert.deepEqual(entry, {
        actor: 'system',
        user_id: 'ben',
        data: { method: 'upstream', reason: 'deactivated' },
      });
    });
  });

  describe('state', () => {
    const callback = async (visitor: UpstreamVisitor) => {
      const { answers, page } = await visitor.open(ACCOUNT, site.ada);
      assert.equal(page.url.pathname, ACCOUNT, textOf(page));
      return answers[0] ?? assert.fail();
    };

    it('used before (back button): the page explains it and links to the account', async () => {
      const visitor = newVisitor();
      const url = await callback(visitor);
      const page = await visitor.stagedoor.get(url);
      assert.equal(page.status, 410);
      assert.match(page.body, says('upstream.used.title'));
      const on = await visitor.open(wayOn(page, textFor('upstream.link.go_on')));
      assert.equal(on.page.url.pathname, ACCOUNT, textOf(on.page));
      assert.equal(on.requests.length, 0);
    });

    it('used several times in parallel: one succeeds', async () => {
      const visitor = newVisitor();
      const start = await visitor.stagedoor.get(ACCOUNT);
      const login = await visitor.platform.get(start.leavesTo ?? '');
      const { email, password } = site.ada;
      const back = await visitor.platform.submit(login, { email, password });
      const pages = await Promise.all(
        [1, 2, 3].map(() => visitor.stagedoor.get(back.leavesTo ?? '/')),
      );
      assert.deepEqual(pages.map(({ status }) => status).sort(), [200, 410, 410]);
    });

    it('expired: the page offers a new attempt', async () => {
      const visitor = newVisitor();
      const start = await visitor.stagedoor.get(ACCOUNT);
      await query('update upstream_sign_ins set expires_at = now()');
      const { page } = await visitor.follow(start, site.ada);
      assertRefused(visitor, page, 410, says('upstream.expired.title'));
      const again = await visitor.open(wayOn(page, textFor('upstream.link.again')), site.ada);
      assert.equal(again.page.url.pathname, ACCOUNT, textOf(again.page));
    });

    it('of another browser: refused, so that an attacker can’t sign a victim in', async () => {
      const start = await newVisitor().stagedoor.get(ACCOUNT);
      const victim = newVisitor();
      const { page } = await victim.follow(start, site.ben);
      assertRefused(victim, page, 400, says('upstream.foreign.title'));
      const path = wayOn(page, textFor('link.login'));
      assert.equal((await victim.open(path, site.ada)).page.url.pathname, ACCOUNT);
    });

    it('blocked cookies: a page says so before the user leaves for the platform', async () => {
      for (const locale of ['en', 'de'] as const) {
        const headers = { accept: 'text/html', 'accept-language': locale };
        const get = (url: string | URL) => fetch(url, { headers, redirect: 'manual' });
        let url: URL = requestUrl();
        let answer = await get(url);
        for (let redirects = 0; answer.status === 303; redirects += 1) {
          assert.ok(redirects < 3, 'no loop');
          url = new URL(answer.headers.get('location') ?? '', url);
          assert.equal(url.origin, site.server.issuer);
          answer = await get(url);
        }
        assert.equal(answer.status, 403);
        const body = await answer.text();
        assert.match(body, says('error.cookies.title', {}, locale));
        assert.ok(body.includes(textFor('link.open_again', {}, locale)));
        const [, again = ''] = /href="(\/login\?return_to=[^"]*)"/.exec(body) ?? [];
        // With cookies allowed, the link continues the request.
        const { page } = await newVisitor().open(again.replaceAll('&amp;', '&'), site.ada);
        assert.ok(showsForm(page, 'decision'), textOf(page));
      }
    });

    it('unknown, missing or malformed: refused', async () => {
      for (const state of ['', 'x', 'x'.repeat(43), '%00', "'", 'x&state=y']) {
        const visitor = newVisitor();
        const page = await visitor.stagedoor.get(`/login/callback?code=x&state=${state}`);
        assertRefused(visitor, page, 400, says('upstream.foreign.title'));
      }
      const visitor = newVisitor();
      assertRefused(
        visitor,
        await visitor.stagedoor.get('/login/callback'),
        400,
        says('upstream.foreign.title'),
      );
    });

    it('with a malformed response: refused', async () => {
      for (const answer of [
        '',
        '&code=',
        '&code=a&code=b',
        '&id_token=x',
        '&error=%00%3Cb%3E',
        '&response=x',
      ]) {
        const visitor = newVisitor();
        const start = await visitor.stagedoor.get(ACCOUNT);
        const state = start.leavesTo?.searchParams.get('state');
        const page = await visitor.stagedoor.get(`/login/callback?state=${state}${answer}`);
        assert.ok([400, 403, 410].includes(page.status), `${answer}: ${textOf(page)}`);
        assert.deepEqual(visitor.stagedoor.cookies.values(SESSION), []);
      }
    });
  });

  it('a wrong client secret at the platform: the page reports a misconfiguration', async () => {
    const other = await startUpstreamSite({ OIDC_CLIENT_SECRET: 'not the secret' });
    const visitor = new UpstreamVisitor(other.server, other.upstream);
    const { page } = await visitor.open(ACCOUNT, other.ada);
    await other.close();
    assertRefused(visitor, page, 503, says('upstream.misconfigured.title'));
    assert.doesNotMatch(page.body, /not the secret/);
  });

  it('each failure is in the server log, without secrets', async () => {
    const port = await freePort();
    const upstream = await startUpstreamProvider(port);
    const environment = await prepareEnvironment({ ...upstream.variables, LOG_LEVEL: 'debug' });
    const scripts = createScriptRunner();
    const script = scripts.start(['src/main.ts'], environment.variables);
    await script.prints(/Stagedoor is at/);
    const visitor = new UpstreamVisitor(environment, upstream);
    const ada = upstream.addAccount('ada');
    const seen: string[] = [upstream.variables.OIDC_CLIENT_SECRET ?? ''];
    for (const { behaviour } of Object.values(wrongs)) {
      upstream.behaviour = { ...behaviour, note: (token) => seen.push(token) };
      const { requests, answers } = await visitor.open(ACCOUNT, ada);
      for (const url of [...requests, ...answers]) {
        const values = ['state', 'nonce', 'code'].map((name) => url.searchParams.get(name));
        seen.push(...values.filter((value) => value !== null));
      }
    }
    await script.prints(/JWT signature verification failed/);
    const log = script.stdout() + script.stderr();
    await scripts.stop();
    await environment.remove();
    await upstream.close();
    assert.match(log, /"kind":"clock".*Upstream sign-in failed/);
    assert.ok(seen.length > 60, `${seen.length} secrets`);
    assert.deepEqual(
      seen.filter((secret) => log.includes(secret)),
      [],
    );
  });

  it('another issuer in the metadata: the page reports a misconfiguration', async () => {
    const other = await startUpstreamSite();
    other.upstream.behaviour = { metadata: { issuer: 'https://evil.example.com' } };
    const visitor = new UpstreamVisitor(other.server, other.upstream);
    const page = await visitor.stagedoor.get(ACCOUNT);
    assertRefused(visitor, page, 503, says('upstream.misconfigured.title'));
    await other.close();
  });
});

/** Returns claims of a platform whose clock is wrong by some seconds. */
function shifted(seconds: number): (claims: JWTPayload) => JWTPayload {
  const shift = (value: unknown) => (typeof value === 'number' ? value + seconds : 0);
  return (claims) => ({
    ...claims,
    iat: shift(claims.iat),
    exp: shift(claims.exp),
    auth_time: shift(claims.auth_time),
  });
}
