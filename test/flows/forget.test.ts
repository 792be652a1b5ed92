import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { sql } from 'kysely';
import { offerTransfer } from '../../src/applications/transfer.ts';
import { inTransaction, type Tx } from '../../src/db/transaction.ts';
import { deleteUser } from '../../src/directory/write-user.ts';
import { isSignedIn } from '../support/account.ts';
import { putTeam, putUser, registerApplication, type TestUser } from '../support/factories.ts';
import { withPlatform } from '../support/fixture.ts';
import { signIn } from '../support/flow.ts';
import { manage } from '../support/platform.ts';
import { says } from '../support/texts.ts';
import { obtainTokens } from '../support/tokens.ts';
import { UserAgent } from '../support/user-agent.ts';

const IP = '198.51.100.213';
const TRACES = {
  'e-mail address': /eve\.moneypenny/i,
  'former e-mail address': /eve\.former/i,
  name: /Moneypenny/i,
  'network address': /198\.51\.100\.213/,
  'User-Agent': /EveBrowser/,
};

const { server, platform } = withPlatform({ TRUST_PROXY: '1' });
let eve: TestUser;
let agent: UserAgent;

before(async () => {
  const fullName = 'Eve Moneypenny';
  await putUser(server, { id: 'eve', email: 'Eve.Former@example.com', fullName });
  eve = await putUser(server, { id: 'eve', email: 'Eve.Moneypenny@example.com', fullName });
  await putTeam(server, { organizer: 'greenarena', id: 'eves', members: ['eve'] });
  const headers = { 'x-forwarded-for': IP, 'user-agent': 'EveBrowser/1.0' };
  agent = new UserAgent(server, headers);
  await signIn(agent, await agent.get('/login'), { ...eve, password: 'wrong' });
  await signIn(agent, await agent.get('/login'), eve);
  const { application, ben } = platform;
  await obtainTokens(server, { application, user: eve, agent });
  // Mails to other users contain her name and her address.
  const hers = await registerApplication(server, { owner: 'eve', name: 'Seatmap' });
  await obtainTokens(server, { application: hers, user: ben });
  const origin = { ip: IP, userAgent: 'EveBrowser/1.0' };
  await inTransaction(server.database.db, (tx) =>
    offerTransfer(tx, 'user:ben', application.clientId, 'ben', 'EVE.moneypenny@example.com'),
  );
  await inTransaction(server.database.db, (tx) =>
    offerTransfer(tx, 'user:eve', hers.clientId, 'eve', 'ben@example.com', origin),
  );
  await manage(server, 'DELETE', `/api/v1/applications/${hers.clientId}/`);
});

