import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { openDatabase } from '../../src/db/database.ts';
import type { MailKind } from '../../src/mail/mail.ts';
import { copyEmbeddedTemplate } from '../support/embedded-template.ts';
import { hostile, MAIL_KINDS, MAILS } from '../support/mails.ts';
import { ISSUER, outboxOf, RECIPIENT, until, withOutbox } from '../support/outbox.ts';
import { parseMessage } from '../support/read-message.ts';
import { textFor } from '../support/texts.ts';

const { outbox } = withOutbox();

const SUBJECTS: Readonly<Record<MailKind, { readonly en: string; readonly de: string }>> = {
  authorized: {
    en: textFor('mail.authorized.subject', { application: '“Box Office Sync”' }),
    de: textFor('mail.authorized.subject', { application: '„Box Office Sync“' }, 'de'),
  },
  reuse_detected: {
    en: textFor('mail.reuse.subject', { application: '“Box Office Sync”' }),
    de: textFor('mail.reuse.subject', { application: '„Box Office Sync“' }, 'de'),
  },
  leaked: {
    en: textFor('mail.leaked.subject', { application: '“Box Office Sync”' }),
    de: textFor('mail.leaked.subject', { application: '„Box Office Sync“' }, 'de'),
  },
  revoked_by_operator: {
    en: textFor('mail.operator.subject', { application: '“Box Office Sync”' }),
    de: textFor('mail.operator.subject', { application: '„Box Office Sync“' }, 'de'),
  },
  application_deleted: {
    en: textFor('mail.deleted.subject', { application: '“Box Office Sync”' }),
    de: textFor('mail.deleted.subject', { application: '„Box Office Sync“' }, 'de'),
  },
  access_ending: {
    en: textFor('mail.ending.subject', { application: '“Box Office Sync”' }),
    de: textFor('mail.ending.subject', { application: '„Box Office Sync“' }, 'de'),
  },
  application_failing: {
    en: textFor('mail.failing.subject', { application: '“Box Office Sync”' }),
    de: textFor('mail.failing.subject', { application: '„Box Office Sync“' }, 'de'),
  },
  review_waiting: {
    en: textFor('mail.review_waiting.subject', { count: 3 }),
    de: textFor('mail.review_waiting.subject', { count: 3 }, 'de'),
  },
  application_changed: {
    en: textFor('mail.changed.redirect_uris_changed.subject', { application: '“Box Office Sync”' }),
    de: textFor(
      'mail.changed.redirect_uris_changed.subject',
      { application: '„Box Office Sync“' },
      'de',
    ),
  },
  password_changed: {
    en: textFor('mail.password.changed.subject'),
    de: textFor('mail.password.changed.subject', {}, 'de'),
  },
  email_changed: {
    en: textFor('mail.email.subject'),
    de: textFor('mail.email.subject', {}, 'de'),
  },
  identity_changed: {
    en: textFor('mail.identity.linked.subject'),
    de: textFor('mail.identity.linked.subject', {}, 'de'),
  },
  new_device: {
    en: textFor('mail.sign_in.subject'),
    de: textFor('mail.sign_in.subject', {}, 'de'),
  },
};

describe('Mail to a user', () => {
  for (const kind of MAIL_KINDS) {
    for (const [locale, language] of [
      ['en', 'en'],
      ['de-AT', 'de'],
    ] as const) {
      test(`is sent: ${kind}, in the language ${locale}`, async () => {
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
            // Mails are about the security of the account: the reader can't opt out.
            'list-unsubscribe': undefined,
          })) {
            assert.equal(headers.get(name), value, name);
          }
          for (const part of [received.text, received.html]) {
            assert.ok(
              part.includes(`${ISSUER}/${kind === 'review_waiting' ? 'operator' : 'account/'}`),
            );
            assert.ok(part.includes(language === 'en' ? 'July 2026' : 'Juli 2026'));
          }
        });
      });
    }
  }

  test('contains a link to the revocation page', async () => {
    await outbox.withSender({}, async (server) => {
      await outbox.enqueue();
      await outbox.untilSent();
      const link = `${ISSUER}/account/authorizations/grant1/revoke`;
      assert.ok(server.received[0]?.text.split(/\r?\n/).includes(link));
      assert.ok(server.received[0]?.html.includes(`href="${link}"`));
    });
  });

  test('is sent to one recipient only, also with a malformed address', async () => {
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

  test('is sent from the embedded database, or written to a file if no mail server is configured', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'stagedoor-mail-'));
    await copyEmbeddedTemplate(dataDir);
    const embedded = await openDatabase({ url: undefined, dataDir, connections: 1 });
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

describe('Hostile name', () => {
  for (const kind of MAIL_KINDS) {
    test(`adds no header, no recipient and no mail to ${kind}`, async () => {
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
      assert.equal(
        mail?.headers.get('subject'),
        textFor('mail.authorized.subject', { application: shown }),
      );
      assert.ok(mail?.text.startsWith(textFor('mail.authorized.heading', { application: shown })));
    });
  });
});
