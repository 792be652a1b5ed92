import { listUndeliveredMails } from '../audit/list-mails.ts';
import { retryFailedMails, retryMail } from '../audit/retry-mail.ts';
import { inTransaction } from '../db/transaction.ts';
import { type Output, UsageError } from './command.ts';
import { MAIL_HELP as HELP } from './mail-help.ts';
import { parse } from './parse.ts';
import { presentMail, printMails } from './print-mails.ts';
import { withCurrentDatabase } from './with-database.ts';

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  json: { type: 'boolean' },
  failed: { type: 'boolean' },
  all: { type: 'boolean' },
} as const;

/** `stagedoor mail list|retry` */
export async function runMail(args: readonly string[], { out }: Output): Promise<void> {
  const { values, positionals } = parse(args, OPTIONS, HELP);
  const [action, ...ids] = positionals;
  const { json = false, failed = false, all = false } = values;
  if (values.help || (action === 'help' && ids.length === 0)) {
    out(HELP);
    return;
  }
  switch (action) {
    case 'list':
      if (ids.length > 0 || all) {
        throw new UsageError('list takes no id, and lists them all by itself.', HELP);
      }
      out(await list(failed, json));
      return;
    case 'retry':
      if (failed || ids.length !== (all ? 0 : 1)) {
        throw new UsageError('retry takes one id, or --all.', HELP);
      }
      out(say(await retry(ids[0]), json));
      return;
    default:
      throw new UsageError(
        action === undefined ? 'Say what to do.' : `There is no "mail ${action}".`,
        HELP,
      );
  }
}

async function list(failed: boolean, json: boolean): Promise<string> {
  const mails = await withCurrentDatabase(({ db }) => listUndeliveredMails(db, { failed }));
  return json ? `${JSON.stringify(mails.map(presentMail), null, 2)}\n` : printMails(mails, failed);
}

/** Without an id, all that were given up; returns how many. */
function retry(id: string | undefined): Promise<number> {
  return withCurrentDatabase(({ db }) =>
    inTransaction(db, async (tx) => {
      if (id === undefined) {
        return retryFailedMails(tx);
      }
      await retryMail(tx, id);
      return 1;
    }),
  );
}

function say(retried: number, json: boolean): string {
  if (json) {
    return `${JSON.stringify({ retried })}\n`;
  }
  return retried === 0
    ? 'No mail was given up.\n'
    : `${retried} mail(s) are due again. The running server sends them within seconds.\n`;
}
