import { type Command, CommanderError } from 'commander';
import { type ErrorCode, StagedoorError, ValidationError } from '../lib/errors.ts';
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

/** Runs a command line; the answer is the exit code. */
export async function runCommand(args: readonly string[], shell: Shell): Promise<number> {
  const program = createProgram(shell);
  let running: Command = program;
  program.hook('preAction', (_, command) => {
    running = command;
  });
  try {
    await program.parseAsync(args.length === 0 ? ['--help'] : [...args], { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    // Whoever wanted no more of it is told nothing.
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

/** As commander does with what it finds itself. */
function sayWrong(command: Command, message: string): number {
  try {
    return command.error(message);
  } catch {
    return EXIT.usage;
  }
}

/** A line for each field, under the name of its option where it has one. */
function sentencesOf({ fields }: ValidationError, command: Command): string {
  const lines = Object.entries(fields).flatMap(([field, messages]) =>
    messages.map((message) => `  ${optionOf(field, command)}: ${message}`),
  );
  return `This was refused:\n${lines.join('\n')}`;
}

function optionOf(field: string, command: Command): string {
  const name = `--${field.replaceAll('_', '-')}`;
  const names = [name, name.replace(/s$/, ''), name.replace(/-at$/, '')];
  return command.options.find(({ long }) => names.includes(long ?? ''))?.long ?? field;
}
