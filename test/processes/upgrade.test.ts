import assert from 'node:assert/strict';
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { type Balancer, startBalancer } from '../support/balancer.ts';
import { createPlatform, type TestPlatform } from '../support/factories.ts';
import { freePort } from '../support/free-port.ts';
import { until } from '../support/outbox.ts';
import { createScriptRunner, type RunningScript } from '../support/run-script.ts';
import { seedTokens } from '../support/seed-tokens.ts';
import {
  OPERATOR_TOKEN,
  prepareEnvironment,
  type ServerEnvironment,
} from '../support/server-environment.ts';
import { introspect, refresh } from '../support/tokens.ts';

const ROOT = join(import.meta.dirname, '../..');
/** Seconds that a process may run on a slow machine. */
const LIMIT = 300;
const CHAINS = 4;
/** Milliseconds between two refreshes of a chain. */
const PAUSE = 40;

/** Migrations of the next version. */
const MIGRATIONS = {
  '9001_upgrade': '-- expand\nalter table grants add column upgrade_note text;',
  '9002_upgrade': `-- expand, outside a transaction
create index concurrently if not exists grants_upgrade_note on grants (upgrade_note);
/* repeat */ update grants set upgrade_note = 'new'
where id in (select id from grants where upgrade_note is null limit 1);`,
};

describe('Update to the next version under load', () => {
  const scripts = createScriptRunner();
  let next: string;
  let environment: ServerEnvironment;
  let balancer: Balancer;
  let database: Database;
  let platform: TestPlatform;
  let ports: [number, number];

  before(async () => {
    next = await copyWithMigrations();
    ports = [await freePort(), await freePort()];
    balancer = await startBalancer(ports);
    environment = await prepareEnvironment({
      ISSUER: `http://localhost:${balancer.port}`,
      STOP_DELAY_SECONDS: '1',
    });
    const { DATABASE_URL } = environment.variables;
    database = await openDatabase({ url: DATABASE_URL, dataDir: '', connections: CHAINS });
  });
  after(async () => {
    await scripts.stop();
    await balancer.close();
    await database.close();
    await environment.remove();
    await rm(next, { recursive: true });
  });

  const start = async (root: string, port: number): Promise<RunningScript> => {
    const variables = { ...environment.variables, PORT: String(port) };
    const server = scripts.start([join(root, 'src/main.ts')], variables, LIMIT);
    await server.prints(/Stagedoor is at/);
    await until(() => balancer.ready().includes(port));
    return server;
  };
  const stop = async (server: RunningScript) => {
    server.kill('SIGTERM');
    assert.equal((await server.ended).code, 0, server.stderr());
  };

  /** Refreshes a chain of tokens and introspects each, until `isOver`; returns the number. */
  const follow = async (isOver: () => boolean): Promise<number> => {
    const { application, resourceServer, ada } = platform;
    const options = { userId: ada.id, clientId: application.clientId };
    let { refreshToken } = await seedTokens(database.db, options);
    let count = 0;
    for (; !isOver(); count += 1) {
      const answer = await refresh(environment, application, refreshToken);
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      refreshToken = answer.body.refresh_token ?? '';
      const token = await introspect(environment, resourceServer, answer.body.access_token ?? '');
      assert.equal(token.status, 200);
      assert.equal(token.body.active, true);
      await sleep(PAUSE);
    }
    return count;
  };

  it('loses no request and no chain of refresh tokens, also on the way back', async () => {
    const [one, two] = ports;
    const first = await start(ROOT, one);
    platform = await createPlatform({ ...environment, operatorToken: OPERATOR_TOKEN });
    let isOver = false;
    const chains = Array.from({ length: CHAINS }, () => follow(() => isOver));
    const update = async () => {
      // A report is in the way of the migration for a while.
      const reading = database.db.transaction().execute(async (tx) => {
        await sql`select count(*) from grants`.execute(tx);
        await sleep(1_000);
      });
      const variables = environment.variables;
      const migrate = scripts.start([join(next, 'src/cli.ts'), 'migrate'], variables, LIMIT);
      assert.equal((await migrate.ended).code, 0, migrate.stderr());
      assert.match(migrate.stdout(), /^Ran 2 migration\(s\): 9001_upgrade, 9002_upgrade\./);
      await reading;
      const second = await start(next, two);
      await stop(first);
      const back = await start(ROOT, one);
      await stop(second);
      return back;
    };
    const [back, ...counts] = await Promise.all([
      update().finally(() => {
        isOver = true;
      }),
      ...chains,
    ]);
    assert.ok(
      counts.every((count) => count >= 3),
      String(counts),
    );
    await stop(back);
  });
});

/** Copies the sources of this version, and adds migrations. */
async function copyWithMigrations(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'stagedoor-next-'));
  for (const name of ['bin', 'src', 'views', 'migrations', 'package.json']) {
    await cp(join(ROOT, name), join(root, name), { recursive: true });
  }
  await symlink(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  for (const [name, text] of Object.entries(MIGRATIONS)) {
    await writeFile(join(root, 'migrations', `${name}.sql`), text);
  }
  return root;
}
