import assert from 'node:assert/strict';
import { before, beforeEach, describe, test } from 'node:test';
import { sql } from 'kysely';
import { trimLog } from '../../src/audit/trim-store.ts';
import type { Db } from '../../src/db/database.ts';
import { migrate } from '../../src/db/migrate.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import { ENGINES } from '../support/engines.ts';
import { withDatabase } from '../support/fixture.ts';

const REFUSED = /append-only/;

for (const [engine, open] of Object.entries(ENGINES)) {
  describe(`Audit log on ${engine}`, () => {
    const database = withDatabase(open);
    let db: Db;

    before(async () => {
      db = database.db;
      await migrate(database);
    });
    beforeEach(async () => {
      // The owner of the triggers can disable them, which the service never does.
      await sql`alter table audit_events disable trigger user`.execute(db);
      await sql`delete from audit_events`.execute(db);
      await sql`alter table audit_events enable trigger user`.execute(db);
    });

    /** Adds an entry of each age. */
    async function add(...ages: readonly string[]): Promise<void> {
      for (const age of ages) {
        await sql`
          insert into audit_events (action, actor, user_id, happened_at)
          values ('stagedoor.user.signed_in', ${`user:${age}`}, 'ada', now() - ${age}::interval)
        `.execute(db);
      }
    }

    /** Returns the ages of the stored entries, oldest first. */
    async function ages(): Promise<string[]> {
      const rows = await db
        .selectFrom('audit_events')
        .select('actor')
        .orderBy('happened_at')
        .execute();
      return rows.map(({ actor }) => actor.slice('user:'.length));
    }

    test('refuses every change and deletion', async () => {
      await add('900 days', '1 hour');
      const statements = {
        update: sql`update audit_events set actor = 'user:ben'`,
        'update of an old one': sql`update audit_events set data = '{}' where actor like '%days'`,
        delete: sql`delete from audit_events`,
        'delete of an old one': sql`delete from audit_events where actor like '%days'`,
        truncate: sql`truncate audit_events`,
        'truncate cascade': sql`truncate audit_events restart identity cascade`,
      };
      for (const [name, statement] of Object.entries(statements)) {
        await assert.rejects(statement.execute(db), REFUSED, name);
      }
      assert.deepEqual(await ages(), ['900 days', '1 hour']);
    });

    test('with trimming enabled, refuses to delete entries younger than 30 days, to update and to truncate', async () => {
      await add('31 days', '29 days');
      const statements = [
        sql`delete from audit_events`,
        sql`update audit_events set actor = 'user:ben' where actor = 'user:31 days'`,
        sql`truncate audit_events`,
      ];
      for (const statement of statements) {
        await assert.rejects(
          inTransaction(db, async (tx) => {
            await sql`select set_config('stagedoor.trim_log', 'on', true)`.execute(tx);
            await statement.execute(tx);
          }),
          REFUSED,
        );
      }
      await assert.rejects(trimLog(db, 10, 1000), REFUSED, 'with any setting');
      assert.deepEqual(await ages(), ['31 days', '29 days']);
    });

    test('trimming deletes exactly the entries older than the retention, and is disabled again afterwards', async () => {
      const all = ['900 days', '366 days', '364 days', '31 days', '30 days', '29 days', '0 days'];
      await add(...all);
      assert.equal(await trimLog(db, 0, 1000), 0);
      assert.deepEqual(await ages(), all, '0 keeps all entries');
      assert.equal(await trimLog(db, 365, 1000), 2);
      assert.deepEqual(await ages(), all.slice(2));
      assert.equal(await trimLog(db, 365, 1000), 0);
      assert.equal(await trimLog(db, 30, 1000), 3);
      assert.deepEqual(await ages(), all.slice(5));
      await add('40 days');
      await assert.rejects(sql`delete from audit_events`.execute(db), REFUSED);
      assert.deepEqual(await ages(), ['40 days', '29 days', '0 days']);
    });

    test('parallel trimming in batches by several processes succeeds', async () => {
      await sql`
        insert into audit_events (action, actor, user_id, happened_at)
        select 'stagedoor.user.signed_in', 'user:old', 'ada', now() - interval '50 days'
        from generate_series(1, 2500)
      `.execute(db);
      await add('20 days');
      const trim = async (): Promise<number> => {
        const deleted = await trimLog(db, 45, 1000);
        return deleted < 1000 ? deleted : deleted + (await trim());
      };
      const deleted = await Promise.all([1, 2, 3, 4].map(trim));
      // A process stops if another one trims; the last process to start a batch may leave the rest.
      const rest = await trim();
      assert.equal(
        deleted.reduce((sum, count) => sum + count, rest),
        2500,
      );
      assert.deepEqual(await ages(), ['20 days']);
    });
  });
}
