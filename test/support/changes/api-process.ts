import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { z } from 'zod';
import { CHILD_ENVIRONMENT } from '../child-environment.ts';

/** Options of the kit in an API process. */
export interface ApiSettings {
  readonly issuer: string;
  readonly introspectionEndpoint: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Messages to an API process. */
export type ApiMessage =
  | { readonly kind: 'watch'; readonly tokens: readonly string[] }
  /** Sets its clock forward. */
  | { readonly kind: 'clock'; readonly milliseconds: number }
  | { readonly kind: 'report' };

const report = z.array(
  z.object({
    token: z.string(),
    lastAdmitted: z.number(),
    firstRefused: z.number().nullable(),
    hits: z.number(),
  }),
);

/**
 * Tokens with the time at which they were last let in and first refused for themselves (`sharedClock`),
 * and how often from memory.
 */
export type ApiReport = z.infer<typeof report>;

/** An API service in a separate process. */
export interface ApiProcess {
  /** Verifies these tokens every few milliseconds, and no others any more. */
  watch(tokens: readonly string[]): void;
  setClock(milliseconds: number): void;
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  report(): Promise<ApiReport>;
  close(): Promise<void>;
}

/** Returns milliseconds of a clock that all processes of this machine share. */
export function sharedClock(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Starts an API service, with additional environment variables. */
export async function startApiProcess(
  settings: ApiSettings,
  variables: Readonly<Record<string, string>> = {},
): Promise<ApiProcess> {
  const script = join(import.meta.dirname, 'api-child.ts');
  const child = fork(script, [JSON.stringify(settings)], {
    env: { ...CHILD_ENVIRONMENT, ...variables },
  });
  // Its first message: it is ready.
  await once(child, 'message');
  const send = (message: ApiMessage) => void child.send(message);
  return {
    watch: (tokens) => send({ kind: 'watch', tokens }),
    setClock: (milliseconds) => send({ kind: 'clock', milliseconds }),
    signal: (signal) => void child.kill(signal),
    report: async () => {
      const answer = once(child, 'message');
      send({ kind: 'report' });
      return report.parse((await answer)[0]);
    },
    close: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        const exit = once(child, 'exit');
        child.kill('SIGKILL');
        await exit;
      }
    },
  };
}
