import { cp, mkdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stagedoorHere } from './command-line.ts';

/** Time to wait for another test that creates the template, in milliseconds. */
const PATIENCE = 120_000;

/**
 * Copies a migrated embedded database into a data directory. Creating one costs seconds of CPU,
 * copying one a fraction: the first test of a run that needs one creates it for all.
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
  await cp(join(template, 'db'), join(dataDir, 'db'), { recursive: true });
}

async function makeTemplate(template: string): Promise<void> {
  const folder = `${template}.making`;
  const { code, err } = await stagedoorHere({ DATA_DIR: folder }, ['migrate']);
  if (code !== 0) {
    throw new Error(`stagedoor migrate: ${err}`);
  }
  await rename(folder, template);
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
