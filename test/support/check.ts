import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** Commands of `npm run check`, the longest first. npm adds the programs of packages to `PATH`. */
const CHECKS: readonly (readonly string[])[] = [
  ['tsc'],
  ['biome', 'ci', '.'],
  ['knip'],
  [process.execPath, `${import.meta.dirname}/check-boundaries.ts`],
  [process.execPath, `${import.meta.dirname}/check-dependencies.ts`],
];

/** Runs a check and prints its output at its end; false if it failed. */
async function passes([program = '', ...args]: readonly string[]): Promise<boolean> {
  const color = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {};
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...color },
  });
  const ended = once(child, 'close');
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  process.stdout.write(out);
  process.stderr.write(err);
  const [code] = await ended;
  return code === 0;
}

// All at the same time, because most of them use one core only.
const results = await Promise.all(CHECKS.map(passes));
process.exitCode = results.every((passed) => passed) ? 0 : 1;
