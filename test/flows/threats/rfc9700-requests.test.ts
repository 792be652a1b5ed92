import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { registerApplication } from '../../support/factories.ts';
import { VERIFIER } from '../../support/flow.ts';
import { callManagement } from '../../support/platform.ts';
import { exchange, postForm } from '../../support/tokens.ts';
import { findForm, UserAgent } from '../../support/user-agent.ts';
import {
  assertGoesBack,
  assertRefused,
  assertStays,
  type Parameters,
  requestUrl,
  sendWithHeaders,
  withWorld,
} from './world.ts';

/**
 * Threats of RFC 9700 that arrive with an authorization request. Suites are named after its
 * sections.
 */
const world = withWorld();

describe('RFC 9700 §2.1 and §4.1: insufficient redirect URI validation', () => {
  const variants = [
    '/callback/',
    '/callback/x',
    '/callback?x=1',
    '/callback#fragment',
    '//callback',
    '/./callback',
    '/x/../callback',
    '/%63allback',
    '/CALLBACK',
    '/callback%0d%0aSet-Cookie:x',
    '/callback%00',
  ].map((path) => `https://app.example.com${path}`);
  const others = [
    'https://APP.example.com/callback',
    'HTTPS://app.example.com/callback',
    'https://app.example.com:443/callback',
    'https://app.example.com:8443/callback',
    'https://app.example.com./callback',
    'http://app.example.com/callback',
    'https://user@app.example.com/callback',
    'https://app.example.com@evil.example/callback',
    'https://app.example.com.evil.example/callback',
    'https://app.example.com%2eevil.example/callback',
    'https://app.example.com\\@evil.example/callback',
    'https://evil.example/https://app.example.com/callback',
    'https://evil.example/callback',
    '//app.example.com/callback',
    '/callback',
    'javascript:alert(1)',
    'data:text/html,x',
    '',
  ];
  for (const uri of [...variants, ...others]) {
    it(`${JSON.stringify(uri)} instead of the registered URI gets a page, no redirect`, async () => {
      assertStays(await world.open({ redirect_uri: uri }), 400);
    });
  }

  it('a second redirect_uri parameter gets a page, no redirect', async () => {
    const url = requestUrl(world.server, world.reviewed);
    url.searchParams.append('redirect_uri', 'https://evil.example/callback');
    assertStays(await new UserAgent(world.server).get(url), 400);
  });

  for (const uri of [
    'http://127.0.0.1.evil.example/callback',
    'http://127.0.0.1:1@evil.example/callback',
    'http://127.0.0.2/callback',
    'https://127.0.0.1/callback',
    'http://127.0.0.1:8080/other',
    'http://0.0.0.0/callback',
    'http://2130706433/callback',
  ]) {
    it(`${uri} instead of a loopback URI gets a page, no redirect`, async () => {
      const page = await world.open({ client_id: world.native.clientId, redirect_uri: uri });
      assertStays(page, 400);
    });
  }

  for (const uri of [
    'https://*.example.com/cb',
    'https://app.example.com/*',
    'https://app.example.com/cb#fragment',
    'https://user:password@app.example.com/cb',
    'https://app.example.com/../cb',
    'https://203.0.113.7/cb',
    'http://app.example.com/cb',
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'vbscript:x',
    'blob:https://app.example.com/1',
    'about:blank',
    '/cb',
  ]) {
    it(`${uri} can't be registered`, async () => {
      const answer = await callManagement(world.server, 'POST', '/api/v1/applications/', {
        owner: 'ben',
        name: 'Wrong URI',
        client_type: 'public',
        redirect_uris: [uri],
        scopes: ['read'],
      });
      assert.equal(answer.status, 400);
      assert.ok(z.object({ redirect_uris: z.array(z.string()) }).parse(answer.body));
    });
  }
});

describe('RFC 9700 §2.1.1 and §4.8: PKCE and downgrade attacks', () => {
  const requests: Record<string, Parameters> = {
    'no challenge': { code_challenge: undefined, code_challenge_method: undefined },
    'an empty challenge': { code_challenge: '', code_challenge_method: 'S256' },
    'the method plain': { code_challenge: VERIFIER, code_challenge_method: 'plain' },
    'no method, which means plain': { code_challenge_method: undefined },
    'a challenge that is too short': { code_challenge: 'abc' },
    'the method in lower case': { code_challenge_method: 's256' },
  };
  for (const [name, parameters] of Object.entries(requests)) {
    it(`a request with ${name} is refused`, async () => {
      assertGoesBack(await world.open(parameters), 'invalid_request');
    });
  }

  it('a code for a challenge is not redeemed without a verifier', async () => {
    const { codeVerifier: _, ...stolen } = await world.allow();
    assertRefused(
      await exchange(world.server, world.reviewed, { ...stolen, codeVerifier: undefined }),
      'invalid_grant',
    );
  });

  it('a code for a challenge is not redeemed with another verifier', async () => {
    const stolen = { ...(await world.allow()), codeVerifier: 'w'.repeat(43) };
    assertRefused(await exchange(world.server, world.reviewed, stolen), 'invalid_grant');
  });

  it('a verifier is refused for a code that has no challenge', async () => {
    const application = await registerApplication(world.server, {
      owner: 'ben',
      requirePkce: false,
    });
    const stripped = await world.allow({ application, pkce: false });
    const answer = await exchange(world.server, application, {
      ...stripped,
      codeVerifier: VERIFIER,
    });
    assertRefused(answer, 'invalid_grant');
  });
});

