#!/usr/bin/env node
import { readConfig } from './config.ts';
import { openDatabase } from './db/database.ts';
import { migrate } from './db/migrate.ts';
import { exitWith } from './exit.ts';

const HELP = `Usage: stagedoor <command>

  migrate   Bring the database of DATABASE_URL up to date.

The configuration is read from environment variables; the README lists them.
`;

/** `stagedoor migrate`. */
async function runMigrate(): Promise<void> {
  const config = readConfig();
  const database = await openDatabase({
    url: config.databaseUrl,
    dataDir: config.dataDir,
    connections: 1,
  });
  try {
    const names = await migrate(database.db);
    process.stdout.write(
      names.length === 0
        ? 'The database is up to date.\n'
        : `Ran ${names.length} migration(s): ${names.join(', ')}.\n`,
    );
  } finally {
    await database.close();
  }
}

const [command] = process.argv.slice(2);
if (command === 'migrate') {
  runMigrate().catch(exitWith);
} else {
  const asked = command === undefined || command === '--help' || command === 'help';
  (asked ? process.stdout : process.stderr).write(HELP);
  process.exitCode = asked ? 0 : 2;
}
