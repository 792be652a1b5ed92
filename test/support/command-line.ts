import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { runCommand } from '../../src/cli/run-command.ts';
import { CHILD_ENVIRONMENT } from './child-environment.ts';

/** Result of a command. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A person at the terminal. */
export interface Person {
  /** Typed or piped input. */
  readonly input?: string;
  /** True if input and output are a terminal. */
  readonly interactive?: boolean;
  readonly progress?: boolean;
  readonly signal?: AbortSignal;
  /** Called with each piece of output. */
  readonly sees?: (text: string) => void;
}

const CLI = join(import.meta.dirname, '../../bin/stagedoor.cjs');

/** Runs `stagedoor` in a separate process, with only `env` as its environment. */
export function stagedoor(
  env: Readonly<Record<string, string>>,
  ...args: string[]
): Promise<Outcome> {
  return new Promise((resolve) => {
    const options = { env: { ...CHILD_ENVIRONMENT, ...env } };
    execFile(process.execPath, [CLI, ...args], options, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });
}

/** Runs `stagedoor` in this process, which is much faster. */
export async function stagedoorHere(
  env: Readonly<Record<string, string>>,
  args: readonly string[],
  person: Person = {},
): Promise<Outcome> {
  let out = '';
  let err = '';
  const code = await runCommand(args, {
    out: (text) => {
      out += text;
      person.sees?.(text);
    },
    err: (text) => {
      err += text;
    },
    env,
    input: Readable.from(person.input === undefined ? [] : [person.input]),
    interactive: person.interactive ?? false,
    progress: person.progress ?? false,
    onScreen: false,
    signal: person.signal ?? new AbortController().signal,
  });
  return { code, out, err };
}
