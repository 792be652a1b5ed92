import { migrate } from '../db/migrate.ts';
import { type Output, UsageError } from './command.ts';
import { parse } from './parse.ts';
import { withDatabase } from './with-database.ts';

const HELP = `Usage: stagedoor migrate

Brings the database of DATABASE_URL, or the embedded one in DATA_DIR, up to date. Does nothing
where it is.

Example:
  DATABASE_URL=postgres://stagedoor:secret@localhost/stagedoor stagedoor migrate
`;

/** `stagedoor migrate` */
export async function runMigrate(args: readonly string[], { out }: Output): Promise<void> {
  const { values, positionals } = parse(args, { help: { type: 'boolean', short: 'h' } }, HELP);
  if (values.help) {
    out(HELP);
    return;
  }
  if (positionals.length > 0) {
    throw new UsageError('migrate takes no words.', HELP);
  }
  const names = await withDatabase((database) => migrate(database.db));
  out(
    names.length === 0
      ? 'The database is up to date.\n'
      : `Ran ${names.length} migration(s): ${names.join(', ')}.\n`,
  );
}
