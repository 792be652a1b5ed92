import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { childrenOf, isAlive } from '../support/child-processes.ts';
import type { RunningScript } from '../support/run-script.ts';

/** Milliseconds that a server may take until it is ready; only against a run without end. */
const LIMIT = 180_000;
/** Milliseconds that workers may live longer than their supervisor. */
const ORPHAN_LIMIT = 30_000;
/** Lines of the log that are printed of each process. */
const ERRORS = 5;
const WORKERS = 2;

/** One server with two workers. */
export interface SoakServer {
  /** Starts it, and again as a service manager does if it ends; resolves when all workers are ready. */
  start(): Promise<void>;
  /** Kills the supervisor. */
  kill(): Promise<void>;
  /** Kills a worker. */
  killWorker(index: number): void;
  /** Stops it by SIGTERM. */
  stop(): Promise<void>;
  /** Replaces all workers by SIGHUP, and again as an operator does if one did not start. */
  replaceWorkers(): Promise<void>;
  /** Resolves when all workers run and the server is ready. */
  isReady(): Promise<void>;
  /** Resident memory in MB of the supervisor and the workers. */
  memory(): number[];
}

/** A started process, and the place for complaints about its end. */
export interface Run {
  readonly script: RunningScript;
  readonly complain: (message: string) => void;
}

/** Creates a server that is not started yet. */
export function createServer(port: number, run: () => Run): SoakServer {
  let current: Run | undefined;
  const pid = () => current?.script.pid ?? 0;
  const workers = () => (pid() === 0 ? [] : childrenOf(pid()));
  const isReady = () =>
    waitUntil(async () => workers().length === WORKERS && (await isReadyAt(port)));
  const end = async (signal: NodeJS.Signals) => {
    const running = workers();
    current?.script.kill(signal);
    await waitUntil(async () => !isAlive(pid()));
    for (const limit = Date.now() + ORPHAN_LIMIT; running.some(isAlive); await sleep(100)) {
      if (Date.now() > limit) {
        current?.complain('A worker goes on after the end of its server.');
        for (const one of running.filter(isAlive)) {
          process.kill(one, 'SIGKILL');
        }
        break;
      }
    }
    const { script, complain } = current ?? {};
    const code = (await script?.ended)?.code;
    const errors = script?.stdout().match(/^\{"level":[56]0.*$/gm) ?? [];
    for (const line of errors.slice(0, ERRORS)) {
      complain?.(`Error in the log: ${line}`);
    }
    return code;
  };
  return {
    start: async () => {
      for (const limit = Date.now() + LIMIT; ; await sleep(1_000)) {
        current = run();
        try {
          await current.script.prints(/Stagedoor is at/);
          break;
        } catch (error) {
          // The database may be unreachable.
          if (Date.now() > limit) {
            throw error;
          }
        }
      }
      await isReady();
    },
    kill: async () => {
      await end('SIGKILL');
    },
    killWorker: (index) => {
      const worker = workers()[index];
      if (worker !== undefined) {
        process.kill(worker, 'SIGKILL');
      }
    },
    stop: async () => {
      const code = await end('SIGTERM');
      if (code !== 0) {
        current?.complain(`The server ended with ${code}: ${current.script.stderr()}`);
      }
    },
    replaceWorkers: async () => {
      const before = workers();
      const { script } = current ?? {};
      const stops = () => script?.stdout().split('restart stops').length ?? 0;
      let known = -1;
      await waitUntil(async () => {
        if (known !== stops()) {
          known = stops();
          script?.kill('SIGHUP');
        }
        return !before.some(isAlive);
      });
      await isReady();
    },
    isReady,
    memory: () => [pid(), ...workers()].map(memoryOf),
  };
}

async function waitUntil(condition: () => Promise<boolean>): Promise<void> {
  for (const limit = Date.now() + LIMIT; !(await condition()); await sleep(100)) {
    if (Date.now() > limit) {
      throw new Error(`A server is not ready after ${LIMIT / 1000} s.`);
    }
  }
}

async function isReadyAt(port: number): Promise<boolean> {
  const signal = AbortSignal.timeout(5_000);
  const response = await fetch(`http://127.0.0.1:${port}/readyz`, { signal }).catch(
    () => undefined,
  );
  return response?.ok === true;
}

function memoryOf(pid: number): number {
  const [, kilobytes] =
    /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kilobytes) / 1024);
}
