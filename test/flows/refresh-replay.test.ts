import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { inTransaction } from '../../src/db/transaction.ts';
import { narrowGrant } from '../../src/grants/narrow.ts';
import { hashOf } from '../../src/lib/credentials.ts';
import { deleteExpiredReplays } from '../../src/tokens/replay-store.ts';
import { type DpopKey, newDpopKey, newProof } from '../support/dpop.ts';
import { ENGINE_VARIABLES } from '../support/engines.ts';
import { createPlatform, registerApplication, type TestApplication } from '../support/factories.ts';
import { withPlatform } from '../support/fixture.ts';
import { type ClientCredentials, manage } from '../support/platform.ts';
import { type SeededTokens, type SeedOptions, seedTokens } from '../support/seed-tokens.ts';
import { startServer, type TestServer } from '../support/server.ts';
import {
  basic,
  introspect,
  postForm,
  refresh,
  revoke,
  type TokenAnswer,
} from '../support/tokens.ts';

/** Headers that differ between two identical responses. */
const VARYING = new Set(['date', 'connection', 'keep-alive', 'x-request-id']);

for (const [engine, variables] of Object.entries(ENGINE_VARIABLES)) {
  describe(`Lost response to a refresh, on ${engine}`, () => {
    /** Another server on the same database; on the embedded database, the same server. */
    let second: TestServer;
    let confidential: TestApplication;
    let publicClient: TestApplication;

    // Before its database is dropped.
    after(() => second?.close());
    const { server, platform } = withPlatform(variables);

    before(async () => {
      const { databaseUrl } = server.config;
      second =
        databaseUrl === undefined ? server : await startServer({ DATABASE_URL: databaseUrl });
      confidential = platform.application;
      publicClient = await registerApplication(server, {
        owner: 'ben',
        clientType: 'public',
        redirectUris: ['http://127.0.0.1/callback'],
      });
    });

    const seed = (options: Partial<SeedOptions> = {}) =>
      seedTokens(server.database.db, {
        userId: 'ada',
        clientId: confidential.clientId,
        ...options,
      });
    const path = ({ clientId }: ClientCredentials) => `/api/v1/applications/${clientId}/`;

    /** Refreshes, and returns the raw response. */
    const send = async (
      client: ClientCredentials,
      refreshToken: string,
      { to = server, ...more }: { to?: TestServer; scope?: string } = {},
    ) => {
      const { clientId, clientSecret } = client;
      const response = await fetch(`${to.issuer}/api/v1/oauth/token`, {
        method: 'POST',
        headers: clientSecret === undefined ? {} : { authorization: basic(clientId, clientSecret) },
        body: new URLSearchParams({
          grant_type: 'refresh_token',
          refresh_token: refreshToken,
          ...(clientSecret === undefined ? { client_id: clientId } : {}),
          ...more,
        }),
      });
      const headers = [...response.headers].filter(([name]) => !VARYING.has(name));
      return { status: response.status, headers, text: await response.text() };
    };
    const isActive = async (token: string | undefined) =>
      (await introspect(server, platform.resourceServer, token ?? '')).body.active;
    const grant = ({ grantId }: SeededTokens) =>
      server.database.db
        .selectFrom('grants')
        .select(['revocation_reason', 'last_used_at'])
        .where('id', '=', grantId)
        .executeTakeFirstOrThrow();
    const assertLive = async (of: SeededTokens) =>
      assert.equal((await grant(of)).revocation_reason, null);
    const replays = async ({ grantId }: SeededTokens) =>
      server.database.db
        .selectFrom('refresh_replays')
        .select(['sealed', 'successor_hash'])
        .where('grant_id', '=', grantId)
        .execute();
    const tokenCounts = async ({ grantId }: SeededTokens) => {
      const { rows } = await sql`
        select (select count(*)::int from refresh_tokens where grant_id = ${grantId}) as refresh,
               (select count(*)::int from access_tokens where grant_id = ${grantId}) as access
      `.execute(server.database.db);
      return rows[0];
    };
    const refused = (answer: TokenAnswer, error: string, description?: string) => {
      assert.equal(answer.status, 400, JSON.stringify(answer.body));
      assert.equal(answer.body.error, error);
      if (description !== undefined) {
        assert.equal(answer.body.error_description, description);
      }
    };
    const assertEnded = async (of: SeededTokens, client: ClientCredentials, token: string) => {
      refused(await refresh(server, client, token), 'invalid_grant', 'reuse_detected');
      assert.equal((await grant(of)).revocation_reason, 'reuse_detected');
      assert.deepEqual(await replays(of), []);
    };

    describe('a repeated request gets the identical response', () => {
      for (const kind of ['confidential', 'public'] as const) {
        test(`repeatedly, for a ${kind} application, without another rotation`, async () => {
          const client = kind === 'public' ? publicClient : confidential;
          const of = await seed({ clientId: client.clientId });
          const first = await send(client, of.refreshToken);
          assert.equal(first.status, 200, first.text);
          for (let round = 0; round < 5; round += 1) {
            assert.deepEqual(await send(client, of.refreshToken), first);
          }
          assert.deepEqual(await tokenCounts(of), { refresh: 2, access: 2 });
          const { access_token, refresh_token } = JSON.parse(first.text);
          assert.equal(await isActive(access_token), true);
          assert.equal(await isActive(of.accessToken), false);
          assert.equal((await refresh(server, client, refresh_token)).status, 200);
        });
      }

      test('from another server on the same database', async () => {
        const of = await seed();
        const first = await send(confidential, of.refreshToken);
        const again = await send(confidential, of.refreshToken, { to: second });
        assert.deepEqual([again.status, again.text], [200, first.text]);
      });

      test('in a race of 30 requests on two servers', async () => {
        for (const client of [confidential, publicClient]) {
          const of = await seed({ clientId: client.clientId });
          const answers = await Promise.all(
            Array.from({ length: 30 }, (_, index) =>
              send(client, of.refreshToken, { to: index % 2 === 0 ? server : second }),
            ),
          );
          assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
          assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
          assert.deepEqual(await tokenCounts(of), { refresh: 2, access: 2 });
        }
      });

      test('after a broken connection, 20 times', async () => {
        const { hostname, port } = new URL(server.issuer);
        for (let round = 0; round < 20; round += 1) {
          const of = await seed({ clientId: publicClient.clientId });
          const body = `grant_type=refresh_token&client_id=${publicClient.clientId}&refresh_token=${of.refreshToken}`;
          const socket = connect(Number(port), hostname);
          socket.on('error', () => {});
          socket.end(
            `POST /api/v1/oauth/token HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
          );
          await sleep(round);
          socket.destroy();
          assert.equal((await send(publicClient, of.refreshToken)).status, 200);
          await assertLive(of);
        }
      });

      test('with another scope parameter', async () => {
        const of = await seed();
        const first = await send(confidential, of.refreshToken, { scope: 'read' });
        assert.equal(JSON.parse(first.text).scope, 'read');
        for (const more of [{}, { scope: 'write' }, { scope: 'read write' }]) {
          assert.equal((await send(confidential, of.refreshToken, more)).text, first.text);
        }
        const wider = await refresh(server, confidential, of.refreshToken, { scope: 'profile' });
        refused(wider, 'invalid_scope');
        await assertLive(of);
      });

      test('after the presented token has expired', async () => {
        const of = await seed();
        const first = await send(confidential, of.refreshToken);
        await server.database.db
          .updateTable('refresh_tokens')
          .set({ expires_at: sql<Date>`now() - interval '1 second'` })
          .where('token_hash', '=', hashOf(of.refreshToken))
          .execute();
        assert.deepEqual(await send(confidential, of.refreshToken), first);
      });

      test('at every step of a long chain', async () => {
        const of = await seed();
        let token = of.refreshToken;
        for (let step = 0; step < 4; step += 1) {
          const first = await send(confidential, token);
          assert.deepEqual(await send(confidential, token), first);
          token = JSON.parse(first.text).refresh_token;
        }
        assert.equal((await replays(of)).length, 1);
      });
    });

    describe('a repeated request is checked like a first one', () => {
      test('the client secret must be right', async () => {
        const of = await seed();
        await refresh(server, confidential, of.refreshToken);
        const thief = { ...confidential, clientSecret: 'sds_wrong' };
        assert.equal((await refresh(server, thief, of.refreshToken)).status, 401);
        await assertLive(of);
        assert.equal((await refresh(server, confidential, of.refreshToken)).status, 200);
      });

      test('another client gets nothing and ends nothing', async () => {
        const of = await seed();
        const other = await registerApplication(server, { owner: 'ben' });
        await refresh(server, confidential, of.refreshToken);
        refused(await refresh(server, other, of.refreshToken), 'invalid_grant', 'client mismatch');
        await assertLive(of);
      });

      test('DPoP key and proof must be right', async () => {
        const [key, otherKey] = [await newDpopKey(), await newDpopKey()];
        const url = `${server.issuer}/api/v1/oauth/token`;
        const of = await seed({ clientId: publicClient.clientId, jkt: key.jkt });
        const form = { grant_type: 'refresh_token', refresh_token: of.refreshToken };
        const ask = async (by?: DpopKey) =>
          postForm(
            server,
            'token',
            publicClient,
            form,
            by && { dpop: await newProof(by, { url }) },
          );
        const dpop = await newProof(key, { url });
        const first = await postForm(server, 'token', publicClient, form, { dpop });
        assert.deepEqual([first.status, first.body.token_type], [200, 'DPoP']);
        refused(await ask(otherKey), 'invalid_grant');
        refused(await ask(), 'invalid_grant');
        const replayed = await postForm(server, 'token', publicClient, form, { dpop });
        refused(replayed, 'invalid_dpop_proof');
        await assertLive(of);
        assert.deepEqual((await ask(key)).body, first.body);
      });

      test('suspended application or inactive user: refused, and the grant stays', async () => {
        const application = await registerApplication(server, { owner: 'ben' });
        const of = await seed({ clientId: application.clientId });
        const first = await send(application, of.refreshToken);
        const again = () => refresh(server, application, of.refreshToken);
        await manage(server, 'POST', `${path(application)}suspend/`, { reason: 'abuse' });
        refused(await again(), 'invalid_grant', 'application_suspended');
        await manage(server, 'POST', `${path(application)}resume/`);
        await manage(server, 'PATCH', '/api/v1/users/ada/', { is_active: false });
        refused(await again(), 'invalid_grant', 'user_inactive');
        await manage(server, 'PATCH', '/api/v1/users/ada/', { is_active: true });
        assert.deepEqual(await send(application, of.refreshToken), first);
      });

      test('the scope of the response is reduced to the remaining scopes', async () => {
        const of = await seed();
        const narrow = (scopes: string[]) =>
          inTransaction(server.database.db, (tx) =>
            narrowGrant(tx, server.config.scopes, {
              grantId: of.grantId,
              userId: 'ada',
              scopes,
              organizers: ['redstage'],
              endsAt: null,
              origin: { ip: undefined, userAgent: undefined },
            }),
          );
        const first = JSON.parse((await send(confidential, of.refreshToken)).text);
        assert.equal(await narrow(['read']), 'narrowed');
        const again = JSON.parse((await send(confidential, of.refreshToken)).text);
        assert.deepEqual(again, { ...first, scope: 'read' });
      });

      test('the scope of the response lacks scopes that the application has lost', async () => {
        const application = await registerApplication(server, { owner: 'ben' });
        const of = await seed({ clientId: application.clientId });
        const first = JSON.parse((await send(application, of.refreshToken)).text);
        await manage(server, 'PATCH', path(application), { scopes: ['write'] });
        const again = JSON.parse((await send(application, of.refreshToken)).text);
        assert.deepEqual(again, { ...first, scope: 'write' });
      });

      test('without a remaining scope: invalid_scope, and the grant stays', async () => {
        const of = await seed();
        await refresh(server, confidential, of.refreshToken, { scope: 'read' });
        await server.database.db
          .updateTable('grants')
          .set({ scopes: ['write'] })
          .where('id', '=', of.grantId)
          .execute();
        refused(await refresh(server, confidential, of.refreshToken), 'invalid_scope');
        await assertLive(of);
      });
    });

    describe('a repeated request is reuse and ends the grant', () => {
      test('after the new refresh token was used', async () => {
        const of = await seed();
        const { body } = await refresh(server, confidential, of.refreshToken);
        await refresh(server, confidential, body.refresh_token ?? '');
        await assertEnded(of, confidential, of.refreshToken);
      });

      test('for the token before the previous one', async () => {
        const of = await seed();
        const { body } = await refresh(server, confidential, of.refreshToken);
        const parent = body.refresh_token ?? '';
        const { body: child } = await refresh(server, confidential, parent);
        assert.deepEqual((await refresh(server, confidential, parent)).body, child);
        await assertEnded(of, confidential, of.refreshToken);
        assert.equal(await isActive(child.access_token), false);
      });

      test('after REFRESH_RETRY_SECONDS', async () => {
        const of = await seed();
        await refresh(server, confidential, of.refreshToken);
        await server.database.db
          .updateTable('refresh_tokens')
          .set({ consumed_at: sql<Date>`now() - interval '31 seconds'` })
          .where('token_hash', '=', hashOf(of.refreshToken))
          .execute();
        await assertEnded(of, confidential, of.refreshToken);
      });
    });

    describe('with REFRESH_RETRY_SECONDS=0', () => {
      test('30 parallel requests: one succeeds, the others end the grant', async () => {
        const { databaseUrl } = server.config;
        const strict = await startServer({
          ...(databaseUrl === undefined ? variables : { DATABASE_URL: databaseUrl }),
          REFRESH_RETRY_SECONDS: '0',
        });
        try {
          const { application } =
            databaseUrl === undefined ? await createPlatform(strict) : platform;
          const of = await seedTokens(strict.database.db, {
            userId: 'ada',
            clientId: application.clientId,
          });
          const answers = await Promise.all(
            Array.from({ length: 30 }, () => send(application, of.refreshToken, { to: strict })),
          );
          const winners = answers.filter(({ status }) => status === 200);
          assert.equal(winners.length, 1);
          for (const { status, text } of answers) {
            assert.ok(status === 200 || text.includes('reuse_detected'), text);
          }
          const left = await strict.database.db
            .selectFrom('refresh_replays')
            .select('grant_id')
            .where('grant_id', '=', of.grantId)
            .execute();
          assert.deepEqual(left, []);
        } finally {
          await strict.close();
        }
      });
    });

    describe('the stored response', () => {
      test('is encrypted: the database contains no token', async () => {
        const of = await seed();
        const { body } = await refresh(server, confidential, of.refreshToken);
        assert.equal((await replays(of)).length, 1);
        const tables = await sql<{ name: string }>`
          select relname as name from pg_class
          where relkind = 'r' and relnamespace = 'public'::regnamespace
        `.execute(server.database.db);
        const secrets = [of.refreshToken, body.access_token, body.refresh_token].flatMap(
          (token = '') => [token.slice(4), Buffer.from(token).toString('hex')],
        );
        for (const { name } of tables.rows) {
          const { rows } = await sql<{ text: string }>`
            select t::text as text from ${sql.table(name)} t
          `.execute(server.database.db);
          for (const { text } of rows) {
            assert.ok(!secrets.some((secret) => text.includes(secret)), name);
          }
        }
      });

      test('is deleted when the grant is revoked', async () => {
        const of = await seed();
        const { body } = await refresh(server, confidential, of.refreshToken);
        await revoke(server, confidential, body.access_token ?? '');
        assert.deepEqual(await replays(of), []);
        const answer = await refresh(server, confidential, of.refreshToken);
        refused(answer, 'invalid_grant', 'revoked_by_client');
      });

      test('is deleted with the application', async () => {
        const application = await registerApplication(server, { owner: 'ben' });
        const of = await seed({ clientId: application.clientId });
        await refresh(server, application, of.refreshToken);
        assert.equal((await replays(of)).length, 1);
        await manage(server, 'DELETE', path(application));
        assert.deepEqual(await replays(of), []);
      });

      test('is deleted when the retry time ends', async () => {
        const of = await seed();
        await refresh(server, confidential, of.refreshToken);
        await deleteExpiredReplays(server.database.db);
        assert.equal((await replays(of)).length, 1);
        await server.database.db
          .updateTable('refresh_replays')
          .set({ expires_at: sql<Date>`now()` })
          .where('grant_id', '=', of.grantId)
          .execute();
        await deleteExpiredReplays(server.database.db);
        assert.deepEqual(await replays(of), []);
      });
    });
  });
}
