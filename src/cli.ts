#!/usr/bin/env node
import { runCommand } from './cli/run-command.ts';
import { keepFilesPrivate } from './data-dir/secure-data-dir.ts';

keepFilesPrivate();

const stopped = new AbortController();
for (const stream of [process.stdout, process.stderr]) {
  // The reader has closed the pipe, as in `stagedoor user list | head`.
  stream.on('error', () => stopped.abort());
}
// The first Ctrl-C ends the work in order, the second one at once.
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
// The convention of shells: 128 plus the number of the signal.
process.exitCode = stopped.signal.reason === 'SIGINT' ? 130 : code;
