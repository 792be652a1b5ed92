import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger };

/**
 * The log of this process: one JSON object a line, on standard output unless told otherwise. Never a
 * token or secret.
 */
export function createLog(
  level: string,
  destination: DestinationStream = pino.destination(1),
): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
}
