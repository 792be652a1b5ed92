import { createRequire, flushCompileCache } from 'node:module';
import { resolve } from 'node:path';
import { describe } from 'node:test';
import { claimFiles, measureFile } from './shards.ts';

// A process of `npm test`. Loads one test file after another, so all of them share the modules of
// `src`. The suite around a file keeps the file's hooks to its own tests. `require` loads the file
// inside the suite's function: a promise would lose it (see `untracked-promises.cjs`). A test file
// therefore has no top-level await.

const require = createRequire(import.meta.url);
await import('../../src/server/start.ts');
// Processes that tests start read the cache, which would be written when this process ends.
flushCompileCache();
for (const file of claimFiles()) {
  await measureFile(file, () =>
    describe(file, () => {
      require(resolve(file));
    }),
  );
}
