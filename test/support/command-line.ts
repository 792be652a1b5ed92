import { execFile } from 'node:child_process';
import { join } from 'node:path';

/** What a command left behind. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const CLI = join(import.meta.dirname, '../../src/cli.ts');

/** Runs `stagedoor` in a process of its own, with nothing in the environment but `env`. */
export function stagedoor(
  env: Readonly<Record<string, string>>,
  ...args: string[]
): Promise<Outcome> {
  return new Promise((resolve) => {
    const options = { env: { PATH: process.env.PATH ?? '', ...env } };
    execFile(process.execPath, [CLI, ...args], options, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });
}
