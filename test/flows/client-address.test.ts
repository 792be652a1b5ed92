import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { putUser, type TestUser } from '../support/factories.ts';
import { signIn } from '../support/flow.ts';
import { startServer, type TestServer } from '../support/server.ts';
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

describe('Client address', () => {
  let server: TestServer;
  let user: TestUser;
  before(async () => {
    server = await startServer({ TRUST_PROXY: '1', HOST: '127.0.0.1' });
    user = await putUser(server, { id: 'ada' });
  });
  after(() => server.close());

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
});
