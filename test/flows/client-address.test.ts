import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { describe, test } from 'node:test';
import { putUser } from '../support/factories.ts';
import { prepared, withServer } from '../support/fixture.ts';
import { signIn } from '../support/flow.ts';
import { startServer } from '../support/server.ts';
import { UserAgent } from '../support/user-agent.ts';

/** `X-Forwarded-For` as the last proxy sends it, and the address that is stored. */
const FORWARDED: readonly (readonly [string, string])[] = [
  ['203.0.113.9', '203.0.113.9'],
  ['203.0.113.9:54321', '203.0.113.9'],
  [' 198.51.100.1 , 203.0.113.9 ', '203.0.113.9'],
  ['evil, 2001:db8::7', '2001:db8::7'],
  ['2001:DB8:0:0::7', '2001:db8::7'],
  ['[2001:db8::7]', '2001:db8::7'],
  ['[2001:db8::7]:54321', '2001:db8::7'],
  ['fe80::1%eth0', 'fe80::1'],
  ['::ffff:203.0.113.9', '203.0.113.9'],
  ['::ffff:cb00:7109', '203.0.113.9'],
  // Not an address: the peer's own is stored, so that limits still apply.
  ['', '127.0.0.1'],
  ['203.0.113.9,', '127.0.0.1'],
  ['unknown', '127.0.0.1'],
  ['203.0.113.999', '127.0.0.1'],
  ['203.0.113.9:port', '127.0.0.1'],
  ['[203.0.113.9]', '127.0.0.1'],
  ['[2001:db8::7', '127.0.0.1'],
  ['<script>alert(1)</script>', '127.0.0.1'],
  ["203.0.113.9'; drop table users; --", '127.0.0.1'],
  ['x'.repeat(6000), '127.0.0.1'],
  [`${'203.0.113.1, '.repeat(500)}203.0.113.9`, '203.0.113.9'],
];

/** `Forwarded` of a proxy that does not send the other header. */
const STANDARD: readonly (readonly [string, string])[] = [
  ['for=203.0.113.9', '203.0.113.9'],
  ['for="203.0.113.9:54321";proto=https;host=login.example.com', '203.0.113.9'],
  ['proto=https;For="[2001:db8::7]:4711"', '2001:db8::7'],
  ['for="[2001:db8::7]"', '2001:db8::7'],
  ['for=198.51.100.1, for=203.0.113.9;by=192.0.2.1', '203.0.113.9'],
  ['for=198.51.100.1,for=203.0.113.9', '203.0.113.9'],
  ['for=203.0.113.9, proto=https', '127.0.0.1'],
  ['for=203.0.113.9, for=unknown', '127.0.0.1'],
  ['for=203.0.113.9, for="_secret"', '127.0.0.1'],
  ['for="203.0.113.9, 203.0.113.8"', '127.0.0.1'],
  ['xfor=203.0.113.9', '127.0.0.1'],
  ['for="', '127.0.0.1'],
];

describe('Client address', () => {
  const server = withServer({ TRUST_PROXY: '1', HOST: '127.0.0.1' });
  const user = prepared(() => putUser(server, { id: 'ada' }));

  test('is an IP address in log, session and mail for any X-Forwarded-For value', async () => {
    const userAgent = `Firefox/140.0 ${'x'.repeat(5000)}`;
    const agents = [];
    for (const [forwarded] of FORWARDED) {
      const agent = new UserAgent(server, {
        'x-forwarded-for': forwarded,
        'user-agent': userAgent,
      });
      const page = await signIn(agent, await agent.get('/login'), user);
      assert.equal(page.status, 200, forwarded);
      agents.push(agent);
    }
    const expected = FORWARDED.map(([, kept]) => kept);
    const { db } = server.database;
    const entries = await db
      .selectFrom('audit_events')
      .select(['ip', 'user_agent'])
      .where('action', '=', 'stagedoor.user.signed_in')
      .orderBy('id')
      .execute();
    assert.deepEqual(
      entries.map(({ ip }) => ip),
      expected,
    );
    assert.ok(entries.every((entry) => (entry.user_agent?.length ?? 0) <= 300));
    const sessions = await db.selectFrom('session_sign_ins').select(['ip', 'user_agent']).execute();
    assert.ok(sessions.length > 0 && sessions.every(({ ip }) => isIP(ip ?? '') > 0));
    const mails = JSON.stringify(await db.selectFrom('mail_outbox').select('data').execute());
    assert.match(mails, /"ip":"203\.0\.113\.9"/);
    assert.doesNotMatch(mails, /script|xxxx{500}/);
  });

  test('comes from Forwarded if there is no X-Forwarded-For', async () => {
    const { db } = server.database;
    const lastAddress = async (headers: Record<string, string>) => {
      const agent = new UserAgent(server, headers);
      await signIn(agent, await agent.get('/login'), user);
      const entry = await db
        .selectFrom('audit_events')
        .select('ip')
        .where('action', '=', 'stagedoor.user.signed_in')
        .orderBy('id', 'desc')
        .executeTakeFirstOrThrow();
      return entry.ip;
    };
    for (const [forwarded, expected] of STANDARD) {
      assert.equal(await lastAddress({ forwarded }), expected, forwarded);
    }
    const both = { forwarded: 'for=192.0.2.7', 'x-forwarded-for': '203.0.113.9' };
    assert.equal(await lastAddress(both), '203.0.113.9');
  });

  test('of a chain of two proxies is the one before them', async () => {
    const chained = await startServer({ TRUST_PROXY: '2', HOST: '127.0.0.1' });
    try {
      const ada = await putUser(chained, { id: 'ada' });
      for (const headers of [
        { 'x-forwarded-for': '192.0.2.66, 203.0.113.9:1234, 198.51.100.1' },
        { forwarded: 'for=192.0.2.66, for="203.0.113.9:1234", for=198.51.100.1' },
      ]) {
        const agent = new UserAgent(chained, headers);
        await signIn(agent, await agent.get('/login'), ada);
      }
      const entries = await chained.database.db
        .selectFrom('audit_events')
        .select('ip')
        .where('action', '=', 'stagedoor.user.signed_in')
        .execute();
      assert.deepEqual(
        entries.map(({ ip }) => ip),
        ['203.0.113.9', '203.0.113.9'],
      );
    } finally {
      await chained.close();
    }
  });
});
