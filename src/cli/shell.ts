import type { Readable } from 'node:stream';

/** Input, output and environment of a command. */
export interface Shell {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly input: Readable;
  /** Environment variables; undefined: those of the process. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** True if a person can be asked: input and error output are terminals. */
  readonly interactive: boolean;
  /** True if error output is a terminal, which shows progress. */
  readonly progress: boolean;
  /** True if output is a terminal too; lists that are printed there need no other progress. */
  readonly onScreen: boolean;
  /** Aborted by Ctrl-C and by a closed pipe. */
  readonly signal: AbortSignal;
}

/** Exit codes. */
export const EXIT = { ok: 0, failed: 1, usage: 2, notFound: 3, unavailable: 4 } as const;

/** A failure that the command has reported itself. */
export class ReportedError extends Error {}

/** A wrong command line; the message says how to correct it. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}
