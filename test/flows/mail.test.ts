import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { pino } from 'pino';
import { enqueueMail } from '../../src/audit/enqueue-mail.ts';
import type { Mail, MailData } from '../../src/audit/mail.ts';
import { type MailSender, startMailSender } from '../../src/audit/notify.ts';
import { createTransport } from '../../src/audit/transport.ts';
import { readConfig } from '../../src/config.ts';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { migrate } from '../../src/db/migrate.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type MailServer, startMailServer } from '../support/mail-server.ts';
import { parseMessage } from '../support/read-message.ts';

const ISSUER = 'http://localhost:3999';
const { scopes } = readConfig({});
const RECIPIENT = 'ada@example.com';
const TIMEOUTS = { connection: 500, greeting: 500, socket: 500 };

const authorized: MailData['authorized'] = {
  grantId: 'grant-1',
  application: { name: 'Box Office Sync', owner: 'Ben Example', homepageUrl: null },
  scopes: ['read'],
  organizers: [{ slug: 'redstage', name: { en: 'Red Stage', de: 'Rote Bühne' } }],
  at: '2026-07-01T12:00:00.000Z',
  timezone: 'Europe/Berlin',
  origin: { ip: '203.0.113.7', userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0' },
};
const reuse: MailData['reuse_detected'] = {
  application: authorized.application,
  at: authorized.at,
  timezone: authorized.timezone,
};

/** Lines of the log, in place of standard output. */
const lines: string[] = [];
const log = pino({ base: null }, { write: (line) => lines.push(line) });

let testDatabase: TestDatabase;
let database: Database;

before(async () => {
  testDatabase = await createTestDatabase();
  database = await openDatabase({ url: testDatabase.url, dataDir: '', connections: 5 });
});
after(async () => {
  await database.close();
  await testDatabase.drop();
});
beforeEach(async () => {
  lines.length = 0;
  await database.db.deleteFrom('mail_outbox').execute();
});

async function enqueue(mail: Partial<Mail> = {}, to = database): Promise<void> {
  await inTransaction(to.db, (tx) =>
    enqueueMail(tx, {
      kind: 'authorized',
      recipient: RECIPIENT,
      locale: 'en',
      data: authorized,
      ...mail,
    }),
  );
}

function startSender(smtpUrl: string | undefined, from = database, dataDir = ''): MailSender {
  const transport = createTransport({
    smtpUrl,
    dataDir,
    mailFrom: 'Stagedoor <no-reply@example.com>',
    timeouts: TIMEOUTS,
  });
  return startMailSender({
    database: from,
    transport,
    log,
    issuer: ISSUER,
    scopes,
    intervalMs: 50,
  });
}

async function outbox(from = database) {
  const rows = await from.db
    .selectFrom('mail_outbox')
    .select(['id', 'attempts', 'sent_at', 'failed_at', 'last_error'])
    .select(sql<number>`extract(epoch from next_attempt_at - now())::float8`.as('due_in'))
    .orderBy('created_at')
    .execute();
  return rows;
}

async function onlyRow(from = database) {
  const [row, ...others] = await outbox(from);
  assert.ok(row !== undefined && others.length === 0);
  return row;
}

/** Waits until it holds, for ten seconds at most. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let round = 0; round < 500; round += 1) {
    if (await condition()) {
      return;
    }
    await sleep(20);
  }
  assert.fail('It did not come true within ten seconds.');
}

const untilSent = (from = database) =>
  until(async () => (await outbox(from)).every((row) => row.sent_at !== null));
const untilFailed = () => until(async () => (await onlyRow()).last_error !== null);
const makeDue = () =>
  database.db.updateTable('mail_outbox').set({ next_attempt_at: new Date() }).execute();

/** Runs with a mail server and a sender, and stops both. */
async function withSender(
  options: Parameters<typeof startMailServer>[0],
  work: (server: MailServer, sender: MailSender) => Promise<void>,
): Promise<void> {
  const server = await startMailServer(options);
  const sender = startSender(server.url);
  try {
    await work(server, sender);
  } finally {
    await sender.stop();
    await server.close();
  }
}

describe('A user gets a mail', () => {
  const expected = {
    'authorized en': /New access to your account: “Box Office Sync”/,
    'authorized de-AT': /Neuer Zugriff auf dein Konto: „Box Office Sync“/,
    'reuse_detected en': /Access ended for your safety: “Box Office Sync”/,
    'reuse_detected de-AT': /Zugriff zu deiner Sicherheit beendet: „Box Office Sync“/,
  };
  for (const [name, subject] of Object.entries(expected)) {
    test(name, async () => {
      const [kind, locale = 'en'] = name.split(' ');
      await withSender({}, async (server) => {
        await (kind === 'authorized'
          ? enqueue({ kind, locale, data: authorized })
          : enqueue({ kind: 'reuse_detected', locale, data: reuse }));
        await untilSent();
        const [mail] = server.received;
        assert.ok(mail !== undefined && server.received.length === 1);
        assert.deepEqual(mail.recipients, [RECIPIENT]);
        assert.match(mail.headers.get('subject') ?? '', subject);
        assert.equal(mail.headers.get('to'), RECIPIENT);
        assert.equal(mail.headers.get('from'), 'Stagedoor <no-reply@example.com>');
        assert.equal(mail.headers.get('auto-submitted'), 'auto-generated');
        assert.equal(mail.headers.get('message-id'), `<${(await onlyRow()).id}@localhost>`);
        for (const part of [mail.text, mail.html]) {
          assert.ok(part.includes(`${ISSUER}/account/authorizations`));
          assert.ok(part.includes(locale === 'en' ? '1 July 2026' : '1. Juli 2026'));
        }
      });
    });
  }

  test('whose link leads straight to revoking', async () => {
    await withSender({}, async (server) => {
      await enqueue();
      await untilSent();
      const link = `${ISSUER}/account/authorizations/grant-1/revoke`;
      assert.ok(server.received[0]?.text.split(/\r?\n/).includes(link));
      assert.ok(server.received[0]?.html.includes(`href="${link}"`));
    });
  });

  test('at one address only, whatever it looks like', async () => {
    await withSender({}, async (server) => {
      await enqueue({ recipient: '"ada, bob@example.org"@example.com' });
      await untilSent();
      console.log(server.received[0]?.recipients, server.received[0]?.headers.get('to'));
      for (const mail of server.received) {
        assert.equal(mail.recipients.length, 1);
        assert.match(mail.recipients[0] ?? '', /@example\.com$/);
      }
    });
  });

  test('also from the embedded database, and as a file where there is no mail server', async () => {
    const t0 = performance.now();
    const dataDir = await mkdtemp(join(tmpdir(), 'stagedoor-mail-'));
    const embedded = await openDatabase({ url: undefined, dataDir, connections: 1 });
    console.log('opened', performance.now() - t0);
    await migrate(embedded.db);
    console.log('migrated', performance.now() - t0);
    const sender = startSender(undefined, embedded, dataDir);
    try {
      await enqueue({}, embedded);
      await enqueue({ locale: 'de' }, embedded);
      await untilSent(embedded);
      const names = await readdir(join(dataDir, 'mail'));
      assert.equal(names.length, 2);
      for (const name of names) {
        assert.match(name, /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z-[0-9a-f-]{36}\.eml$/);
        const mail = parseMessage(await readFile(join(dataDir, 'mail', name), 'latin1'));
        assert.equal(mail.headers.get('to'), RECIPIENT);
        assert.match(mail.text, /Box Office Sync/);
        assert.match(mail.html, /<\/html>/);
      }
    } finally {
      await sender.stop();
      await embedded.close();
      await rm(dataDir, { recursive: true, force: true });
    }
  });
});

describe('An application name that means harm', () => {
  test('adds no header, no markup and no second recipient', async () => {
    await withSender({}, async (server) => {
      const name = 'Evil\r\nBcc: x@example.org\r\n\r\n<b>x</b> \u202Egpj.exe” now';
      await enqueue({
        data: { ...authorized, application: { name, owner: '"><script>', homepageUrl: null } },
      });
      await untilSent();
      const [mail] = server.received;
      assert.ok(mail !== undefined);
      assert.deepEqual(mail.recipients, [RECIPIENT]);
      assert.equal(mail.headers.has('bcc'), false);
      const shown = "“Evil Bcc: x@example.org <b>x</b> gpj.exe' now”";
      assert.equal(mail.headers.get('subject'), `New access to your account: ${shown}`);
      assert.ok(mail.text.startsWith(`${shown} can now use your account`));
      assert.ok(!mail.html.includes('<b>') && !mail.html.includes('<script'));
      assert.ok(!mail.text.includes('\u202e') && !mail.html.includes('\u202e'));
    });
  });
});

describe('A mail server in trouble', () => {
  test('that is busy at first gets the same mail later', async () => {
    let busy = true;
    await withSender(
      { refuseRecipient: () => (busy ? 451 : undefined) },
      async (server, sender) => {
        await enqueue();
        await untilFailed();
        const row = await onlyRow();
        assert.ok(row.due_in > 55 && row.due_in <= 60, `due in ${row.due_in}`);
        assert.match(row.last_error ?? '', /^EENVELOPE RCPT TO 451: 451 not for you/);
        assert.equal(row.failed_at, null);
        assert.equal(lines.length, 1);
        assert.match(
          lines[0] ?? '',
          new RegExp(`"level":40.*"mail":"${row.id}","kind":"authorized"`),
        );
        assert.doesNotMatch(lines.join(''), /@|example/);
        busy = false;
        await makeDue();
        sender.wake();
        await untilSent();
        assert.equal(server.received.length, 1);
        assert.equal(server.received[0]?.headers.get('message-id'), `<${row.id}@localhost>`);
        assert.equal((await onlyRow()).last_error, null);
      },
    );
  });

  test('that dies in the middle of a mail gets it again', async () => {
    let dying = true;
    await withSender({ refuseData: () => (dying ? 'hang up' : undefined) }, async (server) => {
      await enqueue();
      await untilFailed();
      assert.match((await onlyRow()).last_error ?? '', /^ECONN/);
      assert.equal(server.received.length, 0);
      dying = false;
      await makeDue();
      await untilSent();
      assert.equal(server.received.length, 1);
    });
  });

  test('that refuses the content is tried again, one that refuses the recipient is not', async () => {
    await withSender({ refuseData: () => 554 }, async () => {
      await enqueue();
      await untilFailed();
      assert.equal((await onlyRow()).failed_at, null);
    });
    await database.db.deleteFrom('mail_outbox').execute();
    await withSender({ refuseRecipient: () => 550 }, async (server) => {
      await enqueue();
      await until(async () => (await onlyRow()).failed_at !== null);
      assert.equal((await onlyRow()).attempts, 1);
      await makeDue();
      await sleep(200);
      assert.equal(server.connections(), 1);
    });
  });

  test('that says nothing is left after a while, and holds up no other mail', async () => {
    const sockets = new Set<Socket>();
    const silent = createServer((socket) => {
      socket.on('error', () => {});
      sockets.add(socket);
    });
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    assert.ok(address !== null && typeof address === 'object');
    const sender = startSender(`smtp://127.0.0.1:${address.port}`);
    try {
      for (let i = 0; i < 12; i += 1) {
        await enqueue();
      }
      await until(async () => (await outbox()).every((row) => row.last_error !== null));
      assert.match((await outbox())[0]?.last_error ?? '', /^ETIMEDOUT/);
    } finally {
      await sender.stop();
      for (const socket of sockets) {
        socket.destroy();
      }
      silent.close();
    }
  });

  test('that stays in trouble for a day is given up', async () => {
    await withSender({ refuseRecipient: () => 451 }, async () => {
      await enqueue();
      await untilFailed();
      for (const [attempts, seconds] of [
        [2, 120],
        [10, 30_720],
        [11, 25_020],
      ] as const) {
        await database.db
          .updateTable('mail_outbox')
          .set({ attempts: attempts - 1, last_error: null, next_attempt_at: new Date() })
          .execute();
        await untilFailed();
        const row = await onlyRow();
        assert.equal(row.failed_at, null);
        assert.ok(Math.abs(row.due_in - seconds) < 5, `attempt ${attempts}: ${row.due_in}`);
      }
      await makeDue();
      await until(async () => (await onlyRow()).failed_at !== null);
      assert.equal((await onlyRow()).attempts, 12);
      assert.match(lines.at(-1) ?? '', /given up/);
    });
  });
});

describe('The sender', () => {
  test('leaves alone what another process holds, and takes over what a dead one held', async () => {
    await withSender({}, async (server) => {
      await inTransaction(database.db, async (tx) => {
        await enqueueMail(tx, {
          kind: 'authorized',
          recipient: RECIPIENT,
          locale: 'en',
          data: authorized,
        });
        await tx
          .updateTable('mail_outbox')
          .set({ attempts: 1, next_attempt_at: new Date(Date.now() + 300_000) })
          .execute();
      });
      await sleep(300);
      assert.equal(server.received.length, 0);
      await makeDue();
      await untilSent();
      assert.equal(server.received.length, 1);
      assert.equal((await onlyRow()).attempts, 2);
    });
  });

  test('sends nothing of a transaction that was rolled back', async () => {
    await withSender({}, async (server) => {
      await assert.rejects(
        inTransaction(database.db, async (tx) => {
          await enqueueMail(tx, {
            kind: 'authorized',
            recipient: RECIPIENT,
            locale: 'en',
            data: authorized,
          });
          await sleep(200);
          throw new Error('no');
        }),
      );
      await sleep(200);
      assert.equal(server.received.length, 0);
    });
  });

  test('finishes what is on its way when it is stopped', async () => {
    const server = await startMailServer({ delay: 400 });
    const sender = startSender(server.url);
    await enqueue();
    await until(() => server.connections() === 1);
    await sender.stop();
    assert.notEqual((await onlyRow()).sent_at, null);
    await server.close();
  });

  test('gets over a time without the database, and over a mail that it does not know', async () => {
    await withSender({}, async () => {
      await sql`alter table mail_outbox rename to mail_outbox_away`.execute(database.db);
      await sleep(300);
      await sql`alter table mail_outbox_away rename to mail_outbox`.execute(database.db);
      assert.equal(lines.filter((line) => line.includes('could not be read')).length, 1);
      await database.db
        .insertInto('mail_outbox')
        .values({ kind: 'of the future', recipient: RECIPIENT, locale: 'en', data: '{}' })
        .execute();
      await untilFailed();
      await database.db.deleteFrom('mail_outbox').execute();
      await enqueue();
      await untilSent();
    });
  });

  test('sends each of 200 mails once, when two processes send', async () => {
    const server = await startMailServer({ delay: 5 });
    const second = await openDatabase({ url: testDatabase.url, dataDir: '', connections: 5 });
    await inTransaction(database.db, async (tx) => {
      for (let i = 0; i < 200; i += 1) {
        await enqueueMail(tx, {
          kind: 'authorized',
          recipient: `user${i}@example.com`,
          locale: 'en',
          data: authorized,
        });
      }
    });
    const senders = [startSender(server.url), startSender(server.url, second)];
    await untilSent();
    await Promise.all(senders.map((sender) => sender.stop()));
    const recipients = server.received.map((mail) => mail.recipients[0]);
    assert.equal(recipients.length, 200);
    assert.equal(new Set(recipients).size, 200);
    assert.ok((await outbox()).every((row) => row.attempts === 1));
    await second.close();
    await server.close();
  });
});
