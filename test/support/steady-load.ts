import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { z } from 'zod';
import { CHILD_ENVIRONMENT } from './child-environment.ts';

/** Requests of a load, and their senders. */
export interface LoadSettings {
  /** Address of the server. */
  readonly url: string;
  /** Certificate of the authority. */
  readonly ca: string;
  /** Requests per second. */
  readonly rate: number;
  /** `Authorization` headers of the application and the API service. */
  readonly application: string;
  readonly resourceServer: string;
  /** Access tokens of grants without refreshes. */
  readonly accessTokens: readonly string[];
  /** Refresh tokens, one of each chain. */
  readonly refreshTokens: readonly string[];
}

const report = z.object({
  answered: z.number(),
  seconds: z.number(),
  refreshes: z.number(),
  /** Number of requests that failed, by status or error. */
  failures: z.record(z.string(), z.number()),
  /** Chains of which no refresh token works at the end. */
  lost: z.number(),
  /** Milliseconds of the slowest response. */
  slowest: z.number(),
});

/** Result of a load. */
export type LoadReport = z.infer<typeof report>;

/** A load that runs. */
export interface SteadyLoad {
  /** Ends the load, uses each chain once more, and returns the result. */
  stop(): Promise<LoadReport>;
  /** Ends the process, also without a result. */
  close(): void;
}

/**
 * Sends introspections, and a refresh in place of each twentieth, at a fixed rate that does not depend on the
 * responses; in a separate process. Clients repeat a refresh that failed with the same token.
 */
export async function startSteadyLoad(settings: LoadSettings): Promise<SteadyLoad> {
  const script = join(import.meta.dirname, 'steady-load-child.ts');
  const child = fork(script, { env: CHILD_ENVIRONMENT });
  child.send(settings);
  await once(child, 'message');
  return {
    stop: async () => {
      const answer = once(child, 'message');
      child.send('stop');
      return report.parse((await answer)[0]);
    },
    close: () => void child.kill('SIGKILL'),
  };
}
