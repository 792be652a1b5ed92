import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CompiledQuery } from 'kysely';
import { z } from 'zod';
import { ENGINE_VARIABLES } from '../support/engines.ts';
import { registerApplication } from '../support/factories.ts';
import { authorize } from '../support/flow.ts';
import { assertInvalidGrant, withTokens } from '../support/token-fixture.ts';
import {
  basic,
  exchange,
  introspect,
  obtainTokens,
  postForm,
  refresh,
  revoke,
} from '../support/tokens.ts';

for (const [engine, variables] of Object.entries(ENGINE_VARIABLES)) {
  describe(`Tokens, on ${engine}`, () => {
    const { server, platform, tokens, isActive } = withTokens(variables);
    const { application } = platform;
    const code = (options: { pkce?: boolean } = {}) =>
      authorize(server, {
        application,
        user: platform.ada,
        parameters: { approval_prompt: 'force' },
        ...options,
      });

    it('have prefix and checksum, and the response is not cacheable', async () => {
      const answer = await exchange(server, application, await code());
      assert.equal(answer.status, 200);
      assert.match(answer.body.access_token ?? '', /^sda_[0-9A-Za-z]{49}$/);
      assert.match(answer.body.refresh_token ?? '', /^sdr_[0-9A-Za-z]{49}$/);
      assert.equal(answer.body.token_type, 'Bearer');
      assert.equal(answer.body.expires_in, 3600);
      assert.equal(answer.body.scope, 'read write');
      assert.equal(answer.headers.get('cache-control'), 'no-store');
    });

    it('are not in the database in clear text, nor are codes, secrets and session ids', async () => {
      const authorization = await code();
      const { body } = await exchange(server, application, authorization);
      const secrets = [
        body.access_token,
        body.refresh_token,
        authorization.parameters.code,
        application.clientSecret,
        platform.resourceServer.clientSecret,
        authorization.agent.cookies
          .header(new URL(server.issuer))
          .match(/stagedoor_session=([^;]+)/)?.[1],
      ];
      const { rows: tables } = await server.database.db.executeQuery<{ name: string }>(
        CompiledQuery.raw(`select table_name as name from information_schema.tables
          where table_schema = 'public' and table_name not like 'kysely%'`),
      );
      assert.ok(tables.length >= 15);
      let dump = '';
      for (const { name } of tables) {
        const { rows } = await server.database.db.executeQuery<{ row: string }>(
          CompiledQuery.raw(`select t::text as row from ${name} t`),
        );
        dump += rows.map(({ row }) => row).join('\n');
      }
      for (const secret of secrets) {
        assert.ok(secret !== undefined && secret.length > 20);
        assert.ok(!dump.includes(secret), 'in clear');
        assert.ok(!dump.includes(Buffer.from(secret).toString('hex')), 'as bytes');
      }
    });

    describe('code exchange', () => {
      it('works once; a second use ends the grant', async () => {
        const authorization = await code();
        const first = await exchange(server, application, authorization);
        assert.equal(await isActive(first.body.access_token ?? ''), true);
        assertInvalidGrant(await exchange(server, application, authorization), 'reuse_detected');
        assert.equal(await isActive(first.body.access_token ?? ''), false);
        assertInvalidGrant(
          await refresh(server, application, first.body.refresh_token ?? ''),
          'reuse_detected',
        );
      });

      it('30 parallel requests: exactly one succeeds', async () => {
        const authorization = await code();
        const answers = await Promise.all(
          Array.from({ length: 30 }, () => exchange(server, application, authorization)),
        );
        assert.equal(answers.filter(({ status }) => status === 200).length, 1);
        for (const answer of answers.filter(({ status }) => status !== 200)) {
          assertInvalidGrant(answer);
        }
      });

      it('requires the right PKCE verifier, redirect URI and client', async () => {
        const authorization = await code();
        const other = await registerApplication(server, { owner: 'ben', name: 'Other' });
        const wrong = { ...authorization, codeVerifier: 'x'.repeat(43) };
        const elsewhere = { ...authorization, redirectUri: 'https://app.example.com/else' };
        assertInvalidGrant(await exchange(server, application, wrong));
        assertInvalidGrant(await exchange(server, application, elsewhere));
        assertInvalidGrant(await exchange(server, other, authorization), 'client mismatch');
        assert.equal((await exchange(server, application, authorization)).status, 200);
      });

      it('of an expired code: invalid_grant with the reason', async () => {
        const authorization = await code();
        await expire('authorization_codes');
        assertInvalidGrant(await exchange(server, application, authorization), 'expired');
      });

      it('works without PKCE if a confidential application does not require it', async () => {
        const lax = await registerApplication(server, { owner: 'ben', requirePkce: false });
        const authorization = await authorize(server, {
          application: lax,
          user: platform.ada,
          pkce: false,
        });
        assert.equal((await exchange(server, lax, authorization)).status, 200);
        const strict = await authorize(server, {
          application,
          user: platform.ada,
          pkce: false,
          agent: authorization.agent,
        });
        assert.equal(strict.parameters.error, 'invalid_request');
      });
    });

    describe('refresh', () => {
      it('ends the previous access token, and keeps the organizers', async () => {
        const before = await tokens(['bluehall']);
        const after = await refresh(server, application, before.refreshToken);
        assert.equal(after.status, 200);
        assert.equal(await isActive(before.accessToken), false);
        const { body } = await introspect(
          server,
          platform.resourceServer,
          after.body.access_token ?? '',
        );
        assert.deepEqual(body.organizers, ['bluehall']);
        assert.equal(body.scope, 'read write');
      });

      it('leaves tokens of another device live', async () => {
        const options = { application, user: platform.ada };
        const one = await tokens();
        const two = await obtainTokens(server, { ...options, agent: one.authorization.agent });
        assert.equal(two.authorization.sawConsent, false);
        await refresh(server, application, one.refreshToken);
        assert.equal(await isActive(two.accessToken), true);
        assert.equal((await refresh(server, application, two.refreshToken)).status, 200);
      });

      it('with a reused token ends the grant, logs it, and sends a mail to the user', async () => {
        const { refreshToken } = await tokens();
        const first = await refresh(server, application, refreshToken);
        const second = await refresh(server, application, first.body.refresh_token ?? '');
        const mails = await count('mail_outbox', 'kind', 'reuse_detected');
        const events = await count('audit_events', 'action', 'stagedoor.user.oauth.revoked');
        assertInvalidGrant(await refresh(server, application, refreshToken), 'reuse_detected');
        assert.equal(await isActive(second.body.access_token ?? ''), false);
        assertInvalidGrant(
          await refresh(server, application, second.body.refresh_token ?? ''),
          'reuse_detected',
        );
        assert.equal(await count('mail_outbox', 'kind', 'reuse_detected'), mails + 1);
        assert.equal(
          await count('audit_events', 'action', 'stagedoor.user.oauth.revoked'),
          events + 1,
        );
      });

      it('can request fewer scopes, not more', async () => {
        const { refreshToken } = await tokens();
        const fewer = await refresh(server, application, refreshToken, { scope: 'read' });
        assert.equal(fewer.body.scope, 'read');
        const more = await refresh(server, application, fewer.body.refresh_token ?? '', {
          scope: 'read profile',
        });
        assert.equal(more.body.error, 'invalid_scope');
      });

      it('with an expired token returns the reason to its own client only', async () => {
        const { refreshToken } = await tokens();
        await expire('refresh_tokens');
        const other = await registerApplication(server, { owner: 'ben' });
        assertInvalidGrant(await refresh(server, other, refreshToken), 'client mismatch');
        assertInvalidGrant(await refresh(server, application, refreshToken), 'expired');
      });

      it('with an invalid token string: invalid_grant', async () => {
        for (const token of ['x', 'sdr_', `sdr_${'a'.repeat(49)}`, 'a\0b', '🎭'.repeat(500)]) {
          assertInvalidGrant(await refresh(server, application, token));
        }
      });
    });

    describe('revocation', () => {
      for (const kind of ['accessToken', 'refreshToken'] as const) {
        it(`of the ${kind} ends the whole grant`, async () => {
          const given = await tokens();
          const answer = await revoke(server, application, given[kind]);
          assert.equal(answer.status, 200);
          assert.equal(await isActive(given.accessToken), false);
          assertInvalidGrant(
            await refresh(server, application, given.refreshToken),
            'revoked_by_client',
          );
          assert.equal((await revoke(server, application, given[kind])).status, 200);
        });

        it(`of the ${kind} that a rotation has just replaced ends the grant`, async () => {
          const given = await tokens();
          const { body } = await refresh(server, application, given.refreshToken);
          assert.equal((await revoke(server, application, given[kind])).status, 200);
          assert.equal(await isActive(body.access_token ?? ''), false);
          assertInvalidGrant(
            await refresh(server, application, body.refresh_token ?? ''),
            'revoked_by_client',
          );
        });
      }

      it('of an expired access token ends the grant', async () => {
        const given = await tokens();
        await expire('access_tokens');
        assert.equal((await revoke(server, application, given.accessToken)).status, 200);
        assertInvalidGrant(
          await refresh(server, application, given.refreshToken),
          'revoked_by_client',
        );
      });

      it('of an expired refresh token ends the grant', async () => {
        const given = await tokens();
        await expire('refresh_tokens');
        assert.equal((await revoke(server, application, given.refreshToken)).status, 200);
        assert.equal(await isActive(given.accessToken), false);
      });

      it('during a refresh leaves no live token', async () => {
        for (let round = 0; round < 10; round += 1) {
          const given = await tokens();
          const [refreshed, revoked] = await Promise.all([
            refresh(server, application, given.refreshToken),
            revoke(server, application, given.accessToken),
          ]);
          assert.equal(revoked.status, 200);
          assert.ok(refreshed.status === 200 || refreshed.body.error === 'invalid_grant');
          assert.equal(await isActive(given.accessToken), false);
          const { access_token: newer = given.accessToken } = refreshed.body;
          assert.equal(await isActive(newer), false);
          const next = refreshed.body.refresh_token ?? given.refreshToken;
          assertInvalidGrant(await refresh(server, application, next));
        }
      });

      it('of another client’s token is refused and changes nothing; an unknown token is accepted', async () => {
        const given = await tokens();
        const other = await registerApplication(server, { owner: 'ben' });
        assert.equal((await revoke(server, other, given.accessToken)).status, 400);
        assert.equal(await isActive(given.accessToken), true);
        assert.equal((await revoke(server, application, 'nonsense')).status, 200);
        assert.equal((await revoke(server, application, '')).body.error, 'invalid_request');
      });
    });

    describe('unsupported features', () => {
      const grants: Record<string, Record<string, string>> = {
        password: { username: 'ada', password: 'x' },
        client_credentials: {},
        'urn:ietf:params:oauth:grant-type:device_code': { device_code: 'x' },
        'urn:openid:params:grant-type:ciba': { auth_req_id: 'x' },
        implicit: {},
        'urn:ietf:params:oauth:grant-type:jwt-bearer': { assertion: 'x' },
      };
      for (const [grantType, parameters] of Object.entries(grants)) {
        it(`grant type ${grantType}: unsupported_grant_type`, async () => {
          const answer = await postForm(server, 'token', application, {
            grant_type: grantType,
            ...parameters,
          });
          assert.equal(answer.status, 400);
          assert.equal(answer.body.error, 'unsupported_grant_type');
        });
      }

      it('metadata contains only supported features, and existing endpoints', async () => {
        const response = await fetch(`${server.issuer}/.well-known/oauth-authorization-server`);
        const metadata = z.record(z.string(), z.unknown()).parse(await response.json());
        assert.deepEqual(metadata.grant_types_supported, ['authorization_code', 'refresh_token']);
        assert.deepEqual(metadata.response_types_supported, ['code']);
        assert.deepEqual(metadata.code_challenge_methods_supported, ['S256']);
        assert.equal(metadata.authorization_response_iss_parameter_supported, true);
        for (const [name, value] of Object.entries(metadata)) {
          if (name.endsWith('_endpoint') || name === 'jwks_uri') {
            const { status } = await fetch(String(value), { redirect: 'manual' });
            assert.ok(status !== 404 && status < 500, `${name} exists: ${status}`);
          }
        }
        const openid = await fetch(`${server.issuer}/.well-known/openid-configuration`);
        assert.deepEqual(await openid.json(), metadata);
      });

      it('a forged Host header does not change redirects', async () => {
        const { hostname, port } = new URL(server.issuer);
        const { request } = await import('node:http');
        const location = await new Promise<string | undefined>((resolve, reject) => {
          request(
            {
              hostname,
              port,
              path: '/account/authorizations',
              headers: { host: 'evil.example.com', 'x-forwarded-host': 'evil.example.com' },
            },
            (response) => resolve(response.headers.location),
          )
            .on('error', reject)
            .end();
        });
        assert.ok(location?.startsWith('/login'), location);
      });
    });

    it('can be requested with any case and trailing slash of the endpoint path', async () => {
      const { refreshToken } = await tokens();
      const answer = await fetch(`${server.issuer}/api/v1/oauth/TOKEN/`, {
        method: 'POST',
        headers: { authorization: basic(application.clientId, application.clientSecret ?? '') },
        body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken }),
      });
      assert.equal(answer.status, 200);
    });

    it('are issued for a pushed authorization request, which works once', async () => {
      const pushed = await postForm(server, 'par', application, {
        client_id: application.clientId,
        response_type: 'code',
        redirect_uri: application.redirectUri,
        scope: 'read',
        approval_prompt: 'force',
        code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
        code_challenge_method: 'S256',
        state: 'pushed',
      });
      assert.equal(pushed.status, 201);
      const requestUri = String(pushed.body.request_uri);
      const authorization = await authorize(server, {
        application,
        user: platform.ada,
        parameters: { request_uri: requestUri },
      });
      assert.equal(authorization.parameters.state, 'pushed');
      const answer = await exchange(server, application, {
        ...authorization,
        codeVerifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
      });
      assert.equal(answer.status, 200);
      assert.equal(answer.body.scope, 'read');
      const again = await authorize(server, {
        application,
        user: platform.ada,
        agent: authorization.agent,
        parameters: { request_uri: requestUri },
      });
      assert.equal(again.parameters.error, 'invalid_request_uri');
      const unknown = await postForm(server, 'par', application, {
        client_id: application.clientId,
        response_type: 'code',
        redirect_uri: application.redirectUri,
        scope: 'admin',
        code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
        code_challenge_method: 'S256',
      });
      assert.equal(unknown.body.error, 'invalid_scope');
    });

    async function expire(
      table: 'authorization_codes' | 'access_tokens' | 'refresh_tokens',
    ): Promise<void> {
      await server.database.db
        .updateTable(table)
        .set({ expires_at: new Date(Date.now() - 3_600_000) })
        .execute();
    }

    async function count(
      table: 'mail_outbox' | 'audit_events',
      column: 'kind' | 'action',
      value: string,
    ): Promise<number> {
      const { rows } = await server.database.db.executeQuery<{ count: number }>(
        CompiledQuery.raw(`select count(*)::int as count from ${table} where ${column} = $1`, [
          value,
        ]),
      );
      return rows[0]?.count ?? 0;
    }
  });
}
