import type { Command } from 'commander';
import { inTransaction } from '../db/transaction.ts';
import { listUndeliveredMails } from '../mail/list-mails.ts';
import { retryFailedMails } from '../mail/outbox-store.ts';
import { retryMail } from '../mail/retry-mail.ts';
import { recordCommand } from '../operators/record-command.ts';
import { databaseAction, examples, json } from './command.ts';
import { presentMail, printMails } from './print-mails.ts';
import { type Shell, UsageError } from './shell.ts';
import { withCurrentDatabase } from './with-database.ts';

interface RetryOptions {
  readonly all?: boolean;
}

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
        const mails = await withCurrentDatabase(shell, ({ db }) =>
          inTransaction(db, async (tx) => {
            const found = await listUndeliveredMails(tx, { failed });
            await recordCommand(tx, 'mail list', { failed, mails: found.length });
            return found;
          }),
        );
        shell.out(options.json ? json(mails.map(presentMail)) : printMails(mails, failed));
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
      databaseAction<RetryOptions>(shell, async ({ args: [id], options }) => {
        if ((id === undefined) !== (options.all === true)) {
          throw new UsageError('retry takes one id, or --all.');
        }
        shell.out(say(await retryMails(shell, id), options.json === true));
      }),
    );
  examples(retry, 'mail retry 2f9a5c1e-7d40-4b6e-9a53-0c8f6a1b2d3e', 'mail retry --all');
}

/** Retries one mail, or all failed ones without an id. Returns the number. */
function retryMails(shell: Shell, id: string | undefined): Promise<number> {
  return withCurrentDatabase(shell, ({ db }) =>
    inTransaction(db, async (tx) => {
      const retried = id === undefined ? await retryFailedMails(tx) : 1;
      if (id !== undefined) {
        await retryMail(tx, id);
      }
      await recordCommand(tx, 'mail retry', { ...(id && { mail: id }), retried });
      return retried;
    }),
  );
}

function say(retried: number, asJson: boolean): string {
  if (asJson) {
    return json({ retried });
  }
  return retried === 0
    ? 'No mail was given up.\n'
    : `${retried} mail(s) are due again. The running server sends them within seconds.\n`;
}
