import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, describe, test } from 'node:test';
import { sql } from 'kysely';
import { readConfig } from '../../src/config/config.ts';
import type { Database } from '../../src/db/database.ts';
import { compactListChanges, countEntries } from '../../src/db/list-changes.ts';
import { endJob, extendJob, selectJobs, takeJob } from '../../src/jobs/job-store.ts';
import { countBacklog } from '../../src/jobs/prune.ts';
import { type Job, runJob } from '../../src/jobs/run-job.ts';
import { cleanUp } from '../support/clean-up.ts';
import { ENGINES } from '../support/engines.ts';
import { withPlatform } from '../support/fixture.ts';
import { signIn } from '../support/flow.ts';
import { manage } from '../support/platform.ts';
import { obtainTokens, refresh } from '../support/tokens.ts';
import { UserAgent } from '../support/user-agent.ts';

const config = readConfig({ GRANT_RETENTION_DAYS: '100', REFRESH_TOKEN_TTL: '864000' });

for (const [engine, open] of Object.entries(ENGINES)) {
  describe(`Cleanup jobs on ${engine}`, () => {
    let database: Database;
    let remove: () => Promise<void>;
    const clean = (...names: string[]) => cleanUp({ database, config }, ...names);
    const signal = new AbortController().signal;

    before(async () => {
      [database, remove] = await open();
      await sql`insert into users (id, email, email_key) values ('ada', 'a@b.c', 'a@b.c')`.execute(
        database.db,
      );
      await sql`
        insert into applications (client_id, owner_id, name, client_type, redirect_uris, scopes)
        values ('app', 'ada', 'App', 'confidential', '{}', '{}')
      `.execute(database.db);
      await sql`insert into organizers (slug, name) values ('red', '"Red"')`.execute(database.db);
    });
    afterEach(async () => {
      await sql`delete from grants`.execute(database.db);
      await sql`delete from jobs`.execute(database.db);
    });
    after(async () => {
      await database.close();
      await remove();
    });

    /** Adds grants by their names, which are also the hashes of their tokens. */
    async function addGrant(
      id: string,
      { revoked = null, ended = '-1 day' }: { revoked?: string | null; ended?: string } = {},
    ): Promise<void> {
      await sql`
        insert into grants (id, user_id, client_id, scopes, expires_at, revoked_at, revocation_reason)
        values (${id}, 'ada', 'app', '{read}', now() - ${ended}::interval,
          now() - ${revoked}::interval, ${revoked && 'revoked_by_user'})
      `.execute(database.db);
      await sql`insert into grant_organizers values (${id}, 'red')`.execute(database.db);
    }

    async function addTokens(id: string, expired: string, issued = '100 days'): Promise<void> {
      const hash = sql`sha256(convert_to(${`${id} ${expired} ${issued}`}, 'utf8'))`;
      const times = sql`now() - ${issued}::interval, now() - ${expired}::interval`;
      await sql`
        insert into refresh_tokens (token_hash, grant_id, family_id, scopes, rotations,
          first_issued_at, issued_at, expires_at)
        values (${hash}, ${id}, ${randomUUID()}, '{}', 0, now(), ${times})
      `.execute(database.db);
      await sql`
        insert into access_tokens (token_hash, grant_id, family_id, scopes, issued_at, expires_at)
        values (${hash}, ${id}, ${randomUUID()}, '{}', ${times})
      `.execute(database.db);
      await sql`
        insert into authorization_codes (code_hash, grant_id, redirect_uri, scopes, issued_at,
          expires_at)
        values (${hash}, ${id}, '', '{}', ${times})
      `.execute(database.db);
    }

    async function ids(table: 'grants' | 'grant_organizers'): Promise<string[]> {
      const id = table === 'grants' ? 'id' : 'grant_id';
      const { rows } = await sql<{ id: string }>`
        select ${sql.ref(id)} as id from ${sql.table(table)} order by 1
      `.execute(database.db);
      return rows.map((row) => row.id);
    }

    /** Returns the ages of the tokens in a table, in whole days since they expired. */
    async function ages(table: string): Promise<number[]> {
      const { rows } = await sql<{ days: number }>`
        select extract(day from now() - expires_at)::int as days from ${sql.table(table)} order by 1
      `.execute(database.db);
      return rows.map(({ days }) => days);
    }

    test('grants that ended before the retention are deleted with all their rows', async () => {
      await addGrant('live');
      await addGrant('expired', { ended: '99 days' });
      await addGrant('long expired', { ended: '101 days' });
      await addGrant('revoked', { revoked: '99 days' });
      await addGrant('long revoked', { revoked: '101 days' });
      await addTokens('long revoked', '-1 hour');
      await clean('revoked_grants', 'expired_grants');
      const kept = ['expired', 'live', 'revoked'];
      assert.deepEqual(await ids('grants'), kept);
      assert.deepEqual(await ids('grant_organizers'), kept);
      assert.deepEqual(await ages('access_tokens'), []);
      const count = await countEntries(database.db, { list: 'grants', facet: 'app' });
      assert.equal(count, kept.length);
    });

    test('tokens are kept for reuse detection and statistics, and then deleted', async () => {
      await addGrant('g');
      for (const expired of ['-2 days', '2 hours', '2 days', '6 days', '8 days', '40 days']) {
        await addTokens('g', expired);
      }
      await addTokens('g', '23 days', '31 days');
      await addTokens('g', '24 days', '34 days');
      await clean('codes', 'access_tokens', 'refresh_tokens');
      assert.deepEqual(await ages('authorization_codes'), [-1, 0]);
      assert.deepEqual(await ages('access_tokens'), [-1, 0, 2, 6]);
      // Statistics cover 32 days: with a token lifetime of 10 days, tokens that expired 22 days ago
      // count.
      assert.deepEqual(await ages('refresh_tokens'), [-1, 0, 2, 6, 8, 23]);
    });

    test('many rows are deleted in batches, including rows with the same expiry time', async () => {
      await addGrant('g');
      await sql`
        insert into access_tokens (token_hash, grant_id, family_id, scopes, issued_at, expires_at)
        select sha256(n::text::bytea), 'g', gen_random_uuid(), '{}', now(),
          date_trunc('day', now()) - interval '9 days' + (n % 2) * interval '1 hour'
        from generate_series(1, 3000) n
      `.execute(database.db);
      const progress: number[] = [];
      const { frequentJobs, hourlyJobs } = await import('../../src/jobs/jobs.ts');
      const jobs = [...frequentJobs(), ...hourlyJobs(config)];
      const job = jobs.find(({ name }) => name === 'access_tokens');
      assert.ok(job);
      const [waiting] = (await countBacklog(database.db, config)).filter(
        ({ name }) => name === 'access_tokens',
      );
      assert.equal(waiting?.rows, 3000);
      assert.ok(waiting.lag > 86_400 && waiting.lag < 3 * 86_400);
      const holder = randomUUID();
      const onProgress = (rows: number) => progress.push(rows);
      const run = { db: database.db, holder, besides: [], signal, onProgress };
      assert.equal(await runJob(job, run), 3000);
      assert.ok(progress.length > 2 && (progress[0] ?? 0) < 1000, String(progress));
      assert.deepEqual(await ages('access_tokens'), []);
      const [state] = await selectJobs(database.db);
      assert.equal(state?.rows, 3000);
      assert.ok(state.finishedAt !== null && !state.failed);
    });

    test('a job runs in one process at a time, and another process continues when its lease ends', async () => {
      const { db } = database;
      const [one, other] = [randomUUID(), randomUUID()];
      const take = (holder: string, name = 'a', early = false) =>
        takeJob(db, { name, holder, besides: ['a', 'b'], early });
      assert.equal(await take(one), true);
      assert.equal(await take(other), false);
      assert.equal(await take(other, 'a', true), false, 'a running job can’t start early');
      assert.equal(await take(other, 'b'), false, 'another job is running');
      assert.equal(await extendJob(db, 'a', one), true);
      await db
        .updateTable('jobs')
        .set({ due_at: new Date(0) })
        .execute();
      assert.equal(await take(other), true, 'the lease has ended');
      assert.equal(await extendJob(db, 'a', one), false);
      await endJob(
        db,
        { name: 'a', holder: one, interval: 3600 },
        { state: 'finished', rows: 1, seconds: 1 },
      );
      assert.equal((await selectJobs(db))[0]?.finishedAt, null, 'the lease was lost');
      await endJob(
        db,
        { name: 'a', holder: other, interval: 3600 },
        { state: 'finished', rows: 2, seconds: 1 },
      );
      assert.equal(await take(one), false, 'not due');
      assert.equal(await take(one, 'b'), true);
      assert.equal(await take(one, 'a', true), true, 'early');
    });

    test('a failing job is recorded as failed, and an aborted job can continue immediately', async () => {
      const holder = randomUUID();
      const run = { db: database.db, holder, besides: [] };
      const failing: Job = {
        name: 'failing',
        interval: 60,
        begin: () => () => Promise.reject(new Error('no')),
      };
      await assert.rejects(runJob(failing, { ...run, signal }), /^Error: no$/);
      const [state] = await selectJobs(database.db);
      assert.deepEqual([state?.failed, state?.finishedAt], [true, null]);
      assert.equal(await runJob(failing, { ...run, signal }), undefined, 'not due');
      const stopping = new AbortController();
      const endless: Job = {
        name: 'endless',
        interval: 60,
        begin: () => async () => {
          stopping.abort();
          return { rows: 1, more: true };
        },
      };
      await runJob(endless, { ...run, signal: stopping.signal });
      const next = {
        db: database.db,
        holder: randomUUID(),
        besides: ['endless'],
        signal,
        early: true,
      };
      assert.equal(await takeJob(next.db, { ...next, name: 'endless' }), true);
    });

    test('compaction rewrites only the counters that changed', async () => {
      const { db } = database;
      const compact = () => compactListChanges(db, 1000);
      while ((await compact()) > 0) {}
      await addGrant('one');
      await compact();
      const sums = async () => {
        const { rows } = await sql<{ id: string }>`
          select concat_ws(' ', list, facet, day, ctid) as id from list_changes order by 1
        `.execute(db);
        return rows.map(({ id }) => id);
      };
      const before = await sums();
      assert.equal(await compact(), 0);
      assert.deepEqual(await sums(), before);
      await sql`insert into organizers (slug, name) values (${randomUUID()}, '""')`.execute(db);
      await compact();
      const kept = new Set(await sums());
      const rewritten = before.filter((id) => !kept.has(id)).map((id) => id.split(' ')[0]);
      assert.deepEqual([...new Set(rewritten)], ['organizers']);
      const { rows } = await sql<{ n: number }>`select count(*)::int as n from organizers`.execute(
        db,
      );
      assert.equal(await countEntries(db, { list: 'organizers' }), rows[0]?.n);
    });

    test('counters of past days are merged into one', async () => {
      await addGrant('one', { ended: '20 days' });
      await addGrant('two', { ended: '30 days' });
      await clean('list_counters', 'past_list_counters', 'list_counters');
      const { rows } = await sql<{ day: unknown; entries: string }>`
        select day, entries from list_changes where list = 'grants' and facet = 'app'
      `.execute(database.db);
      assert.deepEqual(
        rows.map(({ day, entries }) => [day, Number(entries)]),
        [[null, 2]],
      );
      await sql`delete from grants where id = 'one'`.execute(database.db);
      await clean('list_counters', 'past_list_counters', 'list_counters');
      assert.equal(await countEntries(database.db, { list: 'grants', facet: 'app' }), 1);
    });
  });
}

