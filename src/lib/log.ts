import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger };

/**
 * Creates the log of this process: one JSON object per line, by default on standard output. Errors
 * are logged under the key `err`. Never log a token or a secret.
 */
export function createLog(
  level: string,
  destination: DestinationStream = pino.destination(1),
): Logger {
  const serializers = { err: (error: unknown) => describeError(error, 4) };
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers },
    destination,
  );
}

/**
 * Picks the loggable properties of an error. All others are left out: a database error quotes rows
 * and parameters in `detail`, `where`, `params` and more.
 * @param depth limits the chain of causes
 */
function describeError(error: unknown, depth: number): object {
  if (!(error instanceof Error)) {
    return { message: `Not an Error: ${typeof error}` };
  }
  const { name, message, stack, cause } = error;
  return {
    type: name,
    message,
    stack,
    ...('code' in error ? { code: error.code } : {}),
    ...(cause !== undefined && depth > 1 ? { cause: describeError(cause, depth - 1) } : {}),
  };
}
