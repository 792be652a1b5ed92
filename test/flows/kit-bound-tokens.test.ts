import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createResourceServer } from '@stagedoor/resource-server';
import * as oauth from 'oauth4webapi';
import { withPlatform } from '../support/fixture.ts';
import { authorize } from '../support/flow.ts';
import { FRAMEWORKS, type GuardedApi } from '../support/kit/frameworks.ts';
import { obtainTokens, revoke } from '../support/tokens.ts';

const LOOPBACK = { [oauth.allowInsecureRequests]: true };

describe('API service with DPoP-bound tokens and signed introspection', () => {
  let metadata: oauth.AuthorizationServer;
  let api: GuardedApi;
  const { server, platform } = withPlatform();

  before(async () => {
    const issuer = new URL(server.issuer);
    const options = { algorithm: 'oauth2', ...LOOPBACK } as const;
    metadata = await oauth.processDiscoveryResponse(
      issuer,
      await oauth.discoveryRequest(issuer, options),
    );
    const { clientId, clientSecret = '' } = platform.resourceServer;
    const kit = createResourceServer({
      issuer: server.issuer,
      clientId,
      clientSecret,
      signedIntrospection: true,
      dpop: { url: (request) => api.url + request.url },
    });
    const start = FRAMEWORKS.Koa;
    assert.ok(start);
    const needs = {
      organizer: 'organizer',
      permission: { read: 'can_view_orders', write: 'can_change_orders' },
    };
    api = await start(kit, [{ path: '/organizers/:organizer/orders', needs }]);
  });
  after(() => api?.close());

  const call = (token: string, organizer: string, dpop?: oauth.DPoPHandle, method = 'GET') =>
    oauth.protectedResourceRequest(
      token,
      method,
      new URL(`${api.url}/organizers/${organizer}/orders?page=1`),
      undefined,
      undefined,
      { ...LOOPBACK, ...(dpop === undefined ? {} : { DPoP: dpop }) },
    );

  /** Runs the whole flow of an application that uses oauth4webapi, with a new key. */
  async function obtainBoundToken(): Promise<{ token: string; dpop: oauth.DPoPHandle }> {
    const { application, ada } = platform;
    const client = { client_id: application.clientId };
    const dpop = oauth.DPoP({}, await oauth.generateKeyPair('ES256'));
    const result = await authorize(server, {
      application,
      user: ada,
      organizers: ['redstage'],
      parameters: { prompt: 'consent' },
    });
    const parameters = oauth.validateAuthResponse(
      metadata,
      client,
      result.redirectedTo,
      result.state,
    );
    const response = await oauth.authorizationCodeGrantRequest(
      metadata,
      client,
      oauth.ClientSecretBasic(application.clientSecret ?? ''),
      parameters,
      result.redirectUri,
      result.codeVerifier ?? '',
      { DPoP: dpop, ...LOOPBACK },
    );
    const tokens = await oauth.processAuthorizationCodeResponse(metadata, client, response);
    assert.equal(tokens.token_type, 'dpop');
    return { token: tokens.access_token, dpop };
  }

  it('a request with the key is accepted, within the limits of the grant', async () => {
    const { token, dpop } = await obtainBoundToken();
    assert.equal((await call(token, 'redstage', dpop)).status, 200);
    assert.equal((await call(token, 'redstage', dpop, 'POST')).status, 200);
    await assert.rejects(call(token, 'bluehall', dpop), (error) => {
      assert.ok(error instanceof oauth.WWWAuthenticateChallengeError);
      const [challenge] = error.cause;
      assert.equal(challenge?.scheme, 'dpop');
      assert.equal(challenge?.parameters.error, 'insufficient_scope');
      return error.status === 403;
    });
  });

  it('a token without its key, or after revocation, is refused', async () => {
    const { token, dpop } = await obtainBoundToken();
    const stranger = oauth.DPoP({}, await oauth.generateKeyPair('ES256'));
    for (const found of [undefined, stranger]) {
      await assert.rejects(call(token, 'redstage', found), (error) => {
        assert.ok(error instanceof oauth.WWWAuthenticateChallengeError);
        const challenged = error.cause.map(({ scheme }) => scheme);
        assert.deepEqual(challenged, found === undefined ? ['bearer', 'dpop'] : ['dpop']);
        assert.equal(error.cause[0]?.parameters.error, 'invalid_token');
        return error.status === 401;
      });
    }
    assert.equal((await call(token, 'redstage', dpop)).status, 200);
    await revoke(server, platform.application, token);
    await assert.rejects(call(token, 'redstage', dpop), oauth.WWWAuthenticateChallengeError);
  });

  it('an unbound token is accepted', async () => {
    const { application, ada: user } = platform;
    const { accessToken } = await obtainTokens(server, {
      application,
      user,
      parameters: { prompt: 'consent' },
    });
    assert.equal((await call(accessToken, 'redstage')).status, 200);
  });
});
