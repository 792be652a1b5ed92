#!/usr/bin/env node
import { runCommand } from './cli/run-command.ts';
import { keepFilesPrivate } from './data-dir/secure-data-dir.ts';

keepFilesPrivate();

const stopped = new AbortController();
for (const stream of [process.stdout, process.stderr]) {
  // Whoever reads has seen enough, as in `stagedoor user list | head`.
  stream.on('error', () => stopped.abort());
}
// Once ends what is under way in order, a second time at once.
process.once('SIGINT', () => stopped.abort('SIGINT'));

const code = await runCommand(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  input: process.stdin,
  interactive: process.stdin.isTTY && process.stderr.isTTY,
  progress: process.stderr.isTTY,
  onScreen: process.stdout.isTTY,
  signal: stopped.signal,
});
// As shells have it: 128 and the number of the signal.
process.exitCode = stopped.signal.reason === 'SIGINT' ? 130 : code;
