import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { sql } from 'kysely';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { browsers, isSignedIn } from '../support/account.ts';
import { stagedoorHere } from '../support/command-line.ts';
import { createTestDatabase } from '../support/database.ts';
import { copyEmbeddedTemplate } from '../support/embedded-template.ts';
import { ENGINE_VARIABLES } from '../support/engines.ts';
import { withPlatform } from '../support/fixture.ts';
import { callManagement, manage } from '../support/platform.ts';
import { introspect, obtainTokens, refresh } from '../support/tokens.ts';

describe('stagedoor restored beside a running server', () => {
  const { server, platform } = withPlatform();

  const restored = (...args: string[]) => {
    const { databaseUrl = '', dataDir } = server.config;
    return stagedoorHere({ DATABASE_URL: databaseUrl, DATA_DIR: dataDir }, ['restored', ...args]);
  };
  const isActive = async (token: string) =>
    (await introspect(server, platform.resourceServer, token)).body.active;

  test('ends grants, sessions and operator tokens that are older, and no others', async () => {
    const { application, ada } = platform;
    const old = await obtainTokens(server, { application, user: ada });
    const browser = await browsers(server).signedIn(ada);
    const token = await manage(server, 'POST', '/api/v1/operator-tokens/', {
      name: 'reporting',
      rights: ['read'],
    });
    const { token: operatorToken } = Object(token);
    const isAccepted = async () =>
      (await callManagement({ ...server, operatorToken }, 'GET', '/api/v1/users/')).status;
    const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(
      server.database.db,
    );
    const time = rows[0]?.now.toISOString() ?? '';
    const later = await obtainTokens(server, { application, user: platform.ben });

    const dry = await restored('--dry-run', '--before', time, '--json');
    assert.equal(dry.code, 0, dry.err);
    const counts = JSON.parse(dry.out);
    assert.deepEqual([counts.grants, counts.operator_tokens, counts.dry_run], [1, 1, true]);
    assert.ok(counts.sessions >= 2, dry.out);
    const unsure = await restored();
    assert.equal(unsure.code, 2);
    assert.match(unsure.err, /--yes/);
    assert.deepEqual(
      [await isActive(old.accessToken), await isSignedIn(browser), await isAccepted()],
      [true, true, 200],
    );

    const done = await restored('--before', time, '--yes', '--json');
    assert.deepEqual(
      [done.code, JSON.parse(done.out)],
      [0, { ...counts, dry_run: false }],
      done.err,
    );
    assert.deepEqual(
      [await isActive(old.accessToken), await isSignedIn(browser), await isAccepted()],
      [false, false, 401],
    );
    const { body } = await refresh(server, application, old.refreshToken);
    assert.deepEqual(
      [body.error, body.error_description],
      ['invalid_grant', 'revoked_by_operator'],
    );
    assert.equal(await isActive(later.accessToken), true);
    const { rows: entries } = await sql<{ action: string; data: unknown }>`
      select action, data from audit_events where actor = 'operator:cli' order by action
    `.execute(server.database.db);
    assert.deepEqual(
      entries.map(({ action }) => action),
      [
        'stagedoor.operator.command',
        'stagedoor.operator_token.revoked',
        'stagedoor.user.oauth.revoked',
      ],
    );
    assert.deepEqual(entries[0]?.data, { command: 'restored', before: time });
    assert.deepEqual(entries[2]?.data, {
      reason: 'revoked_by_operator',
      application: 'Box Office Sync',
    });
    const changes = await sql`select from changes where change like 'grant:%'`.execute(
      server.database.db,
    );
    assert.ok(changes.rows.length > 0, 'API services learn of the revocation by the feed.');
  });

  test('keeps operator tokens on request, and ends nothing twice', async () => {
    const before = (await restored('--dry-run', '--json')).out;
    await manage(server, 'POST', '/api/v1/operator-tokens/', { name: 'kept', rights: ['read'] });
    const done = await restored('--yes', '--keep-operator-tokens');
    assert.match(done.out, /^Ended 1 grant\(s\), \d+ session\(s\) and 0 operator token\(s\)\.\n/);
    assert.match(done.out, /blocked hosts(.|\n)+keys rotate --now/);
    assert.equal(JSON.parse(before).grants, 1);
    const again = await restored('--yes', '--keep-operator-tokens');
    assert.match(again.out, /^Ended 0 grant\(s\), 0 session\(s\)/);
    const { body } = await callManagement(server, 'GET', '/api/v1/operator-tokens/');
    assert.equal(Object(body).count, 1);
  });

  test('refuses a time that is none', async () => {
    const { code, err } = await restored('--before', 'yesterday');
    assert.equal(code, 2);
    assert.match(err, /--before takes a time/);
  });
});

/** Creates a migrated database. */
async function createFor(
  engine: string,
): Promise<{ env: Record<string, string>; drop: () => Promise<void> }> {
  if (engine === 'PostgreSQL') {
    const { url, drop } = await createTestDatabase();
    return { env: { DATABASE_URL: url }, drop };
  }
  const folder = await mkdtemp(join(tmpdir(), 'stagedoor-restored-'));
  await copyEmbeddedTemplate(folder);
  return { env: { DATA_DIR: folder }, drop: () => rm(folder, { recursive: true, force: true }) };
}

for (const engine of Object.keys(ENGINE_VARIABLES)) {
  test(`stagedoor restored ends thousands of grants in batches, on ${engine}`, async () => {
    const { env, drop } = await createFor(engine);
    const use = async <T>(work: (database: Database) => Promise<T>) => {
      const { DATABASE_URL: url, DATA_DIR: dataDir = '' } = env;
      const database = await openDatabase({ url, dataDir, connections: 1 });
      return work(database).finally(() => database.close());
    };
    try {
      await use(async ({ db }) => {
        await sql`insert into users (id, email, email_key, full_name) values ('ada', 'a@example.com', 'a@example.com', 'Ada')`.execute(
          db,
        );
        await sql`insert into applications (client_id, owner_id, name, client_type, redirect_uris, scopes) values ('c', 'ada', 'C', 'public', '{}', '{read}')`.execute(
          db,
        );
        await sql`
          insert into grants (id, user_id, client_id, scopes, expires_at, revoked_at, revocation_reason)
          select 'g' || n, 'ada', 'c', '{read}',
            now() + case when n % 10 = 1 then interval '-1 day' else interval '90 days' end,
            case when n % 10 = 0 then now() end,
            case when n % 10 = 0 then 'revoked_by_user' end
          from generate_series(1, 2500) n
        `.execute(db);
      });
      const { code, out, err } = await stagedoorHere(env, ['restored', '--yes', '--json']);
      assert.equal(code, 0, err);
      assert.equal(JSON.parse(out).grants, 2000);
      await use(async ({ db }) => {
        const { rows } = await sql<{ left: number; logged: number; kept: number }>`
          select
            (select count(*)::int from grants where revoked_at is null and expires_at > now()) as left,
            (select count(distinct grant_id)::int from audit_events
              where action = 'stagedoor.user.oauth.revoked') as logged,
            (select count(*)::int from grants where revocation_reason = 'revoked_by_user') as kept
        `.execute(db);
        assert.deepEqual(rows[0], { left: 0, logged: 2000, kept: 250 });
      });
    } finally {
      await drop();
    }
  });
}
