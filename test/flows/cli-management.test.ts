import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { type Outcome, type Person, stagedoorHere } from '../support/command-line.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let testDatabase: TestDatabase;
let database: Database;

before(async () => {
  testDatabase = await createTestDatabase();
  database = await openDatabase({ url: testDatabase.url, dataDir: '', connections: 2 });
});
after(async () => {
  await database.close();
  await testDatabase.drop();
});

function cli(args: readonly string[], person?: Person): Promise<Outcome> {
  return stagedoorHere({ DATABASE_URL: testDatabase.url, DATA_DIR: '/nowhere' }, args, person);
}

/** Returns the JSON output of a command that has to succeed. */
async function answer(...args: string[]) {
  const { code, out, err } = await cli([...args, '--json']);
  assert.equal(code, 0, err);
  return JSON.parse(out);
}

async function refused(args: string[], code: number, message: RegExp): Promise<void> {
  const outcome = await cli(args);
  assert.deepEqual([outcome.code, outcome.out], [code, ''], outcome.err);
  assert.match(outcome.err, message);
}

const actionsOfCli = async () =>
  (
    await database.db
      .selectFrom('audit_events')
      .select('action')
      .where('actor', '=', 'operator:cli')
      .where('action', '!=', 'stagedoor.operator.called')
      .orderBy('id')
      .execute()
  ).map(({ action }) => action.replace('stagedoor.', ''));

