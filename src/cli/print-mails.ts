import type { UndeliveredMail } from '../audit/mail.ts';
import { oneLine } from '../audit/mail-text.ts';
import { table } from './table.ts';

/** Longest error that a line shows, in characters; `--json` has the whole. */
const ERROR_LIMIT = 120;

/** A table, a line a mail. Nothing in an address or an error steers the terminal. */
export function printMails(mails: readonly UndeliveredMail[], failed: boolean): string {
  if (mails.length === 0) {
    return failed ? 'No mail was given up.\n' : 'All mails are delivered.\n';
  }
  return table(
    ['ID', 'KIND', 'RECIPIENT', 'WRITTEN', 'ATTEMPTS', 'STATE', 'LAST ERROR'],
    mails.map((mail) => [
      mail.id,
      mail.kind,
      oneLine(mail.recipient, 254),
      mail.createdAt.toISOString(),
      String(mail.attempts),
      mail.failedAt === null
        ? `waits until ${mail.nextAttemptAt.toISOString()}`
        : `given up ${mail.failedAt.toISOString()}`,
      oneLine(mail.lastError ?? '-', ERROR_LIMIT),
    ]),
  );
}

/** A mail for scripts. */
export function presentMail(mail: UndeliveredMail): object {
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
