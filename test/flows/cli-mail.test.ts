import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sql } from 'kysely';
import { readConfig } from '../../src/config/config.ts';
import { cleanUp } from '../support/clean-up.ts';
import { stagedoorHere } from '../support/command-line.ts';
import { RECIPIENT, until, withOutbox } from '../support/outbox.ts';

const UNKNOWN = '00000000-0000-4000-8000-000000000000';

const { database, outbox, url } = withOutbox();

const mail = (...args: string[]) =>
  stagedoorHere({ DATABASE_URL: url(), DATA_DIR: '/nowhere' }, ['mail', ...args]);

/** Queues a mail to each recipient, in the given state. */
async function enqueue(recipients: Readonly<Record<string, 'waits' | 'failed' | 'sent'>>) {
  for (const [recipient, state] of Object.entries(recipients)) {
    await outbox.enqueue({ recipient });
    const set = {
      waits: {},
      failed: { failed_at: new Date('2026-07-02T12:00:00Z'), attempts: 12, last_error: '550 no' },
      sent: { sent_at: new Date() },
    };
    await database.db
      .updateTable('mail_outbox')
      .set({ created_at: new Date('2026-07-01T12:00:00Z'), ...set[state] })
      .where('recipient', '=', recipient)
      .execute();
  }
}

const idOf = async (recipient: string) =>
  (
    await database.db
      .selectFrom('mail_outbox')
      .select('id')
      .where('recipient', '=', recipient)
      .executeTakeFirstOrThrow()
  ).id;

describe('stagedoor mail', () => {
  test('each command that runs on the database directly is logged', async () => {
    const commands = async () =>
      (
        await database.db
          .selectFrom('audit_events')
          .select(['actor', 'data'])
          .where('action', '=', 'stagedoor.operator.command')
          .orderBy('id')
          .execute()
      ).map(({ actor, data }) => [actor, data]);
    await enqueue({ 'kim@example.com': 'failed' });
    const id = await idOf('kim@example.com');
    await mail('list', '--failed');
    await mail('retry', id);
    await mail('retry', '--all');
    assert.equal((await mail('retry', UNKNOWN)).code, 3);
    assert.deepEqual(await commands(), [
      ['operator:cli', { command: 'mail list', failed: true, mails: 1 }],
      ['operator:cli', { command: 'mail retry', mail: id, retried: 1 }],
      ['operator:cli', { command: 'mail retry', retried: 0 }],
    ]);
  });

  test('--help and wrong arguments print the usage', async () => {
    const { code, out } = await mail('--help');
    assert.equal(code, 0);
    assert.match(out, /list [\s\S]*retry [\s\S]*Examples/);
    for (const [args, message] of [
      [[], /Commands:/],
      [['send'], /unknown command 'send'/],
      [['list', 'x'], /too many arguments/],
      [['list', '--all'], /unknown option '--all'/],
      [['retry'], /retry takes one id, or --all/],
      [['retry', 'a', 'b'], /too many arguments/],
      [['retry', 'a', '--all'], /retry takes one id, or --all/],
      [['retry', '--failed'], /unknown option '--failed'/],
    ] as const) {
      const wrong = await mail(...args);
      assert.deepEqual([wrong.code, wrong.out], [2, ''], args.join(' '));
      assert.match(wrong.err, message);
    }
  });

  test('an empty list prints a sentence, or [] with --json', async () => {
    await enqueue({ 'sent@example.com': 'sent' });
    assert.equal((await mail('list')).out, 'All mails are delivered.\n');
    assert.equal((await mail('list', '--failed')).out, 'No mail was given up.\n');
    assert.equal((await mail('retry', '--all')).out, 'No mail was given up.\n');
    assert.deepEqual(JSON.parse((await mail('list', '--json')).out), []);
  });

  test('list shows waiting and failed mails', async () => {
    await enqueue({ 'a@example.com': 'waits', 'b@example.com': 'failed', 'c@example.com': 'sent' });
    const [head = '', ...lines] = (await mail('list')).out.trimEnd().split('\n');
    assert.match(head, /^ID +KIND +RECIPIENT +WRITTEN +ATTEMPTS +STATE +LAST ERROR$/);
    assert.equal(lines.length, 2);
    const given = lines.find((line) => line.includes('b@example.com')) ?? '';
    const time = '2026-07-0\\dT12:00:00\\.000Z';
    assert.match(
      given,
      new RegExp(
        `^[0-9a-f-]{36}  authorized  b@example\\.com  ${time}  12 +given up ${time} +550 no$`,
      ),
    );
    const failed = await mail('list', '--failed', '--json');
    assert.deepEqual(JSON.parse(failed.out), [
      {
        id: await idOf('b@example.com'),
        kind: 'authorized',
        recipient: 'b@example.com',
        created_at: '2026-07-01T12:00:00.000Z',
        attempts: 12,
        next_attempt_at: null,
        failed_at: '2026-07-02T12:00:00.000Z',
        last_error: '550 no',
      },
    ]);
  });

  test('list shows no content of a mail, and no control characters', async () => {
    await enqueue({ 'a@example.com': 'failed' });
    await database.db
      .updateTable('mail_outbox')
      .set({ last_error: 'EENVELOPE \u001b[2J\nfake line' })
      .execute();
    const { out } = await mail('list');
    const json = await mail('list', '--json');
    assert.equal(out.trimEnd().split('\n').length, 2);
    assert.ok(!out.includes('\u001b'));
    for (const text of [out, json.out]) {
      assert.doesNotMatch(text, /Box Office|Red Stage|grant1|203\.0\.113/);
    }
  });
});

