import { type Command, CommanderError } from 'commander';
import { type ErrorCode, StagedoorError, ValidationError } from '../lib/errors.ts';
import { optionName } from './inputs.ts';
import { createProgram } from './program.ts';
import { EXIT, ReportedError, type Shell, UsageError } from './shell.ts';

const CODES: Partial<Record<ErrorCode, number>> = {
  not_found: EXIT.notFound,
  validation_failed: EXIT.usage,
  payload_too_large: EXIT.usage,
  database_unreachable: EXIT.unavailable,
  data_dir_in_use: EXIT.unavailable,
  unavailable: EXIT.unavailable,
  too_many_attempts: EXIT.unavailable,
};

/** Runs a command line and returns the exit code. */
export async function runCommand(args: readonly string[], shell: Shell): Promise<number> {
  const program = await createProgram(shell, args);
  let running: Command = program;
  program.hook('preAction', (_, command) => {
    running = command;
  });
  try {
    await program.parseAsync(args.length === 0 ? ['--help'] : [...args], { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    // Ctrl-C or a closed pipe is no error.
    return shell.signal.aborted ? EXIT.ok : explain(error, running, shell);
  }
}

function explain(error: unknown, command: Command, { err }: Shell): number {
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
  if (error instanceof ReportedError) {
    return EXIT.failed;
  }
  if (error instanceof UsageError) {
    return sayWrong(command, error.message);
  }
  if (error instanceof ValidationError) {
    return sayWrong(command, sentencesOf(error, command));
  }
  if (error instanceof StagedoorError) {
    err(`stagedoor: ${error.message}\n`);
    return CODES[error.code] ?? EXIT.failed;
  }
  err(`stagedoor: unexpected error\n${error instanceof Error ? error.stack : String(error)}\n`);
  return EXIT.failed;
}

/** Prints an error with the usage, as commander does with errors that it finds itself. */
function sayWrong(command: Command, message: string): number {
  try {
    return command.error(message);
  } catch {
    return EXIT.usage;
  }
}

/** Lists the messages, one per line, under the names of the options. */
function sentencesOf({ fields }: ValidationError, command: Command): string {
  const lines = Object.entries(fields).flatMap(([field, messages]) =>
    messages.map((message) => `  ${optionOf(field, command)}: ${message}`),
  );
  return `This was refused:\n${lines.join('\n')}`;
}

function optionOf(field: string, command: Command): string {
  const name = optionName(field);
  return command.options.some(({ long }) => long === name) ? name : field;
}
