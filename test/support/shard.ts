import { createRequire, flushCompileCache } from 'node:module';
import { resolve } from 'node:path';
import { describe } from 'node:test';
import { claimFiles, measureFile } from './shards.ts';

// A process of `npm test`. Loads one test file after another, so that all of them share the modules
// of `src`. The suite around a file limits the file's hooks to its own tests. `require` loads the
// file inside the suite's function, because a promise would lose it (see `untracked-promises.cjs`).
// A test file therefore can't have top-level await.

/**
 * Milliseconds after which a file has failed in `.ci/run`: twice what the slowest takes on two cores.
 * Elsewhere a soak may take longer.
 */
const FILE_TIMEOUT = process.env.CI === undefined ? Number.POSITIVE_INFINITY : 10 * 60_000;
/** Milliseconds in which what the tests have opened is closed after the last one. */
const CLOSING_TIMEOUT = 30_000;

const require = createRequire(import.meta.url);
await import('../../src/server/start.ts');
// Processes started by tests read the cache, which would otherwise be written when this process
// ends.
flushCompileCache();
for (const file of claimFiles()) {
  await measureFile(file, () =>
    describe(file, { timeout: FILE_TIMEOUT }, () => {
      require(resolve(file));
    }),
  );
}
// Without it, a socket that a failed test has left open keeps the run from ending.
setTimeout(() => {
  console.error(`Tests left open: ${process.getActiveResourcesInfo().join(', ')}`);
  process.exit(1);
}, CLOSING_TIMEOUT).unref();
