import { format, stripVTControlCharacters } from 'node:util';
import type { Logger } from '../lib/log.ts';

/** Writes what libraries and Node.js print to the log, so that the output has JSON lines only. */
export function captureOutput(log: Pick<Logger, 'info' | 'warn'>): void {
  const write =
    (level: 'info' | 'warn') =>
    (...values: unknown[]) => {
      log[level](stripVTControlCharacters(format(...values)));
    };
  Object.assign(console, {
    log: write('info'),
    info: write('info'),
    warn: write('warn'),
    error: write('warn'),
  });
  // Among them the one of Node.js, which prints.
  process.removeAllListeners('warning');
  process.on('warning', (err) => log.warn({ err }, 'Process warning'));
}
