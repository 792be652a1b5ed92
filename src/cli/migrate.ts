import type { Command } from 'commander';
import { migrate } from '../db/migrate.ts';
import { readSchemaState } from '../db/schema-state.ts';
import { inTransaction } from '../db/transaction.ts';
import { assertSuitable } from '../health/assert-suitable.ts';
import { recordCommand } from '../operators/record-call.ts';
import { databaseAction, examples, json } from './command.ts';
import type { Shell } from './shell.ts';
import { withDatabase } from './with-database.ts';

/** Sets up `stagedoor migrate`. */
export function addMigrate(command: Command, shell: Shell): void {
  command
    .description(
      'Bring the database of DATABASE_URL, or the embedded one in DATA_DIR, up to date. Does nothing where it is.',
    )
    .action(
      databaseAction(shell, async ({ options }) => {
        const { ran, newer } = await withDatabase(shell, async (database) => {
          const { db, engine } = database;
          if (engine === 'postgresql') {
            await assertSuitable(db);
          }
          const names = await migrate(database, { onWait: (text) => shell.err(`${text}\n`) });
          if (names.length > 0) {
            // Last, because the first migration creates the log.
            await inTransaction(db, (tx) => recordCommand(tx, 'migrate', { ran: names }));
          }
          return { ran: names, newer: (await readSchemaState(db)).newer };
        });
        if (options.json) {
          shell.out(json({ ran }));
          return;
        }
        shell.out(
          ran.length > 0
            ? `Ran ${ran.length} migration(s): ${ran.join(', ')}.\n`
            : newer.length > 0
              ? `The database is of a newer version (${newer.join(', ')}), and this version works with it.\n`
              : 'The database is up to date.\n',
        );
      }),
    );
  examples(command, 'migrate');
}
