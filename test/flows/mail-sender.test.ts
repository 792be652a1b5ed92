import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { readConfig } from '../../src/config/config.ts';
import { openDatabase } from '../../src/db/database.ts';
import { inTransaction, type Tx } from '../../src/db/transaction.ts';
import { enqueueMail } from '../../src/mail/outbox-store.ts';
import { createMetrics } from '../../src/operations/metrics.ts';
import { startMailServer } from '../support/mail-server.ts';
import { MAILS } from '../support/mails.ts';
import { outboxOf, RECIPIENT, until, withOutbox } from '../support/outbox.ts';

const { database, outbox, url } = withOutbox();

const open = () => openDatabase({ url: url(), dataDir: '', connections: 5 });
const enqueueIn = (tx: Tx, recipient = RECIPIENT) =>
  enqueueMail(tx, { kind: 'authorized', recipient, locale: 'en', data: MAILS.authorized });

describe('Mail sender', () => {
  test('a mail leased by another process is sent only after the lease has ended', async () => {
    await outbox.withSender({}, async (server) => {
      await inTransaction(database.db, async (tx) => {
        await enqueueIn(tx);
        const leaseEnds = new Date(Date.now() + 300_000);
        await tx
          .updateTable('mail_outbox')
          .set({ attempts: 1, next_attempt_at: leaseEnds })
          .execute();
      });
      await sleep(300);
      assert.equal(server.received.length, 0);
      await outbox.makeDue();
      await outbox.untilSent();
      assert.equal(server.received.length, 1);
      assert.equal((await outbox.row()).attempts, 2);
    });
  });

  test('a mail of an open or rolled-back transaction is not sent', async () => {
    await outbox.withSender({}, async (server) => {
      const change = inTransaction(database.db, async (tx) => {
        await enqueueIn(tx);
        await sleep(200);
        throw new Error('rolled back');
      });
      await assert.rejects(change, /rolled back/);
      await sleep(200);
      assert.equal(server.received.length, 0);
    });
  });

  test('stopping waits for the mail that is being sent', async (t) => {
    const server = await startMailServer({ delay: 300 });
    t.after(() => server.close());
    const sender = outbox.startSender(server.url);
    await outbox.enqueue();
    try {
      await until(() => server.connections() === 1);
    } finally {
      await sender.stop();
    }
    assert.notEqual((await outbox.row()).sentAt, null);
  });

  test('an unreadable outbox is logged once, and sending continues afterwards', async () => {
    await outbox.withSender({}, async () => {
      await sql`alter table mail_outbox rename to mail_outbox_away`.execute(database.db);
      const warnings = () =>
        outbox.lines.filter((line) => line.includes('Mail outbox unreadable')).length;
      await until(() => warnings() > 0);
      await sleep(200);
      await sql`alter table mail_outbox_away rename to mail_outbox`.execute(database.db);
      await outbox.enqueue();
      await outbox.untilSent();
      assert.equal(warnings(), 1);
    });
  });

  test('a mail of an unknown kind is left for a newer version', async () => {
    await outbox.withSender({}, async (server) => {
      await database.db
        .insertInto('mail_outbox')
        .values({ kind: 'of the future', recipient: RECIPIENT, locale: 'en', data: '{}' })
        .execute();
      await outbox.untilFailed();
      assert.equal((await outbox.row()).failedAt, null);
      assert.equal(server.connections(), 0);
    });
  });

  test('more mails than are sent at the same time do not wait for the next reading of the outbox', async () => {
    for (let i = 0; i < 60; i += 1) {
      await outbox.enqueue();
    }
    await outbox.withSender({}, () => outbox.untilSent(), { intervalMs: 600_000 });
  });

  test('metrics contain the number of waiting and failed mails', async () => {
    for (let i = 0; i < 3; i += 1) {
      await outbox.enqueue({ recipient: i === 0 ? 'gone@example.com' : RECIPIENT });
    }
    await database.db
      .updateTable('mail_outbox')
      .set({ failed_at: new Date() })
      .where('recipient', '=', 'gone@example.com')
      .execute();
    const { text } = await createMetrics(database, readConfig({})).read();
    assert.match(text, /^stagedoor_database_up 1$/m);
    assert.match(text, /^stagedoor_mail_outbox\{state="pending"\} 2$/m);
    assert.match(text, /^stagedoor_mail_outbox\{state="failed"\} 1$/m);
  });

  test('two processes send each of 200 mails once', async (t) => {
    const server = await startMailServer({ delay: 5 });
    t.after(() => server.close());
    const second = await open();
    t.after(() => second.close());
    await inTransaction(database.db, async (tx) => {
      for (let i = 0; i < 200; i += 1) {
        await enqueueIn(tx, `user${i}@example.com`);
      }
    });
    const senders = [outbox.startSender(server.url), outboxOf(second).startSender(server.url)];
    try {
      await outbox.untilSent();
    } finally {
      await Promise.all(senders.map((sender) => sender.stop()));
    }
    const recipients = server.received.map((mail) => mail.recipients[0]);
    assert.equal(recipients.length, 200);
    assert.equal(new Set(recipients).size, 200);
    assert.ok((await outbox.rows()).every(({ attempts }) => attempts === 1));
  });
});
