import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { z } from 'zod';

/** A server in a separate process, with readable CPU time. */
export interface MeasuredServer {
  readonly url: string;
  /** Microseconds of CPU used since its start. */
  cpu(): Promise<number>;
  stop(): Promise<void>;
}

const listening = z.object({ url: z.string() });
const usage = z.object({ cpu: z.number() });

/** Starts a script of this folder that calls `reportUsage`. */
export async function startMeasured(
  script: string,
  variables: Readonly<Record<string, string>>,
): Promise<MeasuredServer> {
  const child = fork(join(import.meta.dirname, script), {
    // As `npm start` does; for the other servers, too.
    execArgv: ['--v8-pool-size=1'],
    env: { PATH: process.env.PATH ?? '', NODE_ENV: 'test', ...variables },
  });
  const { url } = listening.parse(await nextMessage(child));
  return {
    url,
    cpu: async () => {
      child.send('usage');
      return usage.parse(await nextMessage(child)).cpu;
    },
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        child.disconnect();
        await once(child, 'exit');
      }
    },
  };
}

function nextMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => reject(new Error(`A server ended with code ${code}.`));
    child.once('exit', onExit);
    child.once('message', (message) => {
      child.off('exit', onExit);
      resolve(message);
    });
  });
}
