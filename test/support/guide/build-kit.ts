import { spawnSync } from 'node:child_process';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');

/** Builds the kit into a folder, as `npm run build` does into `dist/`. */
export async function buildKit(folder: string): Promise<void> {
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  const { status, stdout } = spawnSync(
    process.execPath,
    [compiler, '-p', 'tsconfig.build.json', '--outDir', folder],
    { cwd: ROOT, encoding: 'utf8' },
  );
  if (status !== 0) {
    throw new Error(`The kit does not build: ${stdout}`);
  }
  const description = await readFile(join(ROOT, 'src/kit/package.json'), 'utf8');
  await writeFile(join(folder, 'package.json'), description.replaceAll('.ts"', '.js"'));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
}
