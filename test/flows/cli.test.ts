import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { stagedoor, stagedoorHere } from '../support/command-line.ts';
import { createEmptyDatabase } from '../support/database.ts';
import { copyEmbeddedTemplate } from '../support/embedded-template.ts';
import {
  registerApplication,
  type TestApplication,
  type TestPlatform,
} from '../support/factories.ts';
import { callManagement } from '../support/platform.ts';
import { startPlatform } from '../support/platform-server.ts';
import type { TestServer } from '../support/server.ts';
import { introspect, obtainTokens } from '../support/tokens.ts';

let server: TestServer;
let platform: TestPlatform;
let application: TestApplication;
let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stagedoor-cli-'));
  ({ server, platform } = await startPlatform());
  application = await registerApplication(server, { owner: 'ben', name: 'Seat Map' });
});
after(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** Runs a command on the database of the running server. */
const cli = (...args: string[]) =>
  stagedoorHere({ DATABASE_URL: server.config.databaseUrl ?? '', DATA_DIR: folder }, args);

describe('stagedoor command', () => {
  test('prints help with exit code 0', async () => {
    for (const args of [[], ['--help'], ['help'], ['-h']]) {
      const { code, out } = await stagedoorHere({}, args);
      assert.equal(code, 0);
      assert.match(out, /\n {2}application .*[\s\S]*\n {2}migrate .*[\s\S]*Exit codes/);
    }
    for (const args of [
      ['application', '--help'],
      ['application', 'suspend', '-h'],
      ['migrate', '--help'],
    ]) {
      const { code, out, err } = await stagedoorHere({}, args);
      assert.deepEqual([code, err], [0, '']);
      assert.match(out, /Example/);
    }
  });

  test('a wrong command line exits with code 2 and prints only to the error stream', async () => {
    for (const [args, message] of [
      [['aplication'], /unknown command 'aplication'\s+\(Did you mean application\?\)/],
      [['toString'], /unknown command 'toString'/],
      [['\u001b[31m'], /unknown command ' \[31m'/],
      [['application'], /Commands:/],
      [['application', 'delte', 'x'], /Did you mean delete\?/],
      [['application', 'show'], /missing required argument 'client_id'/],
      [['application', 'show', 'a', 'b'], /too many arguments/],
      [['application', 'list', 'a'], /too many arguments/],
      [['application', 'list', '--onwer', 'a'], /Did you mean --owner\?/],
      [['application', 'list', '--yaml'], /--yaml/],
      [['application', 'suspend', 'a'], /'--reason <text>' not specified/],
      [['application', 'suspend', 'a', '--reason', ' '], /suspend needs a --reason/],
      [['application', 'suspend', 'a', '--reason', 'x'.repeat(2001)], /--reason: .* 2000/],
      [['application', 'suspend', 'a', '--reason', 'a\u001b[31m'], /--reason: Control characters/],
      [['application', 'resume', 'a', '--reason', 'x'], /unknown option '--reason'/],
      [['migrate', 'now'], /too many arguments/],
    ] as const) {
      const { code, out, err } = await cli(...args);
      assert.deepEqual([code, out], [2, ''], err);
      assert.match(err, message);
      assert.match(err, /Usage: stagedoor/);
    }
  });

  test('application list prints a table, or JSON with --json', async () => {
    const { code, out } = await cli('application', 'list');
    assert.equal(code, 0);
    const [head, ...lines] = out.trim().split('\n');
    assert.match(head ?? '', /^CLIENT ID +KIND +STATE +REVIEWED +OWNER +NAME$/);
    assert.equal(lines.length, 2);
    assert.match(
      lines[1] ?? '',
      new RegExp(`^${application.clientId} +registered +active +no +ben +Seat Map$`),
    );
    const { out: json } = await cli('application', 'list', '--json');
    const answer = await callManagement(server, 'GET', '/api/v1/applications/');
    assert.deepEqual(JSON.parse(json), Reflect.get(Object(answer.body), 'results'));
  });

  test('application show, review, suspend and resume work', async () => {
    const { clientId } = application;
    const { accessToken } = await obtainTokens(server, { application, user: platform.ada });
    const active = async () =>
      (await introspect(server, platform.resourceServer, accessToken)).body.active;
    const shown = await cli('application', 'show', clientId);
    assert.match(shown.out, /^Name +Seat Map$/m);
    assert.match(shown.out, /^Owner +ben$/m);
    assert.match(shown.out, /^Reviewed +no$/m);
    assert.match(
      (await cli('application', 'review', clientId, '--of', '1')).out,
      /^Reviewed +2\d{3}-/m,
    );
    const suspended = await cli('application', 'suspend', clientId, '--reason', 'Spam', '--json');
    const { state, suspension_reason, client_secret } = JSON.parse(suspended.out);
    assert.deepEqual([state, suspension_reason, client_secret], ['suspended', 'Spam', undefined]);
    assert.equal(await active(), false);
    assert.match(
      (await cli('application', 'show', clientId)).out,
      /^State +suspended since .*: Spam$/m,
    );
    assert.match((await cli('application', 'resume', clientId)).out, /^State +active$/m);
    assert.equal(await active(), true);
    const events = await server.database.db
      .selectFrom('audit_events')
      .select(['action', 'user_id'])
      .where('actor', '=', 'operator:cli')
      .where('action', '!=', 'stagedoor.operator.called')
      .orderBy('id')
      .execute();
    assert.deepEqual(
      events.map(({ action, user_id }) => [action, user_id]),
      ['reviewed', 'suspended', 'resumed'].map((what) => [`stagedoor.application.${what}`, 'ben']),
    );
    const mails = await server.database.db
      .selectFrom('mail_outbox')
      .select(['recipient'])
      .where('kind', '=', 'application_changed')
      .execute();
    assert.deepEqual(mails, [{ recipient: 'ben@example.com' }, { recipient: 'ben@example.com' }]);
  });

  test('an unknown application exits with code 3', async () => {
    for (const id of ['unknown', "'; drop table users", '\u001b[31m']) {
      for (const args of [
        ['show', id],
        ['review', id, '--of', '1'],
        ['resume', id],
        ['suspend', id, '--reason', 'x'],
      ]) {
        const { code, out, err } = await cli('application', ...args);
        assert.deepEqual([code, out], [3, '']);
        assert.match(err, /^stagedoor: There is no application with the client id "/);
        assert.ok(!err.includes('\u001b'));
      }
    }
  });

  test('a name with control characters is printed on one line', async () => {
    const evil = 'Ticket\u200b\u2028 shop ⁧';
    await server.database.db
      .updateTable('applications')
      .set({ name: `${evil}\u001b[2J\nfake` })
      .where('client_id', '=', application.clientId)
      .execute();
    const { out } = await cli('application', 'list');
    assert.equal(out.trim().split('\n').length, 3);
    assert.ok(!out.includes('\u001b') && out.includes('Ticket shop [2J fake'));
  });
});

describe('Command on PostgreSQL', () => {
  test('loads only the packages that it needs', async () => {
    const preload = pathToFileURL(join(import.meta.dirname, '../support/report-packages.ts')).href;
    const env = {
      DATABASE_URL: server.config.databaseUrl ?? '',
      NODE_OPTIONS: `--import=${preload}`,
    };
    const { code, err } = await stagedoor(env, 'application', 'list');
    assert.equal(code, 0, err);
    const packages: unknown = JSON.parse(err.trim().split('\n').at(-1) ?? '');
    assert.ok(Array.isArray(packages) && packages.includes('kysely'));
    const heavy = ['@electric-sql/pglite', 'eta', 'jose', 'nodemailer', 'oidc-provider', 'pino'];
    assert.deepEqual(
      heavy.filter((name) => packages.includes(name)),
      [],
    );
  });
});

describe('Command with an unusable database', () => {
  test('an outdated schema: the message names the migration command', async () => {
    const empty = await createEmptyDatabase();
    try {
      const env = { DATABASE_URL: empty.url, DATA_DIR: folder };
      const behind = await stagedoorHere(env, ['application', 'list']);
      assert.deepEqual([behind.code, behind.out], [1, '']);
      assert.match(behind.err, /lacks \d+ migration\(s\).*Run "stagedoor migrate" first/);
      const migrated = await stagedoorHere(env, ['migrate']);
      assert.match(migrated.out, /^Ran \d+ migration\(s\): 0001_initial/);
      assert.equal((await stagedoorHere(env, ['migrate'])).out, 'The database is up to date.\n');
      assert.equal(
        (await stagedoorHere(env, ['application', 'list'])).out,
        'There are no applications.\n',
      );
    } finally {
      await empty.drop();
    }
  });

  test('an unreachable database: exit code 4, and the message hides the password', async () => {
    const env = { DATABASE_URL: 'postgres://x:very-secret@127.0.0.1:1/x' };
    const { code, err } = await stagedoorHere(env, ['application', 'list']);
    assert.equal(code, 4);
    assert.match(err, /can't be reached: .*check DATABASE_URL/);
    assert.ok(!err.includes('very-secret'));
  });

  test('a missing embedded database: the message names the directory', async () => {
    const env = { DATA_DIR: join(folder, 'empty') };
    const { code, err } = await stagedoorHere(env, ['application', 'list']);
    assert.equal(code, 1);
    assert.match(err, /There is no database in/);
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name === 'empty'),
      [],
    );
  });

  test('an embedded database after its server stopped: the command works', async () => {
    const env = { DATA_DIR: join(folder, 'own') };
    await copyEmbeddedTemplate(env.DATA_DIR);
    // Runs in a separate process, as in a shell.
    assert.equal((await stagedoor(env, 'migrate')).code, 0);
    const { code, out } = await stagedoorHere(env, ['application', 'list', '--json']);
    assert.deepEqual([code, JSON.parse(out)], [0, []]);
  });

  test('an invalid configuration: the message names the variable', async () => {
    const { code, err } = await stagedoorHere({ REGISTRATION: 'maybe' }, ['application', 'list']);
    assert.equal(code, 1);
    assert.match(err, /REGISTRATION must be open, approval or closed/);
  });
});