describe('Grant deleted after its retention', () => {
  const { server, platform } = withPlatform();

  test('its log entries stay, and its tokens are refused like unknown ones', async () => {
    const { application, ada } = platform;
    const tokens = await obtainTokens(server, { application, user: ada });
    const agent = new UserAgent(server);
    await signIn(agent, await agent.get('/login'), ada);
    const { id } = await server.database.db
      .selectFrom('grants')
      .select('id')
      .executeTakeFirstOrThrow();
    await manage(server, 'POST', `/api/v1/grants/${id}/revoke/`);
    await sql`update grants set revoked_at = now() - interval '401 days'`.execute(
      server.database.db,
    );
    await cleanUp(server, 'revoked_grants');
    assert.deepEqual(await server.database.db.selectFrom('grants').select('id').execute(), []);
    const { status, body } = await refresh(server, application, tokens.refreshToken);
    assert.deepEqual([status, body.error], [400, 'invalid_grant']);
    for (const path of ['/account/activity', '/account/authorizations']) {
      const page = await agent.get(path);
      assert.equal(page.status, 200);
      if (path.endsWith('activity')) {
        assert.match(page.body, /Box Office Sync/);
      }
    }
    const log = JSON.stringify(await manage(server, 'GET', '/api/v1/logentries/'));
    assert.match(log, new RegExp(`"stagedoor.user.oauth.revoked"[^}]*"grant":"${id}"`));
  });

  test('jobs and backlog are in the metrics', async () => {
    await sql`insert into jobs (name, due_at, finished_at) values
      ('of_another_version', now(), now() - interval '9 days')`.execute(server.database.db);
    await sql`delete from jobs where name = 'past_list_counters'`.execute(server.database.db);
    const text = await (await fetch(`${server.issuer}/metrics`)).text();
    assert.doesNotMatch(text, /of_another_version/);
    assert.match(
      text,
      /^stagedoor_job_last_success_timestamp_seconds\{job="past_list_counters"\} 0$/m,
    );
    assert.match(text, /^stagedoor_job_due_rows\{job="access_tokens"\} 0$/m);
    assert.match(text, /^stagedoor_job_lag_seconds\{job="expired_grants"\} 0$/m);
    assert.match(text, /^stagedoor_job_last_success_timestamp_seconds\{job="sessions"\} \d+/m);
    assert.match(text, /^stagedoor_job_failed\{job="sessions"\} 0$/m);
  });
});
