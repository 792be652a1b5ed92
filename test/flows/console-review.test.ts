import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sql } from 'kysely';
import { hourlyJobs } from '../../src/jobs/jobs.ts';
import { press, queuedMails } from '../support/account.ts';
import { withConsole } from '../support/console.ts';
import { putUser, registerApplication, type TestApplication } from '../support/factories.ts';
import { manage } from '../support/platform.ts';
import { says } from '../support/texts.ts';
import { describe as textOf } from '../support/user-agent.ts';

const { server, people, operator, developer, console, register, inConsole, entries } =
  withConsole();

const own = (one: TestApplication) => `/account/applications/${one.clientId}`;

describe('Review of an application', () => {
  test('requested, asked back, requested again, approved, changed: each step is seen', async () => {
    const one = await register('Seatmap');
    const agent = await people.signedIn(developer);
    const queue = async () => (await console.get('/operator')).body;
    assert.ok(!(await queue()).includes(inConsole(one)));
    const ask = () => press(agent, own(one), `${own(one)}/request-review`);
    assert.match((await ask()).body, says('applications.notice.review_requested'));
    await ask();
    assert.equal((await entries('stagedoor.application.review_requested')).length, 1);
    assert.ok((await queue()).includes(inConsole(one)));
    assert.match(await queue(), says('console.first_review'));
    assert.match((await console.get(inConsole(one))).body, says('console.changes.first'));
    assert.match((await console.get('/account/profile')).body, /class="badge">1</);
    assert.equal((await queuedMails(server, 'review_waiting', operator.email)).length, 1);

    const question = 'Which data do you keep?\n<b>Please answer.</b>';
    await press(console, inConsole(one), `${inConsole(one)}/ask`, { question });
    assert.ok(!(await queue()).includes(inConsole(one)));
    const page = await agent.get(own(one));
    assert.ok(page.body.includes('Which data do you keep?\n&lt;b&gt;'), textOf(page));
    const [mail] = await queuedMails(server, 'application_changed', developer.email);
    assert.equal(Object(mail?.data).reason, question);
    await ask();
    assert.ok((await queue()).includes(inConsole(one)));
    assert.equal((await queuedMails(server, 'review_waiting', operator.email)).length, 1);

    const seen = await console.get(inConsole(one));
    const [, version = ''] = /name="version" value="(\d+)"/.exec(seen.body) ?? [];
    await manage(server, 'PATCH', `/api/v1/applications/${one.clientId}/`, { name: 'Other' });
    const stale = await press(console, inConsole(one), `${inConsole(one)}/review`, { version });
    assert.match(stale.body, says('console.notice.changed_meanwhile'));
    const done = await press(console, inConsole(one), `${inConsole(one)}/review`, {
      version: String(Number(version) + 1),
    });
    assert.match(done.body, says('console.notice.reviewed'));
    const [review] = await entries('stagedoor.application.reviewed');
    assert.equal(review?.actor, 'operator:user:olga');
    assert.ok(!(await queue()).includes(inConsole(one)));
    assert.doesNotMatch((await agent.get(own(one))).body, /request-review|Which data/);
    const late = await press(console, '/operator/users/dev', `${inConsole(one)}/ask`, { question });
    assert.match(late.body, says('console.notice.not_asked'));

    const uri = 'https://elsewhere.example.com/callback';
    await manage(server, 'PATCH', `/api/v1/applications/${one.clientId}/`, {
      redirect_uris: [uri],
    });
    assert.ok((await queue()).includes('elsewhere.example.com'));
    const { body } = await console.get(inConsole(one));
    assert.match(body, /<ins><bdi>https:\/\/elsewhere\.example\.com\/callback/);
    assert.match(body, /<del><bdi>https:\/\/app\.example\.com\/callback/);
  });

  test('operators do not decide about their own application, unless there is no other', async () => {
    const { db } = server.database;
    const owner = await putUser(server, { id: 'owen', isOperator: true });
    const one = await registerApplication(server, { owner: owner.id, name: 'Own tool' });
    const path = inConsole(one);
    const agent = await people.signedIn(owner);
    const reviewed = async () =>
      Object(await manage(server, 'GET', `/api/v1/applications/${one.clientId}/`)).reviewed_at;
    const decide = (verb: string) =>
      press(agent, '/operator/users/dev', `${path}/${verb}`, {
        version: '1',
        question: 'Why?',
        reason: '',
      });
    const page = await agent.get(path);
    assert.match(page.body, says('console.own.others'));
    assert.ok(page.body.includes('Olga Example'), 'the page names who can decide');
    assert.ok(!page.body.includes(`${path}/review`) && !page.body.includes(`${path}/ask`));
    for (const verb of ['review', 'ask', 'suspend', 'resume']) {
      const { body } = await decide(verb);
      const expected = verb === 'suspend' ? 'suspended' : 'own_application';
      assert.match(body, says(`console.notice.${expected}`), verb);
    }
    await press(console, path, `${path}/resume`);
    assert.equal(await reviewed(), null);

    await sql`update users set is_operator = false where id <> 'owen'`.execute(db);
    try {
      assert.match((await agent.get(path)).body, says('console.own.alone'));
      assert.match((await decide('review')).body, says('console.notice.reviewed'));
      const last = (await entries('stagedoor.application.reviewed')).at(-1);
      assert.deepEqual(
        [last?.actor, last?.data],
        [
          'operator:user:owen',
          {
            application: 'Own tool',
            version: 1,
            by_owner: true,
          },
        ],
      );
      assert.match((await agent.get('/operator/log')).body, says('console.data.by_owner'));
    } finally {
      await sql`update users set is_operator = true where id = ${operator.id}`.execute(db);
    }
  });

  test('changed keys, a change of no recorded field and a suspicious name are seen', async () => {
    const { db } = server.database;
    const agent = await register('Keyed');
    const page = async () => (await console.get(inConsole(agent))).body;
    const approve = async () => {
      const [, version = ''] = /name="version" value="(\d+)"/.exec(await page()) ?? [];
      await press(console, inConsole(agent), `${inConsole(agent)}/review`, { version });
    };
    const change = (values: { fingerprint?: string; client_type?: 'public'; name?: string }) =>
      db.updateTable('applications').set(values).where('client_id', '=', agent.clientId).execute();
    await change({ fingerprint: 'first-keys' });
    await approve();
    await change({ fingerprint: 'other-keys', client_type: 'public' });
    const changed = await page();
    for (const value of ['first-keys', 'confidential']) {
      assert.ok(changed.includes(`<del><bdi>${value}`), value);
    }
    for (const value of ['other-keys', 'public']) {
      assert.ok(changed.includes(`<ins><bdi>${value}`), value);
    }
    assert.match((await console.get('/operator')).body, says('console.field.fingerprint'));

    await sql`update application_reviews set reviewed_details = reviewed_details
      - 'fingerprint' - 'clientType' where client_id = ${agent.clientId}`.execute(db);
    assert.match(await page(), says('console.changes.unrecorded'));
    assert.match((await console.get('/operator')).body, says('console.changes.unrecorded'));

    assert.doesNotMatch(await page(), says('console.need.name_claims_review'));
    await change({ name: 'Verified Seats' });
    assert.match(await page(), says('console.need.name_claims_review'));
    assert.match((await console.get('/operator')).body, says('console.need.name_claims_review'));
    await approve();
    assert.doesNotMatch(await page(), says('console.need.name_claims_review'));
  });

  test('a private-use scheme that other apps share is seen before the approval', async () => {
    const scheme = 'com.example.shared:/callback';
    const [first, second] = [await register('First'), await register('Second')];
    await server.database.db
      .updateTable('applications')
      .set({ redirect_uris: [scheme], owner_id: null })
      .where('client_id', 'in', [first.clientId, second.clientId])
      .execute();
    const page = async () => (await console.get(inConsole(second))).body;
    assert.match(await page(), says('console.need.scheme_of_unreviewed'));
    const { body } = await console.get(inConsole(first));
    const [, version = ''] = /name="version" value="(\d+)"/.exec(body) ?? [];
    await press(console, inConsole(first), `${inConsole(first)}/review`, { version });
    assert.match(await page(), says('console.need.scheme_of_reviewed'));
  });

  test('operators get at most one mail a day, and none without something new', async () => {
    const job = hourlyJobs(server.config).find(({ name }) => name === 'review_notices');
    const run = () => job?.begin(server.database.db)(1000);
    const mails = async () => (await queuedMails(server, 'review_waiting', operator.email)).length;
    const age = (hours: number) =>
      sql`update operator_notices set sent_at = now() - make_interval(hours => ${hours})`.execute(
        server.database.db,
      );
    const before = await mails();
    await age(23);
    await run();
    assert.equal(await mails(), before);
    await age(25);
    await Promise.all([run(), run()]);
    assert.equal(await mails(), before + 1);
    await age(25);
    await sql`update application_reviews set requested_at = now() - interval '30 hours'
      where requested_at is not null`.execute(server.database.db);
    await sql`update applications set updated_at = now() - interval '30 hours'`.execute(
      server.database.db,
    );
    await run();
    assert.equal(await mails(), before + 1);
  });

  test('the mail of a request is not sent again a day later', async () => {
    const { db } = server.database;
    const job = hourlyJobs(server.config).find(({ name }) => name === 'review_notices');
    await sql`delete from operator_notices`.execute(db);
    const one = await register('Once');
    const agent = await people.signedIn(developer);
    await press(agent, own(one), `${own(one)}/request-review`);
    const before = await queuedMails(server, 'review_waiting', operator.email);
    await sql`update operator_notices set sent_at = sent_at - interval '25 hours',
      counted_until = counted_until - interval '25 hours'`.execute(db);
    await sql`update application_reviews set requested_at = requested_at - interval '25 hours'`.execute(
      db,
    );
    await sql`update applications set updated_at = updated_at - interval '25 hours'`.execute(db);
    await job?.begin(db)(1000);
    const after = await queuedMails(server, 'review_waiting', operator.email);
    assert.equal(after.length, before.length);
    const mails = await db.selectFrom('operator_notices').select('sent_at').execute();
    assert.ok(mails.length > 0);
  });

  test('suspends and resumes with the reason, as the operator user', async () => {
    const one = await register('Stopped');
    await press(console, inConsole(one), `${inConsole(one)}/suspend`, { reason: 'Phishing' });
    const [suspension] = (await entries('stagedoor.application.suspended')).slice(-1);
    assert.deepEqual(
      [suspension?.actor, suspension?.client_id, Object(suspension?.data).reason],
      ['operator:user:olga', one.clientId, 'Phishing'],
    );
    const call = (await entries('stagedoor.operator.called')).findLast(
      ({ data }) => Object(data).path === '/operator/applications/:clientId/suspend',
    );
    assert.equal(call?.actor, 'operator:user:olga');
    assert.ok(call?.ip);
    await press(console, inConsole(one), `${inConsole(one)}/resume`);
    const resumed = (await entries('stagedoor.application.resumed')).at(-1);
    assert.equal(resumed?.client_id, one.clientId);
  });
});

describe('Texts of operators', () => {
  test('are refused if they are too long or do not print, and change nothing', async () => {
    const one = await register('Odd reason');
    for (const value of ['a\0b', 'a\u0007b', 'a\u202eb', `${'a'.repeat(1999)}\u{1f600}`]) {
      for (const [verb, values] of [
        ['suspend', { reason: value }],
        ['ask', { question: value }],
      ] as const) {
        const answer = await press(console, inConsole(one), `${inConsole(one)}/${verb}`, values);
        assert.equal(answer.status, 200, JSON.stringify(value));
        assert.match(answer.body, says('console.notice.text_refused'), JSON.stringify(value));
      }
    }
    const suspended = await entries('stagedoor.application.suspended');
    assert.ok(!suspended.some(({ client_id: id }) => id === one.clientId));
  });
});
