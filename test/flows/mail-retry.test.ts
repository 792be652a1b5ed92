import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { MAILS } from '../support/mails.ts';
import { until, withOutbox } from '../support/outbox.ts';

const LONG_NAME = 'Verein zur Förderung der zeitgenössischen Kammermusik im ländlichen Raum e. V.';

const { database, outbox } = withOutbox();

describe('Mail sender with a mail server that', () => {
  test('is busy at first: the same mail is sent later', async () => {
    let busy = true;
    const options = { refuseRecipient: () => (busy ? 451 : undefined) };
    await outbox.withSender(options, async (server, sender) => {
      await outbox.enqueue();
      await outbox.untilFailed();
      const row = await outbox.row();
      assert.ok(row.dueIn > 50 && row.dueIn <= 60, `due in ${row.dueIn} s`);
      assert.match(row.lastError ?? '', /^EENVELOPE RCPT TO 451: 451 not for you/);
      assert.equal(row.failedAt, null);
      busy = false;
      await outbox.makeDue();
      sender.wake();
      await outbox.untilSent();
      assert.equal(server.received.length, 1);
      assert.equal(server.received[0]?.headers.get('message-id'), `<${row.id}@localhost>`);
      assert.equal((await outbox.row()).lastError, null);
    });
  });

  test('is busy: each attempt is logged once, without an address', async () => {
    await outbox.withSender({ refuseRecipient: () => 451 }, async () => {
      await outbox.enqueue();
      await outbox.untilFailed();
      const { id } = await outbox.row();
      assert.equal(outbox.lines.length, 1);
      assert.match(outbox.lines[0] ?? '', new RegExp(`"level":40,.*"mail":"${id}"`));
      assert.match(outbox.lines[0] ?? '', /"kind":"authorized","attempt":1/);
      assert.doesNotMatch(outbox.lines.join(), /@|example/);
    });
  });

  test('closes the connection during a mail: the mail is sent again', async () => {
    let dying = true;
    const options = { refuseData: () => (dying ? ('hang up' as const) : undefined) };
    // Long enough to be sent in more than one piece.
    const organizers = Array.from({ length: 50 }, (_, i) => ({ slug: `o${i}`, name: LONG_NAME }));
    await outbox.withSender(options, async (server) => {
      await outbox.enqueue({ data: { ...MAILS.authorized, organizers } });
      await outbox.untilFailed();
      assert.match((await outbox.row()).lastError ?? '', /^ECONN/);
      assert.equal(server.received.length, 0);
      dying = false;
      await outbox.makeDue();
      await outbox.untilSent();
      assert.equal(server.received.length, 1);
    });
  });

  test('accepts a mail without confirming it: the identical mail is sent again', async () => {
    let losing = true;
    const options = { refuseData: () => (losing ? ('lose the answer' as const) : undefined) };
    await outbox.withSender(options, async (server) => {
      await outbox.enqueue();
      await outbox.untilFailed();
      losing = false;
      await outbox.makeDue();
      await outbox.untilSent();
      const [first, second, ...others] = server.received;
      assert.ok(first !== undefined && second !== undefined && others.length === 0);
      for (const header of ['message-id', 'date', 'subject', 'to']) {
        assert.equal(first.headers.get(header), second.headers.get(header), header);
      }
      assert.deepEqual([first.text, first.html], [second.text, second.html]);
    });
  });

  test('hangs after the content: the mail is sent again', async () => {
    let hanging = true;
    const options = { refuseData: () => (hanging ? ('hang' as const) : undefined) };
    await outbox.withSender(
      options,
      async (server) => {
        await outbox.enqueue();
        await outbox.untilFailed();
        assert.match((await outbox.row()).lastError ?? '', /^ETIMEDOUT/);
        hanging = false;
        await outbox.makeDue();
        await outbox.untilSent();
        assert.equal(server.received.length, 1);
      },
      { patience: 1000 },
    );
  });

  for (const code of [452, 554]) {
    test(`refuses the content with ${code}: the mail is sent again`, async () => {
      await outbox.withSender({ refuseData: () => code }, async () => {
        await outbox.enqueue();
        await outbox.untilFailed();
        const { failedAt, lastError } = await outbox.row();
        assert.equal(failedAt, null);
        assert.match(lastError ?? '', new RegExp(`^EMESSAGE DATA ${code}`));
      });
    });
  }

  test('refuses the recipient: there is no second attempt', async () => {
    await outbox.withSender({ refuseRecipient: () => 550 }, async (server) => {
      await outbox.enqueue();
      await until(async () => (await outbox.row()).failedAt !== null);
      await outbox.makeDue();
      await sleep(200);
      assert.equal((await outbox.row()).attempts, 1);
      assert.equal(server.connections(), 1);
    });
  });

  test('never responds: the attempt times out, and other mails are not delayed', async () => {
    const { url, close } = await startSilentServer();
    const sender = outbox.startSender(url, { patience: 500 });
    try {
      // More mails than are sent in parallel.
      for (let i = 0; i < 12; i += 1) {
        await outbox.enqueue();
      }
      await until(async () => (await outbox.rows()).every(({ lastError }) => lastError !== null));
      assert.match((await outbox.rows())[0]?.lastError ?? '', /^ETIMEDOUT/);
    } finally {
      await sender.stop();
      await close();
    }
  });

  test('fails for a day: the mail is marked as failed', async () => {
    await outbox.withSender({ refuseRecipient: () => 451 }, async () => {
      await outbox.enqueue();
      await outbox.untilFailed();
      for (const [attempts, seconds] of [
        [2, 120],
        [10, 30_720],
        [11, 25_020],
      ] as const) {
        await database.db
          .updateTable('mail_outbox')
          .set({ attempts: attempts - 1, last_error: null, next_attempt_at: new Date(0) })
          .execute();
        await outbox.untilFailed();
        const { failedAt, dueIn } = await outbox.row();
        assert.equal(failedAt, null);
        assert.ok(Math.abs(dueIn - seconds) < 10, `after attempt ${attempts}: ${dueIn} s`);
      }
      await outbox.makeDue();
      await until(async () => (await outbox.row()).failedAt !== null);
      assert.equal((await outbox.row()).attempts, 12);
      assert.match(outbox.lines.at(-1) ?? '', /given up/);
    });
  });
});

/** Starts a server that accepts connections and never responds. */
async function startSilentServer(): Promise<{ url: string; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    socket.on('error', () => {});
    sockets.add(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return {
    url: `smtp://127.0.0.1:${address.port}`,
    close: async () => {
      for (const socket of sockets) {
        socket.destroy();
      }
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
