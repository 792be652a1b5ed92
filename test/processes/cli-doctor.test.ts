import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { newDoctorPass } from '../../src/operations/doctor-pass.ts';
import { makeCertificate } from '../support/certificate.ts';
import { stagedoor, stagedoorHere } from '../support/command-line.ts';
import { createEmptyDatabase } from '../support/database.ts';
import { copyEmbeddedTemplate } from '../support/embedded-template.ts';
import { freePort } from '../support/free-port.ts';
import { startMailServer } from '../support/mail-server.ts';
import { whyNotSecure } from '../support/secure-server.ts';
import { startServer, type TestServer } from '../support/server.ts';

interface Finding {
  readonly check: string;
  readonly state: string;
  readonly message: string;
  readonly fix?: string;
}

const COOKIE_KEYS = 'cookie-key-of-the-tests-0123456789';

let server: TestServer;
let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stagedoor-doctor-'));
  server = await startServer();
});
after(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** Returns the environment of the running server. */
const sound = () => ({
  DATABASE_URL: server.config.databaseUrl ?? '',
  DATA_DIR: folder,
  ISSUER: server.issuer,
  COOKIE_KEYS,
});

/** Runs the doctor in the environment of the server with some changes. */
async function examine(wrong: Record<string, string> = {}) {
  const { code, out, err } = await stagedoorHere({ ...sound(), ...wrong }, ['doctor', '--json']);
  assert.equal(err, '');
  const { ok, checks }: { ok: boolean; checks: Finding[] } = JSON.parse(out);
  assert.equal(code, ok ? 0 : 1);
  for (const { state, fix, message } of checks) {
    assert.equal(fix !== undefined, ['warn', 'fail'].includes(state), message);
  }
  const worst = (check: string) => {
    const found = checks.filter((one) => one.check === check);
    return (
      found.find(({ state }) => state === 'fail') ??
      found.find(({ state }) => state === 'warn') ??
      found[0]
    );
  };
  return { code, out, checks, worst };
}

/** Asserts that only this check fails or warns, with this message. */
async function finds(
  wrong: Record<string, string>,
  check: string,
  state: 'warn' | 'fail',
  message: RegExp,
): Promise<Finding> {
  const { checks } = await examine(wrong);
  const [bad, ...more] = checks.filter((one) => ['warn', 'fail'].includes(one.state));
  assert.ok(bad !== undefined, `nothing is wrong: ${JSON.stringify(checks)}`);
  assert.deepEqual([bad.check, bad.state, more], [check, state, []]);
  assert.match(bad.message, message);
  return bad;
}

describe('stagedoor doctor', () => {
  test('reports a working server as ok', async () => {
    const { code, checks } = await examine();
    assert.deepEqual(
      checks.filter(({ state }) => state !== 'ok'),
      [],
    );
    assert.equal(code, 0);
    const names = new Set(checks.map(({ check }) => check));
    for (const name of [
      'node',
      'configuration',
      'data folder',
      'database',
      'migrations',
      'clock',
      'mail server',
      'certificate',
      'issuer',
      'signing keys',
      'cookie keys',
    ]) {
      assert.ok(names.has(name), name);
    }
  });

  test('prints a report for people, from a separate process', async () => {
    const { code, out, err } = await stagedoor(sound(), 'doctor');
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, /^ok {4}node/m);
    assert.match(out, /^ok {4}database {8}PostgreSQL \d+.* at [\w.]+:\d+\/stagedoor_test_\w+\.$/m);
    assert.match(out, /\nAll is well\.\n$/);
    const failing = await stagedoor(
      { ...sound(), SMTP_URL: 'smtp://u:very-secret@127.0.0.1:2' },
      'doctor',
    );
    assert.equal(failing.code, 1);
    assert.match(failing.out, /^FAIL {2}mail server .*\n +-> Check host, port/m);
    assert.match(failing.out, /\n1 failed, 0 to look at\.\n$/);
    assert.ok(!failing.out.includes('very-secret'));
  });

  test('reports every configuration error', async () => {
    const { code, checks } = await examine({ REGISTRATION: 'maybe', ISSUER: 'ftp://x' });
    assert.equal(code, 1);
    const message = checks
      .filter(({ check }) => check === 'configuration')
      .map((one) => one.message);
    assert.deepEqual(message.length, 2);
    assert.match(message.join(), /REGISTRATION must be open.*ISSUER must be a URL/);
  });

  test('reports an unreachable database, without its password', async () => {
    const { out, worst } = await examine({
      DATABASE_URL: 'postgres://x:very-secret@127.0.0.1:2/x',
    });
    assert.equal(worst('database')?.state, 'fail');
    assert.match(worst('database')?.message ?? '', /127\.0\.0\.1:2\/x: .*can’t be reached/);
    assert.ok(!out.includes('very-secret'));
  });

  test('reports missing migrations', async () => {
    const empty = await createEmptyDatabase();
    try {
      const { fix } = await finds(
        { DATABASE_URL: empty.url },
        'migrations',
        'fail',
        /0001_initial/,
      );
      assert.match(fix ?? '', /stagedoor migrate/);
    } finally {
      await empty.drop();
    }
  });

  test('reports cookie keys that can’t decrypt a signing key, and missing ones', async () => {
    const other = { COOKIE_KEYS: 'another-key-0123456789-0123456789' };
    const { fix } = await finds(other, 'signing keys', 'fail', /do not open/);
    assert.match(fix ?? '', /at the end of COOKIE_KEYS/);
    const { worst } = await examine({ COOKIE_KEYS: '' });
    assert.deepEqual([worst('cookie keys')?.state, worst('signing keys')?.state], ['warn', 'fail']);
  });

  test('reports failed mails and old signing keys', async () => {
    const { db } = server.database;
    await db
      .insertInto('mail_outbox')
      .values({
        kind: 'authorized',
        recipient: 'a@example.com',
        locale: 'en',
        data: '{}',
        failed_at: new Date(),
      })
      .execute();
    await finds({}, 'mails', 'warn', /1 was given up/);
    await db.deleteFrom('mail_outbox').execute();
    const past = new Date(Date.now() - 200 * 86_400_000);
    await db.updateTable('signing_keys').set({ signs_from: past }).execute();
    const { worst } = await examine();
    assert.match(worst('signing keys')?.message ?? '', /is 200 days old, and 90 are allowed/);
    await db
      .updateTable('signing_keys')
      .set({ signs_from: new Date() })
      .where('signs_from', '=', past)
      .execute();
  });

  test('checks the mail server, or the mail directory if none is configured', async () => {
    const mails = await startMailServer();
    const { worst } = await examine({ SMTP_URL: mails.url });
    assert.equal(worst('mail server')?.state, 'ok');
    assert.deepEqual([mails.connections(), mails.received.length], [1, 0]);
    await mails.close();
    const again = await examine({ SMTP_URL: mails.url });
    assert.match(again.worst('mail server')?.message ?? '', /does not take mails: .*ECONNREFUSED/);
    await examine({ MAIL_FROM: 'Nobody' }).then((found) =>
      assert.equal(found.worst('mail sender')?.state, 'fail'),
    );
  });

  test('reports a data directory that is not writable', {
    skip: process.getuid?.() === 0,
  }, async () => {
    await chmod(folder, 0o500);
    const { worst } = await examine();
    await chmod(folder, 0o700);
    assert.equal(worst('data folder')?.state, 'fail');
  });

  test('reports an upstream login without metadata', async () => {
    const oidc = {
      OIDC_ISSUER: `http://127.0.0.1:${await freePort()}`,
      OIDC_CLIENT_ID: 'a',
      OIDC_CLIENT_SECRET: 'very-secret',
    };
    const found = await finds(oidc, 'platform login', 'fail', /does not describe itself/);
    assert.match(found.fix ?? '', /openid-configuration.*login\/callback/);
  });
});

