import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CHILD_ENVIRONMENT, CHILD_OPTIONS } from './child-environment.ts';

/** A process of this project that a test started, and its end. */
export interface RunningScript {
  readonly pid: number;
  stdout(): string;
  stderr(): string;
  /** Resolves when the process has ended and its output was read. */
  readonly ended: Promise<ScriptEnd>;
  kill(signal: NodeJS.Signals): void;
  /** Reads its output no more, as a log collector that has ended. */
  closeOutput(): void;
  /** Resolves when it has printed a match, on stdout or stderr. */
  prints(pattern: RegExp): Promise<void>;
}

/** Exit of a process. */
export interface ScriptEnd {
  /** Null if a signal ended it. */
  readonly code: number | null;
  readonly milliseconds: number;
}

const ROOT = join(import.meta.dirname, '../..');
/** Seconds after which a process is killed. */
const LIMIT_SECONDS = 60;

/** Starts scripts, for example `src/main.ts`, and stops them all. */
export interface ScriptRunner {
  /** `variables` is the whole environment except for `PATH` and the compile cache. */
  start(
    command: readonly string[],
    variables: Readonly<Record<string, string>>,
    limitSeconds?: number,
  ): RunningScript;
  /** Kills all running processes. */
  stop(): Promise<void>;
}

/** Creates a runner for one test file; `after(() => scripts.stop())`. */
export function createScriptRunner(): ScriptRunner {
  const children = new Map<ChildProcess, Promise<ScriptEnd>>();
  return {
    start: (command, variables, limitSeconds = LIMIT_SECONDS) => {
      const begin = performance.now();
      const child = spawn(process.execPath, [...CHILD_OPTIONS, ...command], {
        cwd: ROOT,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...CHILD_ENVIRONMENT, ...variables },
      });
      const ended = once(child, 'close').then((): ScriptEnd => {
        clearTimeout(limit);
        return { code: child.exitCode, milliseconds: performance.now() - begin };
      });
      const limit = setTimeout(() => child.kill('SIGKILL'), limitSeconds * 1000);
      children.set(child, ended);
      return present(child, ended);
    },
    stop: async () => {
      for (const [child, ended] of children) {
        child.kill('SIGKILL');
        await ended;
      }
    },
  };
}

function present(child: ChildProcess, ended: Promise<ScriptEnd>): RunningScript {
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      written[name] += text;
    });
  }
  return {
    pid: child.pid ?? 0,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    ended,
    kill: (signal) => child.kill(signal),
    closeOutput: () => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    },
    prints: async (pattern) => {
      while (!pattern.test(written.stdout + written.stderr)) {
        if (child.exitCode !== null || child.signalCode !== null) {
          throw new Error(`It ended before it printed ${pattern}: ${written.stderr}`);
        }
        await sleep(20);
      }
    },
  };
}
