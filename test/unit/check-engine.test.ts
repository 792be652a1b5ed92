import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { openDatabase } from '../../src/db/database.ts';
import { assertSuitable } from '../../src/health/assert-suitable.ts';
import { createEmptyDatabase, type TestDatabase } from '../support/database.ts';
import { asAdmin } from '../support/template-database.ts';

describe('Database engine', () => {
  let database: TestDatabase;
  let name: string;

  beforeEach(async () => {
    database = await createEmptyDatabase();
    name = new URL(database.url).pathname.slice(1);
  });
  afterEach(() => database.drop());

  const check = async () => {
    const { db, close } = await openDatabase({ url: database.url, dataDir: '', connections: 1 });
    await assertSuitable(db).finally(close);
  };

  it('is accepted if it is PostgreSQL', check);

  it('is refused if its advisory locks do nothing', async () => {
    // As an engine that accepts the function and ignores it.
    await asAdmin(database.url, 'create schema fake');
    await asAdmin(
      database.url,
      `create function fake.pg_advisory_xact_lock(bigint) returns void language sql as 'select'`,
    );
    await asAdmin(database.url, `alter database ${name} set search_path = fake, pg_catalog`);
    await assert.rejects(check(), { message: /advisory locks do nothing/ });
  });

  it('is refused if its triggers do not run', async () => {
    await asAdmin(database.url, `alter database ${name} set session_replication_role = replica`);
    await assert.rejects(check(), { message: /triggers do not run\..*session_replication_role/ });
  });

  it('is accepted if the role must not create temporary tables', async () => {
    const role = `${name}_role`;
    await asAdmin(database.url, `revoke temporary on database ${name} from public`);
    await asAdmin(database.url, `create role ${role} login password 'secret'`);
    const url = Object.assign(new URL(database.url), { username: role, password: 'secret' });
    try {
      const { db, close } = await openDatabase({ url: url.href, dataDir: '', connections: 1 });
      await assertSuitable(db).finally(close);
    } finally {
      await asAdmin(database.url, `drop role ${role}`);
    }
  });
});