function portOf(one: Server): number {
  const address = one.address();
  return address !== null && typeof address === 'object' ? address.port : 0;
}

describe('stagedoor doctor, issuer', () => {
  const http: Server[] = [];
  after(() => {
    for (const one of http) {
      one.close();
      one.closeAllConnections();
    }
  });

  /** Starts a server that returns this body for every request. */
  async function answering(body: (url: string) => string, headers: Record<string, string> = {}) {
    const one = createServer((_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json', ...headers });
      response.end(body(url));
    }).listen(0, '127.0.0.1');
    http.push(one);
    await once(one, 'listening');
    const url = `http://127.0.0.1:${portOf(one)}`;
    return url;
  }

  test('reports an issuer without a server', async () => {
    const { fix } = await finds(
      { ISSUER: `http://127.0.0.1:${await freePort()}` },
      'issuer',
      'fail',
      /ECONNREFUSED/,
    );
    assert.match(fix ?? '', /Start the server/);
  });

  test('reports an issuer with another server or another program', async () => {
    const port = new URL(server.issuer).port;
    await finds(
      { ISSUER: `http://127.0.0.1:${port}` },
      'issuer',
      'fail',
      /calls itself "http:\/\/localhost/,
    );
    const page = await answering(() => '<html>');
    await finds({ ISSUER: page }, 'issuer', 'fail', /is not Stagedoor/);
  });

  test('reports a clock that differs', async () => {
    for (const [seconds, state] of [
      [15, 'warn'],
      [-3600, 'fail'],
    ] as const) {
      const date = new Date(Date.now() + seconds * 1000).toUTCString();
      const url = await answering((issuer) => JSON.stringify({ issuer }), { Date: date });
      const { fix } = await finds(
        { ISSUER: url },
        'clock',
        state,
        seconds > 0 ? /ahead of/ : /behind/,
      );
      assert.match(fix ?? '', /NTP/);
    }
  });
});

