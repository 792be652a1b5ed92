import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { isUnreachable } from '../../src/db/unreachable.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { asAdmin } from '../support/template-database.ts';

/** A server of which a test decides if it is a standby. */
interface FakeStandby {
  readonly server: Server;
  /** True: connections lead to the database that can be read only. */
  isStandby: boolean;
}

/** Leads to the database of the startup message, or to another whose name is as long. */
async function listen(port: number, names: readonly [string, string]): Promise<FakeStandby> {
  const server = createServer((inner) => {
    const outer = connect(port, '127.0.0.1');
    inner.once('data', (startup) => {
      const text = startup.toString('latin1');
      outer.write(Buffer.from(fake.isStandby ? text.replace(...names) : text, 'latin1'));
      inner.pipe(outer);
    });
    outer.pipe(inner);
    for (const socket of [inner, outer]) {
      socket.on('error', () => {});
    }
  });
  const fake = { server, isStandby: true };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return fake;
}

describe('Several servers in DATABASE_URL', () => {
  let primary: TestDatabase;
  let standby: TestDatabase;
  let servers: [FakeStandby, FakeStandby];
  let database: Database;

  before(async () => {
    [primary, standby] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    const url = new URL(primary.url);
    const names = [url.pathname.slice(1), new URL(standby.url).pathname.slice(1)] as const;
    await asAdmin(standby.url, `alter database ${names[1]} set default_transaction_read_only = on`);
    const port = Number(url.port);
    servers = [await listen(port, names), await listen(port, names)];
    const hosts = servers.map(({ server }) => {
      return `127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    database = await openDatabase({
      url: `postgres://${url.username}:${url.password}@${hosts}${url.pathname}?target_session_attrs=read-write`,
      dataDir: '',
      connections: 2,
    });
  });
  after(async () => {
    await database.close();
    for (const { server } of servers) {
      server.close();
    }
    await primary.drop();
    await standby.drop();
  });

  const write = (slug: string) =>
    database.db.insertInto('organizers').values({ slug, name: '{}' }).execute();
  /** Reads and writes; returns false if that fails as for an unreachable database. */
  const attempt = async () => {
    try {
      await database.lookUp('select slug from organizers where slug = $1', ['one']);
      await write(`slug${Date.now()}`);
      return true;
    } catch (error) {
      assert.ok(isUnreachable(error), String(error));
      return false;
    }
  };

  it('without one that accepts writes count as unreachable', async () => {
    assert.equal(await attempt(), false);
    await sleep(1_100);
  });

  it('are used if they accept writes, also after a failover', async () => {
    const [one, two] = servers;
    two.isStandby = false;
    assert.equal(await attempt(), true);
    await sleep(1_100);
    [one.isStandby, two.isStandby] = [false, true];
    const name = new URL(primary.url).pathname.slice(1);
    await asAdmin(
      standby.url,
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`,
    );
    const outcomes: boolean[] = [];
    for (let count = 0; count < 3; count += 1) {
      outcomes.push(await attempt());
      await sleep(50);
    }
    assert.equal(outcomes.at(-1), true, String(outcomes));
  });
});
