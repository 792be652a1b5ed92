import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { registerApplication, type TestApplication } from '../support/factories.ts';
import { prepared, withPlatform } from '../support/fixture.ts';
import { authorize, requestOf } from '../support/flow.ts';
import { basic, obtainTokens } from '../support/tokens.ts';

/**
 * `Accept` values of Java's HttpURLConnection and of browsers, and types that no endpoint produces.
 */
const ACCEPTED = [
  'text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2',
  'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'text/html',
  'image/png',
  'nonsense',
];
const PROVIDERS = ['token', 'revoke_token', 'par'];
const ENDPOINTS = [...PROVIDERS, 'introspect'];
const PARAMETERS: Readonly<Record<string, Record<string, string>>> = {
  token: { grant_type: 'refresh_token', refresh_token: 'x' },
  revoke_token: { token: 'x' },
  introspect: { token: 'x' },
};

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('Client authentication of programs', () => {
  const { server, platform } = withPlatform();
  const publicApplication = prepared(() =>
    registerApplication(server, { owner: 'ben', clientType: 'public' }),
  );

  async function post(
    endpoint: string,
    headers: Record<string, string>,
    fields: Record<string, string> = {},
  ) {
    const response = await fetch(`${server.issuer}/api/v1/oauth/${endpoint}`, {
      method: 'POST',
      headers,
      body: new URLSearchParams({ ...PARAMETERS[endpoint], ...fields }),
    });
    const type = response.headers.get('content-type') ?? '';
    const text = await response.text();
    assert.match(type, /^application\/json\b/, `${response.status} ${text.slice(0, 200)}`);
    const body: Record<string, unknown> = JSON.parse(text);
    return { status: response.status, headers: response.headers, body };
  }

  /** Returns the parameters of a pushed request, whose client authenticates. */
  const request = (application: TestApplication) => {
    const { client_id: _, ...parameters } = requestOf(application);
    return parameters;
  };

  for (const endpoint of ENDPOINTS) {
    describe(endpoint, () => {
      for (const accept of ACCEPTED) {
        it(`Accept: ${accept}: an error is JSON`, async () => {
          const { body } = await post(endpoint, { accept });
          assert.equal(body.error, 'invalid_client');
        });
      }

      const unauthenticated: Record<string, () => Record<string, string>> = {
        'no authentication': () => ({}),
        Bearer: () => ({ authorization: 'Bearer x' }),
        Digest: () => ({ authorization: 'Digest username="x", realm="y"' }),
        'an unknown scheme': () => ({ authorization: 'Nonsense' }),
        'Basic without credentials': () => ({ authorization: 'Basic' }),
        'Basic without a colon': () => ({ authorization: `Basic ${base64('nocolon')}` }),
        'Basic with a colon only': () => ({ authorization: `Basic ${base64(':')}` }),
        'Basic with broken base64': () => ({ authorization: 'Basic %%%' }),
        'Basic with base64url': () => ({ authorization: 'Basic YT-_Yg' }),
        'Basic with a broken escape': () => ({ authorization: `Basic ${base64('a%zz:b')}` }),
        'Basic with an empty secret': () => ({ authorization: basicOf('') }),
        'Basic with a wrong secret': () => ({ authorization: basicOf('wrong') }),
        'an unknown client': () => ({ authorization: basic('unknown', 'secret') }),
      };
      for (const [name, headers] of Object.entries(unauthenticated)) {
        it(`${name}: 401 invalid_client with a challenge`, async () => {
          const { status, headers: answered, body } = await post(endpoint, headers());
          assert.equal(status, 401, JSON.stringify(body));
          assert.equal(body.error, 'invalid_client');
          assert.equal(typeof body.error_description, 'string');
          assert.match(answered.get('www-authenticate') ?? '', /^Basic realm="/);
        });
      }

      it('a wrong secret in the body: 401 with a challenge', async () => {
        const { clientId } = callerOf();
        const fields = { client_id: clientId, client_secret: 'wrong' };
        const { status, headers, body } = await post(endpoint, {}, fields);
        assert.deepEqual([status, body.error], [401, 'invalid_client']);
        assert.match(headers.get('www-authenticate') ?? '', /^Basic realm="/);
      });

      it('credentials in header and body: 400', async () => {
        const { clientId, clientSecret = '' } = callerOf();
        const headers = { authorization: basic(clientId, clientSecret) };
        const { status, body } = await post(endpoint, headers, { client_secret: clientSecret });
        assert.deepEqual([status, body.error], [400, 'invalid_request']);
      });

      it('two client IDs: 400', async () => {
        const { clientId, clientSecret = '' } = callerOf();
        const headers = { authorization: basic(clientId, clientSecret) };
        const { status, body } = await post(endpoint, headers, { client_id: 'other' });
        assert.deepEqual([status, body.error], [400, 'invalid_request']);
      });

      it('an empty secret in the body next to the header is ignored', async () => {
        const { clientId, clientSecret = '' } = callerOf();
        const headers = { authorization: basic(clientId, clientSecret) };
        const { status } = await post(endpoint, headers, { client_secret: '' });
        assert.notEqual(status, 401);
      });

      it('OPTIONS lists the supported methods', async () => {
        const url = `${server.issuer}/api/v1/oauth/${endpoint}`;
        const response = await fetch(url, { method: 'OPTIONS' });
        assert.equal(response.status, 204);
        assert.equal(response.headers.get('allow'), 'POST, OPTIONS');
        const got = await fetch(url, { headers: { accept: 'text/html' } });
        assert.equal(got.status, 405);
        assert.equal(got.headers.get('allow'), 'POST, OPTIONS');
        assert.match(got.headers.get('content-type') ?? '', /^application\/json/);
      });

      const callerOf = () =>
        endpoint === 'introspect' ? platform.resourceServer : platform.application;
      const basicOf = (wrong: string) => basic(callerOf().clientId, wrong);
    });
  }

  it('OPTIONS of the authorization endpoint lists the supported methods', async () => {
    const url = `${server.issuer}/api/v1/oauth/authorize`;
    const { status, headers } = await fetch(url, { method: 'OPTIONS' });
    assert.deepEqual([status, headers.get('allow')], [204, 'GET, HEAD, POST, OPTIONS']);
  });

  it('a public application can use Basic with an empty secret in the whole flow', async () => {
    const authorization = basic(publicApplication.clientId, '');
    const pushed = await post('par', { authorization }, request(publicApplication));
    assert.equal(pushed.status, 201, JSON.stringify(pushed.body));

    const { parameters, codeVerifier = '' } = await authorize(server, {
      application: publicApplication,
      user: platform.ada,
    });
    const redeemed = await post(
      'token',
      { authorization },
      {
        grant_type: 'authorization_code',
        code: parameters.code ?? '',
        redirect_uri: publicApplication.redirectUri,
        code_verifier: codeVerifier,
      },
    );
    assert.equal(redeemed.status, 200, JSON.stringify(redeemed.body));
    const refreshed = await post(
      'token',
      { authorization },
      {
        client_id: publicApplication.clientId,
        refresh_token: String(redeemed.body.refresh_token),
      },
    );
    assert.equal(refreshed.status, 200, JSON.stringify(refreshed.body));
    const token = String(refreshed.body.access_token);
    const revoked = await post('revoke_token', { authorization }, { token });
    assert.deepEqual([revoked.status, revoked.body], [200, {}]);
  });

  it('pushed requests with an empty secret count toward the limit of public clients', async () => {
    const headers = { authorization: basic(publicApplication.clientId, '') };
    const { db } = server.database;
    const points = async () => {
      const rows = await db.selectFrom('rate_limits').select(['key', 'points']).execute();
      return rows.filter(({ key }) => key.startsWith('pushed_requests')).map((row) => row.points);
    };
    const before = await points();
    const pushed = await post('par', headers, request(publicApplication));
    assert.equal(pushed.status, 201);
    assert.notDeepEqual(await points(), before);
  });

  it('a different client ID in the body than in a Basic header with empty secret: 400', async () => {
    const headers = { authorization: basic(publicApplication.clientId, '') };
    const { status, body } = await post('token', headers, {
      client_id: platform.application.clientId,
    });
    assert.deepEqual([status, body.error], [400, 'invalid_request']);
  });

  it('revocation returns {} as JSON, also for an unknown token', async () => {
    const { application, ada: user } = platform;
    const { accessToken } = await obtainTokens(server, { application, user });
    const headers = {
      authorization: basic(application.clientId, application.clientSecret ?? ''),
      accept: 'text/html',
    };
    for (const token of [accessToken, accessToken, 'x']) {
      const { status, body } = await post('revoke_token', headers, { token });
      assert.deepEqual([status, body], [200, {}]);
    }
  });
});
