import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readConfig } from '../../src/config/config.ts';
import { StagedoorError } from '../../src/lib/errors.ts';
import { serve } from '../../src/server/start.ts';
import { childrenOf, isAlive } from '../support/child-processes.ts';
import { stagedoorHere } from '../support/command-line.ts';
import { createEmptyDatabase } from '../support/database.ts';
import { copyEmbeddedTemplate } from '../support/embedded-template.ts';
import { freePort } from '../support/free-port.ts';
import { until } from '../support/outbox.ts';
import { createScriptRunner, type RunningScript } from '../support/run-script.ts';
import { prepareEnvironment, type ServerEnvironment } from '../support/server-environment.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';

const MAIN = ['src/main.ts'];
const SECRET = 'a-secret-that-is-not-to-be-seen';

const scripts = createScriptRunner();
let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stagedoor-startup-'));
});
after(async () => {
  await scripts.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Asserts that a process exits and prints the reason, without stack trace or secret. */
async function complaintOf(script: RunningScript, exitCode = 1): Promise<string> {
  const { code } = await script.ended;
  const complaint = script.stderr();
  assert.equal(code, exitCode, complaint);
  assert.match(complaint, /^stagedoor: /);
  assert.equal(script.stdout(), '');
  return assertHarmless(complaint);
}

async function oneLineOf(script: RunningScript, exitCode?: number): Promise<string> {
  return assertOneLine(await complaintOf(script, exitCode));
}

/** Starts a server in this process and returns the error line. */
async function refusalOf(variables: Readonly<Record<string, string>>): Promise<string> {
  return assertOneLine(await messageOf(variables));
}

async function messageOf(variables: Readonly<Record<string, string>>): Promise<string> {
  try {
    const server = await serve(readConfig(variables));
    await server.close();
  } catch (error) {
    // main.ts prints such an error as one line and exits with 1; other errors have a stack trace.
    assert.ok(error instanceof StagedoorError, String(error));
    return assertHarmless(error.message);
  }
  return assert.fail('The server started');
}

function assertHarmless(complaint: string): string {
  assert.doesNotMatch(complaint, /\n\s+at |unexpected error|node:internal|\.ts:\d/);
  assert.ok(!complaint.includes(SECRET), complaint);
  return complaint;
}

function assertOneLine(complaint: string): string {
  assert.equal(complaint.trimEnd().split('\n').length, 1, complaint);
  return complaint;
}

describe('Server that can’t start', () => {
  it('in production lists all missing variables', async () => {
    const complaint = await messageOf({ NODE_ENV: 'production' });
    for (const name of [
      'ISSUER',
      'DATABASE_URL',
      'COOKIE_KEYS',
      'SMTP_URL',
      'MAIL_FROM',
      'TRUST_PROXY',
    ]) {
      assert.equal(complaint.split(`- ${name} is missing`).length, 2, complaint);
    }
  });

  it('lists all invalid variables', async () => {
    const wrong = {
      PORT: 'many',
      ISSUER: 'login.example.com',
      DATABASE_URL: `mysql://root:${SECRET}@localhost/db`,
      DATABASE_CONNECTIONS: '0',
      COOKIE_KEYS: SECRET.slice(0, 20),
      SMTP_URL: `https://${SECRET}@mail.example.com`,
      OPERATOR_TOKEN: SECRET.slice(0, 20),
      ACCESS_TOKEN_TTL: '-1',
      REFRESH_TOKEN_TTL: 'a month',
      REFRESH_RETRY_SECONDS: '1.5',
      SESSION_TTL: '0',
      SESSION_IDLE_TTL: 'never',
      RECENT_SIGN_IN_SECONDS: 'NaN',
      SIGNING_KEY_MAX_AGE_DAYS: '-1',
      TRUST_PROXY: 'yes',
      WORKERS: '0',
      LOG_LEVEL: 'loud',
      DEMO: 'maybe',
    };
    const complaint = await complaintOf(scripts.start(MAIN, wrong));
    for (const name of Object.keys(wrong)) {
      assert.equal(complaint.split(`\n  - ${name} `).length, 2, `${name} in ${complaint}`);
    }
    assert.ok(!complaint.includes(SECRET.slice(0, 20)), complaint);
  });

  it('refuses combinations of variables', async () => {
    for (const [variables, names] of [
      [{ WORKERS: '2', DEMO: '1', DATABASE_URL: 'postgres://localhost/db' }, /WORKERS.* DEMO/],
      [{ WORKERS: '2' }, /WORKERS.* DATABASE_URL/],
    ] as const) {
      assert.match(await messageOf(variables), names);
    }
  });

  it('reports a used port', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const environment = await prepareEnvironment({ PORT: port });
    try {
      const line = await refusalOf(environment.variables);
      assert.match(line, new RegExp(`Port ${port} on 127\\.0\\.0\\.1 is taken\\..* PORT `));
      const workers = { ...environment.variables, WORKERS: '2' };
      assert.match(await oneLineOf(scripts.start(MAIN, workers)), /is taken/);
    } finally {
      other.close();
      await environment.remove();
    }
  });

  it('reports an address that it can’t listen on', async () => {
    const environment = await prepareEnvironment();
    try {
      // An address of TEST-NET-3, which no machine has, and a name that never resolves.
      for (const HOST of ['203.0.113.1', 'no-such-host.invalid']) {
        const line = await refusalOf({ ...environment.variables, HOST });
        assert.match(line, /HOST/);
        assert.ok(line.includes(HOST), line);
      }
    } finally {
      await environment.remove();
    }
  });

  it('reports a data directory that is not writable', async () => {
    // Below a file, because root can write in any directory.
    const file = join(folder, 'file');
    await writeFile(file, '');
    const { variables, remove } = await prepareEnvironment();
    try {
      const embedded = { PORT: '0', DATA_DIR: join(file, 'data'), COOKIE_KEYS: 'k'.repeat(32) };
      // With an external PostgreSQL, the cookie key is still stored there.
      const withoutKey = { ...variables, DATA_DIR: file, COOKIE_KEYS: '' };
      for (const start of [embedded, withoutKey]) {
        const line = await refusalOf(start);
        assert.ok(line.includes(`The data folder ${start.DATA_DIR} can't be written`), line);
      }
    } finally {
      await remove();
    }
  });

  it('reports a data directory that another process uses', async () => {
    const environment = await prepareEnvironment({ DATABASE_URL: '' });
    try {
      await copyEmbeddedTemplate(environment.dataDir);
      const first = scripts.start(MAIN, environment.variables);
      await first.prints(/Stagedoor is at/);
      const variables = { ...environment.variables, PORT: String(await freePort()) };
      const line = await refusalOf(variables);
      assert.ok(line.includes(`is in use by process ${first.pid}`), line);
      assert.match(line, /DATA_DIR/);
      first.kill('SIGINT');
      assert.equal((await first.ended).code, 0);
      const second = await serve(readConfig(variables));
      assert.equal((await fetch(`http://localhost:${variables.PORT}/readyz`)).status, 200);
      await second.close();
    } finally {
      await environment.remove();
    }
  });

  it('reports an unreachable database', async () => {
    const { variables, remove } = await prepareEnvironment();
    const right = new URL(variables.DATABASE_URL ?? '');
    const url = (changes: Partial<Pick<URL, 'host' | 'pathname' | 'password'>>) => {
      const changed = Object.assign(new URL(right), changes);
      return { ...variables, DATABASE_URL: changed.href };
    };
    const closed = `127.0.0.1:${await freePort()}`;
    const silent = await startTcpProxy(Number(right.port));
    silent.stall();
    try {
      const migrate = scripts.start(
        ['src/cli.ts', 'migrate'],
        url({ host: closed, password: SECRET }),
      );
      const unreachable = /The database can't be reached: .+ DATABASE_URL/;
      const lines = await Promise.all([
        refusalOf(url({ host: closed, password: SECRET })),
        refusalOf(url({ host: 'no-such-host.invalid', password: SECRET })),
        refusalOf(url({ pathname: '/no_such_database' })),
        refusalOf(url({ host: `127.0.0.1:${silent.port}` })),
      ]);
      // The exit code tells if another attempt may help.
      for (const line of [await oneLineOf(migrate, 4), ...lines]) {
        assert.match(line, unreachable);
      }
    } finally {
      await silent.close();
      await remove();
    }
  });

  it('reports missing migrations, and starts after they have run', async () => {
    const database = await createEmptyDatabase();
    const environment = await prepareEnvironment({ DATABASE_URL: database.url });
    const { variables } = environment;
    try {
      const line = await refusalOf(variables);
      assert.match(line, /lacks \d+ migration\(s\): 0001_initial.*npm run migrate/);

      // Two at the same time, as on two machines of one deployment.
      const migrate = () => stagedoorHere(variables, ['migrate']);
      const ends = await Promise.all([migrate(), migrate()]);
      assert.deepEqual(
        ends.map(({ code }) => code),
        [0, 0],
        ends.map(({ err }) => err).join(''),
      );
      const told = ends.map(({ out }) => out).sort();
      assert.match(told[0] ?? '', /^Ran \d+ migration\(s\): 0001_initial/);
      assert.equal(told[1], 'The database is up to date.\n');

      const server = await serve(readConfig(variables));
      assert.equal((await fetch(`${environment.issuer}/readyz`)).status, 200);
      await server.close();
    } finally {
      await environment.remove();
      await database.drop();
    }
  });
});

describe('Server that gets a stop signal', () => {
  let environment: ServerEnvironment;

  before(async () => {
    environment = await prepareEnvironment();
  });
  after(() => environment.remove());

  const port = () => Number(environment.variables.PORT);
  const start = async (overrides: Record<string, string> = {}) => {
    const server = scripts.start(MAIN, { ...environment.variables, ...overrides });
    await server.prints(/Stagedoor is at/);
    return server;
  };

  const cases = [
    { WORKERS: '1', everybody: false },
    { WORKERS: '2', everybody: false },
    // As Ctrl-C in a terminal does.
    { WORKERS: '2', everybody: true },
  ];
  for (const { WORKERS, everybody } of cases) {
    const name = `WORKERS=${WORKERS}${everybody ? ', with a signal to each' : ''}`;
    it(`completes the current request and exits with 0 (${name})`, async () => {
      const server = await start({ WORKERS });
      await until(() => childrenOf(server.pid).length === (WORKERS === '1' ? 0 : 2));
      const workers = childrenOf(server.pid);
      await until(async () => WORKERS === '1' || (await bothAnswer(environment.issuer)));
      const idle = connect(port(), '127.0.0.1');
      const slow = connect(port(), '127.0.0.1');
      await Promise.all([once(idle, 'connect'), once(slow, 'connect')]);
      idle.on('error', () => {});
      idle.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
      await once(idle, 'data');
      slow.write(
        'POST /api/v1/oauth/introspect HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\n' +
          'Content-Type: application/x-www-form-urlencoded\r\n\r\ntok',
      );
      // Waits until a worker has certainly read it.
      await bothAnswer(environment.issuer);
      const signal = everybody ? 'SIGINT' : 'SIGTERM';
      server.kill(signal);
      for (const worker of everybody ? workers : []) {
        process.kill(worker, signal);
      }
      await refuses(port());
      slow.write('en=x');
      assert.match(await readAll(slow), /^HTTP\/1\.1 401 .*"invalid_client"/s);
      const { code } = await server.ended;
      assert.equal(code, 0, server.stderr());
      assert.ok(everybody || server.stderr() === '', server.stderr());
      assert.deepEqual(workers.filter(isAlive), [], 'no worker is running');
    });
  }

  it('exits immediately after a second signal', async () => {
    const server = await start();
    const slow = connect(port(), '127.0.0.1');
    slow.on('error', () => {});
    await once(slow, 'connect');
    slow.write('POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\n');
    slow.write('Content-Type: application/x-www-form-urlencoded\r\n\r\n');
    await fetch(`${environment.issuer}/healthz`, { headers: { connection: 'close' } });
    server.kill('SIGTERM');
    await refuses(port());
    server.kill('SIGTERM');
    assert.equal((await server.ended).code, 1);
  });
});

describe('Server with several workers', () => {
  let environment: ServerEnvironment;
  let server: RunningScript;

  before(async () => {
    environment = await prepareEnvironment({ WORKERS: '2' });
    server = scripts.start(MAIN, environment.variables);
    await server.prints(/Stagedoor is at/);
    await until(() => childrenOf(server.pid).length === 2);
  });
  after(async () => {
    server.kill('SIGKILL');
    await server.ended;
    await environment.remove();
  });

  it('prints its address once', async () => {
    await until(() => bothAnswer(environment.issuer));
    assert.equal(server.stdout(), `Stagedoor is at ${environment.issuer}\n`);
  });

  it('replaces a killed worker', async () => {
    const before = childrenOf(server.pid);
    const [victim = 0] = before;
    process.kill(victim, 'SIGKILL');
    await until(() => {
      const now = childrenOf(server.pid);
      return now.length === 2 && !now.includes(victim);
    });
    await until(() => bothAnswer(environment.issuer));
    assert.equal((await fetch(`${environment.issuer}/readyz`)).status, 200);
    const [, ...lines] = server.stdout().trim().split('\n');
    const { level, worker, msg } = JSON.parse(lines.join());
    assert.deepEqual(
      [level, typeof worker, msg],
      [40, 'number', 'Worker ended; another one starts'],
    );
    assert.equal(server.stderr(), '');
  });

  it('leaves no worker running when it is killed', async () => {
    const workers = childrenOf(server.pid);
    assert.equal(workers.length, 2);
    server.kill('SIGKILL');
    await server.ended;
    await until(() => !workers.some(isAlive));
  });
});

/** Tells if two processes serve requests. */
async function bothAnswer(issuer: string): Promise<boolean> {
  let text = '';
  for (let request = 0; request < 6; request += 1) {
    // A connection is assigned to one worker.
    const response = await fetch(`${issuer}/metrics`, { headers: { connection: 'close' } });
    text = await response.text();
  }
  return /^stagedoor_workers 2$/m.test(text);
}

/** Waits until no process listens on the port. */
function refuses(port: number): Promise<void> {
  return until(async () => {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return false;
    } catch {
      return true;
    } finally {
      socket.destroy();
    }
  });
}

async function readAll(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket.setEncoding('utf8')) {
    text += chunk;
  }
  return text;
}
