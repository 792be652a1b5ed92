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
  // Also removes the listener of Node.js, which prints warnings as text.
  process.removeAllListeners('warning');
  process.on('warning', (err) => log.warn({ err }, 'Process warning'));
}
