import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { inTransaction } from '../../src/db/transaction.ts';
import { FAILING } from '../../src/insights/failing.ts';
import { notifyFailing } from '../../src/insights/notify-failing.ts';
import { queuedMails } from '../support/account.ts';
import { cleanUp } from '../support/clean-up.ts';
import { createPlatform, type TestApplication, type TestPlatform } from '../support/factories.ts';
import { signIn } from '../support/flow.ts';
import { manage } from '../support/platform.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { says, textFor } from '../support/texts.ts';
import { UserAgent } from '../support/user-agent.ts';

describe('Mail about an application that has stopped working', () => {
  let server: TestServer;
  let platform: TestPlatform;
  let application: TestApplication;
  let ben: UserAgent;
  let errors: string;

  before(async () => {
    server = await startServer();
    platform = await createPlatform(server);
    application = platform.application;
    errors = `/account/applications/${application.clientId}/errors`;
    ben = new UserAgent(server);
    await signIn(ben, await ben.get('/login'), platform.ben);
  });
  after(() => server.close());

  beforeEach(async () => {
    const { db } = server.database;
    for (const table of ['token_counts', 'client_errors', 'failure_notices', 'mail_outbox']) {
      await sql`delete from ${sql.table(table)}`.execute(db);
    }
  });

  /** Token requests of the application so many minutes ago. */
  async function count(minutes: number, counts: { issued?: number; failed?: number }) {
    const { issued = 0, failed = 0 } = counts;
    await sql`
      insert into token_counts (client_id, at, issued, refreshed, failed)
      values (${application.clientId}, now() - ${minutes} * interval '1 minute', ${issued}, 0, ${failed})
    `.execute(server.database.db);
  }

  /** So many failed token requests of the last minutes. */
  async function fail(failures: number = FAILING.failures, reason = 'client_secret_wrong') {
    await count(1, { failed: failures });
    await sql`
      insert into client_errors (client_id, happened_at, endpoint, error, reason)
      select ${application.clientId}, now() - n * interval '1 minute', 'token', 'invalid_client', ${reason}
      from generate_series(1, ${failures}::int) n
    `.execute(server.database.db);
  }

  async function untilBlocked(): Promise<void> {
    const until = Date.now() + 10_000;
    for (;;) {
      const { rows } = await sql`
        select from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'
      `.execute(server.database.db);
      if (rows.length > 0) {
        return;
      }
      assert.ok(Date.now() < until, 'the second process does not wait');
      await delay(10);
    }
  }

  const notify = () => cleanUp(server, 'failure_notices');
  const mails = () => queuedMails(server, 'application_failing', platform.ben.email);

  it('is sent once, in the owner’s language, with the reason, also by several processes', async () => {
    const { db } = server.database;
    await sql`update users set chosen_locale = 'de' where id = 'ben'`.execute(db);
    await count(2 * 24 * 60, { issued: 1 });
    await fail();
    const other = await inTransaction(db, async (tx) => {
      assert.equal(await notifyFailing(tx, 100), 1);
      // Sees the application as due, and waits for the notice of this transaction.
      const written = inTransaction(db, (second) => notifyFailing(second, 100));
      await untilBlocked();
      return { written };
    });
    assert.equal(await other.written, 0);
    await notify();
    const [mail, ...others] = await mails();
    assert.deepEqual(others, []);
    assert.equal(mail?.locale, 'de');
    const { error, explanation, failures, path } = Object(mail?.data);
    assert.deepEqual([error, failures, path], ['invalid_client', FAILING.failures, errors]);
    assert.equal(explanation, textFor('insights.reason.client_secret_wrong', {}, 'de'));
    await sql`update users set chosen_locale = null where id = 'ben'`.execute(db);
    await sql`update failure_notices set sent_at = sent_at - interval '23 hours'`.execute(db);
    await notify();
    assert.equal((await mails()).length, 1);
    await sql`update failure_notices set sent_at = sent_at - interval '1 hour'`.execute(db);
    await notify();
    assert.equal((await mails()).length, 2);
  });

  const day = 24 * 60;
  for (const [name, prepare] of Object.entries<() => Promise<unknown>>({
    'fewer requests failed': async () => {
      await count(day, { issued: 1 });
      await fail(FAILING.failures - 1);
    },
    'it never worked': async () => fail(),
    'it did not work in the last days': async () => {
      await count(FAILING.workedDays * day + 60, { issued: 1 });
      await fail();
    },
    'a request succeeded in that time': async () => {
      await count(FAILING.minutes - 5, { issued: 1 });
      await fail();
    },
    'users have disconnected it': async () => {
      await count(day, { issued: 1 });
      await fail(FAILING.failures, 'revoked_by_user');
    },
    'requests failed elsewhere': async () => {
      await count(day, { issued: 1 });
      await fail();
      await sql`update client_errors set endpoint = 'authorize'`.execute(server.database.db);
    },
    'it is suspended': async () => {
      const path = `/api/v1/applications/${application.clientId}`;
      await manage(server, 'POST', `${path}/suspend/`, { reason: 'Spam' });
      await count(day, { issued: 1 });
      await fail();
      await notify();
      assert.deepEqual(await mails(), []);
      await manage(server, 'POST', `${path}/resume/`);
      await sql`delete from client_errors`.execute(server.database.db);
    },
  })) {
    it(`is not sent if ${name}`, async () => {
      await prepare();
      await notify();
      assert.deepEqual(await mails(), []);
    });
  }

  it('is turned off and on again by the owner', async () => {
    await count(day, { issued: 1 });
    await fail();
    const page = await ben.get(errors);
    assert.match(page.body, says('insights.mails.text', { ...FAILING }));
    const off = await ben.submit(page, {}, 'wanted');
    assert.match(off.body, says('insights.mails.off'));
    await notify();
    assert.deepEqual(await mails(), []);
    assert.match(
      (await ben.get('/account/activity')).body,
      says('activity.failure_mails_changed', { application: '<bdi>Box Office Sync</bdi>' }),
    );
    const on = await ben.submit(off, {}, 'wanted');
    assert.match(on.body, says('insights.mails.on'));
    await notify();
    assert.equal((await mails()).length, 1);
    const ada = new UserAgent(server);
    await signIn(ada, await ada.get('/login'), platform.ada);
    assert.equal((await ada.get(errors)).status, 404);
  });
});
