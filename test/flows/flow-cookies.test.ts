import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CookieJar } from '../support/cookie-jar.ts';
import { createPlatform, type TestPlatform } from '../support/factories.ts';
import { authorizationUrl, requestOf } from '../support/flow.ts';
import { startServer, type TestServer } from '../support/server.ts';

const SESSION = 'stagedoor_session';
const CSRF = 'stagedoor_csrf';

describe('Cookies of the authorization flow', () => {
  const expectations = {
    'http://localhost': { prefix: '', secure: false },
    'https://login.example.test': { prefix: '__Host-', secure: true },
  };
  for (const [issuer, { prefix, secure }] of Object.entries(expectations)) {
    it(`are HttpOnly, SameSite and host-only, with ${issuer}`, async () => {
      const server = await startServer(secure ? { ISSUER: issuer } : {});
      try {
        const platform = await createPlatform({
          ...server,
          issuer: `http://localhost:${server.config.port}`,
        });
        const headers = await cookiesOfTheFlow(server, platform);
        const names = new Set(headers.map((header) => header.split('=')[0]));
        for (const name of [
          `${prefix}${CSRF}`,
          `${prefix}stagedoor_device`,
          `${prefix}${SESSION}`,
          `${prefix}${SESSION}.sig`,
        ]) {
          assert.ok(names.has(name), `${name} is set`);
        }
        const ofRequests = new RegExp(`^${prefix}stagedoor_request_[0-9a-f]{16}(\\.sig)?$`);
        assert.ok([...names].some((name) => ofRequests.test(name ?? '')));
        for (const header of headers) {
          assert.match(header, /; *httponly(;|$)/i);
          assert.match(header, /; *samesite=lax(;|$)/i);
          assert.equal(/; *secure(;|$)/i.test(header), secure, header);
          assert.doesNotMatch(header, /; *domain=/i);
          assert.ok(header.startsWith(`${prefix}stagedoor_`), header);
          assert.match(header, /; *path=\/(;|$)/i);
        }
      } finally {
        await server.close();
      }
    });
  }

  /** Returns every `Set-Cookie` from the request to the code, also for a server behind a proxy. */
  async function cookiesOfTheFlow(server: TestServer, platform: TestPlatform): Promise<string[]> {
    const jar = new CookieJar();
    const seen: string[] = [];
    const open = async (path: string | URL, body?: URLSearchParams) => {
      // As the proxy forwards it: by http to the port of the server.
      const url = new URL(path, server.issuer);
      const inside = new URL(url.pathname + url.search, `http://localhost:${server.config.port}`);
      const response = await fetch(inside, {
        method: body ? 'POST' : 'GET',
        headers: { cookie: jar.header(inside), ...(body ? { origin: server.issuer } : {}) },
        redirect: 'manual',
        ...(body ? { body } : {}),
      });
      seen.push(...response.headers.getSetCookie());
      jar.store(inside, response.headers);
      const location = response.headers.get('location');
      const next = location === null ? undefined : new URL(location, server.issuer);
      return { url, next, text: await response.text() };
    };
    const follow = async (path: string | URL, body?: URLSearchParams) => {
      let page = await open(path, body);
      while (page.next?.origin === new URL(server.issuer).origin) {
        page = await open(page.next);
      }
      return page;
    };
    const csrfOf = (text: string) => /name="csrf" value="([^"]+)"/.exec(text)?.[1] ?? '';
    const { application, ada } = platform;
    const login = await follow(
      authorizationUrl(server, requestOf(application, { scope: 'profile' })),
    );
    const consent = await follow(
      '/login',
      new URLSearchParams({
        csrf: csrfOf(login.text),
        return_to: login.url.searchParams.get('return_to') ?? '',
        email: ada.email,
        password: ada.password,
      }),
    );
    const decision = { csrf: csrfOf(consent.text), decision: 'allow', scopes: 'profile' };
    const end = await follow(consent.url, new URLSearchParams(decision));
    assert.ok(end.next?.searchParams.has('code'), end.text);
    const profile = new URL('/account/profile', `http://localhost:${server.config.port}`);
    const withCookies = async (cookie: string) =>
      (await fetch(profile, { headers: { cookie }, redirect: 'manual' })).status;
    const own = jar.header(profile);
    assert.equal(await withCookies(own), 200);
    // Only a neighboring host or the network can set these cookies, so they must not sign in
    // anyone.
    const planted = own.replaceAll('__Host-', '');
    assert.equal(await withCookies(planted), planted === own ? 200 : 303);
    return seen;
  }
});