describe('RFC 9700 §2.1.2, §2.4 and §4.15: unsupported grants', () => {
  for (const type of [
    'token',
    'id_token',
    'code token',
    'code id_token',
    'none',
    'id_token token',
  ]) {
    it(`the response type ${type} is refused`, async () => {
      const page = await world.open({ response_type: type, nonce: 'n' });
      assert.ok(page.leavesTo);
      assert.ok(!/access_token|id_token=|code=/.test(page.leavesTo.href), page.leavesTo.href);
    });
  }
  const grants: Record<string, Parameters> = {
    password: { username: 'ada@example.com', password: 'the password of ada' },
    client_credentials: { scope: 'read' },
    implicit: {},
    'urn:ietf:params:oauth:grant-type:device_code': { device_code: 'x' },
    'urn:ietf:params:oauth:grant-type:jwt-bearer': { assertion: 'x' },
    'urn:ietf:params:oauth:grant-type:saml2-bearer': { assertion: 'x' },
    'urn:ietf:params:oauth:grant-type:token-exchange': { subject_token: 'x' },
    'urn:openid:params:grant-type:ciba': { auth_req_id: 'x' },
  };
  for (const [grant_type, parameters] of Object.entries(grants)) {
    it(`the grant type ${grant_type} is refused`, async () => {
      const sent = Object.fromEntries(
        Object.entries(parameters).map(([name, value]) => [name, value ?? '']),
      );
      assertRefused(
        await postForm(world.server, 'token', world.reviewed, { grant_type, ...sent }),
        'unsupported_grant_type',
      );
    });
  }
});

describe('RFC 9700 §2.6: metadata and CORS', () => {
  const metadata = async () =>
    z
      .record(z.string(), z.unknown())
      .parse(
        await (await fetch(`${world.server.issuer}/.well-known/oauth-authorization-server`)).json(),
      );

  it('the metadata contains the issuer, S256 only, code only, and the iss parameter', async () => {
    const found = await metadata();
    assert.equal(found.issuer, world.server.issuer);
    assert.deepEqual(found.code_challenge_methods_supported, ['S256']);
    assert.deepEqual(found.response_types_supported, ['code']);
    assert.deepEqual(found.grant_types_supported, ['authorization_code', 'refresh_token']);
    assert.equal(found.authorization_response_iss_parameter_supported, true);
  });

  it('the authorization endpoint allows no other origin', async () => {
    const response = await fetch(requestUrl(world.server, world.native), {
      headers: { origin: 'http://127.0.0.1' },
      redirect: 'manual',
    });
    assert.equal(response.headers.get('access-control-allow-origin'), null);
  });

  it('the token endpoint allows no origin that the application did not register', async () => {
    for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1.evil.example']) {
      const answer = await postForm(
        world.server,
        'token',
        world.native,
        { grant_type: 'refresh_token', refresh_token: 'x' },
        { origin },
      );
      assert.equal(answer.headers.get('access-control-allow-origin'), null, origin);
    }
  });
});

