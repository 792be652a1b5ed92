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
 * Copies a migrated embedded database into a data directory, or another one from `template`. Creating
 * one costs seconds of CPU, copying one a fraction: the first test that needs one creates it for all,
 * and for later runs.
 */
export async function copyEmbeddedTemplate(dataDir: string, template?: string): Promise<void> {
  const from = template ?? process.env.STAGEDOOR_TEST_EMBEDDED;
  if (from === undefined) {
    return;
  }
  if (template === undefined) {
    await createOnce(from, makeTemplate);
  }
  copyFolder(join(from, 'db'), join(dataDir, 'db'));
}

/** Lets one process of a run create a directory, while the others wait for it. */
export async function createOnce(
  path: string,
  create: (folder: string) => Promise<void>,
): Promise<void> {
  if (await isFirst(path)) {
    const folder = `${path}.making`;
    await create(folder);
    await rename(folder, path);
  }
  const giveUp = Date.now() + PATIENCE;
  while (!(await exists(path))) {
    if (Date.now() > giveUp) {
      throw new Error(`another test did not finish creating ${path}`);
    }
    await sleep(50);
  }
}

async function makeTemplate(folder: string): Promise<void> {
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
async function isFirst(path: string): Promise<boolean> {
  return mkdir(`${path}.claimed`).then(
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
