import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { z } from 'zod';
import { recordAuthenticationFailures } from '../../src/audit/authentication-failures.ts';
import { withPlatform } from '../support/fixture.ts';
import { signIn } from '../support/flow.ts';
import { callManagement, manage } from '../support/platform.ts';
import { says } from '../support/texts.ts';
import { UserAgent } from '../support/user-agent.ts';

const OTHER = '203.0.113.9';
const log = z.object({
  results: z.array(
    z.object({
      action: z.string(),
      application: z.string().nullable(),
      ip: z.string().nullable(),
      data: z.record(z.string(), z.unknown()),
    }),
  ),
});

describe('Failed client authentication', () => {
  const { server, platform } = withPlatform({ TRUST_PROXY: '1' });

  const basic = (clientId: string, secret: string) => `Basic ${btoa(`${clientId}:${secret}`)}`;
  const send = async (path: string, authorization: string, fields = {}, ip = OTHER) => {
    const response = await fetch(`${server.issuer}${path}`, {
      method: path.includes('oauth') ? 'POST' : 'GET',
      headers: { authorization, 'x-forwarded-for': ip },
      ...(path.includes('oauth') ? { body: new URLSearchParams(fields) } : {}),
    });
    await response.body?.cancel();
    return response.status;
  };
  const refresh = { grant_type: 'refresh_token', refresh_token: 'x' };
  const counted = async () =>
    server.database.db
      .selectFrom('authentication_failures')
      .select(['endpoint', 'client_id', 'reason', 'ip', 'count'])
      .orderBy('endpoint')
      .orderBy('client_id')
      .orderBy('reason')
      .execute();

  /** Waits until the background writer has counted `total` failures. */
  async function settle(total: number) {
    for (let tries = 0; tries < 100; tries += 1) {
      const rows = await counted();
      if (rows.reduce((sum, { count }) => sum + count, 0) >= total) {
        return rows;
      }
      await sleep(100);
    }
    throw new Error(`Counted so far: ${JSON.stringify(await counted())}`);
  }

  it('is counted per client, address, hour and reason, and never limits the right secret', async () => {
    const { application, resourceServer } = platform;
    const { db } = server.database;
    const right = basic(resourceServer.clientId, resourceServer.clientSecret ?? '');
    const wrong = basic(resourceServer.clientId, 'not the secret');
    const introspect = '/api/v1/oauth/introspect';
    const cases: [count: number, status: number, () => Promise<number>][] = [
      [300, 401, () => send(introspect, wrong, { token: 'x' })],
      [1, 401, () => send(introspect, basic('nobody\0', 'x'), { token: 'x' })],
      [2, 401, () => send('/api/v1/oauth/token', basic(application.clientId, 'no'), refresh)],
      [1, 401, () => send('/api/v1/oauth/token', basic('unknown', 'no'), refresh)],
      [
        1,
        401,
        () => send('/api/v1/oauth/revoke_token', basic(application.clientId, 'no'), { token: 'x' }),
      ],
      [1, 401, () => send('/api/v1/oauth/par', basic(application.clientId, 'no'))],
      [40, 401, () => send('/api/v1/users/', 'Token sdo_not_a_token')],
    ];
    for (const [count, status, attempt] of cases) {
      const statuses = await Promise.all(Array.from({ length: count }, attempt));
      assert.deepEqual([...new Set(statuses)], [status]);
    }
    assert.equal(await send(introspect, right, { token: 'x' }), 200, 'from the same address');
    const id = application.clientId;
    const rows = await settle(346);
    const expected = [
      { endpoint: 'introspect', client_id: '', reason: 'unknown_client', ip: OTHER, count: 1 },
      {
        endpoint: 'introspect',
        client_id: resourceServer.clientId,
        reason: 'wrong',
        ip: OTHER,
        count: 300,
      },
      { endpoint: 'management', client_id: '', reason: 'wrong', ip: OTHER, count: 40 },
      { endpoint: 'par', client_id: id, reason: 'wrong', ip: OTHER, count: 1 },
      { endpoint: 'revoke_token', client_id: id, reason: 'wrong', ip: OTHER, count: 1 },
      { endpoint: 'token', client_id: '', reason: 'unknown_client', ip: OTHER, count: 1 },
      { endpoint: 'token', client_id: id, reason: 'wrong', ip: OTHER, count: 2 },
    ];
    assert.deepEqual(rows, expected);

    await recordAuthenticationFailures(db, 200);
    assert.equal((await counted()).length, expected.length, 'the hour has not ended');
    await sql`update authentication_failures set hour = hour - interval '1 hour'`.execute(db);
    await recordAuthenticationFailures(db, 200);
    assert.deepEqual(await counted(), []);
    const entries = log
      .parse(await manage(server, 'GET', '/api/v1/logentries/'))
      .results.filter(({ action }) => action.endsWith('authentication_failed'));
    assert.deepEqual(
      entries
        .map(({ action, application: client, ip, data }) => [action, client, ip, data.count])
        .sort(),
      [
        ['stagedoor.application.authentication_failed', id, OTHER, 1],
        ['stagedoor.application.authentication_failed', id, OTHER, 1],
        ['stagedoor.application.authentication_failed', id, OTHER, 2],
        ['stagedoor.client.authentication_failed', null, OTHER, 1],
        ['stagedoor.client.authentication_failed', null, OTHER, 1],
        ['stagedoor.operator_token.authentication_failed', null, OTHER, 40],
        ['stagedoor.resource_server.authentication_failed', resourceServer.clientId, OTHER, 300],
      ].sort(),
    );
    assert.doesNotMatch(JSON.stringify(entries), /not the secret|sdo_not|nobody|unknown"/);
  });

  it('from many addresses is stored in at most 21 rows per client', async () => {
    const { application } = platform;
    const { db } = server.database;
    await sql`delete from authentication_failures`.execute(db);
    const wrong = basic(application.clientId, 'no');
    await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        send('/api/v1/oauth/token', wrong, refresh, `2001:db8:1:${n}::1`),
      ),
    );
    const rows = await settle(50);
    assert.equal(rows.length, 21);
    assert.equal(rows.find(({ ip }) => ip === '')?.count, 30);
    await sql`delete from authentication_failures`.execute(db);
  });

  it('with an expired secret is reported separately, also to the owner of the application', async () => {
    const { application, ben } = platform;
    const { db } = server.database;
    await sql`delete from authentication_failures`.execute(db);
    const old = application.clientSecret ?? '';
    const attempt = () => send('/api/v1/oauth/token', basic(application.clientId, old), refresh);
    assert.equal(await attempt(), 400, 'the secret is right, the refresh token is not');
    await sql`update application_secrets set expires_at = now()`.execute(db);
    assert.equal(await attempt(), 401);
    await settle(1);
    await sql`delete from application_secrets`.execute(db);
    assert.equal(await attempt(), 401);
    assert.deepEqual(
      (await settle(2)).map(({ reason }) => reason),
      ['deleted', 'expired'],
    );
    await sql`update authentication_failures set hour = hour - interval '1 hour'`.execute(db);
    await recordAuthenticationFailures(db, 200);
    const agent = new UserAgent(server);
    await signIn(agent, await agent.get('/login'), ben);
    const { body } = await agent.get('/account/activity');
    assert.match(
      body.replace(/<[^>]*>/g, ''),
      says('activity.authentication_failed.deleted', { application: 'Box Office Sync' }),
    );
  });

  it('with a revoked operator token is reported as revoked', async () => {
    const { db } = server.database;
    await sql`delete from authentication_failures`.execute(db);
    const made = z.object({ id: z.string(), token: z.string() }).parse(
      await manage(server, 'POST', '/api/v1/operator-tokens/', {
        name: 'nightly-import',
        rights: ['read'],
      }),
    );
    await manage(server, 'DELETE', `/api/v1/operator-tokens/${made.id}/`);
    const refused = await callManagement(
      { ...server, operatorToken: made.token },
      'GET',
      '/api/v1/users/',
    );
    assert.equal(refused.status, 401);
    assert.deepEqual(
      (await settle(1)).map(({ endpoint, reason }) => [endpoint, reason]),
      [['management', 'deleted']],
    );
  });
});
