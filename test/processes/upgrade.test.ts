import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { type Certificate, makeCertificate } from '../support/certificate.ts';
import { createEmptyDatabase, type TestDatabase } from '../support/database.ts';
import { createPlatform } from '../support/factories.ts';
import { freePort } from '../support/free-port.ts';
import { type Haproxy, startHaproxy, whyNoHaproxy } from '../support/haproxy.ts';
import { until } from '../support/outbox.ts';
import {
  extractPreviousRelease,
  SERVER_FILES,
  whyNoPreviousRelease,
} from '../support/previous-release.ts';
import { createScriptRunner, type RunningScript } from '../support/run-script.ts';
import { seedTokens } from '../support/seed-tokens.ts';
import {
  OPERATOR_TOKEN,
  prepareEnvironment,
  type ServerEnvironment,
} from '../support/server-environment.ts';
import { type SteadyLoad, startSteadyLoad } from '../support/steady-load.ts';
import { basic } from '../support/tokens.ts';

const ROOT = join(import.meta.dirname, '../..');
const DAY = 86_400_000;
/** Seconds that a process may run on a slow machine. */
const LIMIT = 300;
/** Requests per second. `UPGRADE_SECONDS=10` is the full measurement. */
const RATE = Number(process.env.UPGRADE_RATE ?? 300);
/** Seconds for which both versions run, on the way there and on the way back. */
const SECONDS = Number(process.env.UPGRADE_SECONDS ?? 1);
const CHAINS = 20;

/** Migrations of the next version, beside those that the previous release lacks. */
const MIGRATIONS = {
  '9001_upgrade': '-- expand\nalter table grants add column upgrade_note text;',
  '9002_upgrade': `-- expand, outside a transaction
create index concurrently if not exists grants_upgrade_note on grants (upgrade_note);
/* repeat */ update grants set upgrade_note = 'new'
where id in (select id from grants where upgrade_note is null limit 1);`,
};

