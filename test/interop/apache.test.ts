import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { type Apache, startApache, whyNoApache } from '../support/apache.ts';
import { newDpopKey, obtainBoundToken } from '../support/dpop.ts';
import { putTeam, type TestPlatform } from '../support/factories.ts';
import { readCode } from '../support/guide/read-guide.ts';
import { type SecureServer, startSecureServer, whyNotSecure } from '../support/secure-server.ts';
import { type ObtainedTokens, obtainTokens, refresh, revoke } from '../support/tokens.ts';

const skip = whyNoApache() ?? whyNotSecure() ?? false;

describe('API service behind Apache with mod_auth_openidc', { skip }, () => {
  let server: SecureServer;
  let platform: TestPlatform;
  let backend: Server;
  let apache: Apache;
  /** Headers of the requests that Apache forwarded. */
  const arrived: IncomingHttpHeaders[] = [];

  before(async () => {
    server = await startSecureServer();
    ({ platform } = server);
    backend = createServer((request, response) => {
      arrived.push(request.headers);
      response.end('let in');
    }).listen(0, '127.0.0.1');
    await once(backend, 'listening');
    const address = backend.address();
    const { clientId, clientSecret = '' } = platform.resourceServer;
    apache = await startApache({
      configuration: await configurationOfGuide(),
      variables: { STAGEDOOR_CLIENT_ID: clientId, STAGEDOOR_CLIENT_SECRET: clientSecret },
      certificateFile: server.certificateFile,
      backend: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    });
  });
  after(async () => {
    await apache?.close();
    backend?.close();
    await server?.close();
  });

  it('a live token is accepted, and the service gets its claims', async () => {
    const { accessToken } = await tokensFor('read');
    arrived.length = 0;
    const forged = { oidc_claim_sub: 'ben', OIDC_CLAIM_organizers: 'greenarena' };
    assert.equal((await call('GET', 'redstage', accessToken, forged)).status, 200);
    const [headers] = arrived;
    assert.equal(headers?.oidc_claim_sub, 'ada');
    assert.equal(headers?.oidc_claim_organizers, 'bluehall,redstage');
  });

  it('a revoked token is refused immediately', async () => {
    const { accessToken } = await tokensFor('read');
    assert.equal((await call('GET', 'redstage', accessToken)).status, 200);
    await revoke(server, platform.application, accessToken);
    const refused = await call('GET', 'redstage', accessToken);
    assert.equal(refused.status, 401);
    assert.match(refused.headers.get('www-authenticate') ?? '', /^Bearer error="invalid_token"/);
  });

  it('after a refresh, the previous access token is refused and the new one accepted', async () => {
    const { accessToken, refreshToken } = await tokensFor('read');
    const { body } = await refresh(server, platform.application, refreshToken);
    assert.equal((await call('GET', 'redstage', accessToken)).status, 401);
    assert.equal((await call('GET', 'redstage', body.access_token)).status, 200);
  });

  it('a refresh token, or a token outside the Authorization header, is refused', async () => {
    const { accessToken, refreshToken } = await tokensFor('read');
    assert.equal((await call('GET', 'redstage', refreshToken)).status, 401);
    assert.equal((await call('GET', 'redstage', undefined)).status, 401);
    assert.equal((await call('GET', `redstage/?access_token=${accessToken}`)).status, 401);
    const posted = await fetch(`${apache.url}/organizers/redstage/`, {
      method: 'POST',
      body: new URLSearchParams({ access_token: accessToken }),
    });
    assert.equal(posted.status, 401);
    const cookie = { cookie: `PA.global=${accessToken}` };
    assert.equal((await call('GET', 'redstage', undefined, cookie)).status, 401);
  });

  it('the scope of the method is required', async () => {
    const read = await tokensFor('read');
    const write = await tokensFor('write');
    assert.equal((await call('GET', 'redstage', read.accessToken)).status, 200);
    assert.equal((await call('POST', 'redstage', write.accessToken)).status, 200);
    assert.equal((await call('GET', 'redstage', write.accessToken)).status, 403);
    const refused = await call('DELETE', 'redstage', read.accessToken);
    assert.equal(refused.status, 403);
    assert.equal(refused.headers.get('www-authenticate'), 'Bearer error="insufficient_scope"');
  });

  it('only the organizers of the token are open, in any spelling of the path', async () => {
    const { accessToken } = await tokensFor('read', ['redstage']);
    for (const path of ['redstage', 'redstage/orders/1', 'redst%61ge/']) {
      assert.equal((await call('GET', path, accessToken)).status, 200, path);
    }
    for (const path of ['bluehall', 'bluehall/', '/bluehall/', 'Redstage/', 'redstage2', 'x']) {
      assert.equal((await call('GET', path, accessToken)).status, 403, path);
    }
    for (const path of ['', '/', '/organizers', '/organizers/', '/other']) {
      const answer = await fetch(apache.url + path, { headers: bearer(accessToken) });
      assert.equal(answer.status, 403, path);
    }
  });

  it('a DPoP-bound token is refused, because Apache checks no proof', async () => {
    const { application, ada: user } = platform;
    const parameters = { prompt: 'consent' };
    const options = { application, user, scope: 'read', parameters };
    const token = await obtainBoundToken(server, await newDpopKey(), options);
    assert.equal((await call('GET', 'redstage', token)).status, 403);
  });

  it('current membership and permission are required', async () => {
    const { accessToken } = await tokensFor('read write');
    assert.equal((await call('GET', 'bluehall', accessToken)).status, 200);
    assert.equal((await call('POST', 'bluehall', accessToken)).status, 403);
    const team = { organizer: 'bluehall', members: ['ada'] };
    await putTeam(server, { ...team, permissions: ['can_change_orders'] });
    assert.equal((await call('POST', 'bluehall', accessToken)).status, 200);
    await putTeam(server, { ...team, members: [] });
    assert.equal((await call('GET', 'bluehall', accessToken)).status, 403);
    await putTeam(server, team);
  });

  it('all requests are refused while the server is unreachable', async () => {
    const { accessToken } = await tokensFor('read');
    assert.equal((await call('GET', 'redstage', accessToken)).status, 200);
    await server.close();
    assert.equal((await call('GET', 'redstage', accessToken)).status, 401);
  });

  function tokensFor(scope: string, organizers?: readonly string[]): Promise<ObtainedTokens> {
    const { application, ada: user } = platform;
    const parameters = { prompt: 'consent' };
    const choice = organizers === undefined ? {} : { organizers };
    const request = { application, user, scope, parameters, previous: 'keep' as const };
    return obtainTokens(server, { ...request, ...choice });
  }

  function call(
    method: string,
    path: string,
    token?: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    return fetch(`${apache.url}/organizers/${path}`, {
      method,
      headers: { ...headers, ...(token === undefined ? {} : bearer(token)) },
    });
  }

  function bearer(token: string): Record<string, string> {
    return { authorization: `Bearer ${token}` };
  }

  async function configurationOfGuide(): Promise<string> {
    const page = await fetch(`${server.issuer}/docs/api-services`);
    return readCode(await page.text()).get('service-apache') ?? '';
  }
});
