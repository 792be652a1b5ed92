import type { UndeliveredMail } from '../mail/mail.ts';
import type { Entry } from './management.ts';
import { createTable } from './present.ts';

/** Prints mails as a table, without control characters of addresses and errors. */
export function printMails(mails: readonly UndeliveredMail[], failed: boolean): string {
  if (mails.length === 0) {
    return failed ? 'No mail was given up.\n' : 'All mails are delivered.\n';
  }
  return createTable({
    ID: 'id',
    KIND: 'kind',
    RECIPIENT: 'recipient',
    WRITTEN: 'created_at',
    ATTEMPTS: 'attempts',
    STATE: stateOf,
    'LAST ERROR': 'last_error',
  })(mails.map(presentMail));
}

function stateOf({ failed_at, next_attempt_at }: Entry): string {
  return failed_at === null ? `waits until ${next_attempt_at}` : `given up ${failed_at}`;
}

/** Presents a mail for `--json`. */
export function presentMail(mail: UndeliveredMail): Entry {
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