describe('RFC 9700 §4.2 and §4.3: credentials leak by Referer or browser history', () => {
  for (const path of ['/login', '/interaction', '/account/authorizations', '/docs']) {
    it(`${path} sends no Referer and loads no external resources`, async () => {
      const page = path === '/interaction' ? await world.open() : await world.agent.get(path);
      assert.equal(page.headers.get('referrer-policy'), 'no-referrer');
      const policy = page.headers.get('content-security-policy') ?? '';
      assert.match(policy, /default-src 'none'/);
      assert.doesNotMatch(policy, /https?:|unsafe-|\*/);
      // Links to other addresses of a page load nothing.
      const loads = page.body.replace(/<link rel="(canonical|alternate)"[^>]*>/g, '');
      assert.doesNotMatch(loads, /<(script|img|link|iframe)[^>]+(src|href)="(https?:)?\/\//);
    });
  }

  it('a code is redeemed by POST only', async () => {
    const { parameters, codeVerifier } = await world.allow();
    const url = new URL('/api/v1/oauth/token', world.server.issuer);
    url.search = new URLSearchParams({
      grant_type: 'authorization_code',
      code: parameters.code ?? '',
      redirect_uri: world.reviewed.redirectUri,
      code_verifier: codeVerifier ?? '',
      client_id: world.reviewed.clientId,
      client_secret: world.reviewed.clientSecret ?? '',
    }).toString();
    assert.equal((await fetch(url)).status, 405);
    const posted = await fetch(url, { method: 'POST' });
    assert.ok([400, 401].includes(posted.status));
  });

  it('an access token in the query is refused', async () => {
    const { accessToken } = await world.tokens({ scope: 'profile' });
    const response = await fetch(`${world.server.issuer}/api/v1/me?access_token=${accessToken}`);
    assert.equal(response.status, 401);
  });

  it("responses with tokens can't be cached", async () => {
    const answer = await exchange(world.server, world.reviewed, await world.allow());
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
  });
});

describe('RFC 9700 §4.4: mix-up', () => {
  it('the response contains this server as iss (RFC 9207)', async () => {
    assert.equal((await world.allow()).parameters.iss, world.server.issuer);
  });

  it('an error response contains this server as iss, too', async () => {
    const { parameters } = await world.allow({ decision: 'deny' });
    assert.equal(parameters.error, 'access_denied');
    assert.equal(parameters.iss, world.server.issuer);
  });
});

describe('RFC 9700 §4.7: cross-site request forgery', () => {
  const attacks: Record<
    string,
    { fields?: Record<string, string>; headers?: Record<string, string> }
  > = {
    'no token': { fields: { csrf: '' } },
    'a forged token': { fields: { csrf: 'A'.repeat(43) } },
    'another site as Origin': { headers: { origin: 'https://evil.example' } },
    // Browsers send Origin: null for this server's own forms, too: the pages have no-referrer
    // (Fetch §3.2).
    'Origin: null from another site': {
      headers: { origin: 'null', 'sec-fetch-site': 'cross-site' },
    },
    'another site as Sec-Fetch-Site': { headers: { 'sec-fetch-site': 'cross-site' } },
  };
  for (const [name, { fields, headers }] of Object.entries(attacks)) {
    for (const form of ['sign-in', 'consent'] as const) {
      it(`the ${form} form with ${name} is refused with 403`, async () => {
        const agent = form === 'consent' ? world.agent : new UserAgent(world.server);
        const page =
          form === 'consent'
            ? await world.open({ prompt: 'consent' }, agent)
            : await agent.get('/login');
        const marker = form === 'consent' ? 'decision' : 'email';
        const { action, fields: shown } = findForm(page, [marker]);
        const csrf = shown.find((field) => field.name === 'csrf')?.value ?? '';
        const values =
          form === 'consent'
            ? { decision: 'allow', organizers: 'redstage', scopes: 'read' }
            : { email: world.ada.email, password: world.ada.password };
        const refused = await agent.request(new URL(action ?? page.url, page.url), {
          method: 'POST',
          body: new URLSearchParams({ csrf, ...values, ...fields }),
          headers: { origin: world.server.issuer, ...headers },
        });
        assertStays(refused, 403);
      });
    }
  }
});

describe('RFC 9700 §4.13: forwarded headers and request lines', () => {
  for (const headers of [
    { host: 'evil.example' },
    { 'x-forwarded-host': 'evil.example' },
    { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'evil.example' },
    { forwarded: 'host=evil.example;proto=https' },
  ]) {
    it(`${JSON.stringify(headers)} changes no URL of this server`, async () => {
      for (const path of [
        '/account/authorizations',
        '/.well-known/oauth-authorization-server',
        `${requestUrl(world.server, world.reviewed).href.slice(world.server.issuer.length)}`,
      ]) {
        const answer = await sendWithHeaders(world.server, path, headers);
        assert.ok(answer.status < 400, `${path}: ${answer.status}`);
        assert.doesNotMatch(answer.location + answer.body, /evil\.example/);
      }
    });
  }
});

describe('RFC 9700 §4.16: clickjacking', () => {
  for (const path of [
    '/login',
    'consent',
    'error',
    '/account/authorizations',
    '/account/applications',
    '/logout',
  ]) {
    it(`the page ${path} can't be framed`, async () => {
      const page =
        path === 'consent'
          ? await world.open({ prompt: 'consent' }, world.agent)
          : path === 'error'
            ? await world.open({ client_id: 'nobody' })
            : await world.agent.get(path);
      assert.match(page.headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/);
      assert.equal(page.headers.get('x-frame-options'), 'DENY');
    });
  }
});

describe('RFC 9700 §4.17: in-browser communication', () => {
  for (const response_mode of ['web_message', 'okta_post_message', 'iframe']) {
    it(`the response mode ${response_mode} is refused`, async () => {
      const page = await world.open({ response_mode, prompt: 'none' }, world.agent);
      assert.doesNotMatch(page.body, /postMessage/);
      assert.ok(!page.leavesTo?.searchParams.has('code'));
    });
  }
});
