import { execFile } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { type Postgres, type StartedPostgres, startPostgres } from './postgres.ts';
import { startTcpProxy } from './tcp-proxy.ts';
import { asAdmin } from './template-database.ts';

/** A PostgreSQL with a synchronous standby. `url` leads to the one that is the primary. */
export interface PostgresPair extends Postgres {
  /** Returns the URL of a database with both servers, instead of the address that leads to the primary. */
  withBothServers(url: string): string;
  /** Kills the primary, promotes the standby, and makes it available at the same address. */
  failOver(): Promise<void>;
  /** Kills the primary and starts it again with its data. */
  crash(): Promise<void>;
  /** Stops all processes of the primary (SIGSTOP), or lets them go on (SIGCONT). Needs /proc. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
}

/**
 * Starts the pair with its data in `folder`. A commit is answered after the standby has applied it
 * (`synchronous_commit = remote_apply`).
 */
export async function startPostgresPair(folder: string): Promise<PostgresPair> {
  const folders = { primary: join(folder, 'primary'), standby: join(folder, 'standby') };
  await chmod(folder, 0o755);
  await Promise.all(Object.values(folders).map((one) => mkdir(one)));
  const primary = await startPostgres(folders.primary, 'durable', {
    // The standby may begin late.
    settings: { wal_keep_size: '1GB' },
    isPersistent: true,
    // With owner and rights, which are PostgreSQL's.
    prepare: (data) => copy(data, join(folders.standby, 'postgres')),
  });
  const standby = await startPostgres(folders.standby, 'durable', {
    settings: { primary_conninfo: primary.url },
    isStandby: true,
    isPersistent: true,
  });
  await replicateSynchronously(primary.url);
  const proxy = await startTcpProxy(portOf(primary));
  const url = new URL(primary.url);
  url.port = String(proxy.port);
  let current: StartedPostgres = primary;
  return {
    url: url.href,
    withBothServers: (own) => {
      const hosts = [primary, standby].map((server) => `127.0.0.1:${portOf(server)}`);
      return `${own.replace(url.host, hosts.join())}?target_session_attrs=read-write`;
    },
    failOver: async () => {
      // As if the machine failed: processes of the primary that live longer can answer nothing.
      await Promise.all([primary.kill(), proxy.cut()]);
      await asAdmin(standby.url, 'select pg_promote()');
      current = standby;
      proxy.forwardTo(portOf(standby));
      await proxy.restore();
    },
    crash: async () => {
      await current.kill();
      await current.restart();
    },
    signal: (signal) => current.signal(signal),
    stop: async () => {
      await proxy.close();
      await Promise.all([standby.stop(), current === primary ? primary.stop() : undefined]);
    },
  };
}

async function copy(from: string, to: string): Promise<void> {
  await promisify(execFile)('cp', ['-a', from, to]);
  await writeFile(join(to, 'standby.signal'), '');
}

async function replicateSynchronously(url: string): Promise<void> {
  await asAdmin(url, "alter system set synchronous_standby_names = '*'");
  await asAdmin(url, 'alter system set synchronous_commit = remote_apply');
  await asAdmin(url, 'select pg_reload_conf()');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const end = Date.now() + 30_000; Date.now() < end; await sleep(50)) {
      const { rows } = await client.query('select sync_state from pg_stat_replication');
      if (rows[0]?.sync_state === 'sync') {
        return;
      }
    }
  } finally {
    await client.end();
  }
  throw new Error('The standby does not replicate after 30 seconds.');
}

function portOf({ url }: Postgres): number {
  return Number(new URL(url).port);
}