/** Returns the tables that contain a matching row. */
async function tablesWith(pattern: RegExp): Promise<string[]> {
  const { db } = server.database;
  const { rows: tables } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`.execute(db);
  const found: string[] = [];
  for (const { name } of tables) {
    const { rows } = await sql<{ row: string }>`
      select t::text as row from ${sql.table(name)} t`.execute(db);
    if (rows.some(({ row }) => pattern.test(row))) {
      found.push(name);
    }
  }
  return found;
}

const entries = async () =>
  (
    await sql`select id, happened_at, action, actor, user_id, client_id, grant_id from audit_events
      order by id`.execute(server.database.db)
  ).rows;

describe('After a user was deleted', () => {
  test('no table contains their addresses, name or browser, and every log entry is still there', async () => {
    for (const [what, pattern] of Object.entries(TRACES)) {
      const tables = await tablesWith(pattern);
      assert.ok(tables.includes('audit_events') || what === 'name', `${what}: ${tables}`);
      assert.ok(tables.includes('mail_outbox'), `${what}: ${tables}`);
    }
    const before = await entries();
    await manage(server, 'DELETE', '/api/v1/users/eve/');
    for (const [what, pattern] of Object.entries(TRACES)) {
      assert.deepEqual(await tablesWith(pattern), [], what);
    }
    const since = await entries();
    assert.deepEqual(since.slice(0, before.length), before);
    assert.equal(await isSignedIn(agent), false);
  });

  test('a failed sign-in during the deletion stores no network address', async () => {
    const { db } = server.database;
    const late = await putUser(server, { id: 'late' });
    const stranger = new UserAgent(server, { 'x-forwarded-for': IP });
    const page = await stranger.get('/login');
    await inTransaction(db, async (tx) => {
      await deleteUser(tx, 'system', 'late');
      await signIn(stranger, page, { ...late, password: 'wrong' });
    });
    const { rows } = await sql`select action, user_id from audit_events
      where ip is not null and user_id = 'late'`.execute(db);
    assert.deepEqual(rows, []);
  });

  test('the log and mails of other users stay readable', async () => {
    const ben = new UserAgent(server);
    await signIn(ben, await ben.get('/login'), platform.ben);
    const page = await ben.get('/account/activity');
    assert.equal(page.status, 200);
    assert.match(
      page.body,
      says('activity.transfer_offered.you', { application: '<bdi>Box Office Sync</bdi>' }),
    );
    const mails = await server.database.db
      .selectFrom('mail_outbox')
      .select('data')
      .where('kind', '=', 'authorized')
      .where('recipient', '=', platform.ben.email)
      .execute();
    assert.equal(mails.length, 1);
  });

  test('another user can get the id and address, and only their own mails are sent', async () => {
    await putUser(server, { id: 'new', email: 'eve.former@example.com' });
    await putUser(server, { id: 'eve', email: 'eve.former@example.net' });
    await putUser(server, { id: 'eve', email: 'eve.other@example.net' });
    await putUser(server, { id: 'third', email: 'eve.former@example.net' });
    await putUser(server, { id: 'third', email: 'eve.former@example.net', password: 'changed it' });
    await manage(server, 'DELETE', '/api/v1/users/eve/');
    const { rows } = await sql`select kind from mail_outbox
      where recipient = 'eve.former@example.net' order by kind`.execute(server.database.db);
    assert.deepEqual(rows, [{ kind: 'email_changed' }, { kind: 'password_changed' }]);
  });
});

describe('The append-only log refuses', () => {
  const forgetting = async (tx: Tx, id: string) => {
    await sql`select set_config('stagedoor.forget_user', ${id}, true)`.execute(tx);
  };
  const deleting = async (tx: Tx, id: string) => {
    await sql`insert into audit_events (action, actor, user_id)
      values ('stagedoor.directory.user.deleted', 'system', ${id})`.execute(tx);
    await sql`delete from users where id = ${id}`.execute(tx);
    await forgetting(tx, id);
  };
  const clear = sql`update audit_events set ip = null where user_id = 'mallory'`;
  const attempts: Record<string, (tx: Tx) => Promise<unknown>> = {
    'forgetting without a user id': (tx) => clear.execute(tx),
    'forgetting an existing user': async (tx) => {
      await forgetting(tx, 'mallory');
      await clear.execute(tx);
    },
    'forgetting a user whose deletion was not logged': async (tx) => {
      await sql`delete from users where id = 'mallory'`.execute(tx);
      await forgetting(tx, 'mallory');
      await clear.execute(tx);
    },
    'forgetting a user who was deleted earlier': async (tx) => {
      await forgetting(tx, 'eve');
      await sql`update audit_events set ip = null where user_id = 'eve'`.execute(tx);
    },
    'forgetting another user': async (tx) => {
      await deleting(tx, 'mallory');
      await sql`update audit_events set ip = null where user_id = 'ada'`.execute(tx);
    },
    'setting another network address': async (tx) => {
      await deleting(tx, 'mallory');
      await sql`update audit_events set ip = '192.0.2.1' where user_id = 'mallory'`.execute(tx);
    },
    'setting another e-mail address': async (tx) => {
      await deleting(tx, 'mallory');
      await sql`update audit_events set data = data || '{"email": "x@example.org"}'
        where user_id = 'mallory'`.execute(tx);
    },
    'changing the action': async (tx) => {
      await deleting(tx, 'mallory');
      await sql`update audit_events set action = 'stagedoor.user.signed_in'
        where user_id = 'mallory'`.execute(tx);
    },
    'changing the actor': async (tx) => {
      await deleting(tx, 'mallory');
      await sql`update audit_events set actor = 'system' where user_id = 'mallory'`.execute(tx);
    },
    'changing other data': async (tx) => {
      await deleting(tx, 'mallory');
      await sql`update audit_events set data = '{}' where user_id = 'mallory'`.execute(tx);
    },
    'changing the network address of an offer to the user': async (tx) => {
      await deleting(tx, 'mallory');
      await sql`update audit_events set ip = null
        where action = 'stagedoor.application.transfer_offered'`.execute(tx);
    },
  };
  before(async () => {
    await putUser(server, { id: 'mallory' });
    await putUser(server, { id: 'ada', fullName: 'Ada Changed' });
    const { db } = server.database;
    await sql`insert into audit_events (action, actor, user_id, ip)
      values ('stagedoor.application.transfer_offered', 'user:ada', 'ada', '192.0.2.9')`.execute(
      db,
    );
    await sql`insert into audit_events (action, actor, user_id, ip)
      values ('stagedoor.user.signed_in', 'user:eve', 'eve', '192.0.2.9')`.execute(db);
  });
  for (const [what, attempt] of Object.entries(attempts)) {
    test(what, async () => {
      await assert.rejects(inTransaction(server.database.db, attempt), /append-only/);
    });
  }
});
