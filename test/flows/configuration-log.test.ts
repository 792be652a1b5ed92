import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { readConfig } from '../../src/config/config.ts';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { recordConfiguration } from '../../src/operations/record-configuration.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const SECRETS = {
  OPERATOR_TOKEN: 'a secret operator token, long enough for that',
  COOKIE_KEYS: 'a-secret-cookie-key-that-is-long-enough-for-it',
  SMTP_URL: 'smtp://user:secret@mail.example.com',
};

describe('Server start', () => {
  let testDatabase: TestDatabase;
  let database: Database;
  before(async () => {
    testDatabase = await createTestDatabase();
    database = await openDatabase({ url: testDatabase.url, dataDir: '', connections: 4 });
  });
  after(async () => {
    await database.close();
    await testDatabase.drop();
  });

  const start = (variables: Record<string, string>) =>
    recordConfiguration(database.db, readConfig(variables));
  const entries = () =>
    database.db
      .selectFrom('audit_events')
      .select(['actor', 'data'])
      .where('action', '=', 'stagedoor.server.configured')
      .orderBy('id')
      .execute();

  test('a changed configuration is logged once, with old and new value of each setting', async () => {
    await start({});
    await start({ LOG_LEVEL: 'debug', DATABASE_CONNECTIONS: '3' });
    assert.deepEqual(await entries(), []);
    const other = { REGISTRATION: 'closed', TRUST_PROXY: '1', ...SECRETS };
    await Promise.all([start(other), start(other), start(other)]);
    const [entry, ...more] = await entries();
    assert.deepEqual(more, []);
    assert.deepEqual(entry, {
      actor: 'system',
      data: {
        changed: [
          { setting: 'COOKIE_KEYS', from: 'not set', to: 'set' },
          { setting: 'DYNAMIC_REGISTRATION', from: 'native', to: 'off' },
          { setting: 'METADATA_DOCUMENTS', from: 'on', to: 'off' },
          { setting: 'OPERATOR_TOKEN', from: 'not set', to: 'set' },
          { setting: 'REGISTRATION', from: 'open', to: 'closed' },
          { setting: 'TRUST_PROXY', from: 0, to: 1 },
        ],
      },
    });
    await start({ ...other, SCOPES: '', OIDC_ISSUER: '', ACCESS_TOKEN_TTL: '60' });
    const last = (await entries()).at(-1);
    assert.deepEqual(last?.data, {
      changed: [{ setting: 'ACCESS_TOKEN_TTL', from: 3600, to: 60 }],
    });
  });

  test('log and database contain no secret', async () => {
    const { settings } = await database.db
      .selectFrom('server_configuration')
      .select('settings')
      .executeTakeFirstOrThrow();
    const written = JSON.stringify([settings, await entries()]);
    for (const secret of ['a secret', 'a-secret', 'mail.example.com']) {
      assert.ok(!written.includes(secret), secret);
    }
  });
});
