import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import * as oauth from 'oauth4webapi';
import * as client from 'openid-client';
import { registerApplication } from '../support/factories.ts';
import { prepared, withPlatform } from '../support/fixture.ts';
import { decide, signIn } from '../support/flow.ts';
import { describe as textOf, UserAgent } from '../support/user-agent.ts';

/** The libraries require https; these servers use http on loopback. */
const LOOPBACK = { [oauth.allowInsecureRequests]: true };

describe('Third-party OAuth clients', () => {
  const { server, platform } = withPlatform();
  const publicApplication = prepared(() =>
    registerApplication(server, {
      owner: 'ben',
      name: 'Door Scanner',
      clientType: 'public',
      redirectUris: ['http://127.0.0.1/callback'],
    }),
  );

  /** Lets Ada sign in and allow the application; returns the redirect with the code. */
  async function adaAllows(link: URL): Promise<URL> {
    const agent = new UserAgent(server);
    const consent = await signIn(agent, await agent.get(link), platform.ada);
    const page = await decide(agent, consent, { organizers: ['redstage'] });
    assert.ok(page.leavesTo, textOf(page));
    return page.leavesTo;
  }

  const organizersWith = (accessToken: string) =>
    fetch(`${server.issuer}/api/v1/organizers/`, {
      headers: { authorization: `Bearer ${accessToken}` },
    });

  describe('openid-client', () => {
    const authentications = {
      client_secret_basic: client.ClientSecretBasic,
      client_secret_post: client.ClientSecretPost,
    };

    const discover = (method: keyof typeof authentications, secret: string | undefined) =>
      client.discovery(
        new URL(server.issuer),
        platform.application.clientId,
        {},
        authentications[method](secret),
        { algorithm: 'oauth2', execute: [client.allowInsecureRequests] },
      );

    const newRequest = async () => {
      const codeVerifier = client.randomPKCECodeVerifier();
      const state = client.randomState();
      const parameters = {
        redirect_uri: platform.application.redirectUri,
        scope: 'read',
        state,
        code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
        approval_prompt: 'force',
      };
      return { parameters, checks: { pkceCodeVerifier: codeVerifier, expectedState: state } };
    };

    for (const method of ['client_secret_basic', 'client_secret_post'] as const) {
      it(`${method}: the whole flow from discovery to revocation works`, async () => {
        const config = await discover(method, platform.application.clientSecret);
        const { parameters, checks } = await newRequest();
        const sentBack = await adaAllows(client.buildAuthorizationUrl(config, parameters));

        const first = await client.authorizationCodeGrant(config, sentBack, checks);
        assert.equal(first.scope, 'read');
        assert.equal(first.expires_in, 3600);
        const told = await client.tokenIntrospection(config, first.access_token);
        assert.equal(told.active, true);
        assert.equal(told.sub, 'ada');
        assert.deepEqual(told.organizers, ['redstage']);
        assert.equal((await organizersWith(first.access_token)).status, 200);

        const second = await client.refreshTokenGrant(config, first.refresh_token ?? '');
        assert.equal(second.scope, 'read');
        assert.notEqual(second.refresh_token, first.refresh_token);
        assert.equal((await client.tokenIntrospection(config, first.access_token)).active, false);
        assert.equal((await client.tokenIntrospection(config, second.access_token)).active, true);

        await client.tokenRevocation(config, second.refresh_token ?? '');
        assert.equal((await client.tokenIntrospection(config, second.access_token)).active, false);
        await assert.rejects(client.refreshTokenGrant(config, second.refresh_token ?? ''), {
          code: 'OAUTH_RESPONSE_BODY_ERROR',
          error: 'invalid_grant',
          error_description: 'revoked_by_client',
        });
      });
    }

    it('a pushed authorization request yields tokens', async () => {
      const config = await discover('client_secret_basic', platform.application.clientSecret);
      const { parameters, checks } = await newRequest();
      const link = await client.buildAuthorizationUrlWithPAR(config, parameters);
      assert.deepEqual([...link.searchParams.keys()].sort(), ['client_id', 'request_uri']);
      const tokens = await client.authorizationCodeGrant(config, await adaAllows(link), checks);
      assert.equal((await client.tokenIntrospection(config, tokens.access_token)).active, true);
    });

    it('a response with another state or issuer is rejected', async () => {
      const config = await discover('client_secret_basic', platform.application.clientSecret);
      const { parameters, checks } = await newRequest();
      const sentBack = await adaAllows(client.buildAuthorizationUrl(config, parameters));
      const elsewhere = new URL(sentBack);
      elsewhere.searchParams.set('iss', 'https://evil.example.com');
      const silent = new URL(sentBack);
      silent.searchParams.delete('iss');
      for (const [url, expected] of [
        [sentBack, { ...checks, expectedState: 'another' }],
        [elsewhere, checks],
        // The metadata announces `iss`, so a response without it is a forgery (RFC 9207 section
        // 2.4).
        [silent, checks],
      ] as const) {
        await assert.rejects(client.authorizationCodeGrant(config, url, expected), {
          code: 'OAUTH_INVALID_RESPONSE',
        });
      }
      await client.authorizationCodeGrant(config, sentBack, checks);
    });

    it('a wrong secret is reported as an authentication challenge', async () => {
      const config = await discover('client_secret_basic', 'sds_wrong');
      await assert.rejects(client.refreshTokenGrant(config, 'sdr_nothing'), {
        code: 'OAUTH_WWW_AUTHENTICATE_CHALLENGE',
        status: 401,
      });
      await assert.rejects(client.tokenIntrospection(config, 'sda_nothing'), {
        code: 'OAUTH_WWW_AUTHENTICATE_CHALLENGE',
        status: 401,
      });
    });
  });

  describe('oauth4webapi, as a public native application', () => {
    // Not the registered port: a native application chooses it at start (RFC 8252 section 7.3).
    const redirectUri = 'http://127.0.0.1:51763/callback';
    const none = oauth.None();
    let as: oauth.AuthorizationServer;
    let application: oauth.Client;

    before(async () => {
      const issuer = new URL(server.issuer);
      const response = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...LOOPBACK });
      as = await oauth.processDiscoveryResponse(issuer, response);
      application = { client_id: publicApplication.clientId };
    });

    async function obtain(): Promise<oauth.TokenEndpointResponse> {
      assert.ok(as.authorization_endpoint);
      const codeVerifier = oauth.generateRandomCodeVerifier();
      const state = oauth.generateRandomState();
      const link = new URL(as.authorization_endpoint);
      link.search = new URLSearchParams({
        response_type: 'code',
        client_id: application.client_id,
        redirect_uri: redirectUri,
        scope: 'read write',
        state,
        code_challenge: await oauth.calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
      }).toString();
      const sentBack = await adaAllows(link);
      assert.equal(sentBack.host, '127.0.0.1:51763');
      const response = await oauth.authorizationCodeGrantRequest(
        as,
        application,
        none,
        oauth.validateAuthResponse(as, application, sentBack, state),
        redirectUri,
        codeVerifier,
        LOOPBACK,
      );
      return oauth.processAuthorizationCodeResponse(as, application, response);
    }

    const refresh = async (refreshToken = '') =>
      oauth.processRefreshTokenResponse(
        as,
        application,
        await oauth.refreshTokenGrantRequest(as, application, none, refreshToken, LOOPBACK),
      );

    it('the flow without secret works: exchange, refresh and revocation', async () => {
      const first = await obtain();
      assert.equal(first.token_type, 'bearer');
      const api = new URL('/api/v1/organizers/', server.issuer);
      const answer = await oauth.protectedResourceRequest(
        first.access_token,
        'GET',
        api,
        undefined,
        undefined,
        LOOPBACK,
      );
      assert.equal(answer.status, 200);

      const second = await refresh(first.refresh_token);
      const refused = await organizersWith(first.access_token);
      assert.equal(refused.status, 401, 'a refresh ends the previous access token');
      assert.equal((await organizersWith(second.access_token)).status, 200);

      const { access_token: token } = second;
      await oauth.processRevocationResponse(
        await oauth.revocationRequest(as, application, none, token, LOOPBACK),
      );
      assert.equal((await organizersWith(token)).status, 401);
      await assert.rejects(refresh(second.refresh_token), {
        error: 'invalid_grant',
        error_description: 'revoked_by_client',
      });
    });

    it('introspection is refused, because a public client can’t authenticate', async () => {
      const { access_token: token } = await obtain();
      const response = await oauth.introspectionRequest(as, application, none, token, LOOPBACK);
      assert.equal(response.status, 401);
      await assert.rejects(oauth.processIntrospectionResponse(as, application, response), {
        code: 'OAUTH_WWW_AUTHENTICATE_CHALLENGE',
      });
    });

    it('a denied request returns access_denied', async () => {
      assert.ok(as.authorization_endpoint);
      const agent = new UserAgent(server);
      const link = new URL(as.authorization_endpoint);
      link.search = new URLSearchParams({
        response_type: 'code',
        client_id: application.client_id,
        redirect_uri: redirectUri,
        state: 'the state',
        code_challenge: await oauth.calculatePKCECodeChallenge('v'.repeat(43)),
        code_challenge_method: 'S256',
      }).toString();
      const consent = await signIn(agent, await agent.get(link), platform.ada);
      const { leavesTo } = await decide(agent, consent, { decision: 'deny' });
      assert.ok(leavesTo);
      assert.throws(() => oauth.validateAuthResponse(as, application, leavesTo, 'the state'), {
        code: 'OAUTH_AUTHORIZATION_RESPONSE_ERROR',
        error: 'access_denied',
      });
    });
  });
});
