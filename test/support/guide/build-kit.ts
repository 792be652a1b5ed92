import { spawnSync } from 'node:child_process';
import { copyFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');

/** Builds the kit into a folder, as `npm run build` does into `dist/`. */
export async function buildKit(folder: string): Promise<void> {
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  const target = join(folder, 'resource-server');
  const { status, stdout } = spawnSync(
    process.execPath,
    [compiler, '-p', 'tsconfig.build.json', '--outDir', target],
    { cwd: ROOT, encoding: 'utf8' },
  );
  if (status !== 0) {
    throw new Error(`The kit does not build: ${stdout}`);
  }
  await copyFile(join(ROOT, 'src/resource-server/package.json'), join(folder, 'package.json'));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
}
