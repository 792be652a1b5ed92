import type { Readable } from 'node:stream';

/** Where a command reads from and writes to, and who sits there. */
export interface Shell {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly input: Readable;
  /** Environment variables; undefined: those of the process. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Whether a person can be asked: input and error output are terminals. */
  readonly interactive: boolean;
  /** Whether error output is a terminal, so that progress is shown there. */
  readonly progress: boolean;
  /** Whether output is one too: then what is printed there is progress enough. */
  readonly onScreen: boolean;
  /** Aborted when nobody wants any more of it: Ctrl-C, or a closed pipe. */
  readonly signal: AbortSignal;
}

/** What the shell is told. */
export const EXIT = { ok: 0, failed: 1, usage: 2, notFound: 3, unavailable: 4 } as const;

/** A command that has said itself what failed. */
export class ReportedError extends Error {}

/** A command line that makes no sense; the message says what would. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}
