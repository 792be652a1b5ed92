import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findProgram } from './find-program.ts';
import { freePort } from './free-port.ts';

const PROGRAM = findProgram('pgbouncer');

/** The reason to skip tests that need PgBouncer; false if it is installed. */
export const whyNoPgBouncer: string | false = PROGRAM === undefined && 'PgBouncer is not installed';

/** A running PgBouncer. */
export interface PgBouncer {
  /** URL of the database behind it. */
  readonly url: string;
  close(): Promise<void>;
}

/** Starts PgBouncer in transaction mode in front of a database. */
export async function startPgBouncer(databaseUrl: string, connections: number): Promise<PgBouncer> {
  const { hostname, port, username, password } = new URL(databaseUrl);
  const folder = await mkdtemp(join(tmpdir(), 'stagedoor-pgbouncer-'));
  const own = await freePort();
  const file = join(folder, 'pgbouncer.ini');
  await writeFile(
    file,
    `[databases]
* = host=${hostname} port=${port} user=${username} password=${password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${own}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = ${connections}
`,
  );
  await chmod(folder, 0o755);
  // PgBouncer refuses to run as root.
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const child = spawn(PROGRAM ?? '', ['-q', ...user, file], { stdio: 'ignore' });
  await listens(own, child);
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${own}`;
  return {
    url: url.href,
    close: async () => {
      child.kill('SIGTERM');
      await once(child, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function listens(port: number, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const socket = connect(port, '127.0.0.1');
    const [event] = await Promise.race([
      once(socket, 'connect').then(() => ['connect']),
      once(socket, 'error').catch(() => []),
    ]).catch(() => []);
    socket.destroy();
    if (event === 'connect') {
      return;
    }
    if (child.exitCode !== null) {
      break;
    }
    await sleep(25);
  }
  throw new Error('PgBouncer does not listen.');
}
