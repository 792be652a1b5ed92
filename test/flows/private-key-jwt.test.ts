import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { importPKCS8 } from 'jose';
import { sql } from 'kysely';
import * as openid from 'openid-client';
import { z } from 'zod';
import { replaceKeys } from '../../src/client-keys/store.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import {
  type AssertionChanges,
  addKeys,
  assertionOf,
  type ClientKeyPair,
  makeKeyPair,
} from '../support/client-keys.ts';
import { PAGE_ENGINE_VARIABLES } from '../support/engines.ts';
import { registerApplication, registerResourceServer } from '../support/factories.ts';
import { startHost } from '../support/fetch-hosts.ts';
import { prepared, withPlatform } from '../support/fixture.ts';
import { authorize, requestOf } from '../support/flow.ts';
import { until } from '../support/outbox.ts';
import { manage } from '../support/platform.ts';
import { exchange, introspect, postForm, refresh } from '../support/tokens.ts';

for (const [engine, variables] of Object.entries(PAGE_ENGINE_VARIABLES)) {
  describe(`private_key_jwt on ${engine}`, () => {
    const { server, platform } = withPlatform({ FETCH_PRIVATE_HOSTS: 'localhost', ...variables });
    /** Has a key and a secret. */
    /** Sends no credentials of its own: the parameters authenticate. */
    const nobody = undefined;
    const application = prepared(() => registerApplication(server, { owner: 'ben' }));
    const key = prepared(() => makeKeyPair());

    before(async () => {
      await addKeys(server, application.clientId, JSON.stringify({ keys: [key.publicJwk] }));
    });

    const assertion = (changes?: AssertionChanges, by = key) =>
      assertionOf(server.issuer, application.clientId, by, changes);
    /** Requests that need client authentication and nothing else. */
    const post = (endpoint: string, fields: object) =>
      postForm(server, endpoint, nobody, {
        ...(endpoint === 'token' ? { grant_type: 'refresh_token', refresh_token: 'x' } : {}),
        ...(endpoint === 'revoke_token' || endpoint === 'introspect' ? { token: 'x' } : {}),
        ...(endpoint === 'par' ? requestOf(application) : {}),
        ...fields,
      });
    /** Status and error of an authenticated request. */
    const AUTHENTICATED: Readonly<Record<string, readonly unknown[]>> = {
      token: [400, 'invalid_grant'],
      revoke_token: [200, undefined],
      par: [201, undefined],
      introspect: [200, undefined],
    };

    it('the whole flow: pushed request, code, refresh, introspection, revocation', async () => {
      const pushed = await post('par', await assertion());
      assert.equal(pushed.status, 201, JSON.stringify(pushed.body));
      const result = await authorize(server, { application, user: platform.ada });
      const code = await exchange(server, nobody, result, await assertion());
      assert.equal(code.status, 200, JSON.stringify(code.body));
      const refreshToken = String(code.body.refresh_token);
      const next = await refresh(server, nobody, refreshToken, await assertion());
      assert.equal(next.status, 200, JSON.stringify(next.body));
      const token = String(next.body.access_token);
      const asked = await post('introspect', { ...(await assertion()), token });
      assert.equal(asked.body.active, true);
      const revoked = await post('revoke_token', { ...(await assertion()), token });
      assert.equal(revoked.status, 200);
      const resourceServer = await registerResourceServer(server);
      assert.equal((await introspect(server, resourceServer, token)).body.active, false);
    });

    for (const endpoint of Object.keys(AUTHENTICATED)) {
      it(`${endpoint}: an assertion works once, also in parallel`, async () => {
        const fields = await assertion();
        const answers = await Promise.all([1, 2, 3].map(() => post(endpoint, fields)));
        const outcomes = answers.map(({ status, body }) => [status, body.error]);
        const refused = outcomes.filter(([, error]) => error === 'invalid_client');
        assert.equal(refused.length, 2, JSON.stringify(outcomes));
        assert.ok(
          outcomes.some((one) => one.join() === AUTHENTICATED[endpoint]?.join()),
          JSON.stringify(outcomes),
        );
        assert.equal((await post(endpoint, fields)).status, 401);
      });

      it(`${endpoint}: wrong assertions are refused`, async () => {
        const now = Math.floor(Date.now() / 1000);
        const other = await makeKeyPair('ES256', key.kid);
        const tokenEndpoint = `${server.issuer}/api/v1/oauth/token`;
        const wrong: Record<string, object> = {
          'another key': await assertion({}, other),
          'an unknown key ID': await assertion({ header: { kid: 'unknown' } }),
          'the token endpoint as audience': await assertion({ claims: { aud: tokenEndpoint } }),
          'a second audience': await assertion({ claims: { aud: [server.issuer, 'https://b'] } }),
          'another audience': await assertion({ claims: { aud: 'https://other.example' } }),
          'an audience with a slash': await assertion({ claims: { aud: `${server.issuer}/` } }),
          'no end': await assertion({ claims: { exp: undefined } }),
          'an end in the past': await assertion({ claims: { exp: now - 60 } }),
          'an end in an hour': await assertion({ claims: { exp: now + 3_600 } }),
          'no jti': await assertion({ claims: { jti: undefined } }),
          'a long jti': await assertion({ claims: { jti: 'a'.repeat(257) } }),
          'not valid yet': await assertion({ claims: { nbf: now + 300 } }),
          'another issuer': await assertion({ claims: { iss: 'somebody' } }),
          'a JWT for another purpose': await assertion({ header: { typ: 'dpop+jwt' } }),
          'no JWT': { ...(await assertion()), client_assertion: 'x.y.z' },
          'an empty assertion': { ...(await assertion()), client_assertion: 'x' },
        };
        for (const [name, fields] of Object.entries(wrong)) {
          const { status, body } = await post(endpoint, fields);
          assert.equal(body.error, 'invalid_client', `${name}: ${JSON.stringify(body)}`);
          assert.equal(status, 401, name);
        }
        if (endpoint !== 'par') {
          const unknown = await assertion({ claims: { iss: 'nobody', sub: 'nobody' } });
          assert.equal((await post(endpoint, unknown)).status, 401);
        }
        for (const sub of [null, 123, true, ['a'], { length: 3 }, '', '\ud800']) {
          const odd = await assertion({ claims: { iss: sub, sub } });
          const { status, body } = await post(endpoint, odd);
          assert.ok([400, 401].includes(status), JSON.stringify({ sub, status, body }));
        }
        const unsigned = await assertion();
        const [, payload] = String(unsigned.client_assertion).split('.');
        const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
        const { status } = await post(endpoint, { ...unsigned, client_assertion: none });
        assert.equal(status, 401);
      });

      it(`${endpoint}: an assertion and a secret, or an unknown type, are refused`, async () => {
        const { clientId, clientSecret = '' } = application;
        const secret = { client_id: clientId, client_secret: clientSecret };
        const both = await post(endpoint, { ...(await assertion()), ...secret });
        assert.equal(both.status, 400, JSON.stringify(both.body));
        const type = await post(endpoint, {
          ...(await assertion()),
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer',
        });
        assert.ok([400, 401].includes(type.status), JSON.stringify(type.body));
      });
    }

    it('each failed assertion is in the error log with its reason', async () => {
      const own = await registerApplication(server, { owner: 'ben' });
      const [pair, other] = [await makeKeyPair(), await makeKeyPair('RS256')];
      const send = async (changes?: AssertionChanges, by = pair) =>
        post('token', await assertionOf(server.issuer, own.clientId, by, changes));
      const now = Math.floor(Date.now() / 1000);
      const { issuer } = server;
      await send();
      await addKeys(server, own.clientId, JSON.stringify(pair.publicJwk));
      await send({ header: { kid: 'gone' } });
      await send({}, other);
      await send({}, await makeKeyPair('ES256', pair.kid));
      await send({ claims: { aud: [issuer, 'https://b.example'] } });
      await send({ claims: { aud: 'https://other.example' } });
      await send({ claims: { aud: undefined } });
      await send({ claims: { exp: now - 60 } });
      await send({ claims: { exp: now + 3_600 } });
      await send({ claims: { exp: undefined } });
      await send({ claims: { iss: 'somebody' } });
      await send({ claims: { nbf: now + 300 } });
      await send({ claims: { jti: 'a'.repeat(257) } });
      await send({ header: { typ: 'dpop+jwt' } });
      const used = await assertionOf(issuer, own.clientId, pair);
      await post('token', used);
      await post('token', used);
      const unreadable = { client_assertion: 'x.y.z', client_id: own.clientId };
      await post('token', { ...used, ...unreadable });
      const type = 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer';
      await post('token', { ...used, client_assertion_type: type });
      const kid = (sent: string) => ({ sent });
      const invalid = (description: string) => ['client_assertion_invalid', { description }];
      const expected = [
        ['client_keys_none', kid(pair.kid)],
        ['client_assertion_key_unknown', kid('gone')],
        ['client_assertion_key_unknown', kid(other.kid)],
        ['client_assertion_signature', {}],
        ['client_assertion_audience', { sent: `${issuer} https://b.example` }],
        ['client_assertion_audience', { sent: 'https://other.example' }],
        ['client_assertion_audience', { sent: '' }],
        ['client_assertion_expired', {}],
        ['client_assertion_too_long', {}],
        ['client_assertion_too_long', {}],
        ['client_assertion_issuer', {}],
        invalid('jwt not active yet'),
        invalid('jti (JWT ID) must be a string of at most 256 characters'),
        invalid('typ of the JWT header must be client-authentication+jwt, JWT or absent'),
        ['client_assertion_reused', {}],
        invalid('invalid client_assertion format'),
        invalid(
          'client_assertion_type must have value urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        ),
      ];
      const errors = () =>
        server.database.db
          .selectFrom('client_errors')
          .select(['reason', sql<Record<string, unknown>>`details - 'request_id'`.as('details')])
          .where('client_id', '=', own.clientId)
          .where('error', '=', 'invalid_client')
          .orderBy('id')
          .execute();
      await until(async () => (await errors()).length >= expected.length);
      assert.deepEqual(
        (await errors()).map(({ reason, details }) => [reason, details]),
        expected,
      );
    });

    it('all algorithms of the metadata work, with and without a key ID', async () => {
      const metadata = await fetch(`${server.issuer}/.well-known/oauth-authorization-server`);
      const document = z.record(z.string(), z.unknown()).parse(await metadata.json());
      for (const endpoint of ['token', 'revocation', 'introspection']) {
        const listed = (name: string) =>
          z.array(z.string()).parse(document[`${endpoint}_endpoint_auth_${name}_supported`]);
        assert.ok(listed('methods').includes('private_key_jwt'));
        const algorithms = listed('signing_alg_values');
        assert.deepEqual(algorithms, ['ES256', 'EdDSA', 'Ed25519', 'PS256', 'RS256']);
      }
      const all = await registerApplication(server, { owner: 'ben' });
      for (const alg of ['ES256', 'EdDSA', 'Ed25519', 'PS256', 'RS256']) {
        const one = await makeKeyPair(alg);
        await addKeys(server, all.clientId, one.pem);
        for (const endpoint of ['revoke_token', 'introspect']) {
          const fields = await assertionOf(server.issuer, all.clientId, one, {
            header: { kid: undefined },
          });
          assert.equal((await post(endpoint, fields)).status, 200, `${alg} at ${endpoint}`);
        }
      }
    });

    it('keys rotate without downtime, and a secret is not needed beside a key', async () => {
      const own = await registerApplication(server, { owner: 'ben' });
      const [first, second] = [await makeKeyPair(), await makeKeyPair('EdDSA')];
      const by = (pair: ClientKeyPair) => assertionOf(server.issuer, own.clientId, pair);
      const statusOf = async (fields: object) => (await post('revoke_token', fields)).status;
      assert.equal(await statusOf(await by(first)), 401, 'it has no key');
      const [added] = await addKeys(server, own.clientId, JSON.stringify(first.publicJwk));
      assert.equal(await statusOf(await by(first)), 200);
      await addKeys(server, own.clientId, JSON.stringify([second.publicJwk]));
      assert.equal(await statusOf(await by(first)), 200);
      assert.equal(await statusOf(await by(second)), 200);
      await manage(server, 'DELETE', `/api/v1/applications/${own.clientId}/keys/${added?.id}/`);
      assert.equal(await statusOf(await by(first)), 401);
      assert.equal(await statusOf(await by(second)), 200);
    });

    it('a key that has expired can be added again', async () => {
      const own = await registerApplication(server, { owner: 'ben' });
      const pair = await makeKeyPair();
      const add = () => addKeys(server, own.clientId, JSON.stringify(pair.publicJwk));
      await add();
      await manage(server, 'PATCH', `/api/v1/applications/${own.clientId}/`, { owner: 'ada' });
      await sql`update application_keys set expires_at = now()
        where client_id = ${own.clientId}`.execute(server.database.db);
      assert.equal((await add()).length, 1);
      const fields = await assertionOf(server.issuer, own.clientId, pair);
      assert.equal((await post('revoke_token', fields)).status, 200);
    });

    describe('with an address of keys', () => {
      const host = prepared(() => startHost('127.0.0.1'));

      after(() => host.close());

      /** Gives an application an address of keys, as a metadata document does. */
      async function keyed(path: string, keys: () => readonly ClientKeyPair[]) {
        const { clientId } = await registerApplication(server, { owner: 'ben' });
        const jwksUri = `http://localhost:${host.port}${path}`;
        await inTransaction(server.database.db, (tx) =>
          replaceKeys(tx, clientId, { jwksUri, keys: [] }),
        );
        host.serve(path, (_, response) => {
          const set = { keys: keys().map(({ publicJwk }) => publicJwk) };
          response.setHeader('Content-Type', 'application/jwk-set+json').end(JSON.stringify(set));
        });
        const fetches = () => host.requests.filter((one) => one === path).length;
        const statusBy = async (pair: ClientKeyPair) =>
          (await post('revoke_token', await assertionOf(server.issuer, clientId, pair))).status;
        return { fetches, statusBy };
      }

      it('keys are fetched once, and not again within a minute for an unknown key ID', async () => {
        const [first, second] = [await makeKeyPair(), await makeKeyPair()];
        let keys = [first];
        const { fetches, statusBy } = await keyed('/keys', () => keys);
        assert.equal(await statusBy(first), 200);
        keys = [second];
        assert.equal(await statusBy(second), 401);
        assert.equal(await statusBy(first), 200);
        assert.equal(fetches(), 1);
      });

      for (const [status, text] of [
        [404, ''],
        [200, 'no JSON'],
      ] as const) {
        it(`a host that answers ${status} without keys: 401, and one request in a minute`, async () => {
          const { fetches, statusBy } = await keyed(`/none-${status}`, () => []);
          host.serve(`/none-${status}`, (_, response) =>
            response.writeHead(status, { 'Content-Type': 'application/json' }).end(text),
          );
          const pair = await makeKeyPair();
          for (let n = 0; n < 3; n += 1) {
            assert.equal(await statusBy(pair), 401);
          }
          assert.equal(fetches(), 1);
        });
      }
    });

    it('openid-client pushes, exchanges, refreshes, introspects and revokes with a key', async () => {
      const pair = await makeKeyPair('ES256', 'of-openid-client');
      const own = await registerApplication(server, { owner: 'ben' });
      await addKeys(server, own.clientId, JSON.stringify(pair.publicJwk));
      const pkcs8 = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
      const privateKey = await importPKCS8(pkcs8, 'ES256');
      const config = await openid.discovery(
        new URL(server.issuer),
        own.clientId,
        undefined,
        openid.PrivateKeyJwt({ key: privateKey, kid: pair.kid }),
        { execute: [openid.allowInsecureRequests], algorithm: 'oauth2' },
      );
      const pushed = await openid.buildAuthorizationUrlWithPAR(config, requestOf(own));
      assert.ok(pushed.searchParams.get('request_uri'));
      const result = await authorize(server, { application: own, user: platform.ada });
      const tokens = await openid.authorizationCodeGrant(config, result.redirectedTo, {
        pkceCodeVerifier: result.codeVerifier ?? '',
        expectedState: result.state,
      });
      const next = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '');
      const live = await openid.tokenIntrospection(config, next.access_token);
      assert.equal(live.active, true);
      await openid.tokenRevocation(config, next.access_token);
      assert.equal((await openid.tokenIntrospection(config, next.access_token)).active, false);
    });

    it('a refused pushed request uses its assertion', async () => {
      const fields = await assertion();
      const refused = await post('par', { ...fields, scope: 'unknown' });
      assert.equal(refused.body.error, 'invalid_scope');
      assert.equal((await post('par', fields)).status, 401);
    });
  });
}
