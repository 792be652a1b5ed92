import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { migrate } from '../../src/db/migrate.ts';
import type { MailKind } from '../../src/mail/mail.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { hostile, MAIL_KINDS, MAILS } from '../support/mails.ts';
import { ISSUER, type Outbox, outboxOf, RECIPIENT, until } from '../support/outbox.ts';
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

const SUBJECTS: Readonly<Record<MailKind, { readonly en: string; readonly de: string }>> = {
  authorized: {
    en: 'New access to your account: “Box Office Sync”',
    de: 'Neuer Zugriff auf dein Konto: „Box Office Sync“',
  },
  reuse_detected: {
    en: 'Access ended for your safety: “Box Office Sync”',
    de: 'Zugriff zu deiner Sicherheit beendet: „Box Office Sync“',
  },
  revoked_by_operator: {
    en: 'Access ended by the operator: “Box Office Sync”',
    de: 'Zugriff vom Betreiber beendet: „Box Office Sync“',
  },
  application_deleted: {
    en: 'Access ended, application deleted: “Box Office Sync”',
    de: 'Zugriff beendet, Anwendung gelöscht: „Box Office Sync“',
  },
  access_ending: {
    en: 'Access ends soon: “Box Office Sync”',
    de: 'Zugriff endet bald: „Box Office Sync“',
  },
  application_changed: {
    en: 'Redirect URIs changed: “Box Office Sync”',
    de: 'Redirect-URIs geändert: „Box Office Sync“',
  },
  password_changed: { en: 'Your password was changed', de: 'Dein Passwort wurde geändert' },
  email_changed: {
    en: 'The e-mail address of your account was changed',
    de: 'Die E-Mail-Adresse deines Kontos wurde geändert',
  },
  identity_changed: {
    en: 'A sign-in was linked to your account',
    de: 'Eine Anmeldung wurde mit deinem Konto verknüpft',
  },
  new_device: { en: 'New sign-in to your account', de: 'Neue Anmeldung in deinem Konto' },
};

describe('A user gets a mail', () => {
  for (const kind of MAIL_KINDS) {
    for (const [locale, language] of [
      ['en', 'en'],
      ['de-AT', 'de'],
    ] as const) {
      test(`${kind}, in the language ${locale}`, async () => {
        await outbox.withSender({}, async (server) => {
          await outbox.enqueue({ kind, locale, data: MAILS[kind] });
          await outbox.untilSent();
          const [received] = server.received;
          assert.ok(received !== undefined && server.received.length === 1);
          assert.deepEqual(received.recipients, [RECIPIENT]);
          const { id } = await outbox.row();
          const { headers } = received;
          for (const [name, value] of Object.entries({
            subject: SUBJECTS[kind][language],
            to: RECIPIENT,
            from: 'Stagedoor <no-reply@example.com>',
            'auto-submitted': 'auto-generated',
            'content-language': language,
            'message-id': `<${id}@localhost>`,
            // They are about the security of the reader's account: there is nothing to opt out of.
            'list-unsubscribe': undefined,
          })) {
            assert.equal(headers.get(name), value, name);
          }
          for (const part of [received.text, received.html]) {
            assert.ok(part.includes(`${ISSUER}/account/`));
            assert.ok(part.includes(language === 'en' ? 'July 2026' : 'Juli 2026'));
          }
        });
      });
    }
  }

  test('whose link leads straight to revoking', async () => {
    await outbox.withSender({}, async (server) => {
      await outbox.enqueue();
      await outbox.untilSent();
      const link = `${ISSUER}/account/authorizations/grant1/revoke`;
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
    const sender = embeddedOutbox.startSender(undefined, { dataDir });
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

describe('A name that means harm', () => {
  for (const kind of MAIL_KINDS) {
    test(`adds no header, no second recipient and no mail of its own to ${kind}`, async () => {
      await outbox.withSender({}, async (server) => {
        await outbox.enqueue({ kind, data: hostile(MAILS[kind]) });
        await outbox.enqueue({ kind, data: MAILS[kind] });
        await outbox.untilSent();
        const [mail, other] = server.received.toSorted((a, b) => b.html.length - a.html.length);
        assert.ok(mail !== undefined && other !== undefined && server.received.length === 2);
        assert.deepEqual(mail.recipients, [RECIPIENT]);
        assert.deepEqual([...mail.headers.keys()], [...other.headers.keys()]);
        assert.ok(!/\n/.test(mail.headers.get('subject') ?? ''));
      });
    });
  }

  test('is quoted in the subject, on one line', async () => {
    await outbox.withSender({}, async (server) => {
      const name = 'Evil\r\nBcc: x@example.org\r\n\r\n<b>x</b> \u202Egpj.exe” now';
      const application = { name, owner: '"><script>', reviewedHomepage: null };
      await outbox.enqueue({ data: { ...MAILS.authorized, application } });
      await outbox.untilSent();
      const [mail] = server.received;
      const shown = "“Evil Bcc: x@\u200bexample.\u200borg <b>x</b> gpj.\u200bexe' now”";
      assert.equal(mail?.headers.get('subject'), `New access to your account: ${shown}`);
      assert.ok(mail?.text.startsWith(`${shown} can now use your account`));
    });
  });
});
