import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { CompiledQuery, sql } from 'kysely';
import { readConfig } from '../../src/config/config.ts';
import type { Db } from '../../src/db/database.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import { StagedoorError } from '../../src/lib/errors.ts';
import { serve } from '../../src/server/start.ts';
import { rotateSigningKey } from '../../src/signing-keys/rotate-signing-key.ts';
import { openSigningKey } from '../../src/signing-keys/seal-signing-key.ts';
import { purgeSigningKeys, selectSigningKeys } from '../../src/signing-keys/signing-key-store.ts';
import { type Outcome, stagedoorHere } from '../support/command-line.ts';
import { createTestDatabase } from '../support/database.ts';
import { ENGINE_VARIABLES } from '../support/engines.ts';
import { registerResourceServer } from '../support/factories.ts';
import { withServer } from '../support/fixture.ts';
import { until } from '../support/outbox.ts';
import { CHEAP_PASSWORDS } from '../support/passwords.ts';
import type { ClientCredentials, Issuer } from '../support/platform.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { startServerProcess } from '../support/server-process.ts';
import { basic } from '../support/tokens.ts';

const DAY = 86_400;
const KEY = 'cookie-key-of-the-tests-0123456789';
const OTHER_KEY = 'another-cookie-key-of-the-tests-01';

/** Returns a signed response and the id of its key. */
async function sign(server: Issuer, caller: ClientCredentials) {
  const response = await fetch(`${server.issuer}/api/v1/oauth/introspect`, {
    method: 'POST',
    headers: {
      authorization: basic(caller.clientId, caller.clientSecret ?? ''),
      accept: 'application/token-introspection+jwt',
      connection: 'close',
    },
    body: new URLSearchParams({ token: 'x' }),
  });
  const jwt = await response.text();
  assert.equal(response.status, 200, jwt);
  return { jwt, kid: decodeProtectedHeader(jwt).kid ?? '' };
}

/** Returns the published keys, over a separate connection, so that any worker may respond. */
async function published(server: Issuer): Promise<JSONWebKeySet> {
  const response = await fetch(`${server.issuer}/api/v1/oauth/jwks`, {
    headers: { connection: 'close' },
  });
  return JSON.parse(await response.text());
}

const kidsOf = ({ keys }: JSONWebKeySet) => keys.map(({ kid }) => kid);
const publishes = async (server: Issuer, kid: string) =>
  kidsOf(await published(server)).includes(kid);
const verify = async (server: Issuer, { jwt }: { jwt: string }) =>
  jwtVerify(jwt, createLocalJWKSet(await published(server)));

/** Makes every key older by some seconds. */
async function pass(db: Db, seconds: number): Promise<void> {
  const earlier = sql`make_interval(secs => ${seconds})`;
  await sql`update signing_keys set created_at = created_at - ${earlier},
    signs_from = signs_from - ${earlier}, retired_at = retired_at - ${earlier}`.execute(db);
}

async function rotations(db: Db) {
  return db
    .selectFrom('audit_events')
    .select(['actor', 'data'])
    .where('action', '=', 'stagedoor.keys.rotated')
    .orderBy('id')
    .execute();
}

/** Settings of another process on the database of a server. */
const sameDatabase = ({ config }: TestServer) => ({ DATABASE_URL: config.databaseUrl ?? '' });

/** Makes the server poll the keys in the database frequently. */
const OPTIONS = { passwordCost: CHEAP_PASSWORDS, signingKeyInterval: 100 };

/** Runs a keys command on the database of a server. */
const cli = (server: TestServer, args: readonly string[], cookieKeys = KEY) =>
  stagedoorHere({ ...sameDatabase(server), COOKIE_KEYS: cookieKeys }, ['keys', ...args]);

async function succeed(command: Promise<Outcome>): Promise<string> {
  const { code, out, err } = await command;
  assert.equal(code, 0, err);
  return out;
}