describe('stagedoor doctor, certificate', { skip: whyNotSecure() }, () => {
  const servers: Server[] = [];
  const authorities = getCACertificates('default');
  after(() => {
    // Other test files run in the same process.
    setDefaultCACertificates(authorities);
    for (const one of servers) {
      one.close();
      one.closeAllConnections();
    }
  });

  /** Starts a server with a certificate that is valid in the given range of days from now. */
  async function secure(
    { from = -1, until = 90, name = 'localhost' },
    trusted = true,
  ): Promise<string> {
    const own = await mkdtemp(join(folder, 'tls-'));
    const day = (days: number) => new Date(Date.now() + days * 86_400_000);
    const { cert, key } = makeCertificate(own, { name, from: day(from), until: day(until) });
    if (trusted) {
      setDefaultCACertificates([...getCACertificates('default'), cert]);
    }
    const one = createSecureServer({ cert, key }, (_, response) => {
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify({ issuer: url }));
    }).listen(0, '127.0.0.1');
    servers.push(one);
    await once(one, 'listening');
    const url = `https://localhost:${portOf(one)}`;
    return url;
  }

  test('reports an untrusted certificate', async () => {
    const ISSUER = await secure({}, false);
    const { fix } = await finds({ ISSUER }, 'certificate', 'fail', /SELF_SIGNED/);
    assert.match(fix ?? '', /NODE_EXTRA_CA_CERTS/);
  });

  test('reports an expired certificate', async () => {
    const ISSUER = await secure({ from: -60, until: -30 });
    const { fix } = await finds(
      { ISSUER },
      'certificate',
      'fail',
      /ended at 20\d\d-.*CERT_HAS_EXPIRED/,
    );
    assert.match(fix ?? '', /Renew it/);
  });

  test('reports a certificate for another name', async () => {
    const ISSUER = await secure({ name: 'other.example.com' });
    await finds({ ISSUER }, 'certificate', 'fail', /ALTNAME/);
  });

  test('warns if the certificate expires soon', async () => {
    const ISSUER = await secure({ until: 10 });
    await finds({ ISSUER }, 'certificate', 'warn', /ends in (9|10) days/);
  });

  test('accepts a valid certificate', async () => {
    const ISSUER = await secure({});
    const { checks } = await examine({ ISSUER });
    assert.deepEqual(
      checks.filter(({ state }) => ['warn', 'fail'].includes(state)),
      [],
    );
  });
});

