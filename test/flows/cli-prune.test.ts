import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sql } from 'kysely';
import { stagedoorHere } from '../support/command-line.ts';
import { ENGINE_VARIABLES } from '../support/engines.ts';
import { withPlatform } from '../support/fixture.ts';
import { callManagement } from '../support/platform.ts';
import { introspect, obtainTokens } from '../support/tokens.ts';

for (const [engine, variables] of Object.entries(ENGINE_VARIABLES)) {
  describe(`stagedoor prune during the operation of a server, on ${engine}`, () => {
    const { server, platform } = withPlatform(variables);

    const prune = (...args: string[]) => {
      const { databaseUrl = '', dataDir } = server.config;
      return stagedoorHere({ DATABASE_URL: databaseUrl, DATA_DIR: dataDir }, ['prune', ...args]);
    };
    const count = async () => {
      const { rows } = await sql<{
        n: number;
      }>`select count(*)::int as n from access_tokens`.execute(server.database.db);
      return rows[0]?.n;
    };

    test('counts rows, deletes only those that are due, and finds none afterwards', async () => {
      const { application, ada } = platform;
      const { accessToken } = await obtainTokens(server, { application, user: ada });
      await sql`
        insert into access_tokens (token_hash, grant_id, family_id, scopes, issued_at, expires_at)
        select sha256(n::text::bytea), (select id from grants), gen_random_uuid(), '{}', now(),
          now() - interval '8 days'
        from generate_series(1, 1500) n
      `.execute(server.database.db);
      const dry = await prune('--dry-run', '--json');
      assert.deepEqual(
        [dry.code, JSON.parse(dry.out)],
        [0, [{ name: 'access_tokens', rows: 1500 }]],
        dry.err,
      );
      assert.equal(await count(), 1501);
      const done = await prune();
      assert.equal(done.code, 0, done.err);
      assert.match(done.out, /^ROWS +DELETED\naccess_tokens +1,500\n$/);
      assert.equal(await count(), 1);
      const { body } = await introspect(server, platform.resourceServer, accessToken);
      assert.equal(body.active, true);
      assert.equal((await prune()).out, 'Nothing is due.\n');
      assert.deepEqual(JSON.parse((await prune('--json')).out), []);
    });

    test('reports busy while another process runs a job, and deletes afterwards', async () => {
      await sql`
        insert into dpop_proofs (proof_hash, expires_at) values ('x', now() - interval '1 hour')
      `.execute(server.database.db);
      await sql`
        update jobs set holder = gen_random_uuid(), due_at = now() + interval '1 minute'
        where name = 'access_tokens'
      `.execute(server.database.db);
      const busy = await callManagement(server, 'POST', '/api/v1/prune/', {});
      assert.deepEqual(busy.body, { jobs: [], more: false, busy: true });
      await sql`update jobs set holder = null`.execute(server.database.db);
      const done = await callManagement(server, 'POST', '/api/v1/prune/', {});
      assert.deepEqual(done.body, {
        jobs: [{ name: 'dpop_proofs', rows: 1 }],
        more: false,
        busy: false,
      });
    });
  });
}
