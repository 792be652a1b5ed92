import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { sql } from 'kysely';
import type { Candidate } from '../../src/applications/candidate.ts';
import { insertCandidate } from '../../src/applications/candidate-store.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import { continueDeletion, continueIn } from '../../src/deletions/remove-grants.ts';
import { readChanges } from '../support/changes/read-changes.ts';
import { cleanUp } from '../support/clean-up.ts';
import { stagedoorHere } from '../support/command-line.ts';
import { ENGINE_VARIABLES } from '../support/engines.ts';
import { putUser, registerApplication } from '../support/factories.ts';
import { withPlatform } from '../support/fixture.ts';
import { signIn } from '../support/flow.ts';
import { callManagement, manage } from '../support/platform.ts';
import { seedTokens } from '../support/seed-tokens.ts';
import { introspect, refresh } from '../support/tokens.ts';
import { UserAgent } from '../support/user-agent.ts';

/** Users with grants, and grants of each: more in total than a deletion removes at once. */
const USERS = 500;
const EACH = 5;
const ALL = USERS * EACH + 1;

for (const [engine, variables] of Object.entries(ENGINE_VARIABLES)) {
  describe(`Deletion of a user or an application with many grants, on ${engine}`, () => {
    const { server, platform } = withPlatform(variables);
    before(async () => {
      // One of ten has chosen a language, and one of ten is deactivated.
      await sql`
        insert into users (id, email, email_key, chosen_locale, is_active)
        select 'u' || n, 'u' || n || '@example.com', 'u' || n || '@example.com',
          case when n % 10 = 1 then 'de' end, n % 10 <> 2
        from generate_series(1, ${USERS}) n
      `.execute(server.database.db);
    });

    const run = (statement: ReturnType<typeof sql>) => statement.execute(server.database.db);
    const count = async (from: ReturnType<typeof sql>): Promise<number> => {
      const { rows } = await sql<{ n: number }>`select count(*)::int as n from ${from}`.execute(
        server.database.db,
      );
      return rows[0]?.n ?? Number.NaN;
    };
    const isLive = async (token: string) =>
      (await introspect(server, platform.resourceServer, token)).body.active;
    const deletion = async (subject: string) => {
      const path = `/api/v1/deletions/?subject=${subject}`;
      const { body } = await callManagement(server, 'GET', path);
      return Object(body).results[0];
    };
    const finish = () => cleanUp(server, 'deletions');

    /** Grants of the users to an application; all grants of one of ten users have ended. */
    const fill = async (clientId: string) => {
      await sql`
        insert into grants (id, user_id, client_id, scopes, expires_at)
        select gen_random_uuid(), 'u' || n, ${clientId}, '{read}',
          now() + case when n % 10 = 0 then -1 else 1 end * interval '1 day'
        from generate_series(1, ${USERS}) n, generate_series(1, ${EACH})
      `.execute(server.database.db);
      return seedTokens(server.database.db, { userId: 'ada', clientId });
    };
    const newApplication = (name: string) => registerApplication(server, { owner: 'ben', name });

    test('an application: all is ended at once, and removed in batches with one mail per user', async () => {
      const application = await newApplication('Mass Mailer');
      const { clientId } = application;
      const { accessToken, refreshToken } = await fill(clientId);
      assert.equal(await isLive(accessToken), true);
      const { cursor } = await readChanges(server, platform.resourceServer);
      await manage(server, 'DELETE', `/api/v1/applications/${clientId}/`);
      assert.equal(await isLive(accessToken), false);
      const answer = await refresh(server, application, refreshToken);
      assert.equal(answer.status, 401);
      const begun = await deletion(clientId);
      assert.deepEqual([begun.removed, begun.grants, begun.finished_at], [1000, null, null]);
      assert.equal(await count(sql`grants where client_id = ${clientId}`), ALL - 1000);
      const { changes, cursor: next } = await readChanges(server, platform.resourceServer, cursor);
      assert.deepEqual(changes, [`application:${clientId}`]);

      // A process that dies in the middle of a batch has done nothing of it.
      const { db } = server.database;
      await assert.rejects(
        inTransaction(db, async (tx) => {
          assert.equal((await continueIn(tx, 700)).rows, 700);
          throw new Error('killed');
        }),
        { message: 'killed' },
      );
      await continueDeletion(db, 200);
      const half = await deletion(clientId);
      assert.deepEqual([half.removed, half.grants, half.finished_at], [1200, ALL, null]);
      await Promise.all([finish(), finish(), finish()]);
      await finish();

      const { removed, finished_at: finishedAt } = await deletion(clientId);
      assert.deepEqual([removed, typeof finishedAt], [ALL, 'string']);
      assert.equal(await count(sql`grants where client_id = ${clientId}`), 0);
      const logged = sql`audit_events where client_id = ${clientId}
        and action = 'stagedoor.user.oauth.revoked'`;
      const withLiveGrants = USERS * 0.9 + 1;
      assert.equal(await count(logged), withLiveGrants);
      assert.equal(
        await count(sql`(select distinct user_id from ${logged}) users`),
        withLiveGrants,
      );
      const mailed = sql`mail_outbox where kind = 'application_deleted'
        and data #>> '{application,name}' = 'Mass Mailer'`;
      assert.equal(await count(mailed), USERS * 0.8 + 1);
      assert.equal(
        await count(sql`(select distinct recipient from ${mailed}) users`),
        USERS * 0.8 + 1,
      );
      assert.equal(await count(sql`${mailed} and locale = 'de'`), USERS * 0.1);
      const later = await readChanges(server, platform.resourceServer, next);
      assert.deepEqual(later.changes, []);
    });

    test('a user: the ID is refused until all is removed, and the log forgets the user', async () => {
      const { clientId } = await newApplication('Kept');
      const user = await putUser(server, { id: 'mass' });
      await run(sql`
        insert into grants (id, user_id, client_id, scopes, expires_at)
        select gen_random_uuid(), 'mass', ${clientId}, '{read}', now() + interval '1 day'
        from generate_series(1, ${ALL - 1})`);
      await run(sql`
        insert into audit_events (action, actor, user_id, ip, data)
        select 'stagedoor.user.signed_in', 'user:mass', 'mass', '192.0.2.1',
          '{"email_before": "mass@example.org"}'
        from generate_series(1, ${ALL})`);
      const { accessToken } = await seedTokens(server.database.db, { userId: 'mass', clientId });
      await manage(server, 'DELETE', '/api/v1/users/mass/');
      assert.equal(await isLive(accessToken), false);
      const path = '/api/v1/users/mass/';
      assert.equal((await callManagement(server, 'GET', path)).status, 404);
      const body = { email: user.email, full_name: 'Mass', locale: 'en' };
      assert.equal((await callManagement(server, 'PUT', path, body)).status, 409);
      await continueDeletion(server.database.db, 100);
      assert.equal((await callManagement(server, 'PUT', path, body)).status, 409);
      await finish();
      assert.equal((await deletion('mass')).removed, ALL);
      const known = sql`audit_events where user_id = 'mass'
        and (ip is not null or data ? 'email_before')`;
      assert.equal(await count(known), 0);
      assert.equal(
        await count(sql`mail_outbox where data::text like '%Kept%'
        and kind = 'application_deleted'`),
        0,
      );
      assert.equal((await callManagement(server, 'PUT', path, body)).status, 201);
      assert.equal(await isLive(accessToken), false);
    });

    test('an application by its document: the next consent is refused until all is removed', async () => {
      const clientId = 'https://agent.example.com/mass.json';
      const candidate = {
        clientId,
        kind: 'metadata_document' as const,
        name: 'Agent',
        description: '',
        homepageUrl: null,
        privacyPolicyUrl: null,
        termsUrl: null,
        clientType: 'public' as const,
        redirectUris: ['https://agent.example.com/callback'],
        scopes: ['read'],
        fingerprint: 'x',
        fetched: null,
      } satisfies Candidate;
      const insert = () =>
        inTransaction(server.database.db, (tx) => insertCandidate(tx, candidate));
      assert.equal(await insert(), true);
      await fill(clientId);
      // By hand, as an older version of the server does it: nobody is notified a second time.
      await run(sql`delete from applications where client_id = ${clientId}`);
      await assert.rejects(insert(), { code: 'conflict' });
      await finish();
      assert.equal(await count(sql`audit_events where client_id = ${clientId}`), 0);
      assert.equal(await insert(), true);
    });

    test('a grant cannot be added without its user and its application', async () => {
      const { clientId } = await newApplication('Parties');
      const { db } = server.database;
      for (const parties of [
        { userId: 'nobody', clientId },
        { userId: 'ada', clientId: 'nothing' },
      ]) {
        await assert.rejects(seedTokens(db, parties), { code: '23503' });
      }
    });

    test('the command line and the page of the owner show the progress', async () => {
      const { clientId } = await newApplication('Shown');
      await fill(clientId);
      const { databaseUrl = '', dataDir } = server.config;
      const cli = (...args: string[]) =>
        stagedoorHere({ DATABASE_URL: databaseUrl, DATA_DIR: dataDir }, args);
      const deleted = await cli('application', 'delete', clientId, '--yes');
      assert.match(deleted.out, /stagedoor deletion list/, deleted.err);
      const list = await cli('deletion', 'list', '--unfinished');
      assert.match(list.out, new RegExp(`application +${clientId} .* 1,000 +no`));
      const ben = new UserAgent(server);
      await signIn(ben, await ben.get('/login'), platform.ben);
      const page = () => ben.get('/account/applications');
      assert.match((await page()).body, /role="status">“Shown”/);
      await finish();
      assert.doesNotMatch((await page()).body, /Shown/);
      const small = await newApplication('Small');
      const answer = await cli('application', 'delete', small.clientId, '--yes');
      assert.doesNotMatch(answer.out, /deletion list/);
    });
  });
}