describe('stagedoor mail retry', () => {
  test('a failed mail is sent again with the same message ID', async () => {
    let refusing = true;
    const options = { refuseRecipient: () => (refusing ? 550 : undefined) };
    await outbox.withSender(options, async (server) => {
      await outbox.enqueue();
      await until(async () => (await outbox.row()).failedAt !== null);
      const { id } = await outbox.row();
      refusing = false;
      const { code, out } = await mail('retry', id);
      assert.deepEqual([code, out.split('.')[0]], [0, '1 mail(s) are due again']);
      await outbox.untilSent();
      assert.equal(server.received[0]?.headers.get('message-id'), `<${id}@localhost>`);
      assert.deepEqual((await outbox.row()).attempts, 1);
      const again = await mail('retry', id);
      assert.deepEqual([again.code, again.err], [1, 'stagedoor: That mail was sent already.\n']);
    });
  });

  test('a retried mail gets all its attempts again, and other mails are unchanged', async () => {
    await enqueue({ 'a@example.com': 'failed', 'b@example.com': 'failed', [RECIPIENT]: 'waits' });
    const waits = await idOf(RECIPIENT);
    const refused = await mail('retry', waits);
    assert.equal(refused.code, 1);
    assert.match(refused.err, /was not given up: it waits for its next attempt/);
    const { code, out } = await mail('retry', '--all', '--json');
    assert.deepEqual([code, JSON.parse(out)], [0, { retried: 2 }]);
    for (const { attempts, failedAt, dueIn } of await outbox.rows()) {
      assert.deepEqual([attempts, failedAt], [0, null]);
      assert.ok(dueIn <= 0);
    }
  });

  test('an unknown id exits with code 3', async () => {
    for (const id of [UNKNOWN, 'x', "'; drop table mail_outbox", '\u001b[31m']) {
      const { code, out, err } = await mail('retry', id);
      assert.deepEqual([code, out], [3, '']);
      assert.match(err, /^stagedoor: There is no mail with the id "/);
      assert.ok(!err.includes('\u001b'));
    }
  });
});

test('Mails are deleted 30 days after they were sent, and 90 days after they failed', async () => {
  const { db } = database;
  const rows = {
    'sent 29 days ago': { sent_at: sql<Date>`now() - interval '29 days'` },
    'sent 31 days ago': { sent_at: sql<Date>`now() - interval '31 days'` },
    'given up 89 days ago': { failed_at: sql<Date>`now() - interval '89 days'` },
    'given up 91 days ago': { failed_at: sql<Date>`now() - interval '91 days'` },
    'waits since a year': { created_at: sql<Date>`now() - interval '1 year'` },
  };
  for (const [recipient, columns] of Object.entries(rows)) {
    const row = { kind: 'authorized', recipient, locale: 'en', data: '{}' };
    await db
      .insertInto('mail_outbox')
      .values({ ...row, ...columns })
      .execute();
  }
  await cleanUp({ database, config: readConfig({}) }, 'sent_mails', 'failed_mails');
  const left = await db
    .selectFrom('mail_outbox')
    .select('recipient')
    .orderBy('recipient')
    .execute();
  assert.deepEqual(
    left.map(({ recipient }) => recipient),
    ['given up 89 days ago', 'sent 29 days ago', 'waits since a year'],
  );
});
