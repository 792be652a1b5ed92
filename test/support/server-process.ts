import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CHILD_ENVIRONMENT, CHILD_OPTIONS } from './child-environment.ts';
import { copyEmbeddedTemplate } from './embedded-template.ts';
import { OPERATOR_TOKEN, prepareEnvironment } from './server-environment.ts';

/** A Stagedoor in a separate process, for tests that kill it. */
export interface ServerProcess {
  readonly issuer: string;
  readonly operatorToken: string;
  readonly mailFolder: string;
  readonly databaseUrl: string;
  /** Starts it again on the same port, database and files. */
  start(): Promise<void>;
  /** Ends it like a crash: SIGKILL by default. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Stops it for a while (SIGSTOP), or lets it go on (SIGCONT). */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** Ends it, drops its database and deletes its files. */
  close(): Promise<void>;
}

const MAIN = join(import.meta.dirname, '../../src/main.ts');
const START_SECONDS = 90;

/** Starts `src/main.ts` in a child process; `overrides` as in `startServer`. */
export async function startServerProcess(
  overrides: Readonly<Record<string, string>> = {},
  main = MAIN,
): Promise<ServerProcess> {
  const environment = await prepareEnvironment(overrides);
  if (overrides.DATABASE_URL === '' && overrides.DATA_DIR === undefined) {
    await copyEmbeddedTemplate(environment.dataDir);
  }
  let child: ChildProcess | undefined;
  const start = async () => {
    child = spawn(process.execPath, [...CHILD_OPTIONS, main], {
      stdio: ['ignore', process.env.TEST_LOG === undefined ? 'ignore' : 'inherit', 'inherit'],
      env: { ...CHILD_ENVIRONMENT, ...environment.variables },
    });
    await answers(environment.issuer, child);
  };
  const kill = async (signal: NodeJS.Signals = 'SIGKILL') => {
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      await once(child, 'exit');
    }
  };
  const close = async () => {
    await kill();
    await environment.remove();
  };
  try {
    await start();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    issuer: environment.issuer,
    operatorToken: OPERATOR_TOKEN,
    mailFolder: join(environment.dataDir, 'mail'),
    databaseUrl: environment.variables.DATABASE_URL ?? '',
    start,
    kill,
    signal: (signal) => void child?.kill(signal),
    close,
  };
}

async function answers(issuer: string, child: ChildProcess): Promise<void> {
  const end = Date.now() + START_SECONDS * 1000;
  while (Date.now() < end) {
    if (child.exitCode !== null) {
      throw new Error(`The server ended with exit code ${child.exitCode}.`);
    }
    const response = await fetch(`${issuer}/readyz`).catch(() => undefined);
    if (response?.ok === true) {
      return;
    }
    await sleep(50);
  }
  throw new Error(`The server did not answer within ${START_SECONDS} seconds.`);
}
