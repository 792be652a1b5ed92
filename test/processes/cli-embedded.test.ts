import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { stagedoor, stagedoorHere } from '../support/command-line.ts';
import { copyEmbeddedTemplate } from '../support/embedded-template.ts';
import { withServer } from '../support/fixture.ts';
import { freePort } from '../support/free-port.ts';
import { callManagement } from '../support/platform.ts';
import { startServer } from '../support/server.ts';

describe('Command line on an embedded database without a running server', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stagedoor-cli-'));
    await copyEmbeddedTemplate(folder);
  });
  after(() => rm(folder, { recursive: true, force: true }));
  const cli = (...args: string[]) => stagedoorHere({ DATA_DIR: folder }, args);

  test('opens the database, and leaves no other files', async () => {
    assert.equal((await cli('user', 'put', 'ada', '--email', 'ada@example.com')).code, 0);
    assert.equal((await cli('organizer', 'put', 'red', '--name', 'Red')).code, 0);
    assert.equal((await cli('team', 'put', 'red', 'staff', '--member', 'ada')).code, 0);
    assert.deepEqual(
      JSON.parse((await cli('team', 'show', 'red', 'staff', '--json')).out).members,
      ['ada'],
    );
    assert.match((await cli('log')).out, /operator:cli/);
    assert.deepEqual(await readdir(folder), ['db']);
  });

  test('parallel commands wait for each other, and none is lost', async () => {
    const names = ['a', 'b'];
    const outcomes = await Promise.all(
      names.map((name) =>
        stagedoor({ DATA_DIR: folder }, 'user', 'put', name, '--email', `${name}@example.com`),
      ),
    );
    assert.deepEqual(
      outcomes.map(({ code }) => code),
      [0, 0],
      outcomes.map(({ err }) => err).join(''),
    );
    const list = JSON.parse((await cli('user', 'list', '--json')).out);
    assert.deepEqual(
      list.map(({ id }: { id: string }) => id),
      ['a', 'ada', 'b'],
    );
  });

  test('ignores files of a crashed server', async () => {
    const left = { url: 'http://127.0.0.1:1', pid: 2 ** 22 + 1, token: 'x' };
    await writeFile(join(folder, 'server.json'), JSON.stringify(left));
    await writeFile(join(folder, 'lock'), String(left.pid));
    assert.equal((await cli('user', 'show', 'ada')).code, 0);
    await rm(join(folder, 'server.json'));
  });
});

describe('Command line on an embedded database of a running server', () => {
  const server = withServer({ DATABASE_URL: '' });
  const env = () => ({ DATA_DIR: server.config.dataDir });
  const cli = (...args: string[]) => stagedoorHere(env(), args);

  test('commands go through the server without a configured token', async () => {
    const put = await stagedoor(env(), 'user', 'put', 'ada', '--email', 'ada@example.com');
    assert.deepEqual([put.code, put.err], [0, '']);
    const { body } = await callManagement(server, 'GET', '/api/v1/users/ada/');
    assert.equal(Reflect.get(Object(body), 'email'), 'ada@example.com');
    const added = await cli(
      'application',
      'add',
      '--name',
      'x',
      '--redirect-uri',
      'https://x.org/',
    );
    assert.match(added.out, /^Client secret +sds_/m);
    assert.match((await cli('log', '--user', 'ada')).out, /operator:cli/);
    assert.equal((await cli('user', 'show', 'eve')).code, 3);
    assert.equal((await cli('user', 'put', 'eve', '--email', 'x')).code, 2);
  });

  test('commands that need exclusive access print what to do', async () => {
    for (const args of [['keys', 'list'], ['mail', 'list'], ['migrate']]) {
      const { code, out, err } = await cli(...args);
      assert.deepEqual([code, out], [4, '']);
      assert.match(err, /the running server has it \(process \d+, http:.*\)\. Stop the server/);
    }
    assert.equal((await callManagement(server, 'GET', '/api/v1/users/')).status, 200);
  });

  test('the address of the server is in a file for its owner, without the configured token', async () => {
    const file = join(server.config.dataDir, 'server.json');
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    const text = await readFile(file, 'utf8');
    assert.ok(!text.includes(server.operatorToken));
    assert.match(text, /"token":"sdo_/);
  });

  test('an unreadable file is reported', { skip: process.getuid?.() === 0 }, async () => {
    const file = join(server.config.dataDir, 'server.json');
    await chmod(file, 0);
    const { code, err } = await cli('user', 'list');
    await chmod(file, 0o600);
    assert.equal(code, 4);
    assert.match(err, /as the user that runs the server/);
  });

  test('commands by URL with an operator token have its rights', async () => {
    const added = await cli('operator-token', 'add', 'reader', '--right', 'read', '--json');
    const { token } = JSON.parse(added.out);
    const there = { STAGEDOOR_URL: server.issuer, OPERATOR_TOKEN: token };
    assert.equal((await stagedoorHere(there, ['user', 'show', 'ada'])).code, 0);
    const refused = await stagedoorHere(there, ['user', 'delete', 'ada', '--yes']);
    assert.deepEqual([refused.code, refused.out], [1, '']);
    assert.match(refused.err, /lacks the right "directory"/);
    const url = ['user', 'list', '--url', server.issuer];
    const wrong = await stagedoorHere({ OPERATOR_TOKEN: 'x' }, url);
    assert.match(wrong.err, /does not take the operator token/);
    assert.match((await stagedoorHere({}, url)).err, /OPERATOR_TOKEN is missing/);
    const plain = ['user', 'list', '--url', 'http://login.example.com'];
    assert.match((await stagedoorHere(there, plain)).err, /would travel in clear/);
    const away = ['user', 'list', '--url', `http://127.0.0.1:${await freePort()}`];
    const outcome = await stagedoorHere(there, away);
    assert.equal(outcome.code, 4);
    assert.match(outcome.err, /127\.0\.0\.1:\d+ does not answer: .*ECONNREFUSED/);
    const local = await stagedoorHere(there, ['migrate']);
    assert.equal(local.code, 2);
    assert.match(local.err, /works on the database itself/);
  });

  test('the command line opens the database again after the server has stopped', async () => {
    const { dataDir } = server.config;
    const before = await readdir(dataDir);
    assert.ok(before.includes('server.json') && before.includes('lock'));
    const own = await mkdtemp(join(tmpdir(), 'stagedoor-cli-'));
    try {
      await copyEmbeddedTemplate(own);
      const second = await startServer({ DATABASE_URL: '', DATA_DIR: own });
      assert.equal((await stagedoorHere({ DATA_DIR: own }, ['user', 'list'])).code, 0);
      await second.close();
      assert.deepEqual(
        (await readdir(own)).filter((name) => ['server.json', 'lock'].includes(name)),
        [],
      );
      assert.equal((await stagedoorHere({ DATA_DIR: own }, ['keys', 'list'])).code, 0);
    } finally {
      await rm(own, { recursive: true, force: true });
    }
  });
});