describe('Update from the previous release', { skip: whyNoHaproxy || whyNoPreviousRelease }, () => {
  const scripts = createScriptRunner();
  let folder: string;
  let roots: { previous: string; next: string };
  let plain: TestDatabase;
  let environment: ServerEnvironment;
  let database: Database;
  let certificate: Certificate;
  let proxy: Haproxy;
  let load: SteadyLoad | undefined;
  let port: number;
  let ports: [number, number];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stagedoor-upgrade-'));
    roots = { previous: join(folder, 'previous'), next: join(folder, 'next') };
    await extractPreviousRelease(roots.previous);
    await copyWithMigrations(roots.next);
    plain = await createEmptyDatabase();
    port = await freePort();
    ports = [await freePort(), await freePort()];
    environment = await prepareEnvironment({
      DATABASE_URL: plain.url,
      ISSUER: `https://localhost:${port}`,
      TRUST_PROXY: '1',
      STOP_DELAY_SECONDS: '3',
      LOG_LEVEL: 'info',
    });
    database = await openDatabase({ url: plain.url, dataDir: '', connections: 2 });
    await mkdir(join(folder, 'proxy'));
    const [from, until] = [new Date(Date.now() - DAY), new Date(Date.now() + DAY)];
    certificate = makeCertificate(join(folder, 'proxy'), { name: 'localhost', from, until });
    const options = { folder: join(folder, 'proxy'), certificate, port, servers: ports };
    proxy = await startHaproxy(options);
  });
  after(async () => {
    load?.close();
    await scripts.stop();
    await proxy?.close();
    await database?.close();
    await plain?.drop();
    await environment?.remove();
    await rm(folder, { recursive: true });
  });

  const start = async (root: string, ownPort: number): Promise<RunningScript> => {
    const variables = { ...environment.variables, PORT: String(ownPort) };
    const server = scripts.start([join(root, 'src/main.ts')], variables, LIMIT);
    await server.prints(/Stagedoor is at/);
    return server;
  };
  const stop = async (server: RunningScript) => {
    server.kill('SIGTERM');
    assert.equal((await server.ended).code, 0, server.stderr());
  };
  const migrate = async (root: string): Promise<string> => {
    const { variables } = environment;
    const command = scripts.start([join(root, 'src/cli.ts'), 'migrate'], variables, LIMIT);
    assert.equal((await command.ended).code, 0, command.stderr());
    return command.stdout();
  };
  /** Resolves when the proxy has noticed the first server. */
  const isBehindProxy = async () => {
    const ask = () =>
      new Promise<number | undefined>((resolve) => {
        get({ host: 'localhost', port, path: '/readyz', ca: certificate.cert }, (response) => {
          response.resume();
          resolve(response.statusCode);
        }).on('error', () => resolve(undefined));
      });
    for (const end = Date.now() + 30_000; (await ask()) !== 200; await sleep(100)) {
      assert.ok(Date.now() < end, proxy.output());
    }
  };
  /** Starts a load through the proxy. */
  const startLoad = async () => {
    const server = { issuer: `http://127.0.0.1:${ports[0]}`, operatorToken: OPERATOR_TOKEN };
    const { application, resourceServer, ada } = await createPlatform(server);
    const options = { userId: ada.id, clientId: application.clientId };
    const seeded = [];
    for (let count = 0; count < CHAINS; count += 1) {
      seeded.push(await seedTokens(database.db, options));
    }
    const still = await seedTokens(database.db, options);
    return startSteadyLoad({
      url: `https://localhost:${port}`,
      ca: certificate.cert,
      rate: RATE,
      application: basic(application.clientId, application.clientSecret ?? ''),
      resourceServer: basic(resourceServer.clientId, resourceServer.clientSecret ?? ''),
      accessTokens: [still.accessToken],
      refreshTokens: seeded.map(({ refreshToken }) => refreshToken),
    });
  };

  it('loses no request and no chain of refresh tokens, also on the way back', async (test) => {
    const [one, two] = ports;
    await migrate(roots.previous);
    const first = await start(roots.previous, one);
    await isBehindProxy();
    load = await startLoad();
    await answers(first);
    const before = introspections(first);
    const report = await readUntilUndone(database);
    assert.match(
      await migrate(roots.next),
      /^Ran \d+ migration\(s\): .*9001_upgrade, 9002_upgrade\./,
    );
    await report.end;
    assert.ok(introspections(first) > before, 'no load during the migration');
    const second = await start(roots.next, two);
    await answers(second);
    await sleep(SECONDS * 1000);
    await stop(first);
    const back = await start(roots.previous, one);
    await answers(back);
    await sleep(SECONDS * 1000);
    await stop(second);
    const { answered, seconds, failures, lost, refreshes, slowest } = await load.stop();
    const reached = `${answered} requests in ${Math.round(seconds)} s, ${refreshes} refreshes`;
    test.diagnostic(`${reached}, slowest ${Math.round(slowest)} ms`);
    assert.deepEqual({ failures, lost }, { failures: {}, lost: 0 }, proxy.output());
    assert.ok(answered / seconds > 0.9 * RATE, reached);
    assert.ok(refreshes > CHAINS, reached);
    await stop(back);
  });
});

/** Resolves when a server has answered an introspection and a refresh, as its log says. */
async function answers(server: RunningScript): Promise<void> {
  await server.prints(/\/oauth\/introspect"/);
  await server.prints(/\/oauth\/token"/);
}

/** Returns how many introspections a server has answered, as its log says. */
function introspections(server: RunningScript): number {
  return server.stdout().split('/oauth/introspect"').length;
}

/**
 * Reads grants as a report does, in the way of the migration: ends after a change of the table has waited for
 * it and was rolled back.
 * @returns an object with the end of the reading
 */
async function readUntilUndone({ db }: Database): Promise<{ readonly end: Promise<void> }> {
  const begun = Promise.withResolvers<void>();
  const end = db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ pid: number }>`
      select pg_backend_pid() as pid from (select count(*) from grants) as all_grants`.execute(tx);
    begun.resolve();
    const waiting = sql`
      select from pg_stat_activity where ${rows[0]?.pid}::integer = any(pg_blocking_pids(pid))`;
    const isWaiting = async () => (await waiting.execute(db)).rows.length > 0;
    await until(isWaiting);
    await until(async () => !(await isWaiting()));
  });
  await begun.promise;
  return { end };
}

/** Copies the sources of this version, and adds migrations. */
async function copyWithMigrations(root: string): Promise<void> {
  for (const name of SERVER_FILES) {
    await cp(join(ROOT, name), join(root, name), { recursive: true });
  }
  await symlink(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  for (const [name, text] of Object.entries(MIGRATIONS)) {
    await writeFile(join(root, 'migrations', `${name}.sql`), text);
  }
}
