import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as oauth from 'oauth4webapi';
import * as client from 'openid-client';
import { withScanner } from '../support/dpop.ts';
import { PAGE_ENGINE_VARIABLES } from '../support/engines.ts';
import { withPlatform } from '../support/fixture.ts';
import { decide, signIn } from '../support/flow.ts';
import { UserAgent } from '../support/user-agent.ts';

const LOOPBACK = { [oauth.allowInsecureRequests]: true };

for (const [engine, variables] of Object.entries(PAGE_ENGINE_VARIABLES)) {
  describe(`DPoP with third-party clients, on ${engine}`, () => {
    const { server, platform } = withPlatform(variables);
    const { application } = platform;
    const scanner = withScanner(server);

    async function adaAllows(link: URL): Promise<URL> {
      const agent = new UserAgent(server);
      const consent = await signIn(agent, await agent.get(link), platform.ada);
      const page = await decide(agent, consent, { organizers: ['redstage'] });
      assert.ok(page.leavesTo);
      return page.leavesTo;
    }

    it('openid-client: push, exchange, refresh and introspection work', async () => {
      const config = await client.discovery(
        new URL(server.issuer),
        application.clientId,
        {},
        client.ClientSecretBasic(application.clientSecret),
        { algorithm: 'oauth2', execute: [client.allowInsecureRequests] },
      );
      assert.deepEqual(config.serverMetadata().dpop_signing_alg_values_supported, [
        'ES256',
        'Ed25519',
        'EdDSA',
      ]);
      for (const alg of ['ES256', 'Ed25519']) {
        const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair(alg));
        const pkceCodeVerifier = client.randomPKCECodeVerifier();
        const expectedState = client.randomState();
        const parameters = {
          redirect_uri: application.redirectUri,
          scope: 'read',
          state: expectedState,
          code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
          code_challenge_method: 'S256',
          approval_prompt: 'force',
        };
        const link = await client.buildAuthorizationUrlWithPAR(config, parameters, { DPoP });
        const checks = { pkceCodeVerifier, expectedState };
        const sentBack = await adaAllows(link);
        const first = await client.authorizationCodeGrant(config, sentBack, checks, undefined, {
          DPoP,
        });
        assert.equal(first.token_type, 'dpop');
        const second = await client.refreshTokenGrant(
          config,
          first.refresh_token ?? '',
          undefined,
          { DPoP },
        );
        assert.equal(second.token_type, 'dpop');
        const organizers = await client.fetchProtectedResource(
          config,
          second.access_token,
          new URL('/api/v1/organizers/', server.issuer),
          'GET',
          undefined,
          undefined,
          { DPoP },
        );
        assert.equal(organizers.status, 200);
        const told = await client.tokenIntrospection(config, second.access_token);
        assert.deepEqual(told.cnf, { jkt: await DPoP.calculateThumbprint() });
      }
    });

    it('oauth4webapi: a public client with dpop_jkt works', async () => {
      const issuer = new URL(server.issuer);
      const as = await oauth.processDiscoveryResponse(
        issuer,
        await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...LOOPBACK }),
      );
      const self: oauth.Client = { client_id: scanner.clientId };
      const DPoP = oauth.DPoP(self, await oauth.generateKeyPair('ES256'));
      const verifier = oauth.generateRandomCodeVerifier();
      const link = new URL(as.authorization_endpoint ?? '');
      link.search = new URLSearchParams({
        client_id: scanner.clientId,
        response_type: 'code',
        redirect_uri: scanner.redirectUri,
        scope: 'read',
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        dpop_jkt: await DPoP.calculateThumbprint(),
      }).toString();
      const sentBack = oauth.validateAuthResponse(
        as,
        self,
        await adaAllows(link),
        oauth.expectNoState,
      );
      const options = { DPoP, ...LOOPBACK };
      const first = await oauth.processAuthorizationCodeResponse(
        as,
        self,
        await oauth.authorizationCodeGrantRequest(
          as,
          self,
          oauth.None(),
          sentBack,
          scanner.redirectUri,
          verifier,
          options,
        ),
      );
      assert.equal(first.token_type, 'dpop');
      const second = await oauth.processRefreshTokenResponse(
        as,
        self,
        await oauth.refreshTokenGrantRequest(
          as,
          self,
          oauth.None(),
          first.refresh_token ?? '',
          options,
        ),
      );
      assert.equal(second.token_type, 'dpop');
    });
  });
}
