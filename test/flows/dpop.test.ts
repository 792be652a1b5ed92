import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import { CompiledQuery, sql } from 'kysely';
import { cleanUp } from '../support/clean-up.ts';
import {
  type DpopKey,
  newDpopKey,
  newProof,
  type ProofOptions,
  withScanner,
} from '../support/dpop.ts';
import { PAGE_ENGINE_VARIABLES } from '../support/engines.ts';
import {
  registerApplication,
  reviewApplication,
  type TestApplication,
} from '../support/factories.ts';
import { prepared, withPlatform } from '../support/fixture.ts';
import { type AuthorizeResult, authorize, challengeOf } from '../support/flow.ts';
import { until } from '../support/outbox.ts';
import { introspect, postForm, type TokenAnswer } from '../support/tokens.ts';

/** Seconds since 1970. */
const now = () => Math.floor(Date.now() / 1000);
const CHALLENGE = {
  code_challenge: challengeOf('v'.repeat(43)),
  code_challenge_method: 'S256',
};

for (const [engine, variables] of Object.entries(PAGE_ENGINE_VARIABLES)) {
  describe(`DPoP-bound tokens, on ${engine}`, () => {
    const { server, platform } = withPlatform(variables);
    const { application } = platform;
    const scanner = withScanner(server);
    const key = prepared(() => newDpopKey());
    const otherKey = prepared(() => newDpopKey('Ed25519'));
    const endpoint = () => `${server.issuer}/api/v1/oauth/token`;

    const code = (of: TestApplication, parameters: Record<string, string> = {}) =>
      authorize(server, {
        application: of,
        user: platform.ada,
        parameters: { approval_prompt: 'force', ...parameters },
      });
    const proof = (by: DpopKey, options: Partial<ProofOptions> = {}) =>
      newProof(by, { url: endpoint(), ...options });
    const redeem = (of: TestApplication, authorization: AuthorizeResult, dpop?: string) =>
      postForm(
        server,
        'token',
        of,
        {
          grant_type: 'authorization_code',
          code: authorization.parameters.code ?? '',
          redirect_uri: authorization.redirectUri,
          code_verifier: authorization.codeVerifier ?? '',
        },
        dpop === undefined ? {} : { dpop },
      );
    const refresh = (of: TestApplication, { body }: TokenAnswer, dpop?: string) =>
      postForm(
        server,
        'token',
        of,
        { grant_type: 'refresh_token', refresh_token: body.refresh_token ?? '' },
        dpop === undefined ? {} : { dpop },
      );
    const look = async ({ body }: TokenAnswer) => {
      const answer = await introspect(server, platform.resourceServer, body.access_token ?? '');
      return answer.body;
    };
    const push = (dpop: string, of = application) =>
      postForm(
        server,
        'par',
        of,
        {
          client_id: of.clientId,
          response_type: 'code',
          redirect_uri: of.redirectUri,
          scope: 'read',
          ...CHALLENGE,
        },
        { dpop },
      );
    const assertError = (answer: TokenAnswer, error: string, description?: string | RegExp) => {
      assert.equal(answer.status, 400);
      assert.equal(answer.body.error, error, JSON.stringify(answer.body));
      if (description !== undefined) {
        assert.match(answer.body.error_description ?? '', new RegExp(description));
      }
    };

    it('token response and introspection name the key, and tokens without proof stay unbound', async () => {
      const bound = await redeem(scanner, await code(scanner), await proof(key));
      assert.equal(bound.status, 200);
      assert.equal(bound.body.token_type, 'DPoP');
      const told = await look(bound);
      assert.equal(told.active, true);
      assert.equal(told.token_type, 'DPoP');
      assert.deepEqual(told.cnf, { jkt: key.jkt });
      const plain = await redeem(scanner, await code(scanner));
      assert.equal(plain.body.token_type, 'Bearer');
      assert.equal('cnf' in (await look(plain)), false);
    });

    it('introspection of a refresh token by its application succeeds', async () => {
      const bound = await redeem(application, await code(application), await proof(key));
      const own = (token = '') => introspect(server, application, token);
      assert.deepEqual((await own(bound.body.access_token)).body.cnf, { jkt: key.jkt });
      const { body } = await own(bound.body.refresh_token);
      assert.deepEqual([body.active, 'cnf' in body, 'token_type' in body], [true, false, false]);
    });

    describe('of a public application', () => {
      it('can be refreshed with the same key repeatedly', async () => {
        let tokens = await redeem(scanner, await code(scanner), await proof(key));
        for (let round = 0; round < 3; round += 1) {
          tokens = await refresh(scanner, tokens, await proof(key));
          assert.equal(tokens.status, 200);
          assert.equal(tokens.body.token_type, 'DPoP');
          assert.deepEqual((await look(tokens)).cnf, { jkt: key.jkt });
        }
      });

      it('can’t be refreshed without the key, and a failed attempt does not end them', async () => {
        const tokens = await redeem(scanner, await code(scanner), await proof(key));
        assertError(await refresh(scanner, tokens), 'invalid_grant', 'jkt');
        assertError(await refresh(scanner, tokens, await proof(otherKey)), 'invalid_grant', 'jkt');
        assert.equal((await look(tokens)).active, true);
        assert.equal((await refresh(scanner, tokens, await proof(key))).status, 200);
      });
    });

    it('of a confidential application can be refreshed with any key', async () => {
      const first = await redeem(application, await code(application), await proof(key));
      const second = await refresh(application, first, await proof(otherKey));
      assert.deepEqual((await look(second)).cnf, { jkt: otherKey.jkt });
      assert.equal((await look(first)).active, false);
      const third = await refresh(application, second);
      assert.equal(third.body.token_type, 'Bearer');
      assert.equal('cnf' in (await look(third)), false);
    });

    describe('from a code that is bound to a key', () => {
      it('are issued for that key only', async () => {
        for (const dpop of [undefined, await proof(otherKey)]) {
          const authorization = await code(scanner, { dpop_jkt: key.jkt });
          assertError(await redeem(scanner, authorization, dpop), 'invalid_grant', 'DPoP');
        }
        const authorization = await code(scanner, { dpop_jkt: key.jkt });
        const tokens = await redeem(scanner, authorization, await proof(key));
        assert.deepEqual((await look(tokens)).cnf, { jkt: key.jkt });
      });

      it('require a valid thumbprint in dpop_jkt', async () => {
        for (const dpop_jkt of ['x', `${key.jkt}=`, '🎭'.repeat(43), key.jkt.replace(/^./, '+')]) {
          const { parameters } = await code(scanner, { dpop_jkt });
          assert.equal(parameters.error, 'invalid_request');
          assert.match(parameters.error_description ?? '', /dpop_jkt/);
        }
      });

      it('from a pushed request with a proof or dpop_jkt are issued for that key only', async () => {
        const url = `${server.issuer}/api/v1/oauth/par`;
        const named = await postForm(server, 'par', application, {
          client_id: application.clientId,
          response_type: 'code',
          redirect_uri: application.redirectUri,
          dpop_jkt: key.jkt,
          ...CHALLENGE,
        });
        for (const pushed of [named, await push(await proof(key, { url }))]) {
          assert.equal(pushed.status, 201);
          const authorization = await code(application, {
            request_uri: String(pushed.body.request_uri),
          });
          const known = { ...authorization, codeVerifier: 'v'.repeat(43) };
          assertError(await redeem(application, known), 'invalid_grant', 'DPoP');
        }
        const wrong = await postForm(
          server,
          'par',
          application,
          {
            client_id: application.clientId,
            response_type: 'code',
            redirect_uri: application.redirectUri,
            dpop_jkt: otherKey.jkt,
            ...CHALLENGE,
          },
          { dpop: await proof(key, { url }) },
        );
        assertError(wrong, 'invalid_request', 'dpop_jkt');
      });
    });

    describe('a reused proof', () => {
      const url = () => `${server.issuer}/api/v1/oauth/par`;

      it('is refused, and the refresh token stays valid', async () => {
        const once = await proof(key);
        const first = await redeem(scanner, await code(scanner), once);
        assertError(await refresh(scanner, first, once), 'invalid_dpop_proof', 'used before');
        const second = await refresh(scanner, first, await proof(key));
        assert.equal(second.status, 200);
      });

      it('is accepted in exactly one of 20 parallel requests', async () => {
        const once = await proof(key, { url: url() });
        const answers = await Promise.all(Array.from({ length: 20 }, () => push(once)));
        assert.equal(answers.filter(({ status }) => status === 201).length, 1);
        for (const answer of answers.filter(({ status }) => status !== 201)) {
          assertError(answer, 'invalid_dpop_proof');
        }
      });

      it('for a code and a refresh token of one grant at once is accepted for one of them', async () => {
        const { agent, ...first } = await code(application);
        let tokens = await redeem(application, { ...first, agent }, await proof(key));
        for (let round = 0; round < 8; round += 1) {
          const next = await authorize(server, { application, user: platform.ada, agent });
          assert.equal(next.sawConsent, false, 'the same grant');
          const once = await proof(key);
          const [redeemed, refreshed] = await Promise.all([
            redeem(application, next, once),
            refresh(application, tokens, once),
          ]);
          const outcomes = [redeemed, refreshed].map(({ body }) => body.error ?? body.token_type);
          assert.deepEqual(outcomes.sort(), ['DPoP', 'invalid_dpop_proof']);
          tokens = refreshed.status === 200 ? refreshed : tokens;
        }
      });

      it('with the same jti from another application is accepted', async () => {
        const claims = { jti: 'the same' };
        assert.equal((await push(await proof(key, { url: url(), claims }))).status, 201);
        assert.equal((await push(await proof(key, { url: url(), claims }), scanner)).status, 201);
        assert.equal((await push(await proof(key, { url: url(), claims }))).status, 400);
      });

      it('is stored as a hash, until the proof itself expires', async () => {
        const ahead = { jti: 'dated-as-far-ahead-as-can-be', iat: now() + 290 };
        const once = await proof(key, { url: url(), claims: ahead });
        assert.equal((await push(once)).status, 201);
        const { db } = server.database;
        const rows = () =>
          db.executeQuery<{ row: string; left: number }>(
            CompiledQuery.raw(
              'select t::text as row, extract(epoch from expires_at - now())::int as left from dpop_proofs t',
            ),
          );
        const all = (await rows()).rows;
        assert.ok(all.every(({ row }) => !row.includes(ahead.jti)));
        assert.ok(all.some(({ left }) => left > 590));
        await cleanUp(server, 'dpop_proofs');
        assertError(await push(once), 'invalid_dpop_proof');
        await db
          .updateTable('dpop_proofs')
          .set({ expires_at: new Date(0) })
          .execute();
        await cleanUp(server, 'dpop_proofs');
        assert.equal((await rows()).rows.length, 0);
      });
    });

    it('an invalid proof is refused, and the code stays valid', async () => {
      const authorization = await code(scanner);
      const unsigned = (header: object) =>
        [header, { jti: 'x', htm: 'POST', htu: endpoint(), iat: now() }]
          .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
          .join('.');
      const none = `${unsigned({ alg: 'none', typ: 'dpop+jwt', jwk: key.publicJwk })}.`;
      const symmetric = unsigned({ alg: 'HS256', typ: 'dpop+jwt', jwk: { kty: 'oct', k: 'a2V5' } });
      const mac = createHmac('sha256', 'key').update(symmetric).digest('base64url');
      const good = await proof(key);
      const bad: Record<string, string> = {
        garbage: 'x',
        'only dots': '..',
        'a long text': 'a'.repeat(10_000),
        'two proofs': `${good}, ${await proof(key)}`,
        'not signed': none,
        'signed with a secret': `${symmetric}.${mac}`,
        'a broken signature': `${good.slice(0, -8)}AAAAAAAA`,
        'signed by RSA': await proof(await newDpopKey('RS256')),
        'signed by another key': await proof(otherKey, { header: { jwk: key.publicJwk } }),
        'without a key': await proof(key, { header: { jwk: undefined } }),
        'with an invalid key': await proof(key, { header: { jwk: 'key' } }),
        'with a private key': await proof(key, {
          header: { jwk: { ...key.publicJwk, d: key.publicJwk.x } },
        }),
        'of another type': await proof(key, { header: { typ: 'JWT' } }),
        'for another method': await proof(key, { method: 'GET' }),
        'for another endpoint': await proof(key, { url: `${server.issuer}/api/v1/oauth/par` }),
        'for another server': await proof(key, { url: 'https://evil.example.com/' }),
        'for an invalid URL': await proof(key, { url: 'token' }),
        'without htm': await proof(key, { claims: { htm: undefined } }),
        'without htu': await proof(key, { claims: { htu: undefined } }),
        'without jti': await proof(key, { claims: { jti: undefined } }),
        'with a number as jti': await proof(key, { claims: { jti: 1 } }),
        'without iat': await proof(key, { claims: { iat: undefined } }),
        'with text as iat': await proof(key, { claims: { iat: 'now' } }),
        'with a number as nonce': await proof(key, { claims: { nonce: 1 } }),
      };
      for (const [what, dpop] of Object.entries(bad)) {
        const answer = await redeem(scanner, authorization, dpop);
        assert.equal(answer.body.error, 'invalid_dpop_proof', `${what}: ${answer.status}`);
        assert.equal(answer.status, 400, what);
      }
      const odd = await proof(key, { claims: { jti: `\0'"🎭\ud800${'x'.repeat(3000)}` } });
      assert.equal((await redeem(scanner, authorization, odd)).status, 200);
    });

    it('a client with a wrong clock gets tokens with a server nonce', async () => {
      const authorization = await code(scanner);
      const claims = { iat: now() - 86_400 };
      const refused = await redeem(scanner, authorization, await proof(key, { claims }));
      assertError(refused, 'use_dpop_nonce');
      const nonce = refused.headers.get('dpop-nonce') ?? '';
      const made = await proof(key, { claims: { ...claims, nonce: `${nonce}x` } });
      assertError(await redeem(scanner, authorization, made), 'use_dpop_nonce');
      const fresh = await proof(key, { claims: { ...claims, nonce } });
      assert.equal((await redeem(scanner, authorization, fresh)).status, 200);
    });

    it('failures are in the application’s error log, except for a request for a nonce', async () => {
      const mine = await registerApplication(server, { owner: 'ben', clientType: 'public' });
      await reviewApplication(server, mine.clientId);
      const bound = { dpop_jkt: key.jkt };
      const stale = { claims: { iat: now() - 86_400 } };
      await redeem(mine, await code(mine), await proof(key, stale));
      await redeem(mine, await code(mine), await proof(key, { method: 'GET' }));
      await redeem(mine, await code(mine, bound));
      await redeem(mine, await code(mine, bound), await proof(otherKey));
      const once = await proof(key);
      const tokens = await redeem(mine, await code(mine), once);
      await refresh(mine, tokens, once);
      await refresh(mine, tokens);
      await code(mine, { dpop_jkt: 'x' });
      const found = () =>
        server.database.db
          .selectFrom('client_errors')
          .select(['reason', sql<Record<string, unknown>>`details - 'request_id'`.as('details')])
          .where('client_id', '=', mine.clientId)
          .orderBy('id')
          .execute();
      await until(async () => (await found()).length >= 6);
      assert.deepEqual(await found(), [
        { reason: 'dpop_proof_invalid', details: { description: 'DPoP proof htm mismatch' } },
        { reason: 'dpop_proof_missing', details: {} },
        { reason: 'dpop_key_wrong', details: {} },
        { reason: 'dpop_proof_reused', details: {} },
        { reason: 'dpop_key_wrong', details: {} },
        { reason: 'dpop_thumbprint_malformed', details: {} },
      ]);
    });

    describe('at the bearer endpoints', () => {
      const path = '/api/v1/organizers/';
      const url = () => server.issuer + path;
      const get = (authorization: string, dpop?: string) =>
        fetch(`${url()}?page=1`, {
          headers: { authorization, ...(dpop === undefined ? {} : { dpop }) },
        });
      const challengeOfRefusal = async (answer: Response) => {
        assert.equal(answer.status, 401);
        assert.match(await answer.text(), /^\{"detail":".+"\}$/);
        return answer.headers.get('www-authenticate') ?? '';
      };

      it('require a proof', async () => {
        const { body } = await redeem(scanner, await code(scanner), await proof(key));
        const { access_token: token = '' } = body;
        const good = () => newProof(key, { method: 'GET', url: url(), token });
        assert.equal((await get(`DPoP ${token}`, await good())).status, 200);
        assert.equal((await get(`dpop ${token}`, await good())).status, 200);
        assert.match(
          await challengeOfRefusal(await get(`Bearer ${token}`, await good())),
          /^Bearer .*error="invalid_token", DPoP algs="ES256 /,
        );
        for (const wrong of [
          undefined,
          await newProof(otherKey, { method: 'GET', url: url(), token }),
          await newProof(key, { method: 'POST', url: url(), token }),
          await newProof(key, { method: 'GET', url: `${server.issuer}/api/v1/me`, token }),
          await newProof(key, { method: 'GET', url: url() }),
          await newProof(key, { method: 'GET', url: url(), token: `${token}x` }),
        ]) {
          const challenge = await challengeOfRefusal(await get(`DPoP ${token}`, wrong));
          assert.match(challenge, /^DPoP .*error="(invalid_dpop_proof|invalid_token)".*algs="/);
        }
        const plain = await redeem(scanner, await code(scanner));
        const { access_token: unbound = '' } = plain.body;
        const needless = await newProof(key, { method: 'GET', url: url(), token: unbound });
        await challengeOfRefusal(await get(`DPoP ${unbound}`, needless));
        assert.equal((await get(`Bearer ${unbound}`)).status, 200);
      });

      it('allow exactly one of 10 parallel requests with one proof', async () => {
        const { body } = await redeem(scanner, await code(scanner), await proof(key));
        const { access_token: token = '' } = body;
        const once = await newProof(key, { method: 'GET', url: url(), token });
        const answers = await Promise.all(
          Array.from({ length: 10 }, () => get(`DPoP ${token}`, once)),
        );
        const statuses = answers.map(({ status }) => status).sort();
        assert.deepEqual(statuses, [200, ...Array(9).fill(401)]);
      });
    });
  });
}
