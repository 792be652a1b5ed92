import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { CHILD_ENVIRONMENT } from './child-environment.ts';

/** A sender of mails in a process of its own, for tests that kill it. */
export interface SenderProcess {
  /** Ends it at once, as a crash does. It is stopped before this returns; resolves when it is gone. */
  kill(): Promise<void>;
}

const CHILD = join(import.meta.dirname, 'mail-sender-child.ts');

/**
 * Starts one.
 * @param options `name` is what it calls itself to the mail server
 */
export function startSenderProcess(options: {
  readonly name: string;
  readonly databaseUrl: string;
  readonly smtpUrl: string;
  readonly leaseSeconds: number;
}): SenderProcess {
  const { name, smtpUrl, ...rest } = options;
  const child = spawn(
    process.execPath,
    [CHILD, JSON.stringify({ ...rest, smtpUrl: `${smtpUrl}/?name=${name}` })],
    { stdio: ['ignore', 'ignore', 'inherit'], env: { ...CHILD_ENVIRONMENT } },
  );
  const gone = once(child, 'exit');
  return {
    kill: async () => {
      child.kill('SIGKILL');
      await gone;
    },
  };
}
