import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { registerApplication, reviewApplication } from '../support/factories.ts';
import { prepared, withPlatform } from '../support/fixture.ts';
import { authorizationUrl, decide, requestOf, signedIn, VERIFIER } from '../support/flow.ts';
import { callManagement } from '../support/platform.ts';
import { exchange } from '../support/tokens.ts';
import { describe as textOf, UserAgent } from '../support/user-agent.ts';

/** Queries that must be returned as they were registered. */
const QUERIES = [
  '?next=/a%20b&flag&sig=a~b%2Bc',
  '?a=1&a=2',
  '?x=%2f%2F+y',
  '?list[]=1',
  '?trailing=1&',
  '?',
];

describe('Redirect URIs', () => {
  const { server, platform } = withPlatform({ CUSTOM_SCHEMES: 'myapp' });
  const ada = prepared(() => signedIn(server, platform.ada));

  const register = (redirectUri: string, clientType: 'public' | 'confidential' = 'confidential') =>
    registerApplication(server, { owner: 'ben', clientType, redirectUris: [redirectUri] });

  const requestUrl = (
    clientId: string,
    redirectUri: string,
    parameters: Record<string, string> = {},
  ) =>
    authorizationUrl(
      server,
      requestOf(
        { clientId, redirectUri },
        { state: 'a b+c', approval_prompt: 'force', ...parameters },
      ),
    );

  /** Returns the raw `Location` header of the response to one request. */
  async function locationOf(agent: UserAgent, url: string | URL): Promise<string> {
    const response = await fetch(new URL(url, server.issuer), {
      headers: { cookie: agent.cookies.header(new URL(server.issuer)) },
      redirect: 'manual',
    });
    await response.body?.cancel();
    return response.headers.get('location') ?? '';
  }

  for (const query of QUERIES) {
    const redirectUri = `https://app.example/cb${query}`;
    const start = `${redirectUri}${/[?&]$/.test(query) ? '' : '&'}`;

    it(`${query} is returned byte for byte after an error and after prompt=none`, async () => {
      const { clientId } = await register(redirectUri);
      await reviewApplication(server, clientId);
      const visitor = new UserAgent(server);
      const errors = [
        await locationOf(ada, requestUrl(clientId, redirectUri, { scope: 'nonsense' })),
        await locationOf(visitor, requestUrl(clientId, redirectUri, { prompt: 'none' })),
      ];
      for (const location of errors) {
        assert.ok(location.startsWith(`${start}error=`), location);
        const answer = new URLSearchParams(location.slice(start.length));
        assert.equal(answer.get('state'), 'a b+c');
        assert.equal(answer.get('iss'), server.issuer);
      }
    });

    it(`${query} is returned byte for byte after Deny and Allow, and the code can be redeemed`, async () => {
      const { clientId, clientSecret } = await register(redirectUri);
      const denied = await leaving(requestUrl(clientId, redirectUri), 'deny');
      assert.ok(denied.startsWith(`${start}error=access_denied&`), denied);
      const allowed = await leaving(requestUrl(clientId, redirectUri), 'allow');
      assert.ok(allowed.startsWith(`${start}code=`), allowed);
      const answer = new URLSearchParams(allowed.slice(start.length));
      assert.deepEqual([...answer.keys()], ['code', 'state', 'iss']);
      const redeemed = await exchange(
        server,
        { clientId, clientSecret },
        { parameters: { code: answer.get('code') ?? '' }, codeVerifier: VERIFIER, redirectUri },
      );
      assert.equal(redeemed.status, 200, JSON.stringify(redeemed.body));
    });
  }

  it('a query is unchanged in the other response modes', async () => {
    const redirectUri = 'https://app.example/cb?sig=a~b%2Bc';
    const { clientId } = await register(redirectUri);
    const fragment = await locationOf(
      ada,
      requestUrl(clientId, redirectUri, { scope: 'nonsense', response_mode: 'fragment' }),
    );
    assert.ok(fragment.startsWith(`${redirectUri}#error=`), fragment);
    const posted = await ada.get(
      requestUrl(clientId, redirectUri, { scope: 'nonsense', response_mode: 'form_post' }),
    );
    assert.ok(posted.body.includes(`action="${redirectUri}"`), posted.body);
  });

  describe('registration', () => {
    const post = (uri: string, clientType: string) =>
      callManagement(server, 'POST', '/api/v1/applications/', {
        owner: 'ben',
        name: 'Box Office Sync',
        client_type: clientType,
        redirect_uris: [uri],
        scopes: ['read'],
      });
    const cases: [uri: string, clientType: string, status: number][] = [
      ['https://app.example/cb?state=mine', 'confidential', 400],
      ['https://app.example/cb?x=1&code=', 'public', 400],
      ['https://app.example/cb?%69ss=1', 'confidential', 400],
      ['cursor://anysphere.cursor-mcp/oauth/callback', 'public', 201],
      ['vscode://vendor.ext/cb', 'public', 201],
      ['myapp://callback', 'public', 201],
      ['other-app://callback', 'public', 400],
      ...['javascript', 'data', 'file', 'vbscript', 'blob', 'about'].map(
        (scheme): [string, string, number] => [`${scheme}:/callback`, 'public', 400],
      ),
    ];
    for (const [uri, clientType, status] of cases) {
      it(`${uri} for a ${clientType} application: ${status}`, async () => {
        const answer = await post(uri, clientType);
        assert.equal(answer.status, status, JSON.stringify(answer.body));
        if (status === 400) {
          assert.deepEqual(Object.keys(Object(answer.body)), ['redirect_uris']);
        }
      });
    }

    it('an application with a custom scheme can still be changed', async () => {
      const { clientId } = await register('myapp://callback', 'public');
      const path = `/api/v1/applications/${clientId}/`;
      const { status } = await callManagement(server, 'PATCH', path, { description: 'New.' });
      assert.equal(status, 200);
    });
  });

  it('a code is sent to a private-use scheme of a known program', async () => {
    const redirectUri = 'cursor://anysphere.cursor-mcp/oauth/callback';
    const { clientId } = await register(redirectUri, 'public');
    const location = await leaving(requestUrl(clientId, redirectUri), 'allow');
    assert.ok(location.startsWith(`${redirectUri}?code=`), location);
  });

  for (const clientType of ['confidential', 'public'] as const) {
    for (const host of ['127.0.0.1', '[::1]', 'localhost']) {
      it(`http://${host} accepts any port for a ${clientType} application, and the code can be redeemed`, async () => {
        const { clientId, clientSecret } = await register(`http://${host}/cb?x=~`, clientType);
        for (const port of ['', ':51234', ':8080']) {
          const redirectUri = `http://${host}${port}/cb?x=~`;
          const location = await leaving(requestUrl(clientId, redirectUri), 'allow');
          assert.ok(location.startsWith(`${redirectUri}&code=`), location);
          const code = new URL(location).searchParams.get('code') ?? '';
          const redeemed = await exchange(
            server,
            { clientId, clientSecret },
            { parameters: { code }, codeVerifier: VERIFIER, redirectUri },
          );
          assert.equal(redeemed.status, 200, JSON.stringify(redeemed.body));
        }
      });

      it(`http://${host} accepts no other differences for a ${clientType} application`, async () => {
        const { clientId } = await register(`http://${host}/cb`, clientType);
        for (const redirectUri of [
          `http://${host}:51234/other`,
          `http://${host}:51234/cb?x=1`,
          `http://${host}:99999/cb`,
          `http://user@${host}:51234/cb`,
          `https://${host}:51234/cb`,
          'http://app.example:51234/cb',
          `http://${host}.app.example:51234/cb`,
        ]) {
          const page = await ada.get(requestUrl(clientId, redirectUri));
          assert.equal(page.status, 400, redirectUri);
          assert.equal(page.leavesTo, undefined);
        }
      });
    }
  }

  it('the port of an https redirect URI must match', async () => {
    const { clientId } = await register('https://localhost:3000/cb');
    const page = await ada.get(requestUrl(clientId, 'https://localhost:3001/cb'));
    assert.equal(page.status, 400);
  });

  /** Opens the consent page, answers it, and returns the raw redirect. */
  async function leaving(url: URL, decision: 'allow' | 'deny'): Promise<string> {
    const consent = await ada.get(url);
    const page = await decide(ada, consent, { decision });
    assert.ok(page.leavesTo, textOf(page));
    return page.headers.get('location') ?? '';
  }
});
