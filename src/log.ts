import { type Logger, pino } from 'pino';

export type { Logger };

/** The log of this process: one JSON object a line on standard output. Never a token or secret. */
export function createLog(level: string): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime });
}
