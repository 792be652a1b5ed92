import type { Command } from 'commander';
import { migrate } from '../db/migrate.ts';
import type { Shell } from './shell.ts';
import { databaseAction, examples, json } from './verb.ts';
import { withDatabase } from './with-database.ts';

/** `stagedoor migrate` */
export function addMigrate(program: Command, shell: Shell): void {
  const command = program
    .command('migrate')
    .description(
      'Bring the database of DATABASE_URL, or the embedded one in DATA_DIR, up to date. Does nothing where it is.',
    )
    .action(
      databaseAction(shell, async ({ options }) => {
        const ran = await withDatabase(shell, ({ db }) => migrate(db));
        if (options.json) {
          shell.out(json({ ran }));
          return;
        }
        shell.out(
          ran.length === 0
            ? 'The database is up to date.\n'
            : `Ran ${ran.length} migration(s): ${ran.join(', ')}.\n`,
        );
      }),
    );
  examples(command, 'migrate');
}
