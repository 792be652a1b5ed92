import assert from 'node:assert/strict';
import { chmod, chown, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import pg from 'pg';
import { readConfig } from '../../src/config/config.ts';
import { openDatabase } from '../../src/db/database.ts';
import { findUnsuitable } from '../../src/db/server-info.ts';
import { StagedoorError } from '../../src/lib/errors.ts';
import { serve } from '../../src/server/start.ts';
import { type Certificate, makeCertificate } from '../support/certificate.ts';
import { stagedoorHere } from '../support/command-line.ts';
import { createEmptyDatabase } from '../support/database.ts';
import { freePort } from '../support/free-port.ts';
import { until } from '../support/outbox.ts';
import { type Postgres, startPostgres } from '../support/postgres.ts';
import { whyNotSecure } from '../support/secure-server.ts';

const DAY = 86_400_000;
/** Password of all roles except the superuser. */
const PASSWORD = 'p@s:s/w#r?d%41 é';
const ENCODED = encodeURIComponent(PASSWORD);

/** Each database has a rule of its own. */
const RULES = `local all all scram-sha-256
host rejected all all reject
host trusted all all trust
hostssl encrypted all all scram-sha-256
hostssl certified all all cert
host postgres,nothing all 127.0.0.1/32 scram-sha-256
host postgres,nothing all ::1/128 scram-sha-256
`;

const SQL = [
  ...['rejected', 'trusted', 'encrypted', 'certified'].map((name) => `create database ${name}`),
  ...['ada', 'reader'].map((name) => `create role ${name} login password '${PASSWORD}'`),
  `create role crowd login password '${PASSWORD}' connection limit 0`,
  'alter role reader set default_transaction_read_only = on',
];

const hasIpv6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === '::1'),
);

let folder: string;
let sockets: string;
let port: number;
let server: Postgres;
let authority: Certificate;
let own: Certificate;
let plain: { readonly url: string; drop(): Promise<void> };

