import { StagedoorError } from '../errors.ts';
import { runApplication } from './application.ts';
import { type Command, EXIT, type Output, UsageError } from './command.ts';
import { runKeys } from './keys.ts';
import { runMail } from './mail.ts';
import { runMigrate } from './migrate.ts';

const HELP = `Usage: stagedoor <command> [options]

  migrate       Bring the database up to date.
  application   List, show, review, suspend and resume applications.
  keys          List the signing keys, and replace the one that signs.
  mail          List mails that are not delivered, and try given-up ones again.

  stagedoor <command> --help tells more about one.

The configuration is read from environment variables, as by the server; the README lists them.
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not found.
`;

const COMMANDS: Readonly<Record<string, Command>> = {
  migrate: runMigrate,
  application: runApplication,
  keys: runKeys,
  mail: runMail,
};

/** Runs a command line; the answer is the exit code. */
export async function runCommand(args: readonly string[], output: Output): Promise<number> {
  const [name = '--help', ...rest] = args;
  if (['--help', '-h', 'help'].includes(name)) {
    output.out(HELP);
    return EXIT.ok;
  }
  try {
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (command === undefined) {
      throw new UsageError(`There is no command "${name}".`, HELP);
    }
    await command(rest, output);
    return EXIT.ok;
  } catch (error) {
    return explain(error, output);
  }
}

function explain(error: unknown, { err }: Output): number {
  if (error instanceof UsageError) {
    err(`stagedoor: ${error.message}\n\n${error.help}`);
    return EXIT.usage;
  }
  if (error instanceof StagedoorError) {
    err(`stagedoor: ${error.message}\n`);
    return error.code === 'not_found' ? EXIT.notFound : EXIT.failed;
  }
  err(`stagedoor: unexpected error\n${error instanceof Error ? error.stack : String(error)}\n`);
  return EXIT.failed;
}
