import { StagedoorError } from '../lib/errors.ts';

/** Ends the process with code 1: one clear line for what was to be expected, a stack for a defect. */
export function exitWith(error: unknown): never {
  process.stderr.write(
    error instanceof StagedoorError
      ? `stagedoor: ${error.message}\n`
      : `stagedoor: unexpected error\n${error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exit(1);
}