describe('Connections to PostgreSQL', { skip: whyNotSecure() ?? false }, () => {
  before(async () => {
    // PostgreSQL runs as another user, who has to read files there.
    await chmod(tmpdir(), ((await stat(tmpdir())).mode & 0o7777) | 0o055);
    folder = await mkdtemp(join(tmpdir(), 'stagedoor-connections-'));
    sockets = join(folder, 'sockets');
    authority = await certificate('authority', { name: 'authority' });
    own = await certificate('own', { name: 'client', subject: 'ada', authority });
    const valid = await certificate('valid', { name: 'localhost', authority });
    const settings = { ssl: 'on', ssl_ca_file: 'ca.crt', unix_socket_directories: sockets };
    server = await startPostgres(folder, 'fast', {
      settings: { ...settings, listen_addresses: hasIpv6 ? '127.0.0.1,::1' : '127.0.0.1' },
      prepare: async (dataFolder) => {
        await mkdir(sockets);
        const { uid, gid } = await stat(dataFolder);
        await chown(sockets, uid, gid);
        await writeFile(join(dataFolder, 'pg_hba.conf'), RULES);
        await install({ 'ca.crt': authority.cert, ...filesOf(valid) });
      },
    });
    port = Number(new URL(server.url).port);
    await query(...SQL);
    plain = await createEmptyDatabase();
  });
  after(async () => {
    await plain?.drop();
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const ada = (rest: string) => `postgres://ada:${ENCODED}@${rest}`;
  const local = (rest = '') => ada(`localhost:${port}/${rest}`);

  /** URLs that work, and if the connection is encrypted. */
  const working: Record<string, readonly [url: () => string, encrypted: boolean]> = {
    'without sslmode': [() => local('postgres'), false],
    'sslmode=disable': [() => local('postgres?sslmode=disable'), false],
    'sslmode=allow': [() => local('postgres?sslmode=allow'), true],
    'sslmode=prefer': [() => local('postgres?sslmode=prefer'), true],
    'sslmode=require': [() => local('encrypted?sslmode=require'), true],
    'sslmode=no-verify': [() => local('encrypted?sslmode=no-verify'), true],
    'sslmode=require and the authority, by address': [
      () => ada(`127.0.0.1:${port}/encrypted?sslmode=require&sslrootcert=${authority.files.cert}`),
      true,
    ],
    'sslmode=verify-ca, by address': [
      () =>
        ada(`127.0.0.1:${port}/encrypted?sslmode=verify-ca&sslrootcert=${authority.files.cert}`),
      true,
    ],
    'sslmode=verify-full': [
      () => local(`encrypted?sslmode=verify-full&sslrootcert=${authority.files.cert}`),
      true,
    ],
    'the authority without sslmode': [
      () => local(`encrypted?sslrootcert=${authority.files.cert}`),
      true,
    ],
    'a client certificate': [
      () =>
        `postgres://ada@localhost:${port}/certified?sslmode=verify-full&sslrootcert=${authority.files.cert}&sslcert=${own.files.cert}&sslkey=${own.files.key}`,
      true,
    ],
    'sslmode=prefer without TLS at the server': [() => `${plain.url}?sslmode=prefer`, false],
    'sslmode=allow without TLS at the server': [() => `${plain.url}?sslmode=allow`, false],
    'a socket folder as parameter': [
      () => `${ada('')}/postgres?host=${sockets}&port=${port}`,
      false,
    ],
    'a socket folder as host': [
      () => ada(`${encodeURIComponent(sockets)}:${port}/postgres?sslmode=require`),
      false,
    ],
    'a password with a blank': [
      () => ada(`localhost:${port}/postgres`).replaceAll('%20', ' '),
      false,
    ],
    'user and password as parameters': [
      () => `postgres://localhost:${port}/postgres?user=ada&password=${ENCODED}`,
      false,
    ],
    ...(hasIpv6
      ? { 'an IPv6 address': [() => ada(`[::1]:${port}/postgres`), false] as const }
      : {}),
  };
  for (const [name, [url, encrypted]] of Object.entries(working)) {
    it(`${name}: the connection works and is ${encrypted ? '' : 'not '}encrypted`, async () => {
      const { DATABASE_URL } = configured(url());
      assert.equal(await isEncrypted(DATABASE_URL), encrypted);
    });
  }

  it('variables of libpq: they replace what the URL leaves out', async () => {
    const variables = {
      PGHOST: '127.0.0.1',
      PGPORT: String(port),
      PGUSER: 'ada',
      PGPASSWORD: PASSWORD,
      PGDATABASE: 'postgres',
    };
    Object.assign(process.env, variables);
    try {
      assert.equal(await isEncrypted('postgres://'), false);
    } finally {
      for (const name of Object.keys(variables)) {
        delete process.env[name];
      }
    }
  });

  /** URLs that fail, with the cause and the next step. */
  const failing: Record<string, readonly [url: () => string, reason: RegExp, fix: RegExp]> = {
    'an unknown host': [
      () => ada('nowhere.invalid/postgres'),
      /the host nowhere\.invalid is unknown|the name server does not answer/,
      /host in DATABASE_URL|DNS/,
    ],
    'a refused connection': [
      () => ada('127.0.0.1:2/postgres'),
      /nothing listens at 127\.0\.0\.1 port 2/,
      /Start PostgreSQL/,
    ],
    'a missing socket': [
      () => ada(`/postgres?host=${folder}`),
      /there is no socket .*\.s\.PGSQL\.5432/,
      /unix_socket_directories/,
    ],
    'a wrong password': [
      () => `postgres://ada:wrong-secret@localhost:${port}/postgres`,
      /password authentication failed for user "ada"/,
      /password .*percent-encoded/,
    ],
    'no password': [
      () => `postgres://ada@localhost:${port}/postgres`,
      /wants a password, and DATABASE_URL has none/,
      /PGPASSWORD/,
    ],
    'a missing database': [() => local('nothing'), /database "nothing" does not exist/, /createdb/],
    'a missing role': [
      () => `postgres://nobody@localhost:${port}/trusted`,
      /role "nobody" does not exist/,
      /Create the role/,
    ],
    'a database that pg_hba.conf rejects': [
      () => local('rejected'),
      /pg_hba\.conf rejects connection/,
      /reload it/,
    ],
    'a database that requires encryption': [
      () => local('encrypted'),
      /no pg_hba\.conf entry.*no encryption/,
      /sslmode=verify-full/,
    ],
    'a missing client certificate': [
      () => `postgres://ada@localhost:${port}/certified?sslmode=require`,
      /valid client certificate/,
      /sslcert and sslkey/,
    ],
    'a client certificate of another authority': [
      () =>
        `postgres://ada@localhost:${port}/certified?sslmode=require&sslcert=${stranger().cert}&sslkey=${stranger().key}`,
      /server refused the TLS connection|certificate/,
      /sslcert and sslkey/,
    ],
    'too many connections': [
      () => `postgres://crowd:${ENCODED}@localhost:${port}/postgres`,
      /too many connections for role "crowd"/,
      /DATABASE_CONNECTIONS/,
    ],
    'an unknown authority': [
      () => local('encrypted?sslmode=verify-full'),
      /certificate of the server is from no trusted authority/,
      /sslrootcert/,
    ],
    'a certificate for another host': [
      () => ada(`127.0.0.1:${port}/encrypted?sslrootcert=${authority.files.cert}`),
      /certificate of the server is for another host/,
      /host name of the certificate/,
    ],
    'a server without TLS': [
      () => `${plain.url}?sslmode=require`,
      /the server does not offer TLS/,
      /ssl=on/,
    ],
    'a missing file': [
      () => local('encrypted?sslmode=verify-full&sslrootcert=/nowhere/ca.pem'),
      /\/nowhere\/ca\.pem as sslrootcert, which can't be read \(ENOENT\)/,
      /read the file/,
    ],
    'a read-only server': [
      () => `postgres://reader:${ENCODED}@localhost:${port}/postgres`,
      /read-only, as a standby is/,
      /primary/,
    ],
  };
  for (const [name, [url, reason, fix]] of Object.entries(failing)) {
    it(`${name}: the doctor and the start name the cause and the next step`, async () => {
      const variables = configured(url());
      const found = await examine(variables);
      assert.equal(found.state, 'fail', found.message);
      assert.match(found.message, reason);
      assert.match(found.fix ?? '', fix);
      const refusal = await refusalOf(variables);
      assert.match(refusal, reason);
      for (const text of [found.message, found.fix ?? '', refusal]) {
        for (const secret of [PASSWORD, ENCODED, 'wrong-secret']) {
          assert.ok(!text.includes(secret), text);
        }
      }
    });
  }

  it('sslmode=require: the doctor warns that the certificate is not verified', async () => {
    const found = await examine(configured(local('encrypted?sslmode=require')));
    assert.equal(found.state, 'warn');
    assert.match(found.message, /does not verify the certificate/);
    assert.match(found.fix ?? '', /verify-full/);
  });

  it('a version before 15: the server is unsuitable', () => {
    assert.equal(findUnsuitable({ version: '14.20', readOnly: false }), 'old');
    assert.equal(findUnsuitable({ version: '15.1', readOnly: false }), undefined);
  });

  it('an expired certificate: the doctor says so', async () => {
    const expired = await certificate('expired', {
      name: 'localhost',
      authority,
      from: new Date(Date.now() - 9 * DAY),
      until: new Date(Date.now() - DAY),
    });
    await install(filesOf(expired));
    await query('select pg_reload_conf()');
    const variables = configured(local(`encrypted?sslrootcert=${authority.files.cert}`));
    await until(async () => (await examine(variables)).state === 'fail');
    const found = await examine(variables);
    assert.match(found.message, /certificate of the server has expired/);
    assert.match(found.fix ?? '', /Renew/);
  });

  const stranger = () => ({
    cert: join(folder, 'authority', 'cert.pem'),
    key: join(folder, 'authority', 'key.pem'),
  });
});

function configured(url: string) {
  const ISSUER = 'http://127.0.0.1:2';
  const COOKIE_KEYS = 'cookie-key-of-the-tests-0123456789';
  return { DATABASE_URL: url, DATA_DIR: join(folder, 'data'), ISSUER, COOKIE_KEYS };
}

async function examine(variables: Readonly<Record<string, string>>) {
  const { out } = await stagedoorHere(variables, ['doctor', '--json']);
  const { checks }: { checks: { check: string; state: string; message: string; fix?: string }[] } =
    JSON.parse(out);
  const found = checks.find(({ check }) => check === 'database');
  assert.ok(found, out);
  return found;
}

async function refusalOf(variables: Readonly<Record<string, string>>): Promise<string> {
  try {
    const PORT = String(await freePort());
    const running = await serve(readConfig({ ...variables, PORT, LOG_LEVEL: 'silent' }));
    await running.close();
  } catch (error) {
    assert.ok(error instanceof StagedoorError, String(error));
    return error.message;
  }
  return assert.fail('The server started.');
}

async function isEncrypted(url: string): Promise<boolean | undefined> {
  const database = await openDatabase({ url, dataDir: folder, connections: 1 });
  try {
    const { rows } = await sql<{ ssl: boolean }>`
      select ssl from pg_stat_ssl where pid = pg_backend_pid()`.execute(database.db);
    return rows[0]?.ssl;
  } finally {
    await database.close();
  }
}

async function certificate(
  name: string,
  options: Omit<Parameters<typeof makeCertificate>[1], 'from' | 'until'> & {
    readonly from?: Date;
    readonly until?: Date;
  },
): Promise<Certificate> {
  const at = join(folder, name);
  await mkdir(at);
  const [from, until] = [new Date(Date.now() - DAY), new Date(Date.now() + DAY)];
  return makeCertificate(at, { from, until, ...options });
}

function filesOf({ cert, key }: Certificate) {
  return { 'server.crt': cert, 'server.key': key };
}

/** Writes files of the server with the owner and the mode that it requires. */
async function install(files: Readonly<Record<string, string>>): Promise<void> {
  const dataFolder = join(folder, 'postgres');
  const { uid, gid } = await stat(dataFolder);
  for (const [name, text] of Object.entries(files)) {
    const path = join(dataFolder, name);
    await rm(path, { force: true });
    await writeFile(path, text, { mode: 0o600 });
    await chown(path, uid, gid);
  }
}

async function query(...statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  try {
    for (const statement of statements) {
      await client.query(statement);
    }
  } finally {
    await client.end();
  }
}
