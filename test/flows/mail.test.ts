import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { migrate } from '../../src/db/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { authorized, ISSUER, type Outbox, outboxOf, RECIPIENT, until } from '../support/outbox.ts';
import { parseMessage } from '../support/read-message.ts';

let testDatabase: TestDatabase;
let database: Database;
let outbox: Outbox;

before(async () => {
  testDatabase = await createTestDatabase();
  database = await openDatabase({ url: testDatabase.url, dataDir: '', connections: 5 });
  outbox = outboxOf(database);
});
after(async () => {
  await database.close();
  await testDatabase.drop();
});
beforeEach(() => outbox.clear());

const { application, at, timezone } = authorized;
const MAILS = [
  {
    mail: { kind: 'authorized', locale: 'en', data: authorized },
    subject: 'New access to your account: “Box Office Sync”',
  },
  {
    mail: { kind: 'authorized', locale: 'de-AT', data: authorized },
    subject: 'Neuer Zugriff auf dein Konto: „Box Office Sync“',
  },
  {
    mail: { kind: 'reuse_detected', locale: 'en', data: { application, at, timezone } },
    subject: 'Access ended for your safety: “Box Office Sync”',
  },
  {
    mail: { kind: 'reuse_detected', locale: 'de', data: { application, at, timezone } },
    subject: 'Zugriff zu deiner Sicherheit beendet: „Box Office Sync“',
  },
] as const;

describe('A user gets a mail', () => {
  for (const { mail, subject } of MAILS) {
    test(`${mail.kind}, in the language ${mail.locale}`, async () => {
      await outbox.withSender({}, async (server) => {
        await outbox.enqueue(mail);
        await outbox.untilSent();
        const [received] = server.received;
        assert.ok(received !== undefined && server.received.length === 1);
        assert.deepEqual(received.recipients, [RECIPIENT]);
        assert.equal(received.headers.get('subject'), subject);
        assert.equal(received.headers.get('to'), RECIPIENT);
        assert.equal(received.headers.get('from'), 'Stagedoor <no-reply@example.com>');
        assert.equal(received.headers.get('auto-submitted'), 'auto-generated');
        const { id } = await outbox.row();
        assert.equal(received.headers.get('message-id'), `<${id}@localhost>`);
        for (const part of [received.text, received.html]) {
          assert.ok(part.includes(`${ISSUER}/account/authorizations`));
          assert.ok(part.includes(mail.locale === 'en' ? '1 July 2026' : '1. Juli 2026'));
        }
      });
    });
  }

  test('whose link leads straight to revoking', async () => {
    await outbox.withSender({}, async (server) => {
      await outbox.enqueue();
      await outbox.untilSent();
      const link = `${ISSUER}/account/authorizations/grant-1/revoke`;
      assert.ok(server.received[0]?.text.split(/\r?\n/).includes(link));
      assert.ok(server.received[0]?.html.includes(`href="${link}"`));
    });
  });

  test('and nobody else does, whatever the address looks like', async () => {
    await outbox.withSender({}, async (server) => {
      for (const recipient of [
        'ada,eve@example.org',
        'ada@example.com, eve@example.org',
        'ada@example.com>\r\nRCPT TO:<eve@example.org',
      ]) {
        await outbox.clear();
        await outbox.enqueue({ recipient });
        await until(async () => {
          const { sentAt, lastError } = await outbox.row();
          return sentAt !== null || lastError !== null;
        });
      }
      for (const mail of server.received) {
        assert.equal(mail.recipients.length, 1);
        assert.notEqual(mail.recipients[0], 'eve@example.org');
      }
    });
  });

  test('also from the embedded database, and as a file where there is no mail server', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'stagedoor-mail-'));
    const embedded = await openDatabase({ url: undefined, dataDir, connections: 1 });
    await migrate(embedded.db);
    const embeddedOutbox = outboxOf(embedded);
    const sender = embeddedOutbox.startSender(undefined, dataDir);
    try {
      await embeddedOutbox.enqueue();
      await embeddedOutbox.enqueue({ locale: 'de' });
      await embeddedOutbox.untilSent();
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
    await outbox.withSender({}, async (server) => {
      const name = 'Evil\r\nBcc: x@example.org\r\n\r\n<b>x</b> \u202Egpj.exe” now';
      const evil = { name, owner: '"><script>', homepageUrl: null };
      await outbox.enqueue({ data: { ...authorized, application: evil } });
      await outbox.untilSent();
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