describe('stagedoor doctor, proxies', () => {
  /** Change that each proxy makes to `X-Forwarded-For`. */
  const PROXIES = {
    appends: (before: string) => `${before}, 127.0.0.1`,
    replaces: () => '127.0.0.1:4711',
    passes: (before: string) => before,
    removes: () => undefined,
  };
  let trusting: TestServer;
  const proxies: Server[] = [];
  before(async () => {
    trusting = await startServer({ TRUST_PROXY: '1', COOKIE_KEYS });
  });
  after(async () => {
    for (const one of proxies) {
      one.close();
      one.closeAllConnections();
    }
    await trusting.close();
  });

  async function through(target: string, kind: keyof typeof PROXIES): Promise<string> {
    const one = createServer(async ({ url, headers }, response) => {
      const forwarded = PROXIES[kind](String(headers['x-forwarded-for']));
      const pass = String(headers['stagedoor-doctor'] ?? '');
      const answer = await fetch(target + url, {
        headers: {
          ...(pass === '' ? {} : { 'stagedoor-doctor': pass }),
          ...(forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }),
        },
      });
      response.writeHead(answer.status).end(await answer.text());
    }).listen(0, '127.0.0.1');
    proxies.push(one);
    await once(one, 'listening');
    return `http://127.0.0.1:${portOf(one)}`;
  }

  test('compares the number of proxies that add an address with TRUST_PROXY', async () => {
    const cases = [
      [server, ['removes'], 'ok', /at 127\.0\.0\.1, an address of this machine/],
      [
        server,
        ['appends'],
        'fail',
        /TRUST_PROXY is 0, but the number .* is 1: .* shares its limits/,
      ],
      [server, ['replaces'], 'fail', /TRUST_PROXY is 0, but the number .* is 1:/],
      [trusting, ['appends'], 'ok', /at 127\.0\.0\.1, an address of this machine/],
      [trusting, ['replaces'], 'ok', /at 127\.0\.0\.1/],
      [trusting, ['passes'], 'fail', /TRUST_PROXY is 1, but no proxy .* pretend to be at any/],
      [trusting, ['removes'], 'fail', /TRUST_PROXY is 1, but no proxy/],
      [trusting, ['appends', 'appends'], 'fail', /TRUST_PROXY is 1, but the number .* is 2:/],
    ] as const;
    for (const [behind, chain, state, message] of cases) {
      let url = behind.issuer;
      for (const kind of chain) {
        url = await through(url, kind);
      }
      const { worst } = await examine({ ISSUER: url });
      const found = worst('client address');
      assert.equal(found?.state, state, `${chain}: ${found?.message}`);
      assert.match(found?.message ?? '', message);
    }
  });

  test('the server reveals nothing without a current pass', async () => {
    const passes = ['', 'x', `${Date.now()}.x`, newDoctorPass(`${COOKIE_KEYS}x`)];
    for (const pass of [...passes, newDoctorPass(COOKIE_KEYS, Date.now() - 400_000)]) {
      const answer = await fetch(`${server.issuer}/healthz`, {
        headers: { 'stagedoor-doctor': pass },
      });
      assert.deepEqual(await answer.json(), { status: 'ok' });
    }
    const { worst } = await examine({ COOKIE_KEYS: `${COOKIE_KEYS}x` });
    assert.equal(worst('client address')?.state, 'skip');
  });
});

test('stagedoor doctor checks an embedded database that no server uses, or warns that none exists', async () => {
  const own = await mkdtemp(join(tmpdir(), 'stagedoor-doctor-'));
  try {
    const env = { DATA_DIR: own, COOKIE_KEYS, ISSUER: server.issuer };
    const none = await stagedoorHere(env, ['doctor', '--json']);
    assert.equal(none.code, 0);
    assert.match(none.out, /"warn",\s+"message": "There is no database in/);
    await copyEmbeddedTemplate(own);
    const some = await stagedoorHere(env, ['doctor', '--json']);
    assert.equal(some.code, 0);
    assert.match(some.out, /Embedded PGlite \d+/);
  } finally {
    await rm(own, { recursive: true, force: true });
  }
});

test('stagedoor doctor asks the running server about the embedded database', async () => {
  const embedded = await startServer({ DATABASE_URL: '' });
  try {
    const { DATABASE_URL: _, ...rest } = sound();
    const env = { ...rest, DATA_DIR: embedded.config.dataDir, ISSUER: embedded.issuer };
    const { code, out } = await stagedoorHere(env, ['doctor', '--json']);
    const { checks }: { checks: Finding[] } = JSON.parse(out);
    assert.deepEqual(
      checks.filter(({ state }) => state !== 'ok'),
      [],
    );
    assert.equal(code, 0);
    assert.match(out, /through the running server/);
  } finally {
    await embedded.close();
  }
});
