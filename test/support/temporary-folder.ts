import { readFile, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';

/** File system in memory that Linux mounts by default. */
const MEMORY = '/dev/shm';
/** Space in bytes for the databases, builds and packages of a run. */
const SPACE = 4 * 2 ** 30;

/**
 * Returns a directory for the files of a run: one in memory if it has enough space and can contain
 * programs. Each test server gets a database of hundreds of files, which takes a multiple of the
 * CPU time on a disk.
 */
export async function temporaryFolder(): Promise<string> {
  return (await isSuitable().catch(() => false)) ? MEMORY : tmpdir();
}

async function isSuitable(): Promise<boolean> {
  const { bavail, bsize } = await statfs(MEMORY);
  const mounts = await readFile('/proc/mounts', 'utf8');
  const options = mounts.split('\n').find((line) => line.split(' ')[1] === MEMORY);
  return bavail * bsize >= SPACE && options !== undefined && !/\b(ro|noexec)\b/.test(options);
}
