import { StagedoorError } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';

/**
 * Ends the process with code 1: one clear line for what was to be expected, a stack for a defect.
 * @param log receives the defect instead of the standard error
 */
export function exitWith(error: unknown, log?: Pick<Logger, 'fatal'>): never {
  if (log !== undefined && !(error instanceof StagedoorError)) {
    log.fatal({ err: error }, 'Process ends because of a defect');
    process.exit(1);
  }
  process.stderr.write(
    error instanceof StagedoorError
      ? `stagedoor: ${error.message}\n`
      : `stagedoor: unexpected error\n${error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exit(1);
}
