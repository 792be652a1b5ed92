import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import pg from 'pg';
import { createEmptyDatabase } from '../support/database.ts';

const FOLDER = join(import.meta.dirname, '../../migrations');
const SUBJECT = '0014';

test('migration 0014: existing operator tokens and resource servers keep their rights', async () => {
  const database = await createEmptyDatabase();
  const db = new pg.Client({ connectionString: database.url });
  await db.connect();
  const files = (await readdir(FOLDER)).filter((name) => name.endsWith('.sql')).sort();
  for (const file of files.filter((name) => name < SUBJECT)) {
    await db.query(await readFile(join(FOLDER, file), 'utf8'));
  }
  await db.query(`
    insert into operator_tokens (id, name, token_hash, last_four, rights, created_by, created_at) values
      ('all', 'all', '\\x01', 'aaaa', '{directory,applications,grants,read}', 'operator:bootstrap', '2026-01-01'),
      ('apps', 'apps', '\\x02', 'bbbb', '{applications}', 'operator:all', '2026-01-02'),
      ('read', 'read', '\\x03', 'cccc', '{read}', 'operator:apps', '2026-01-03'),
      ('old', 'old', '\\x04', 'dddd', '{read}', 'operator:later', '2026-01-04'),
      ('later', 'later', '\\x05', 'eeee', '{read}', 'operator:gone', '2026-01-05');
    insert into audit_events (action, actor, data) values
      ('stagedoor.operator_token.created', 'operator:bootstrap', '{"name": "gone"}'),
      ('stagedoor.operator_token.created', 'operator:bootstrap', '{"name": "all"}');
    insert into resource_servers (client_id, name, secret_hash) values ('orders', 'Orders', '\\x06');`);
  for (const file of files.filter((name) => name.startsWith(SUBJECT))) {
    await db.query(await readFile(join(FOLDER, file), 'utf8'));
  }
  const tokens = await db.query(
    'select id, rights, parent_id from operator_tokens order by created_at',
  );
  assert.deepEqual(tokens.rows, [
    {
      id: 'all',
      rights: ['directory', 'applications', 'grants', 'read', 'resource_servers', 'tokens'],
      parent_id: null,
    },
    { id: 'apps', rights: ['applications', 'resource_servers'], parent_id: 'all' },
    { id: 'read', rights: ['read'], parent_id: 'apps' },
    // A younger token with that name is not its creator.
    { id: 'old', rights: ['read'], parent_id: null },
    { id: 'later', rights: ['read'], parent_id: null },
  ]);
  const names = await db.query('select name from operator_token_names order by name');
  assert.deepEqual(
    names.rows.map((row) => Object(row).name),
    ['all', 'apps', 'gone', 'later', 'old', 'read'],
  );
  const secrets = await db.query(
    "select client_id, encode(secret_hash, 'hex') as hash, last_four from resource_server_secrets",
  );
  assert.deepEqual(secrets.rows, [{ client_id: 'orders', hash: '06', last_four: null }]);
  await db.end();
  await database.drop();
});
