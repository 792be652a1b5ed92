import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { compactListChanges } from '../../src/db/list-changes.ts';
import { listManagedGrants } from '../../src/grants/management-store.ts';
import { countLargeOrganizers, hasCounters } from '../../src/grants/organizer-counter-store.ts';
import { cleanUp } from '../support/clean-up.ts';
import { type ManagementServer, startManagementServer } from '../support/management-server.ts';

/** Grants from which on an organizer has counters here. */
const MANY = 20;

let server: ManagementServer;
before(async () => {
  server = await startManagementServer();
  await run(
    `insert into organizers (slug, name) values ('red', '"R"'), ('blue', '"B"'), ('small', '"S"')`,
  );
  await run(`insert into users (id, email, email_key) values ('ada', 'a@e.com', 'a@e.com')`);
  await run(`insert into applications (client_id, name, client_type, redirect_uris, scopes)
    select 'a' || n, 'App', 'public', '{}', '{read}' from generate_series(0, 2) n`);
});
after(() => server.close());

const run = (text: string) => sql.raw(text).execute(server.database.db);

/** Adds grants of three applications that end in a few minutes to some days. */
async function addGrants(prefix: string, count: number, organizers: readonly string[]) {
  await run(`
    with inserted as (
      insert into grants (id, user_id, client_id, scopes, expires_at)
        select '${prefix}' || n, 'ada', 'a' || n % 3, '{read}', now() + (n % 5) * interval '1 day' + interval '5 minutes'
        from generate_series(1, ${count}) n
      returning id
    )
    insert into grant_organizers
      select id, unnest('{${organizers.join()}}'::text[]) from inserted`);
}

/** Runs the job; returns true if an organizer has complete counters. */
async function countGrants(slug: string): Promise<boolean> {
  const doBatch = countLargeOrganizers(server.database.db, MANY);
  // Fewer than there are organizers.
  while ((await doBatch(2)).more) {}
  return hasCounters(server.database.db, slug);
}

/** Runs the job until no transaction is open any more that began before, also one of another test. */
async function completeCounters(slug: string): Promise<void> {
  while (!(await countGrants(slug))) {}
}

/** Compares each filtered count of an organizer with the rows. */
async function assertExact(slug: string, when: string): Promise<void> {
  const { db } = server.database;
  for (const clientId of [undefined, 'a1']) {
    for (const active of [undefined, true, false]) {
      const filters = { organizer: slug, clientId, active };
      const { count } = await listManagedGrants(db, { limit: 1, offset: 0 }, filters);
      const { rows } = await sql<{ count: number }>`
        select count(*)::int as count from grants g
        join grant_organizers o on o.grant_id = g.id and o.organizer_slug = ${slug}
        where (${clientId ?? null}::text is null or g.client_id = ${clientId ?? null})
          and (${active ?? null}::boolean is null or ${active ?? null}::boolean
            = (g.revoked_at is null and least(g.expires_at, g.ends_at) > now()))
      `.execute(db);
      assert.equal(count, rows[0]?.count, `${JSON.stringify(filters)} ${when}`);
    }
  }
}

test('Grants of an organizer with many are counted exactly after every change', async () => {
  const { db } = server.database;
  await addGrants('r', 60, ['red', 'small']);
  await run(`delete from grant_organizers where organizer_slug = 'small' and grant_id <> 'r1'`);
  await completeCounters('red');
  assert.equal(await hasCounters(db, 'small'), false);
  await assertExact('red', 'at first');
  const changes: Record<string, string> = {
    'a refresh': `update grants set expires_at = expires_at + interval '1 day' where id like 'r1%'`,
    'a revocation': `update grants set revoked_at = now(), revocation_reason = 'replaced' where id like 'r2%'`,
    'an end': `update grants set ends_at = now() - interval '1 second' where id like 'r3%'`,
    'an organizer less': `delete from grant_organizers where grant_id like 'r4%'`,
    'a deleted grant': `delete from grants where id like 'r%5'`,
  };
  for (const [name, change] of Object.entries(changes)) {
    await run(change);
    await assertExact('red', `after ${name}`);
    await compactListChanges(db, 1_000);
    await assertExact('red', `after ${name} and compaction`);
  }
  await addGrants('s', 30, ['red']);
  await assertExact('red', 'after new ones');
  await run(`update grants set expires_at = now() - interval '3 days' where id like 's1%'`);
  await cleanUp(server, 'list_counters', 'past_list_counters', 'list_counters');
  await assertExact('red', 'after their last day');
  const { rows } = await sql`
    select from list_changes where list = 'grants/red' and day < now() - interval '2 days'
  `.execute(db);
  assert.equal(rows.length, 0);
  await countGrants('red');
  await assertExact('red', 'after the next run');
});

test('Counters of an organizer wait for transactions that began before and hold up none', async () => {
  const { db } = server.database;
  await addGrants('b', 60, ['blue']);
  const { promise: isCounted, resolve: commit } = Promise.withResolvers<void>();
  const changed = Promise.withResolvers<void>();
  const open = db.transaction().execute(async (tx) => {
    await sql`update grants set expires_at = expires_at + interval '9 days' where id like 'b1%'`.execute(
      tx,
    );
    await sql`delete from grant_organizers where grant_id = 'b20'`.execute(tx);
    await sql`delete from grants where id = 'b30'`.execute(tx);
    changed.resolve();
    await isCounted;
  });
  await changed.promise;
  assert.equal(await countGrants('blue'), false);
  await assertExact('blue', 'while it is open');
  // Noted before the counters are complete.
  await run(
    `update grants set revoked_at = now(), revocation_reason = 'replaced' where id = 'b40'`,
  );
  await compactListChanges(db, 1_000);
  commit();
  await open;
  await assertExact('blue', 'before they are complete');
  await completeCounters('blue');
  await assertExact('blue', 'after both');
});

test('Counters of an organizer are exact after changes while they are completed', async () => {
  await run(`insert into organizers (slug, name) values ('busy', '"B"')`);
  await addGrants('c', 120, ['busy']);
  const { db } = server.database;
  const writers = [0, 1, 2, 3].map(async (writer) => {
    for (let n = 1 + writer; n <= 120; n += 4) {
      await run(
        n % 3 === 0
          ? `delete from grants where id = 'c${n}'`
          : `update grants set expires_at = expires_at + interval '1 day' where id = 'c${n}'`,
      );
    }
  });
  const counted = (async () => {
    await completeCounters('busy');
    await compactListChanges(db, 100);
  })();
  await Promise.all([...writers, counted]);
  await assertExact('busy', 'at the end');
});
