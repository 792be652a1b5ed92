/** Where a command writes to. */
export interface Output {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** What the shell is told. */
export const EXIT = { ok: 0, failed: 1, usage: 2, notFound: 3 } as const;

/** A command line that makes no sense; the message says what would. */
export class UsageError extends Error {
  /** The help that explains it. */
  readonly help: string;

  constructor(message: string, help: string) {
    super(message);
    this.name = 'UsageError';
    this.help = help;
  }
}

/** One command: the words that name it are taken off `args`. */
export type Command = (args: readonly string[], output: Output) => Promise<void>;
