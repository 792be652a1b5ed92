import { parseFields } from '../api/fields.ts';
import { suspensionBody } from '../applications/wire.ts';
import { ValidationError } from '../errors.ts';
import { UsageError } from './command.ts';

/**
 * The reason for a suspension, by the rules of the management API; here there has to be one.
 * @throws UsageError
 */
export function readReason(given: string | undefined, help: string): string {
  try {
    const { reason } = parseFields(suspensionBody.schema, { reason: given ?? '' });
    if (reason !== '') {
      return reason;
    }
  } catch (error) {
    if (error instanceof ValidationError) {
      throw new UsageError(`--reason: ${error.message}`, help);
    }
    throw error;
  }
  throw new UsageError('suspend needs --reason <text>: the owner reads it.', help);
}