for (const [engine, variables] of Object.entries(ENGINE_VARIABLES)) {
  describe(`Signing keys, on ${engine}`, () => {
    const server = withServer(variables, OPTIONS);
    let caller: ClientCredentials;
    let db: Db;

    before(async () => {
      caller = await registerResourceServer(server);
      db = server.database.db;
    });

    it('are rotated by age: published first, then in use, then still verifiable for a while', async () => {
      const first = await sign(server, caller);
      await pass(db, 89 * DAY);
      const before = await selectSigningKeys(db);
      await pass(db, 2 * DAY);
      await until(async () => (await published(server)).keys.length === 2);
      assert.equal(before.length, 1);
      const [next, old] = await selectSigningKeys(db);
      assert.deepEqual([next?.state, old?.state, old?.kid], ['next', 'signing', first.kid]);
      const nextKid = next?.kid ?? '';
      assert.equal((await sign(server, caller)).kid, first.kid);
      assert.deepEqual(
        (await rotations(db)).map(({ actor, data }) => [actor, data.kid, data.retired]),
        [['system', nextKid, [first.kid]]],
      );

      await pass(db, 14 * 60);
      assert.equal((await selectSigningKeys(db))[0]?.state, 'next');
      await pass(db, 2 * 60);
      await until(async () => (await sign(server, caller)).kid === nextKid);
      await verify(server, first);
      await verify(server, await sign(server, caller));

      await pass(db, DAY + 3000);
      await purgeSigningKeys(db, server.config);
      await verify(server, first);
      await pass(db, 3600);
      await purgeSigningKeys(db, server.config);
      await until(async () => (await published(server)).keys.length === 1);
      assert.deepEqual(
        (await selectSigningKeys(db)).map(({ kid }) => kid),
        [nextKid],
      );
      await assert.rejects(verify(server, first), { code: 'ERR_JWKS_NO_MATCHING_KEY' });
      assert.equal((await rotations(db)).length, 1);
    });

    it('are created once if several processes rotate at the same time', async () => {
      const ask = () =>
        inTransaction(db, (tx) => rotateSigningKey(tx, { actor: 'system', secrets: [KEY] }));
      const made = await Promise.all(Array.from({ length: 8 }, ask));
      assert.equal(made.filter((one) => one.made).length, 1);
      assert.equal(new Set(made.map(({ kid }) => kid)).size, 1);
    });

    it('that this server can’t decrypt are published, and the previous key signs', async () => {
      await pass(db, 1000);
      const [before] = await selectSigningKeys(db);
      await until(async () => (await sign(server, caller)).kid === before?.kid);
      // Another process already has a newer cookie key first.
      const secrets = [OTHER_KEY, KEY];
      const { kid } = await inTransaction(db, async (tx) => {
        const rotated = await rotateSigningKey(tx, { actor: 'system', secrets });
        await pass(tx, 1000);
        return rotated;
      });
      await until(() => publishes(server, kid));
      const signed = await sign(server, caller);
      assert.equal(signed.kid, before?.kid);
      await verify(server, signed);
    });

    it('are stored with an encrypted private part', async () => {
      const [key] = await selectSigningKeys(db);
      assert.ok(key);
      const { d = '' } = openSigningKey([OTHER_KEY, KEY], key).export({ format: 'jwk' });
      assert.equal(d.length, 43);
      const { rows } = await db.executeQuery<{ row: string }>(
        CompiledQuery.raw('select t::text as row from signing_keys t'),
      );
      const dump = rows.map(({ row }) => row).join('\n');
      assert.ok(dump.includes(key.kid));
      for (const secret of [d, KEY, OTHER_KEY]) {
        assert.ok(!dump.includes(secret), 'in clear');
        assert.ok(!dump.includes(Buffer.from(secret).toString('hex')), 'as hex of the text');
        assert.ok(!dump.includes(Buffer.from(secret, 'base64url').toString('hex')), 'as bytes');
      }
    });
  });
}