describe('Users on the command line', () => {
  test('users are created, changed, listed and deleted, with the validation and log entries of the API', async () => {
    const made = await cli(['user', 'put', 'ada', '--email', 'ada@example.com'], {});
    assert.equal(made.code, 0, made.err);
    assert.match(made.out, /^E-mail +ada@example\.com$/m);
    const changed = await answer('user', 'change', 'ada', '--full-name', 'Ada', '--locale', 'de');
    assert.deepEqual(changed, {
      id: 'ada',
      email: 'ada@example.com',
      full_name: 'Ada',
      locale: 'de',
      timezone: 'UTC',
      is_active: true,
      is_operator: false,
    });
    assert.equal((await answer('user', 'deactivate', 'ada')).is_active, false);
    assert.equal((await answer('user', 'activate', 'ada')).is_active, true);
    await answer('user', 'put', 'ben', '--email', 'ben@example.com', '--inactive');
    assert.match(
      (await cli(['user', 'list'])).out,
      /^ID +ACTIVE +E-MAIL +NAME\nada +yes .*\nben +no /,
    );
    assert.deepEqual(
      (await answer('user', 'list', '--inactive')).map(({ id }: { id: string }) => id),
      ['ben'],
    );
    assert.deepEqual(await answer('user', 'list', '--email', 'nobody@example.com'), []);
    assert.deepEqual(await answer('user', 'delete', 'ben', '--yes'), { deleted: 'ben' });
    await refused(['user', 'show', 'ben'], 3, /no user with the id "ben"/);
    const actions = await actionsOfCli();
    assert.deepEqual(
      [actions.length, new Set(actions)],
      [6, new Set(['directory.user.changed', 'directory.user.deleted'])],
    );
  });

  test('a password is read from a pipe or a prompt, never from an argument', async () => {
    const hash = async () =>
      (
        await database.db
          .selectFrom('users')
          .select('password_hash')
          .where('id', '=', 'ada')
          .executeTakeFirstOrThrow()
      ).password_hash;
    assert.equal(await hash(), null);
    const piped = await cli(['user', 'change', 'ada', '--password-stdin'], {
      input: 'pw from a pipe\n',
    });
    assert.equal(piped.code, 0, piped.err);
    const first = await hash();
    assert.match(String(first), /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    const typed = await cli(['user', 'change', 'ada', '--ask-password'], {
      input: 'typed by hand\rtyped by hand\r',
      interactive: true,
    });
    assert.equal(typed.code, 0, typed.err);
    assert.notEqual(await hash(), first);
    assert.ok(!`${typed.out}${typed.err}${piped.out}${piped.err}`.includes('typed by'));
    await refused(['user', 'change', 'ada', '--ask-password'], 2, /Use --password-stdin/);
    await refused(
      ['user', 'change', 'ada', '--password-stdin'],
      2,
      /no password on standard input/,
    );
    await refused(['user', 'change', 'ada', '--password', 'secret'], 2, /unknown option/);
    const before = await hash();
    const unequal = await cli(['user', 'change', 'ada', '--ask-password'], {
      input: 'one\rother\r',
      interactive: true,
    });
    assert.deepEqual([unequal.code, await hash()], [1, before]);
    await answer('user', 'change', 'ada', '--no-password');
    assert.equal(await hash(), null);
  });

  test('invalid values are refused with the names of the options', async () => {
    await refused(
      ['user', 'put', 'eve', '--email', 'nonsense', '--timezone', 'Mars'],
      2,
      /--email: Enter a valid email address\.\n {2}--timezone: Not the name/,
    );
    await refused(['user', 'put', 'eve'], 2, /'--email <address>' not specified/);
    await refused(['user', 'put', 'eve', '--email', 'ada@example.com'], 2, /--email: /);
    await refused(['user', 'put', 'e v e', '--email', 'eve@example.com'], 2, /id|1 to 64/);
    await refused(['user', 'change', 'ada'], 2, /Name what is to change/);
    await refused(['user', 'list', '--active', '--inactive'], 2, /exclude each other/);
    await refused(['user', 'list', '--email', 'nonsense'], 2, /--email: Enter a valid/);
  });

  test('a user is deleted only after a confirmation', async () => {
    await refused(['user', 'delete', 'ada'], 2, /Add --yes/);
    const no = await cli(['user', 'delete', 'ada'], { input: '\r', interactive: true });
    assert.deepEqual([no.code, no.out], [1, '']);
    assert.match(no.err, /Delete the user "ada".*\[y\/N\][\s\S]*Nothing was changed/);
    const gone = await cli(['user', 'delete', 'ada'], { interactive: true });
    assert.equal(gone.code, 1);
    assert.equal((await answer('user', 'show', 'ada')).id, 'ada');
    const yes = await cli(['user', 'delete', 'ada'], { input: 'y\r', interactive: true });
    assert.deepEqual([yes.code, yes.out], [0, 'Deleted the user "ada".\n']);
    await refused(['user', 'delete', 'ada', '--yes'], 3, /no user/);
  });
});

describe('Organizers and teams on the command line', () => {
  test('organizers and teams are created, listed, shown and deleted', async () => {
    await answer('user', 'put', 'ada', '--email', 'ada@example.com');
    await answer('user', 'put', 'ben', '--email', 'ben@example.com');
    assert.deepEqual(
      await answer('organizer', 'put', 'red', '--name', 'en=Red', '--name', 'de=Rot = gut'),
      { slug: 'red', name: { en: 'Red', de: 'Rot = gut' } },
    );
    assert.deepEqual(await answer('organizer', 'put', 'blue', '--name', 'Blue'), {
      slug: 'blue',
      name: 'Blue',
    });
    assert.match((await cli(['organizer', 'list'])).out, /red +Rot = gut \(de\), Red \(en\)/);
    await refused(['organizer', 'put', 'x', '--name', 'a', '--name', 'b'], 2, /needs its language/);
    const team = ['red', 'staff'];
    const put = await answer(
      'team',
      'put',
      ...team,
      '--permission',
      'can_view_orders',
      '--no-all-events',
      '--limit-event',
      'spring',
      '--member',
      'ada',
    );
    const limited = {
      id: 'staff',
      name: '',
      permissions: ['can_view_orders'],
      all_events: false,
      limit_events: ['spring'],
    };
    assert.deepEqual(put, { ...limited, members: ['ada'] });
    const added = await answer('team', 'add-member', ...team, 'ben', 'ada');
    assert.deepEqual(added, { ...limited, members: ['ada', 'ben'] });
    assert.match((await cli(['team', 'list', 'red'])).out, /can_view_orders +spring$/m);
    assert.deepEqual((await answer('team', 'remove-member', ...team, 'ada')).members, ['ben']);
    assert.match((await cli(['team', 'show', ...team])).out, /^Members +ben$/m);
    assert.equal((await answer('team', 'list', 'red')).length, 1);
    await refused(['team', 'put', ...team, '--permission', 'fly'], 2, /--permission: "fly"/);
    await refused(['team', 'add-member', ...team, 'eve'], 2, /members: There is no user "eve"/);
    await refused(['team', 'list', 'none'], 3, /no organizer with the slug "none"/);
    await refused(['team', 'add-member', 'red', 'crew', 'ada'], 3, /no team with the id "crew"/);
    assert.deepEqual(await answer('team', 'delete', ...team, '--yes'), { deleted: 'staff' });
    assert.deepEqual(await answer('organizer', 'delete', 'red', '--yes'), { deleted: 'red' });
    assert.match((await cli(['team', 'list', 'blue'])).out, /^There are no teams/);
  });

  test('dots in an id never reach another path of the API', async () => {
    await answer('organizer', 'put', 'teams', '--name', 'A trap');
    for (const args of [
      ['team', 'delete', '.', '.', '--yes'],
      ['team', 'delete', 'blue', '..', '--yes'],
      ['organizer', 'delete', '..', '--yes'],
      ['user', 'show', ''],
    ]) {
      await refused(args, 3, /nothing with the id/);
    }
    await refused(['team', 'delete', 'blue', '../..', '--yes'], 3, /no team/);
    assert.equal((await answer('organizer', 'show', 'teams')).slug, 'teams');
  });
});

describe('Applications and API services on the command line', () => {
  test('secrets are printed once, with a warning', async () => {
    const added = await cli(['resource-server', 'add', 'Orders API']);
    assert.match(added.out, /^Client secret +sds_\w+$/m);
    assert.match(added.err, /Keep the secret now/);
    const { client_id, client_secret } = await answer('resource-server', 'add', 'Stock');
    assert.match(client_secret, /^sds_/);
    assert.equal((await answer('resource-server', 'show', client_id)).client_secret, undefined);
    assert.equal((await answer('resource-server', 'list')).length, 2);
    const replacement = await answer('resource-server', 'add-secret', client_id, '--label', 'next');
    assert.notEqual(replacement.client_secret, client_secret);
    const secrets = await answer('resource-server', 'secrets', client_id);
    assert.deepEqual(
      secrets.map(({ label }: { label: string }) => label),
      ['', 'next'],
    );
    await answer('resource-server', 'delete-secret', client_id, secrets[0].id, '--yes');
    await refused(
      ['resource-server', 'delete-secret', client_id, secrets[0].id, '--yes'],
      3,
      /has no secret with the id/,
    );
    await refused(['resource-server', 'secrets', 'nobody'], 3, /no resource server/);
    const api = 'https://api.example.com/stock';
    const change = ['resource-server', 'change', client_id];
    const changed = await answer(...change, '--resource', api, '--require-audience');
    assert.deepEqual([changed.resources, changed.require_audience], [[api], true]);
    const list = await cli(['resource-server', 'list']);
    assert.match(list.out, /Stock +https:\/\/api\.example\.com\/stock/);
    const back = await answer(...change, '--no-resources', '--no-require-audience');
    assert.deepEqual([back.resources, back.require_audience], [[], false]);
    await refused([...change, '--resource', 'orders'], 2, /Not an absolute URI/);
    await answer('resource-server', 'delete', client_id, '--yes');
    await refused(['resource-server', 'show', client_id], 3, /no resource server/);
  });

  test('an application is registered, changed, reviewed, suspended, resumed and deleted', async () => {
    const registered = await answer(
      ...['application', 'add', '--name', 'Box Office', '--owner', 'ada', '--scope', 'read'],
      ...['--redirect-uri', 'https://a.example.com/', '--redirect-uri', 'https://b.example.com/'],
      '--no-require-pkce',
    );
    const { client_id: id } = registered;
    assert.match(registered.client_secret, /^sds_/);
    assert.deepEqual(
      [registered.owner, registered.scopes, registered.require_pkce, registered.redirect_uris],
      ['ada', ['read'], false, ['https://a.example.com/', 'https://b.example.com/']],
    );
    const phone = ['--name', 'Door', '--public', '--redirect-uri', 'com.example.door:/back'];
    const added = await cli(['application', 'add', ...phone]);
    assert.deepEqual([added.code, added.err], [0, '']);
    assert.doesNotMatch(added.out, /secret/i);
    const changed = await answer('application', 'change', id, '--owner', 'ben', '--disable');
    assert.deepEqual(
      [changed.owner, changed.state, changed.require_pkce],
      ['ben', 'disabled', false],
    );
    const enabled = await answer('application', 'change', id, '--require-pkce', '--enable');
    assert.deepEqual([enabled.state, enabled.require_pkce], ['active', true]);
    await refused(['application', 'review', id], 2, /--of <version>/);
    await refused(['application', 'review', id, '--of', 'latest'], 2, /version/);
    await refused(['application', 'review', id, '--of', '1'], 1, /now has version 3/);
    assert.notEqual((await answer('application', 'review', id, '--of', '3')).reviewed_at, null);
    await answer('application', 'suspend', id, '--reason', 'Spam');
    assert.equal((await answer('application', 'list', '--suspended'))[0].client_id, id);
    assert.equal((await answer('application', 'list', '--unreviewed')).length, 1);
    assert.equal((await answer('application', 'list', '--owner', 'ben')).length, 1);
    assert.equal((await answer('application', 'resume', id)).state, 'active');
    const wrong = ['--name', 'x', '--redirect-uri', 'http://example.com/'];
    await refused(['application', 'add', ...wrong], 2, /--redirect-uri: /);
    assert.deepEqual(await answer('application', 'delete', id, '--yes'), { deleted: id });
  });
});

describe('Operator tokens and grants on the command line', () => {
  test('an operator token is created with rights and an end, listed and revoked', async () => {
    const made = await answer(
      'operator-token',
      'add',
      'report',
      '--right',
      'read',
      '--expires',
      '90d',
    );
    assert.match(made.token, /^sdo_/);
    const days = (Date.parse(made.expires_at) - Date.now()) / 86_400_000;
    assert.ok(days > 89.9 && days <= 90, String(days));
    const forever = await cli(['operator-token', 'add', 'all', '--right', 'grants']);
    assert.match(forever.out, /^Ends +never\nToken +sdo_/m);
    assert.match(forever.err, /shown this once/);
    const [first] = await answer('operator-token', 'list');
    assert.deepEqual(
      [first.name, first.created_by, first.token],
      ['report', 'operator:cli', undefined],
    );
    await refused(['operator-token', 'add', 'x', '--right', 'fly'], 2, /--right: "fly"/);
    await refused(['operator-token', 'add', 'cli', '--right', 'read'], 2, /"cli" are taken/);
    await refused(
      ['operator-token', 'add', 'x', '--right', 'read', '--expires', 'soon'],
      2,
      /--expires takes/,
    );
    await refused(
      ['operator-token', 'add', 'x', '--right', 'read', '--expires', '2020-01-01'],
      2,
      /--expires: /,
    );
    await answer('operator-token', 'revoke', made.id, '--yes');
    await refused(['operator-token', 'revoke', made.id, '--yes'], 3, /no operator token/);
  });

  test('an empty list or unknown grant prints a message', async () => {
    assert.equal((await cli(['grant', 'list', '--active'])).out, 'There are no such grants.\n');
    assert.deepEqual(await answer('grant', 'list', '--user', 'ada'), []);
    await refused(['grant', 'show', 'x'], 3, /no grant with the id "x"/);
    await refused(['grant', 'revoke', 'x', '--yes'], 3, /no grant with the id "x"/);
    await refused(['grant', 'list', '--organizer', 'a/b'], 2, /--organizer: Not the slug/);
  });
});

describe('Log on the command line', () => {
  test('the last entries are printed, filtered, and with --json one per line', async () => {
    const { out } = await cli(['log', '--action', 'stagedoor.application.suspended', '--json']);
    const lines = out.trim().split('\n');
    assert.deepEqual([lines.length, JSON.parse(lines[0] ?? '').data.reason], [1, 'Spam']);
    const last = (await cli(['log', '--limit', '3', '--json'])).out.trim().split('\n');
    const times = last.map((line) => JSON.parse(line).happened_at);
    assert.deepEqual([last.length, times], [3, [...times].sort()]);
    const every = (await cli(['log', '--all', '--json'])).out.trim().split('\n');
    const ids = every.map((line) => JSON.parse(line).id);
    assert.ok(every.length > 60 && new Set(ids).size === ids.length);
    assert.match((await cli(['log', '--since', '1h', '--user', 'ada'])).out, /^TIME +ACTION/);
    assert.match((await cli(['log', '--since', '2100-01-01'])).out, /^There are no such entries/);
    await refused(['log', '--since', 'yesterday'], 2, /--since takes a time/);
    await refused(['log', '--limit', 'x'], 2, /It takes a number/);
    await refused(['log', '--all', '--limit', '5'], 2, /exclude each other/);
  });

  test('--follow prints each new entry once, until it is stopped', async () => {
    const stop = new AbortController();
    let seen = '';
    const following = cli(['log', '--follow', '--limit', '2', '--json'], {
      signal: stop.signal,
      sees: (text) => {
        seen += text;
        if (/"user":"zoe"/.test(seen)) {
          stop.abort();
        }
      },
    });
    while (seen === '') {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await answer('user', 'put', 'zoe', '--email', 'zoe@example.com');
    const { code, out } = await following;
    const ids = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).id);
    assert.deepEqual([code, new Set(ids).size], [0, ids.length]);
  });
});

describe('Long lists on the command line', () => {
  before(async () => {
    const rows = Array.from({ length: 260 }, (_, index) => ({
      id: `u${String(index).padStart(4, '0')}`,
      email: `u${index}@example.com`,
    }));
    for (const { id, email } of rows) {
      await database.db.insertInto('users').values({ id, email, email_key: email }).execute();
    }
  });

  test('all pages are printed, with progress only for people', async () => {
    const { out, err } = await cli(['user', 'list', '--json'], { progress: true });
    assert.ok(JSON.parse(out).length >= 260);
    assert.match(err, /\r50 of \d+.*\r250 of \d+/s);
    assert.equal((await cli(['user', 'list', '--json'])).err, '');
    assert.ok((await cli(['user', 'list'])).out.split('\n').length > 260);
  });

  test('output ends silently when the reader closes the pipe', async () => {
    const stop = new AbortController();
    const { code, out, err } = await cli(['user', 'list', '--json'], {
      signal: stop.signal,
      sees: () => stop.abort(),
    });
    assert.deepEqual([code, err], [0, '']);
    assert.equal(out.trim().split('\n').length, 51);
  });
});
