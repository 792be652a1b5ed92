import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { makeCertificate } from '../support/certificate.ts';
import { type ApiProcess, startApiProcess } from '../support/changes/api-process.ts';
import { createPlatform, type TestPlatform } from '../support/factories.ts';
import { freePort } from '../support/free-port.ts';
import { startHaproxy } from '../support/haproxy.ts';
import type { ManagedServer } from '../support/platform.ts';
import { type PostgresPair, startPostgresPair } from '../support/postgres-pair.ts';
import { extractPreviousRelease } from '../support/previous-release.ts';
import { createScriptRunner, type ScriptRunner } from '../support/run-script.ts';
import { OPERATOR_TOKEN, prepareEnvironment } from '../support/server-environment.ts';
import { asAdmin, withDatabase } from '../support/template-database.ts';
import type { Ledger } from './ledger.ts';
import { createServer, type SoakServer } from './server.ts';

/** Folder of this release. */
const THIS_RELEASE = join(import.meta.dirname, '../..');
const DAY = 86_400_000;
const DATABASE = 'soak';

/** Two servers with two workers each behind haproxy, on a PostgreSQL with a synchronous standby. */
export interface Site extends ManagedServer, Pick<TestPlatform, 'application' | 'resourceServer'> {
  readonly servers: readonly [SoakServer, SoakServer];
  readonly postgres: PostgresPair;
  readonly database: Database;
  /** URL of the database on the server that is the primary. */
  readonly databaseUrl: string;
  /** API services with the kit. */
  readonly apis: readonly ApiProcess[];
  /** Runs the migrations of this release, which the servers have from their next start on. */
  migrate(): Promise<string>;
}

/** Context of a site. */
export interface SiteContext {
  /** Seconds that a process may run at most. */
  readonly seconds: number;
  readonly ledger: Ledger;
}

/** Runs `work` with a site of the previous release, and ends all its processes. */
export async function withSite(
  folder: string,
  context: SiteContext,
  work: (site: Site) => Promise<void>,
): Promise<void> {
  const scripts = createScriptRunner();
  const closers: (() => Promise<unknown>)[] = [];
  // All of them, because a process that goes on keeps its memory and ports.
  const close = async (failure?: unknown) => {
    let first = failure;
    for (const closer of closers.splice(0).reverse()) {
      await closer().catch((error: unknown) => {
        first ??= error;
      });
    }
    return first;
  };
  // The runner was interrupted.
  process.once('SIGTERM', () => void close().then(() => process.exit(1)));
  const failure = await startSite(folder, scripts, context, closers)
    .then(work)
    .then(
      () => undefined,
      (error: unknown) => error,
    );
  const first = await close(failure);
  if (first !== undefined) {
    throw first;
  }
}

async function startSite(
  folder: string,
  scripts: ScriptRunner,
  { seconds, ledger }: SiteContext,
  closers: (() => Promise<unknown>)[],
): Promise<Site> {
  const postgres = await startPostgresPair(folder);
  closers.push(() => postgres.stop());
  await asAdmin(postgres.url, `create database ${DATABASE}`);
  const databaseUrl = withDatabase(postgres.url, DATABASE);
  const url = postgres.withBothServers(databaseUrl);
  const port = await freePort();
  const ports = [await freePort(), await freePort()] as const;
  const environment = await prepareEnvironment({
    DATABASE_URL: url,
    ISSUER: `https://localhost:${port}`,
    TRUST_PROXY: '1',
    WORKERS: '2',
    // As docs/operations.md says for haproxy.
    STOP_DELAY_SECONDS: '10',
    // Longer than the run.
    ACCESS_TOKEN_TTL: '86400',
    LOG_LEVEL: 'warn',
  });
  closers.push(() => environment.remove());
  closers.push(() => scripts.stop());
  const proxyFolder = join(folder, 'proxy');
  await mkdir(proxyFolder);
  const [from, until] = [new Date(Date.now() - DAY), new Date(Date.now() + DAY)];
  const certificate = makeCertificate(proxyFolder, { name: 'localhost', from, until });
  setDefaultCACertificates([...getCACertificates('default'), certificate.cert]);
  const proxy = await startHaproxy({ folder: proxyFolder, certificate, port, servers: ports });
  closers.push(() => proxy.close());

  let root = join(folder, 'previous');
  ledger.tolerateFailures(true);
  await extractPreviousRelease(root);
  const migrate = async () => {
    // As an operator does: again if the database was unreachable.
    for (let attempt = 1; ; attempt += 1) {
      const command = scripts.start(
        [join(root, 'src/cli.ts'), 'migrate'],
        environment.variables,
        seconds,
      );
      const { code } = await command.ended;
      if (code === 0) {
        return command.stdout().trim();
      }
      assert.ok(attempt < 10, command.stderr());
      await sleep(1_000);
    }
  };
  await migrate();
  const start = (ownPort: number) =>
    createServer(ownPort, () => {
      const variables = { ...environment.variables, PORT: String(ownPort) };
      const script = scripts.start([join(root, 'src/main.ts')], variables, seconds);
      const complain = (message: string) => ledger.violate('unexpected end', message);
      return { script, complain };
    });
  const servers = [start(ports[0]), start(ports[1])] as const;
  await Promise.all(servers.map((server) => server.start()));
  await answers(environment.issuer);

  const database = await openDatabase({ url, dataDir: '', connections: 2 });
  closers.push(() => database.close());
  const managed = { issuer: environment.issuer, operatorToken: OPERATOR_TOKEN };
  const { application, resourceServer } = await createPlatform(managed);
  const { clientId, clientSecret = '' } = resourceServer;
  const api = {
    issuer: managed.issuer,
    introspectionEndpoint: `${managed.issuer}/api/v1/oauth/introspect`,
    clientId,
    clientSecret,
  };
  const trust = { NODE_EXTRA_CA_CERTS: certificate.files.cert };
  const apis: ApiProcess[] = [];
  for (let count = 0; count < 2; count += 1) {
    const started = await startApiProcess(api, trust);
    closers.push(() => started.close());
    apis.push(started);
  }
  return {
    ...managed,
    application,
    resourceServer,
    servers,
    postgres,
    database,
    databaseUrl,
    apis,
    migrate: async () => {
      root = THIS_RELEASE;
      return migrate();
    },
  };
}

/** Waits until the proxy has noticed a server. */
async function answers(issuer: string): Promise<void> {
  for (const end = Date.now() + 30_000; ; await sleep(100)) {
    const response = await fetch(`${issuer}/readyz`).catch(() => undefined);
    if (response?.ok === true) {
      return;
    }
    assert.ok(Date.now() < end, 'The proxy has no server.');
  }
}
