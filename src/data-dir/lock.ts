import { randomUUID } from 'node:crypto';
import { link, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StagedoorError } from '../lib/errors.ts';

/** Milliseconds between two heartbeats of the process that holds a folder. */
const HEARTBEAT = 5_000;
/** Milliseconds without a sign of life after which a holder on another host counts as dead. */
const SILENCE = 60_000;
const ATTEMPTS = 50;

/** The locks that this very process holds: its number in a lock can be that of a dead one before it. */
const own = new Set<string>();

/** Process that holds a folder. */
interface Holder {
  readonly pid: number;
  /** Containers that share a folder have different ones, and can't see each other's processes. */
  readonly host: string;
}

/**
 * Takes a data folder for this process: two processes on one embedded database would destroy it.
 * A lock that a dead process left behind is taken over.
 * @returns what gives the folder back
 * @throws StagedoorError `data_dir_in_use`, or `data_dir_unusable` where it can't be written
 */
export async function takeDirectory(folder: string): Promise<() => Promise<void>> {
  const path = lockOf(folder);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (await create(path, folder)) {
      return hold(path);
    }
    if (await isHeld(path)) {
      throw await inUse(path, folder);
    }
    await removeDead(path, folder);
  }
  throw await inUse(path, folder);
}

/** The process that holds a folder; undefined where none does. */
export async function holderOf(folder: string): Promise<number | undefined> {
  const path = lockOf(folder);
  return (await isHeld(path)) ? (await readHolder(path))?.pid : undefined;
}

function lockOf(folder: string): string {
  return join(resolve(folder), 'lock');
}

/** Creates a lock together with its content, which no other process can see unwritten. */
async function create(path: string, folder: string): Promise<boolean> {
  const written = `${path}.${randomUUID()}`;
  try {
    await writeFile(written, `${process.pid} ${hostname()}`, { flag: 'wx' });
    await link(written, path);
    return true;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') {
      return false;
    }
    const message = `The data folder ${folder} can't be written.`;
    throw new StagedoorError('data_dir_unusable', message, { cause });
  } finally {
    await rm(written, { force: true });
  }
}

function hold(path: string): () => Promise<void> {
  own.add(path);
  const beat = () => {
    const now = new Date();
    utimes(path, now, now).catch(() => {});
  };
  const timer = setInterval(beat, HEARTBEAT).unref();
  return async () => {
    clearInterval(timer);
    await rm(path, { force: true });
    own.delete(path);
  };
}

/**
 * Removes a dead lock, one process at a time: of two that found it dead, the second would remove the
 * living one of the first. A lock that is gone may be created anew at any time, so only one that was
 * read is removed.
 */
async function removeDead(path: string, folder: string): Promise<void> {
  const turn = `${path}.takeover`;
  if (await create(turn, folder)) {
    try {
      const holder = await readHolder(path);
      if (holder !== undefined && !(await isAlive(holder, path))) {
        await rm(path, { force: true });
      }
    } finally {
      await rm(turn, { force: true });
    }
    return;
  }
  await sleep(20);
  if ((await silenceOf(turn)) > SILENCE) {
    // It died in the few milliseconds that this takes.
    await rm(turn, { force: true });
  }
}

/** Tests if a lock exists and its holder is alive. */
async function isHeld(path: string): Promise<boolean> {
  const holder = await readHolder(path);
  return holder !== undefined && (await isAlive(holder, path));
}

async function isAlive(holder: Holder, path: string): Promise<boolean> {
  if (holder.pid === process.pid && holder.host === hostname()) {
    return own.has(path);
  }
  return holder.host === hostname()
    ? isRunning(holder.pid)
    : holder.pid > 0 && (await silenceOf(path)) < SILENCE;
}

async function readHolder(path: string): Promise<Holder | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) {
    return undefined;
  }
  const [pid, host = hostname()] = text.split(' ');
  return { pid: Number(pid), host };
}

/** Milliseconds since the last sign of life. */
async function silenceOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  return found === undefined ? 0 : Date.now() - found.mtimeMs;
}

async function inUse(path: string, folder: string): Promise<StagedoorError> {
  const holder = await readHolder(path);
  const who =
    holder === undefined || !(holder.pid > 0)
      ? ''
      : ` by process ${holder.pid}${holder.host === hostname() ? '' : ` on the host ${holder.host}`}`;
  return new StagedoorError(
    'data_dir_in_use',
    `The data folder ${folder} is in use${who}. Stop that one first, or set DATA_DIR to another folder.`,
  );
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) {
    return false;
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
