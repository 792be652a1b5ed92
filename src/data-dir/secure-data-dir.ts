import { chmod, mkdir, readdir, stat } from 'node:fs/promises';
import { StagedoorError } from '../lib/errors.ts';

/** Rights of the group and of other users of the machine. */
const OTHERS = 0o077;
/** Names that this server uses in the data folder. */
const OURS = /^(db|lock|mail|cookie-key|operator-token|(server|demo)\.json.*)$/;

/** Lets every file that this process makes be for its user alone. */
export function keepFilesPrivate(): void {
  process.umask(OTHERS);
}

/**
 * Makes the data folder if there is none, and takes the rights of other users away from one that an
 * earlier version made: it holds the database, mails and secrets. A folder that belongs to another
 * user or has other files in it stays as it is; so does one on a volume that knows no rights.
 * @returns false if other users of the machine can still get into the folder
 * @throws StagedoorError `data_dir_unusable`
 */
export async function secureDataDir(dataDir: string): Promise<boolean> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    const { mode, uid } = await stat(dataDir);
    if ((mode & OTHERS) !== 0 && uid === process.getuid?.() && (await hasOnlyOurs(dataDir))) {
      await chmod(dataDir, 0o700).catch(() => undefined);
    }
    return !(await isOpenToOthers(dataDir));
  } catch (cause) {
    throw new StagedoorError('data_dir_unusable', `The data folder ${dataDir} can't be written.`, {
      cause,
    });
  }
}

async function hasOnlyOurs(dataDir: string): Promise<boolean> {
  return (await readdir(dataDir)).every((name) => OURS.test(name));
}

/** Tests if other users of the machine can read a folder; false if it does not exist. */
export async function isOpenToOthers(folder: string): Promise<boolean> {
  const found = await stat(folder).catch(() => undefined);
  return found !== undefined && process.platform !== 'win32' && (found.mode & OTHERS) !== 0;
}
