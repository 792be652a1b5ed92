import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** What a server on the embedded database leaves in its data folder while it runs. */
const contents = z.object({
  /** Where it listens, for processes on this machine. */
  url: z.url(),
  pid: z.int(),
  /** Opens the management API for as long as it runs. */
  token: z.string().min(1),
});

/** How the command line reaches a server that has the embedded database to itself. */
export type ServerFile = z.infer<typeof contents>;

const NAME = 'server.json';

/**
 * Writes it, readable by the owner of the process only: whoever can read the data folder has the
 * database anyway.
 * @returns what removes it
 */
export async function leaveServerFile(
  dataDir: string,
  server: ServerFile,
): Promise<() => Promise<void>> {
  const path = join(dataDir, NAME);
  // Made anew: the mode of a file that is there would stay.
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
