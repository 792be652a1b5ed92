import { createHash } from 'node:crypto';
import { cpSync, globSync } from 'node:fs';
import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stagedoorHere } from './command-line.ts';

const ROOT = join(import.meta.dirname, '../..');
const CACHE = join(ROOT, 'node_modules/.cache/embedded');

/** Time to wait for another test that creates the template, in milliseconds. */
const PATIENCE = 120_000;

/**
 * Copies a migrated embedded database into a data directory. Creating one costs seconds of CPU,
 * copying one a fraction: the first test that needs one creates it for all, and for later runs.
 */
export async function copyEmbeddedTemplate(dataDir: string): Promise<void> {
  const template = process.env.STAGEDOOR_TEST_EMBEDDED;
  if (template === undefined) {
    return;
  }
  if (await isFirst(template)) {
    await makeTemplate(template);
  }
  const giveUp = Date.now() + PATIENCE;
  while (!(await exists(template))) {
    if (Date.now() > giveUp) {
      throw new Error('another test did not finish creating the embedded database');
    }
    await sleep(50);
  }
  copyFolder(join(template, 'db'), join(dataDir, 'db'));
}

async function makeTemplate(template: string): Promise<void> {
  const folder = `${template}.making`;
  const cached = join(CACHE, await fingerprint());
  if (await exists(cached)) {
    copyFolder(cached, join(folder, 'db'));
  } else {
    const { code, err } = await stagedoorHere({ DATA_DIR: folder }, ['migrate']);
    if (code !== 0) {
      throw new Error(`stagedoor migrate: ${err}`);
    }
    await keep(join(folder, 'db'), cached);
  }
  await rename(folder, template);
}

/** Copies more than a thousand files, in a fifth of the CPU time of the asynchronous function. */
function copyFolder(from: string, to: string): void {
  cpSync(from, to, { recursive: true });
}

/** Keeps the database for the next run, instead of those with other migrations. */
async function keep(folder: string, cached: string): Promise<void> {
  await rm(CACHE, { recursive: true, force: true });
  const copy = `${cached}.${process.pid}`;
  copyFolder(folder, copy);
  await rename(copy, cached);
}

/** Returns a hash of the files that determine the content of a migrated database. */
async function fingerprint(): Promise<string> {
  const patterns = ['migrations/*', 'src/db/*', 'node_modules/@electric-sql/pglite/package.json'];
  const all = createHash('sha256');
  for (const file of globSync(patterns, { cwd: ROOT }).sort()) {
    all.update(file).update(await readFile(join(ROOT, file)));
  }
  return all.digest('hex');
}

/** Creates a directory; true in exactly one of several processes. */
async function isFirst(template: string): Promise<boolean> {
  return mkdir(`${template}.claimed`).then(
    () => true,
    () => false,
  );
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
