import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Folder into which `.ci/run` puts programs whose Debian packages would start a server. */
const FETCHED = join(import.meta.dirname, '../../node_modules/.cache');

/** Finds a program that knows `--version`; undefined if it is not here. */
export function findProgram(name: string): string | undefined {
  return [name, join(FETCHED, name)].find((path) => spawnSync(path, ['--version']).status === 0);
}
