import { createLog } from '../../src/lib/log.ts';

/* Logs a number of lines, more than a pipe takes, and one more with each message of the parent. */
// As in src/main.ts. A write to a full pipe then fails; otherwise it would wait.
process.stdout.on('error', () => {});
const log = createLog('info');
for (let line = 0; line < Number(process.argv[2]); line += 1) {
  log.warn({ line }, 'x'.repeat(100));
}
process.on('message', () => log.warn('Last'));
process.send?.('logged');
