import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sql } from 'kysely';
import { ENGINE_VARIABLES } from '../support/engines.ts';
import { createPlatform } from '../support/factories.ts';
import { prepared, withServer } from '../support/fixture.ts';
import { startPlatform } from '../support/platform-server.ts';
import type { TestServer } from '../support/server.ts';

/** Tables that the scheduled jobs of a server change in the background. */
const BACKGROUND = ['jobs', 'list_changes', 'list_versions'];

/** Settings that differ from those of the template. */
const SETTINGS = {
  COOKIE_KEYS: 'another-cookie-key-of-the-tests-01',
  REGISTRATION: 'approval',
  PLATFORM_NAME: 'Ticket Harbor',
  TRUST_PROXY: '1',
};

for (const [engine, variables] of Object.entries(ENGINE_VARIABLES)) {
  describe(`The platform of a test server on ${engine}`, () => {
    const settings = { ...SETTINGS, ...variables };
    const copied = prepared(
      () => startPlatform(settings),
      ({ server }) => server.close(),
    );
    const created = withServer(settings);

    it('has the rows that this server would have created', async () => {
      await createPlatform(created);
      const expected = await countRows(created);
      assert.ok((expected.users ?? 0) > 2);
      assert.deepEqual(await countRows(copied.server), expected);
    });
  });
}

/** Returns the number of rows of each table. */
async function countRows({ database }: TestServer): Promise<Record<string, number>> {
  const { rows: tables } = await sql<{ name: string }>`
    select relname as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind = 'r'
      and relname <> all(${BACKGROUND}::text[])
    order by relname
  `.execute(database.db);
  const counts: Record<string, number> = {};
  for (const { name } of tables) {
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from ${sql.table(name)}
    `.execute(database.db);
    counts[name] = rows[0]?.count ?? 0;
  }
  return counts;
}
