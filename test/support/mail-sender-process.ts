import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { CHILD_ENVIRONMENT } from './child-environment.ts';

/** A mail sender in a separate process, for tests that kill it. */
export interface SenderProcess {
  /**
   * Kills it like a crash. It is stopped before this returns; resolves when the process has ended.
   */
  kill(): Promise<void>;
}

const CHILD = join(import.meta.dirname, 'mail-sender-child.ts');

/**
 * Starts a mail sender in a separate process.
 * @param options `name` is its client name in SMTP
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
