import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as oauth from 'oauth4webapi';
import * as client from 'openid-client';
import { registerApplication, type TestApplication } from '../support/factories.ts';
import { prepared } from '../support/fixture.ts';
import { decide, signIn } from '../support/flow.ts';
import { startSecureServer, whyNotSecure } from '../support/secure-server.ts';
import { describe as textOf, UserAgent } from '../support/user-agent.ts';

const skip = whyNotSecure() ?? false;

// Over https, with everything that these libraries can check: pushed requests, PKCE, state, `iss`,
// DPoP-bound tokens, and signed introspection with its signature verified.
describe('Third-party clients in their strictest settings', { skip }, () => {
  const server = prepared(startSecureServer, (one) => one.close());
  const platform = prepared(() => server.platform);

  async function adaAllows(link: URL): Promise<URL> {
    assert.deepEqual([...link.searchParams.keys()].sort(), ['client_id', 'request_uri']);
    const agent = new UserAgent(server);
    const consent = await signIn(agent, await agent.get(link), platform.ada);
    const page = await decide(agent, consent, { organizers: ['redstage'] });
    assert.ok(page.leavesTo, textOf(page));
    return page.leavesTo;
  }

  it('openid-client as a confidential application works', async () => {
    const { clientId, clientSecret, redirectUri } = platform.application;
    const config = await client.discovery(
      new URL(server.issuer),
      clientId,
      { introspection_signed_response_alg: 'ES256' },
      client.ClientSecretBasic(clientSecret),
      { algorithm: 'oauth2', execute: [client.enableNonRepudiationChecks] },
    );
    const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));
    const codeVerifier = client.randomPKCECodeVerifier();
    const state = client.randomState();
    const parameters = {
      redirect_uri: redirectUri,
      scope: 'read write',
      state,
      code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
    };
    const link = await client.buildAuthorizationUrlWithPAR(config, parameters, { DPoP });
    const sentBack = await adaAllows(link);
    const checks = { pkceCodeVerifier: codeVerifier, expectedState: state };

    const first = await client.authorizationCodeGrant(config, sentBack, checks, undefined, {
      DPoP,
    });
    assert.equal(first.token_type, 'dpop');
    const told = await client.tokenIntrospection(config, first.access_token);
    assert.equal(told.active, true);
    assert.deepEqual(told.organizers, ['redstage']);
    assert.deepEqual(told.cnf, { jkt: await DPoP.calculateThumbprint() });

    const api = new URL('/api/v1/organizers/', server.issuer);
    const call = (token: string) =>
      client.fetchProtectedResource(config, token, api, 'GET', undefined, undefined, { DPoP });
    assert.equal((await call(first.access_token)).status, 200);

    const second = await client.refreshTokenGrant(config, first.refresh_token ?? '', undefined, {
      DPoP,
    });
    assert.equal((await client.tokenIntrospection(config, first.access_token)).active, false);
    assert.equal((await client.tokenIntrospection(config, second.access_token)).active, true);
    await client.tokenRevocation(config, second.access_token);
    await assert.rejects(call(second.access_token), { status: 401 });
    assert.equal((await client.tokenIntrospection(config, second.access_token)).active, false);
    await assert.rejects(
      client.refreshTokenGrant(config, second.refresh_token ?? '', undefined, { DPoP }),
      { error: 'invalid_grant', error_description: 'revoked_by_client' },
    );
  });

  it('oauth4webapi as a public application and as API service works', async () => {
    const application = await registerApplication(server, {
      owner: 'ben',
      clientType: 'public',
      redirectUris: ['http://127.0.0.1/callback'],
    });
    const issuer = new URL(server.issuer);
    const response = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2' });
    const as = await oauth.processDiscoveryResponse(issuer, response);
    const device = createDevice(as, application, await oauth.generateKeyPair('ES256'));

    const first = await device.obtain();
    assert.equal(first.token_type, 'dpop');
    assert.equal((await introspect(as, first.access_token)).active, true);
    const second = await device.refresh(first.refresh_token);
    assert.equal((await introspect(as, first.access_token)).active, false);
    const told = await introspect(as, second.access_token);
    assert.deepEqual(told.cnf, { jkt: await device.thumbprint() });
    assert.equal((await device.call(second.access_token)).status, 200);
    assert.deepEqual(told.permissions, { redstage: ['can_view_orders', 'can_change_orders'] });

    await device.revoke(second.access_token);
    await assert.rejects(device.call(second.access_token), { status: 401 });
    assert.equal((await introspect(as, second.access_token)).active, false);
    await assert.rejects(device.refresh(second.refresh_token), {
      error: 'invalid_grant',
      error_description: 'revoked_by_client',
    });
  });

  function createDevice(
    as: oauth.AuthorizationServer,
    { clientId, redirectUri }: TestApplication,
    keyPair: oauth.CryptoKeyPair,
  ) {
    const self: oauth.Client = { client_id: clientId };
    const none = oauth.None();
    const DPoP = oauth.DPoP(self, keyPair);
    return {
      thumbprint: () => DPoP.calculateThumbprint(),
      call: (token: string) => {
        const api = new URL('/api/v1/organizers/', server.issuer);
        return oauth.protectedResourceRequest(token, 'GET', api, undefined, undefined, { DPoP });
      },
      obtain: async () => {
        const codeVerifier = oauth.generateRandomCodeVerifier();
        const state = oauth.generateRandomState();
        const parameters = {
          response_type: 'code',
          redirect_uri: redirectUri,
          scope: 'read write',
          state,
          code_challenge: await oauth.calculatePKCECodeChallenge(codeVerifier),
          code_challenge_method: 'S256',
        };
        const { request_uri } = await oauth.processPushedAuthorizationResponse(
          as,
          self,
          await oauth.pushedAuthorizationRequest(as, self, none, parameters, { DPoP }),
        );
        const link = new URL(as.authorization_endpoint ?? '');
        link.search = new URLSearchParams({ client_id: clientId, request_uri }).toString();
        const answer = oauth.validateAuthResponse(as, self, await adaAllows(link), state);
        return oauth.processAuthorizationCodeResponse(
          as,
          self,
          await oauth.authorizationCodeGrantRequest(
            as,
            self,
            none,
            answer,
            redirectUri,
            codeVerifier,
            { DPoP },
          ),
        );
      },
      refresh: async (token = '') =>
        oauth.processRefreshTokenResponse(
          as,
          self,
          await oauth.refreshTokenGrantRequest(as, self, none, token, { DPoP }),
        ),
      revoke: async (token: string) =>
        oauth.processRevocationResponse(await oauth.revocationRequest(as, self, none, token)),
    };
  }

  /** Introspects as an API service that trusts only the signature. */
  async function introspect(
    as: oauth.AuthorizationServer,
    token: string,
  ): Promise<oauth.IntrospectionResponse> {
    const { clientId, clientSecret = '' } = platform.resourceServer;
    const service = { client_id: clientId, introspection_signed_response_alg: 'ES256' };
    const response = await oauth.introspectionRequest(
      as,
      service,
      oauth.ClientSecretBasic(clientSecret),
      token,
    );
    assert.match(response.headers.get('content-type') ?? '', /token-introspection\+jwt/);
    const told = await oauth.processIntrospectionResponse(as, service, response);
    await oauth.validateApplicationLevelSignature(as, response);
    return told;
  }
});
