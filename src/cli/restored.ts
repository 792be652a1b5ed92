import type { Command } from 'commander';
import type { Db } from '../db/database.ts';
import { inTransaction, type Tx } from '../db/transaction.ts';
import { countOlderGrants, revokeOlderGrants } from '../grants/revoke-older-store.ts';
import type { Actor } from '../lib/actor.ts';
import { recordCommand } from '../operators/record-call.ts';
import { revokeOlderTokens } from '../operators/revoke.ts';
import { selectOlderTokens } from '../operators/store.ts';
import { countOlderSessions, endSessions, selectOlderSessions } from '../sessions/session-store.ts';
import { databaseAction, examples, json } from './command.ts';
import { confirm } from './confirm.ts';
import { createProgress } from './list.ts';
import { parseTime } from './parse-time.ts';
import { formatNumber } from './present.ts';
import type { Shell } from './shell.ts';
import { withCurrentDatabase } from './with-database.ts';

/** Rows of one transaction. */
const BATCH = 1_000;
const ACTOR: Actor = 'operator:cli';

interface Options {
  readonly before?: string;
  readonly keepOperatorTokens?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** Credentials that are older than a time, by kind. */
interface Counts {
  readonly grants: number;
  readonly sessions: number;
  readonly operator_tokens: number;
}

/** Sets up `stagedoor restored`. */
export function addRestored(command: Command, shell: Shell): void {
  command
    .description(
      'After a backup was restored: end every grant, session and operator token in it. What was revoked after the backup is live again, and the database no longer knows which ones that are. Users connect their applications again. Each grant gets its log entry, users get no mail. If it is interrupted, run it again.',
    )
    .option(
      '--before <time>',
      'end only what is older; for a server that has run again since the restore. Any time after the backup and before the restart of the server (default: now)',
    )
    .option('--keep-operator-tokens', 'end no operator tokens')
    .option('--dry-run', 'only count')
    .option('--yes', 'do not ask')
    .action(
      databaseAction<Options>(shell, async ({ options }) => {
        const { keepOperatorTokens: keepsTokens = false, dryRun = false } = options;
        const before = new Date(
          options.before === undefined ? Date.now() : parseTime('--before', options.before, false),
        );
        const counts = await withCurrentDatabase(shell, async ({ db }) => {
          const due = await count(db, before, keepsTokens);
          if (dryRun) {
            return due;
          }
          await confirm(shell, `${describe('End', due)}?`, options.yes);
          return end(db, shell, before, keepsTokens);
        });
        shell.out(
          options.json
            ? json({ before: before.toISOString(), dry_run: dryRun, ...counts })
            : `${describe(dryRun ? 'Would end' : 'Ended', counts)}.\n${dryRun ? '' : LEFT}`,
        );
      }),
    );
  examples(command, 'restored --dry-run', 'restored', 'restored --before 2026-12-31T23:59:59Z');
}

const LEFT = `Check what this command does not change and is as it was at the time of the backup:
secrets and keys of applications and API services, suspended applications, users and their
passwords, teams, blocked hosts of agents. Send the directory again. If a signing key was replaced
after a leak, the leaked key signs again: stagedoor keys rotate --now.
`;

async function count(db: Db, before: Date, keepsTokens: boolean): Promise<Counts> {
  return {
    grants: await countOlderGrants(db, before),
    sessions: await countOlderSessions(db, before),
    operator_tokens: keepsTokens ? 0 : (await selectOlderTokens(db, before)).length,
  };
}

/** Ends operator tokens in the transaction of the log entry, the rest in batches. */
async function end(db: Db, shell: Shell, before: Date, keepsTokens: boolean): Promise<Counts> {
  const operator_tokens = await inTransaction(db, async (tx) => {
    await recordCommand(tx, 'restored', { before: before.toISOString() });
    return keepsTokens ? 0 : revokeOlderTokens(tx, ACTOR, before);
  });
  const grants = await inBatches(db, shell, async (tx, after) => {
    const batch = { before, after, limit: BATCH, actor: ACTOR };
    const { revoked, last } = await revokeOlderGrants(tx, batch);
    return { ended: revoked, last };
  });
  const sessions = await inBatches(db, shell, async (tx, after) => {
    const uids = await selectOlderSessions(tx, { before, after, limit: BATCH });
    await endSessions(tx, uids);
    return { ended: uids.length, last: uids.at(-1) };
  });
  return { grants, sessions, operator_tokens };
}

/** Runs batches until one has no last row. Returns the number of rows that they ended. */
async function inBatches(
  db: Db,
  shell: Shell,
  batch: (tx: Tx, after: string) => Promise<{ ended: number; last: string | undefined }>,
): Promise<number> {
  const progress = createProgress(shell);
  let all = 0;
  for (let after: string | undefined = ''; after !== undefined; ) {
    const from: string = after;
    const { ended, last } = await inTransaction(db, (tx) => batch(tx, from));
    all += ended;
    after = last;
    progress.show(`${formatNumber(all)} ended`);
  }
  progress.end();
  return all;
}

function describe(verb: string, { grants, sessions, operator_tokens: tokens }: Counts): string {
  return `${verb} ${formatNumber(grants)} grant(s), ${formatNumber(sessions)} session(s) and ${formatNumber(tokens)} operator token(s)`;
}
