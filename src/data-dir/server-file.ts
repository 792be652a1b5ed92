import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** Content of the file that a running server on the embedded database writes to its data folder. */
const contents = z.object({
  /** URL of the server for processes on this machine. */
  url: z.url(),
  pid: z.int(),
  /** Opens the management API for as long as it runs. */
  token: z.string().min(1),
});

/** Access of the command line to a server that holds the embedded database. */
export type ServerFile = z.infer<typeof contents>;

const NAME = 'server.json';

/**
 * Writes the file, readable only by the owner of the process, like the database beside it.
 * @returns a function that removes the file
 */
export async function leaveServerFile(
  dataDir: string,
  server: ServerFile,
): Promise<() => Promise<void>> {
  const path = join(dataDir, NAME);
  // A new file: an existing one would keep its mode.
  await rm(path, { force: true });
  await writeFile(path, JSON.stringify(server), { mode: 0o600, flag: 'wx' });
  return () => rm(path, { force: true });
}

/**
 * Reads what a server left; undefined where there is none. One that crashed leaves its file behind.
 * @throws what the file system says where the file may not be read
 */
export async function readServerFile(dataDir: string): Promise<ServerFile | undefined> {
  try {
    return contents.parse(JSON.parse(await readFile(join(dataDir, NAME), 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EACCES') {
      throw error;
    }
    return undefined;
  }
}
