import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { createLocalJWKSet, createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import * as oauth from 'oauth4webapi';
import { z } from 'zod';
import { ENGINE_VARIABLES } from '../support/engines.ts';
import { registerApplication } from '../support/factories.ts';
import { withPlatform } from '../support/fixture.ts';
import type { ClientCredentials } from '../support/platform.ts';
import { basic, introspect, obtainTokens } from '../support/tokens.ts';

const SIGNED = 'application/token-introspection+jwt';
const LOOPBACK = { [oauth.allowInsecureRequests]: true };

for (const [engine, variables] of Object.entries(ENGINE_VARIABLES)) {
  describe(`Signed introspection, on ${engine}`, () => {
    const { server, platform } = withPlatform(variables);
    let accessToken: string;
    const { application } = platform;
    const caller = platform.resourceServer;

    before(async () => {
      ({ accessToken } = await obtainTokens(server, { application, user: platform.ada }));
    });

    const ask = (accept: string | undefined, token: string, as: ClientCredentials = caller) =>
      fetch(`${server.issuer}/api/v1/oauth/introspect`, {
        method: 'POST',
        headers: {
          authorization: basic(as.clientId, as.clientSecret ?? ''),
          ...(accept === undefined ? {} : { accept }),
        },
        body: new URLSearchParams({ token }),
      });
    const verify = async (jwt: string, as: ClientCredentials = caller) => {
      const keys = createRemoteJWKSet(new URL(`${server.issuer}/api/v1/oauth/jwks`));
      return jwtVerify(jwt, keys, {
        issuer: server.issuer,
        audience: as.clientId,
        typ: 'token-introspection+jwt',
        algorithms: ['ES256'],
        maxTokenAge: '1 minute',
      });
    };

    it('contains the same claims as the unsigned response, with this caller as audience', async () => {
      const answer = await ask(SIGNED, accessToken);
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get('content-type'), SIGNED);
      assert.equal(answer.headers.get('cache-control'), 'no-store');
      const { payload, protectedHeader } = await verify(await answer.text());
      const names = ['ath', 'aud', 'iat', 'iss', 'token_introspection'];
      assert.deepEqual(Object.keys(payload).sort(), names);
      assert.deepEqual(Object.keys(protectedHeader).sort(), ['alg', 'kid', 'typ']);
      const { body } = await introspect(server, caller, accessToken);
      assert.equal(body.active, true);
      // A second may have passed between the two.
      const { expires_in: left, ...claims } = z
        .looseObject({ expires_in: z.number() })
        .parse(payload.token_introspection);
      const { expires_in: leftLater, ...same } = body;
      assert.deepEqual(claims, same);
      assert.ok(left >= Number(leftLater) && left <= Number(leftLater) + 60);
    });

    it('for an application contains its own tokens only, with the application as audience', async () => {
      const { payload } = await verify(
        await (await ask(SIGNED, accessToken, application)).text(),
        application,
      );
      assert.equal(Reflect.get(Object(payload.token_introspection), 'active'), true);
      const stranger = await registerApplication(server, { owner: 'ben' });
      const { payload: other } = await verify(
        await (await ask(SIGNED, accessToken, stranger)).text(),
        stranger,
      );
      assert.deepEqual(other.token_introspection, { active: false });
    });

    it('of an invalid token contains only active: false', async () => {
      for (const token of ['x', accessToken.replace(/.$/, '_')]) {
        const answer = await ask(SIGNED, token);
        assert.equal(answer.headers.get('content-type'), SIGNED);
        const { payload } = await verify(await answer.text());
        assert.deepEqual(payload.token_introspection, { active: false });
      }
    });

    it('is returned if the client prefers it; with equal preference, JSON is returned', async () => {
      const json = 'application/json; charset=utf-8';
      for (const [accept, type] of [
        [undefined, json],
        ['', json],
        ['*/*', json],
        ['application/*', json],
        ['application/json', json],
        ['text/html', json],
        [`${SIGNED}, application/json`, json],
        [`${SIGNED};q=0.5, application/json;q=0.5`, json],
        [`${SIGNED};q=0.5, */*`, json],
        [`${SIGNED};q=0`, json],
        [`${SIGNED};q=0, */*;q=0.1`, json],
        [`${SIGNED};q=nonsense`, json],
        [SIGNED.toUpperCase(), SIGNED],
        [`${SIGNED}; q=0.2`, SIGNED],
        [`${SIGNED}, */*;q=0.9`, SIGNED],
        [`application/json;q=0.5 , ${SIGNED} ; Q=0.6`, SIGNED],
        ['application/*, application/json;q=0.9', SIGNED],
        [`text/html, ${SIGNED}`, SIGNED],
      ] as const) {
        const answer = await ask(accept, accessToken);
        assert.equal(answer.headers.get('content-type'), type, accept);
        assert.equal(answer.status, 200);
      }
    });

    it('is not used for errors, which are JSON', async () => {
      for (const [response, status] of [
        [await ask(SIGNED, accessToken, { ...caller, clientSecret: 'sds_wrong' }), 401],
        [await ask(SIGNED, ''), 400],
      ] as const) {
        assert.equal(response.status, status);
        assert.match(response.headers.get('content-type') ?? '', /^application\/json/);
        assert.match(await response.text(), /^\{"error":"/);
      }
    });

    it('can be verified by oauth4webapi, which detects changes', async () => {
      const issuer = new URL(server.issuer);
      const as = await oauth.processDiscoveryResponse(
        issuer,
        await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...LOOPBACK }),
      );
      assert.deepEqual(as.introspection_signing_alg_values_supported, ['ES256']);
      const self: oauth.Client = { client_id: caller.clientId };
      const response = await oauth.introspectionRequest(
        as,
        self,
        oauth.ClientSecretBasic(caller.clientSecret ?? ''),
        accessToken,
        { requestJwtResponse: true, ...LOOPBACK },
      );
      const read = await oauth.processIntrospectionResponse(as, self, response);
      await oauth.validateApplicationLevelSignature(as, response, LOOPBACK);
      // A second may pass between the two.
      const { expires_in: left, ...claims } = read;
      const { body } = await introspect(server, caller, accessToken);
      const { expires_in: leftLater, ...same } = body;
      assert.deepEqual(claims, same);
      assert.ok(Number(left) >= Number(leftLater));

      const [header, payload, signature] = (await (await ask(SIGNED, 'x')).text()).split('.');
      const lie = Buffer.from(payload ?? '', 'base64url')
        .toString()
        .replace('false', 'true');
      const forged = [header, Buffer.from(lie).toString('base64url'), signature].join('.');
      const changed = new Response(forged, { headers: { 'content-type': SIGNED } });
      await oauth.processIntrospectionResponse(as, self, changed);
      await assert.rejects(oauth.validateApplicationLevelSignature(as, changed, LOOPBACK));
    });

    it('uses a published key without private part', async () => {
      const response = await fetch(`${server.issuer}/api/v1/oauth/jwks`);
      assert.match(response.headers.get('content-type') ?? '', /^application\/jwk-set\+json/);
      assert.equal(response.headers.get('cache-control'), 'public, max-age=300');
      assert.equal(response.headers.get('access-control-allow-origin'), '*');
      const set = JSON.parse(await response.text());
      const jwt = await (await ask(SIGNED, accessToken)).text();
      await jwtVerify(jwt, createLocalJWKSet(set));
      const [key, ...more] = set.keys;
      assert.deepEqual(more, []);
      assert.deepEqual(Object.keys(key).sort(), ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
      assert.equal(key.kid, decodeProtectedHeader(jwt).kid);
      // The provider also knows this path, in any case, with a key that signs nothing.
      const loud = await fetch(`${server.issuer}/api/v1/oauth/JWKS/`);
      assert.deepEqual(await loud.json(), set);
    });
  });
}
