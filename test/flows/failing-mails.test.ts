import assert from 'node:assert/strict';
import { before, beforeEach, describe, it } from 'node:test';
import { sql } from 'kysely';
import { inTransaction } from '../../src/db/transaction.ts';
import {
  AUTHENTICATED_REASONS,
  FAILING,
  OWN_TOKEN_REASONS,
  SECRET_REASONS,
} from '../../src/insights/failing-store.ts';
import { notifyFailing } from '../../src/insights/failure-mails.ts';
import { queuedMails } from '../support/account.ts';
import { cleanUp } from '../support/clean-up.ts';
import { assertionOf, makeKeyPair } from '../support/client-keys.ts';
import { registerApplication, type TestApplication } from '../support/factories.ts';
import { prepared, withPlatform } from '../support/fixture.ts';
import { signIn } from '../support/flow.ts';
import { until } from '../support/outbox.ts';
import { manage } from '../support/platform.ts';
import { says, textFor } from '../support/texts.ts';
import { type FormParameters, postForm } from '../support/tokens.ts';
import { untilBlocked } from '../support/until-blocked.ts';
import { UserAgent } from '../support/user-agent.ts';

describe('Mail about an application that has stopped working', () => {
  const { server, platform } = withPlatform();
  let ben: UserAgent;
  let errors: string;
  const { application } = platform;
  const publicApplication = prepared(() =>
    registerApplication(server, {
      owner: 'ben',
      name: 'Door List',
      clientType: 'public',
    }),
  );

  before(async () => {
    errors = `/account/applications/${application.clientId}/errors`;
    ben = new UserAgent(server);
    await signIn(ben, await ben.get('/login'), platform.ben);
  });

  beforeEach(async () => {
    const { db } = server.database;
    for (const table of [
      'token_counts',
      'client_errors',
      'failure_notices',
      'mail_outbox',
      'authentication_failures',
    ]) {
      await sql`delete from ${sql.table(table)}`.execute(db);
    }
  });

  /** Token requests of an application so many minutes ago. */
  async function count(
    minutes: number,
    counts: { issued?: number; failed?: number },
    { clientId } = application,
  ) {
    const { issued = 0, failed = 0 } = counts;
    await sql`
      insert into token_counts (client_id, at, issued, refreshed, failed)
      values (${clientId}, now() - ${minutes} * interval '1 minute', ${issued}, 0, ${failed})
    `.execute(server.database.db);
  }

  /** So many failed token requests of the last minutes. */
  async function fail(
    failures: number = FAILING.failures,
    reason = 'refresh_token_unknown',
    of = application,
  ) {
    await count(1, { failed: failures }, of);
    await sql`
      insert into client_errors (client_id, happened_at, endpoint, error, reason)
      select ${of.clientId}, now() - n * interval '1 minute', 'token', 'invalid_grant', ${reason}
      from generate_series(1, ${failures}::int) n
    `.execute(server.database.db);
  }

  const day = 24 * 60;

  /** Sends a failing token request often enough, to an application that worked yesterday. */
  async function send(
    of: TestApplication,
    requests: readonly FormParameters[],
    client: Parameters<typeof postForm>[2] = undefined,
  ) {
    const { db } = server.database;
    await count(day, { issued: 1 }, of);
    await count(1, { failed: FAILING.failures }, of);
    for (const request of requests) {
      for (let sent = 0; sent < FAILING.failures; sent += 1) {
        const { status } = await postForm(server, 'token', client, request);
        assert.ok(status === 400 || status === 401, `status ${status}`);
      }
    }
    const wanted = requests.length * FAILING.failures;
    const found = () => db.selectFrom('client_errors').select('reason').execute();
    await until(async () => (await found()).length >= wanted);
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
      await untilBlocked(server.database);
      return { written };
    });
    assert.equal(await other.written, 0);
    await notify();
    const [mail, ...others] = await mails();
    assert.deepEqual(others, []);
    assert.equal(mail?.locale, 'de');
    const { error, explanation, failures, path } = Object(mail?.data);
    assert.deepEqual([error, failures, path], ['invalid_grant', FAILING.failures, errors]);
    assert.equal(explanation, textFor('insights.reason.refresh_token_unknown', {}, 'de'));
    await sql`update users set chosen_locale = null where id = 'ben'`.execute(db);
    await sql`update failure_notices set sent_at = sent_at - interval '23 hours'`.execute(db);
    await notify();
    assert.equal((await mails()).length, 1);
    await sql`update failure_notices set sent_at = sent_at - interval '1 hour'`.execute(db);
    await notify();
    assert.equal((await mails()).length, 2);
  });

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

  const lure = 'Sign in at evil.example within 24 hours';

  it('is not sent if strangers send requests to a confidential application', async () => {
    const { clientId: client_id } = application;
    const assertion = await assertionOf(server.issuer, client_id, await makeKeyPair(), {
      claims: { aud: lure },
    });
    await send(application, [
      { client_id, grant_type: lure },
      { client_id, client_secret: 'x', grant_type: lure },
      {
        ...assertion,
        grant_type: 'refresh_token',
        refresh_token: 'x',
      },
    ]);
    await notify();
    assert.deepEqual(await mails(), []);
  });

  it('is not sent if strangers send requests to a public application', async () => {
    const { clientId: client_id } = publicApplication;
    await send(publicApplication, [
      { client_id, grant_type: lure },
      { client_id, grant_type: 'refresh_token', refresh_token: 'x' },
      { client_id, client_secret: 'x', grant_type: lure },
      {
        client_id,
        grant_type: 'authorization_code',
        code: 'x',
        redirect_uri: publicApplication.redirectUri,
      },
    ]);
    await notify();
    assert.deepEqual(await mails(), []);
  });

  it('contains no values of a request', async () => {
    await send(application, [{ grant_type: lure }], application);
    await notify();
    const [mail] = await mails();
    assert.equal(
      Object(mail?.data).explanation,
      textFor('insights.reason.grant_type_unsupported', { sent: '[…]' }),
    );
    assert.doesNotMatch(JSON.stringify(mail), /evil/);
  });

  it('leaves no placeholder in a reason', async () => {
    await sql`update users set chosen_locale = 'de' where id = 'ben'`.execute(server.database.db);
    for (const reason of [...OWN_TOKEN_REASONS, ...AUTHENTICATED_REASONS]) {
      await sql`delete from client_errors`.execute(server.database.db);
      await sql`delete from failure_notices`.execute(server.database.db);
      await sql`delete from token_counts`.execute(server.database.db);
      await count(day, { issued: 1 });
      await fail(FAILING.failures, reason);
      await notify();
    }
    await sql`update users set chosen_locale = null where id = 'ben'`.execute(server.database.db);
    const texts = (await mails()).map(({ data }) => String(Object(data).explanation));
    assert.equal(texts.length, OWN_TOKEN_REASONS.length + AUTHENTICATED_REASONS.length);
    assert.deepEqual(
      texts.filter((text) => /[{}]/.test(text)),
      [],
    );
  });

  it('is sent if an old secret is still in use, counted as often as it was', async () => {
    const { db } = server.database;
    const { clientId } = application;
    const uses = (times: number) =>
      sql`
      insert into authentication_failures (hour, endpoint, client_id, reason, ip, count)
      values (date_trunc('hour', now()), 'token', ${clientId}, 'expired', '', ${times}),
        (date_trunc('hour', now()), 'token', ${clientId}, 'wrong', '', 100)
      on conflict (hour, endpoint, client_id, reason, ip) do update set count = excluded.count
    `.execute(db);
    for (const reason of SECRET_REASONS) {
      await sql`delete from client_errors`.execute(db);
      await sql`delete from failure_notices`.execute(db);
      await sql`delete from token_counts`.execute(db);
      await sql`delete from mail_outbox`.execute(db);
      await count(day, { issued: 1 });
      await fail(20, reason);
      await uses(FAILING.failures - 1);
      await notify();
      assert.deepEqual(await mails(), []);
      await uses(FAILING.failures);
      await notify();
      const [mail] = await mails();
      const { failures, explanation } = Object(mail?.data);
      assert.deepEqual(
        [failures, explanation],
        [FAILING.failures, textFor(`insights.reason.${reason}`)],
      );
    }
  });

  it('is sent if tokens that were issued to a public application fail', async () => {
    await count(day, { issued: 1 }, publicApplication);
    await fail(FAILING.failures, 'ended_by_reuse', publicApplication);
    await notify();
    assert.equal((await mails()).length, 1);
  });

  it('is sent also if many authorization requests have failed since', async () => {
    await count(day, { issued: 1 });
    await fail();
    await sql`
      insert into client_errors (client_id, happened_at, endpoint, error, reason)
      select ${application.clientId}, now(), 'authorize', 'invalid_request', 'pkce_missing'
      from generate_series(1, 300)
    `.execute(server.database.db);
    await notify();
    assert.equal((await mails()).length, 1);
  });

  it('is sent to another owner although the former one turned it off', async () => {
    const path = `/api/v1/applications/${application.clientId}/`;
    await ben.submit(await ben.get(errors), {}, 'wanted');
    await manage(server, 'PATCH', path, { owner: 'ada' });
    await count(day, { issued: 1 });
    await fail();
    await notify();
    const sent = await queuedMails(server, 'application_failing', platform.ada.email);
    await manage(server, 'PATCH', path, { owner: 'ben' });
    assert.equal(sent.length, 1);
  });

  it('is turned off and on again by the owner', async () => {
    await count(day, { issued: 1 });
    await fail();
    const page = await ben.get(errors);
    assert.match(page.body, says('insights.mails.rule', { ...FAILING }));
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
