import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDatabase } from '../../src/db/database.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import { enqueueMail } from '../../src/mail/outbox-store.ts';
import { createTestDatabase } from '../support/database.ts';
import { type SenderProcess, startSenderProcess } from '../support/mail-sender-process.ts';
import { type ReceivedMail, startMailServer } from '../support/mail-server.ts';
import { MAILS } from '../support/mails.ts';
import { outboxOf, until } from '../support/outbox.ts';

const COUNT = 1000;
/** Number of mails of the first process after which it is killed. */
const KILLED_AFTER = 150;
/** Mails that a process sends in parallel. */
const SLOTS = 10;
/**
 * Longer than a slow machine needs for a mail; otherwise the surviving process would lose a lease.
 */
const LEASE_SECONDS = 20;
/** Time limit of the test in seconds. */
const LIMIT = 240;

test('Two processes send 1,000 mails and one is killed: no mail is lost, and only those in flight are sent twice', async (t) => {
  const { url, drop } = await createTestDatabase();
  t.after(drop);
  const database = await openDatabase({ url, dataDir: '', connections: 2 });
  t.after(() => database.close());
  const outbox = outboxOf(database);
  await inTransaction(database.db, async (tx) => {
    for (let i = 0; i < COUNT; i += 1) {
      const recipient = `user${i}@example.com`;
      await enqueueMail(tx, {
        kind: 'authorized',
        recipient,
        locale: 'en',
        data: MAILS.authorized,
      });
    }
  });

  let first: SenderProcess | undefined;
  let killed: Promise<void> | undefined;
  let lastOfFirst: ReceivedMail | undefined;
  let fromFirst = 0;
  const server = await startMailServer({
    delay: 60,
    taken: (mail) => {
      fromFirst += mail.client === 'first' ? 1 : 0;
      if (fromFirst === KILLED_AFTER && killed === undefined) {
        // The worst moment: the server has the mail, but the sender does not receive the
        // confirmation.
        lastOfFirst = mail;
        killed = first?.kill();
      }
    },
  });
  t.after(() => server.close());
  const start = (name: string) =>
    startSenderProcess({
      name,
      databaseUrl: url,
      smtpUrl: server.url,
      leaseSeconds: LEASE_SECONDS,
    });
  first = start('first');
  const second = start('second');
  t.after(async () => {
    await first?.kill();
    await second.kill();
  });

  await until(() => killed !== undefined, LIMIT);
  await killed;
  await until(async () => (await outbox.rows()).every(({ sentAt }) => sentAt !== null), LIMIT);

  const rows = await outbox.rows();
  assert.equal(rows.length, COUNT);
  const copies = Map.groupBy(server.received, (mail) => mail.headers.get('message-id'));
  assert.deepEqual(
    new Set(copies.keys()),
    new Set(rows.map(({ id }) => `<${id}@localhost>`)),
    'no mail is lost or has a second Message-ID',
  );
  assert.equal(new Set(server.received.map(({ recipients }) => recipients[0])).size, COUNT);

  // Taken again: mails that the first process held when it died.
  const takenAgain = rows.filter(({ attempts }) => attempts > 1);
  assert.ok(
    takenAgain.length >= 1 && takenAgain.length <= SLOTS,
    `${takenAgain.length} taken again`,
  );
  assert.ok(takenAgain.every(({ attempts }) => attempts === 2));
  const inFlight = new Set(takenAgain.map(({ id }) => `<${id}@localhost>`));
  const twice = [...copies].filter(([, mails]) => mails.length > 1);
  assert.ok(twice.some(([, mails]) => mails[0] === lastOfFirst));
  for (const [messageId = '', mails] of twice) {
    assert.ok(inFlight.has(messageId), `${messageId} was not in flight when the process died`);
    const [one, other, ...more] = mails;
    assert.deepEqual([one?.client, other?.client, more.length], ['first', 'second', 0]);
    assert.deepEqual(one?.recipients, other?.recipients);
    assert.equal(one?.headers.get('date'), other?.headers.get('date'));
    assert.deepEqual([one?.text, one?.html], [other?.text, other?.html]);
  }
  t.diagnostic(`${twice.length} of ${takenAgain.length} mails in flight came twice`);
});
