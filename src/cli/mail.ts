import type { Command } from 'commander';
import type { Slice } from '../db/slice.ts';
import type { Tx } from '../db/transaction.ts';
import type { UndeliveredMail } from '../mail/mail.ts';
import { retryFailedMails, selectUndelivered } from '../mail/outbox-store.ts';
import { retryMail } from '../mail/retry-mail.ts';
import { recordCommand } from '../operators/record-call.ts';
import { databaseAction, examples, json } from './command.ts';
import type { Entry } from './management.ts';
import { createTable } from './present.ts';
import { type Shell, UsageError } from './shell.ts';
import { inCurrentDatabase } from './with-database.ts';

/** Mails that are read at once. */
const BATCH = 500;

/** Sets up `stagedoor mail`. */
export function addMail(mail: Command, shell: Shell): void {
  examples(mail, 'mail list --failed', 'mail retry --all');
  const list = mail
    .command('list')
    .description(
      'Mails that are not delivered, the oldest first: those that wait for their next attempt, and those that were given up, a day after the first one or because the mail server takes nothing for that address.',
    )
    .option('--failed', 'only those that were given up')
    .action(
      databaseAction<{ readonly failed?: boolean }>(shell, async ({ options }) => {
        const { failed = false } = options;
        const mails = await inCurrentDatabase(shell, async (tx) => {
          const found = await readUndelivered(tx, failed);
          await recordCommand(tx, 'mail list', { failed, mails: found.length });
          return found.map(presentMail);
        });
        shell.out(options.json ? json(mails) : printMails(mails, failed));
      }),
    );
  examples(list, 'mail list --failed', "mail list --json | jq -r 'map(.last_error) | unique[]'");
  const retry = mail
    .command('retry')
    .description(
      'Send one that was given up again, with as many attempts as a new one. The running server does so within seconds.',
    )
    .argument('[id]')
    .option('--all', 'all that were given up')
    .action(
      databaseAction<{ readonly all?: boolean }>(shell, async ({ args: [id], options }) => {
        if ((id === undefined) !== (options.all === true)) {
          throw new UsageError('retry takes one id, or --all.');
        }
        const retried = await inCurrentDatabase(shell, async (tx) => {
          const count = id === undefined ? await retryFailedMails(tx) : 1;
          if (id !== undefined) {
            await retryMail(tx, id);
          }
          await recordCommand(tx, 'mail retry', { ...(id && { mail: id }), retried: count });
          return count;
        });
        shell.out(options.json ? json({ retried }) : describeRetried(retried));
      }),
    );
  examples(retry, 'mail retry 2f9a5c1e-7d40-4b6e-9a53-0c8f6a1b2d3e', 'mail retry --all');
}

/** Returns the mails that are not delivered, the oldest first; or only those that were given up. */
async function readUndelivered(tx: Tx, failed: boolean): Promise<UndeliveredMail[]> {
  const all: UndeliveredMail[] = [];
  let slice: Slice = { limit: BATCH, offset: 0 };
  for (;;) {
    const { entries, next } = await selectUndelivered(tx, slice, { failed });
    all.push(...entries);
    if (typeof next === 'boolean') {
      return all;
    }
    slice = { ...slice, position: next };
  }
}

/** Presents a mail for `--json`. */
function presentMail(mail: UndeliveredMail): Entry {
  return {
    id: mail.id,
    kind: mail.kind,
    recipient: mail.recipient,
    created_at: mail.createdAt.toISOString(),
    attempts: mail.attempts,
    next_attempt_at: mail.failedAt === null ? mail.nextAttemptAt.toISOString() : null,
    failed_at: mail.failedAt?.toISOString() ?? null,
    last_error: mail.lastError,
  };
}

function printMails(mails: readonly Entry[], failed: boolean): string {
  if (mails.length === 0) {
    return failed ? 'No mail was given up.\n' : 'All mails are delivered.\n';
  }
  const table = createTable({
    ID: 'id',
    KIND: 'kind',
    RECIPIENT: 'recipient',
    WRITTEN: 'created_at',
    ATTEMPTS: 'attempts',
    STATE: ({ failed_at, next_attempt_at }) =>
      failed_at === null ? `waits until ${next_attempt_at}` : `given up ${failed_at}`,
    'LAST ERROR': 'last_error',
  });
  return table(mails);
}

function describeRetried(retried: number): string {
  return retried === 0
    ? 'No mail was given up.\n'
    : `${retried} mail(s) are due again. The running server sends them within seconds.\n`;
}