describe('stagedoor keys', () => {
  const server = withServer({}, OPTIONS);
  let caller: ClientCredentials;
  let db: Db;

  before(async () => {
    caller = await registerResourceServer(server);
    db = server.database.db;
  });

  it('rotate takes effect in all processes, and two parallel calls create one key', async () => {
    const workers = await startServerProcess({ ...sameDatabase(server), WORKERS: '2' });
    try {
      const first = await sign(server, caller);
      const [one, two] = await Promise.all([
        succeed(cli(server, ['rotate', '--json'])).then(JSON.parse),
        succeed(cli(server, ['rotate', '--json'])).then(JSON.parse),
      ]);
      assert.equal(one.kid, two.kid);
      assert.deepEqual([one.made, two.made].sort(), [false, true]);
      assert.match(await succeed(cli(server, ['rotate'])), /is waiting already/);
      for (const running of [server, workers]) {
        await until(() => everywhere(() => publishes(running, one.kid)));
        assert.ok(await everywhere(async () => (await sign(running, caller)).kid === first.kid));
      }
      await pass(db, 1000);
      for (const running of [server, workers]) {
        await until(() => everywhere(async () => (await sign(running, caller)).kid === one.kid));
        await verify(running, first);
      }
      assert.deepEqual(
        (await rotations(db)).map(({ actor }) => actor),
        ['operator:cli'],
      );
    } finally {
      await workers.close();
    }
  });

  it('list prints a table, or JSON with --json', async () => {
    const lines = (await succeed(cli(server, ['list']))).trim().split('\n');
    assert.match(lines[0] ?? '', /^KEY ID +STATE +SIGNS FROM +SIGNS UNTIL +PUBLISHED UNTIL$/);
    assert.match(lines[1] ?? '', /^\S{36} +signing +\S+Z +- +-$/);
    assert.match(lines[2] ?? '', /^\S{36} +retired +\S+Z +\S+Z +\S+Z$/);
    const [signing, retired] = JSON.parse(await succeed(cli(server, ['list', '--json'])));
    assert.deepEqual(Object.keys(signing), [
      'kid',
      'alg',
      'state',
      'created_at',
      'signs_from',
      'signs_until',
      'published_until',
    ]);
    assert.equal(signing.signs_until, null);
    assert.equal(retired.signs_until, signing.signs_from);
    const stays = Date.parse(retired.published_until) - Date.parse(retired.signs_until);
    assert.equal(stays, (DAY + 3600) * 1000);
  });

  it('rotate --now replaces a leaked key at once', async () => {
    const leaked = await sign(server, caller);
    const { kid } = JSON.parse(await succeed(cli(server, ['rotate', '--now', '--json'])));
    await until(async () => (await sign(server, caller)).kid === kid);
    assert.deepEqual(kidsOf(await published(server)), [kid]);
    await assert.rejects(verify(server, leaked), { code: 'ERR_JWKS_NO_MATCHING_KEY' });
    await verify(server, await sign(server, caller));
    const [entry] = (await rotations(db)).slice(-1);
    assert.equal(entry?.data.kid, kid);
    assert.equal(Object(entry?.data.deleted).length, 2);
  });

  it('wrong cookie keys are reported, and nothing changes', async () => {
    const before = await selectSigningKeys(db);
    const rotated = await cli(server, ['rotate'], OTHER_KEY);
    assert.equal(rotated.code, 1);
    const config = readConfig({
      ...sameDatabase(server),
      PORT: '0',
      LOG_LEVEL: 'silent',
      COOKIE_KEYS: OTHER_KEY,
    });
    const start = await serve(config).then(
      () => assert.fail('The server started'),
      (error: unknown) => error,
    );
    assert.ok(start instanceof StagedoorError);
    for (const message of [rotated.err, `stagedoor: ${start.message}\n`]) {
      assert.match(message, /^stagedoor: The signing key .* COOKIE_KEYS .*\n$/);
      assert.ok(!message.includes(OTHER_KEY));
    }
    const nowhere = await stagedoorHere({ ...sameDatabase(server), DATA_DIR: '/nonexistent' }, [
      'keys',
      'rotate',
    ]);
    assert.equal(nowhere.code, 1);
    assert.match(nowhere.err, /^stagedoor: COOKIE_KEYS is missing.*\n$/);
    assert.deepEqual(
      (await selectSigningKeys(db)).map(({ kid }) => kid),
      before.map(({ kid }) => kid),
    );
  });

  it('the old cookie key is needed until a key was encrypted with the new one', async () => {
    const both = await startServer({
      ...sameDatabase(server),
      COOKIE_KEYS: `${OTHER_KEY},${KEY}`,
    });
    await both.close();
    await succeed(cli(server, ['rotate'], `${OTHER_KEY},${KEY}`));
    await pass(db, 1000);
    const later = await startServer({ ...sameDatabase(server), COOKIE_KEYS: OTHER_KEY });
    try {
      await verify(later, await sign(later, caller));
    } finally {
      await later.close();
    }
  });

  it('rotate --now recovers from a lost cookie key', async () => {
    const lost = 'a-third-cookie-key-of-the-tests-012';
    await succeed(cli(server, ['rotate', '--now'], lost));
    const later = await startServer({ ...sameDatabase(server), COOKIE_KEYS: lost });
    try {
      await verify(later, await sign(later, caller));
    } finally {
      await later.close();
    }
  });

  it('a wrong command line prints the usage', async () => {
    for (const [args, message] of [
      [[], /Commands:/],
      [['delete'], /unknown command 'delete'/],
      [['list', 'x'], /too many arguments/],
      [['list', '--now'], /unknown option '--now'/],
    ] as const) {
      const { code, err } = await cli(server, args);
      assert.equal(code, 2);
      assert.match(err, message);
      assert.match(err, /Usage: stagedoor keys/);
    }
    const help = await cli(server, ['--help']);
    assert.equal(help.code, 0);
    assert.match(help.out, /Examples/);
  });
});

it('Three servers that start at once on a new database create one key', async () => {
  const database = await createTestDatabase();
  const servers = await Promise.all(
    Array.from({ length: 3 }, () => startServer({ DATABASE_URL: database.url })),
  );
  try {
    const sets = await Promise.all(servers.map(published));
    assert.deepEqual(
      sets.map(({ keys }) => keys.length),
      [1, 1, 1],
    );
    assert.equal(new Set(sets.flatMap(kidsOf)).size, 1);
  } finally {
    await Promise.all(servers.map((one) => one.close()));
    await database.drop();
  }
});

/** Tells if the condition holds many times in a row, so that every worker was asked. */
async function everywhere(condition: () => Promise<boolean>): Promise<boolean> {
  for (let round = 0; round < 12; round += 1) {
    if (!(await condition())) {
      return false;
    }
  }
  return true;
}
