import assert from 'node:assert/strict';
import { beforeEach } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { readConfig } from '../../src/config/config.ts';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import { createLog, type Logger } from '../../src/lib/log.ts';
import type { Mail } from '../../src/mail/mail.ts';
import { enqueueMail } from '../../src/mail/outbox-store.ts';
import { type MailSender, startMailSender } from '../../src/mail/sender.ts';
import { createTransport } from '../../src/mail/transport.ts';
import { createTestDatabase } from './database.ts';
import { withDatabase } from './fixture.ts';
import { type MailServer, type MailServerOptions, startMailServer } from './mail-server.ts';
import { MAILS } from './mails.ts';

export const ISSUER = 'http://localhost:3999';
export const RECIPIENT = 'ada@example.com';

/** The outbox of a database, and senders for it. */
export interface Outbox {
  /** Log of all senders, one entry per line. */
  readonly lines: string[];
  /** Commits a mail to the outbox. */
  enqueue(mail?: Partial<Mail>): Promise<void>;
  rows(): Promise<OutboxRow[]>;
  /** Returns the only row. */
  row(): Promise<OutboxRow>;
  clear(): Promise<void>;
  /** Makes the next attempt due. */
  makeDue(): Promise<void>;
  untilSent(): Promise<void>;
  /** Waits until the only mail has a failed attempt. */
  untilFailed(): Promise<void>;
  startSender(smtpUrl: string | undefined, options?: SenderOptions): MailSender;
  /** Runs `work` with a mail server and a sender, and stops both. */
  withSender(
    options: MailServerOptions,
    work: (server: MailServer, sender: MailSender) => Promise<void>,
    senderOptions?: SenderOptions,
  ): Promise<void>;
}

/** Options for a sender. */
export interface SenderOptions {
  readonly dataDir?: string;
  /**
   * Timeout for the mail server in milliseconds. Short only in tests of servers that never respond.
   */
  readonly patience?: number;
  readonly intervalMs?: number;
}

/** State of a mail. `dueIn` is in seconds, by the database's clock. */
export interface OutboxRow {
  readonly id: string;
  readonly attempts: number;
  readonly sentAt: Date | null;
  readonly failedAt: Date | null;
  readonly lastError: string | null;
  readonly dueIn: number;
}

/** Returns the outbox of `database`, for tests. */
export function outboxOf(database: Database): Outbox {
  const lines: string[] = [];
  const log = createLog('info', { write: (line) => lines.push(line) });
  const rows = () => selectRows(database);
  const row = async () => {
    const [only, ...others] = await rows();
    assert.ok(only !== undefined && others.length === 0);
    return only;
  };
  const startSender: Outbox['startSender'] = (smtpUrl, options = {}) =>
    startTestSender(database, log, smtpUrl, options);
  return {
    lines,
    rows,
    row,
    startSender,
    enqueue: (mail) =>
      inTransaction(database.db, (tx) => enqueueMail(tx, { ...defaults, ...mail })),
    clear: async () => {
      await database.db.deleteFrom('mail_outbox').execute();
    },
    makeDue: async () => {
      await database.db
        .updateTable('mail_outbox')
        .set({ next_attempt_at: new Date(0) })
        .execute();
    },
    untilSent: () => until(async () => (await rows()).every(({ sentAt }) => sentAt !== null)),
    untilFailed: () => until(async () => (await row()).lastError !== null),
    withSender: async (options, work, senderOptions) => {
      const server = await startMailServer(options);
      const sender = startSender(server.url, senderOptions);
      try {
        await work(server, sender);
      } finally {
        await sender.stop();
        await server.close();
      }
    },
  };
}

/** Opens a database for the tests of a file; outbox and log are empty before each test. */
export function withOutbox() {
  let url = '';
  const database = withDatabase(async () => {
    const created = await createTestDatabase();
    url = created.url;
    return [await openDatabase({ url, dataDir: '', connections: 5 }), created.drop];
  });
  const outbox = outboxOf(database);
  beforeEach(async () => {
    outbox.lines.length = 0;
    await outbox.clear();
  });
  return { url: () => url, database, outbox };
}

/** Waits until the condition is true, by default for at most half a minute. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  seconds = 30,
): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await condition())) {
    if (Date.now() > end) {
      assert.fail(`The condition was not true within ${seconds} seconds.`);
    }
    await sleep(20);
  }
}

const defaults: Mail = {
  kind: 'authorized',
  recipient: RECIPIENT,
  locale: 'en',
  data: MAILS.authorized,
};

function startTestSender(
  database: Database,
  log: Logger,
  smtpUrl: string | undefined,
  { dataDir = '', patience = 20_000, intervalMs = 50 }: SenderOptions,
): MailSender {
  const transport = createTransport({
    smtpUrl,
    dataDir,
    mailFrom: 'Stagedoor <no-reply@example.com>',
    timeouts: { connection: patience, greeting: patience, socket: patience },
  });
  const { scopes, platform } = readConfig({});
  const deps = { issuer: ISSUER, scopes, platform };
  return startMailSender({ database, transport, log, ...deps, intervalMs });
}

async function selectRows(database: Database): Promise<OutboxRow[]> {
  const rows = await database.db
    .selectFrom('mail_outbox')
    .select(['id', 'attempts', 'sent_at', 'failed_at', 'last_error'])
    .select(sql<number>`extract(epoch from next_attempt_at - now())::float8`.as('due_in'))
    .orderBy('created_at')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    attempts: row.attempts,
    sentAt: row.sent_at,
    failedAt: row.failed_at,
    lastError: row.last_error,
    dueIn: row.due_in,
  }));
}
