import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const ROOT = join(import.meta.dirname, '../..');
/** Commit of the previous release; CONTRIBUTING.md says when it changes. */
const COMMIT = readFileSync(join(ROOT, 'test/processes/previous-release'), 'utf8').trim();
/** Parts of the source that run a server. */
export const SERVER_FILES = ['bin', 'src', 'views', 'migrations', 'package.json'];

const lockFile = z.object({
  packages: z.record(
    z.string(),
    z.object({ version: z.string().optional(), dev: z.boolean().optional() }),
  ),
});

/** The reason to skip tests that run the previous release; false if its commit is here. */
export const whyNoPreviousRelease: string | false = hasCommit()
  ? false
  : `The commit of the previous release is missing. Run: git fetch --depth=1 origin ${COMMIT}`;

function hasCommit(): boolean {
  return existsSync(join(ROOT, '.git')) && git('cat-file', '-e', `${COMMIT}^{commit}`) === 0;
}

function git(...args: readonly string[]): number | null {
  return spawnSync('git', ['-C', ROOT, ...args]).status;
}

/**
 * Extracts the previous release to a new folder. It uses the packages of this version if they are the same
 * for a server; otherwise `npm ci` installs those of its lock file.
 */
export async function extractPreviousRelease(root: string): Promise<void> {
  await mkdir(root);
  const archive = join(root, 'previous.tar');
  run('git', ['-C', ROOT, 'archive', '-o', archive, COMMIT, ...SERVER_FILES, 'package-lock.json']);
  run('tar', ['-C', root, '-xf', archive]);
  const installed = packagesOf(ROOT);
  if (Object.entries(packagesOf(root)).every(([path, version]) => installed[path] === version)) {
    await symlink(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  } else {
    run('npm', ['--prefix', root, 'ci', '--omit=dev', '--no-audit', '--no-fund']);
  }
}

/** Returns the versions of the packages that a server needs, by their folder. */
function packagesOf(root: string): Record<string, string | undefined> {
  const { packages } = lockFile.parse(
    JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')),
  );
  return Object.fromEntries(
    Object.entries(packages)
      .filter(([path, { dev }]) => path.startsWith('node_modules/') && dev !== true)
      .map(([path, { version }]) => [path, version]),
  );
}

function run(command: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) {
    throw new Error(`${command} failed: ${stderr}`);
  }
}
