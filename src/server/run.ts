import cluster from 'node:cluster';
import { readConfig } from '../config/config.ts';
import { keepFilesPrivate } from '../data-dir/secure-data-dir.ts';
import { createLog, type Logger } from '../lib/log.ts';
import { captureOutput } from './capture-output.ts';
import { exitWith } from './exit.ts';
import { releaseMemory } from './release-memory.ts';
import { showProgress } from './show-progress.ts';
import { type RunningServer, serve } from './start.ts';
import { welcome } from './startup-message.ts';
import type { CloseOptions } from './stop-serving.ts';
import { isFirstProcess, onSupervisor } from './worker.ts';

/** Milliseconds after the end of the listening until the process ends in any case. */
const STOP_LIMIT = 10_000;

/** Runs the server in this process until a signal or the supervisor stops it. */
export async function run(): Promise<void> {
  const progress = showProgress(process.stdout, isFirstProcess());
  // In production, programs read the output; before the configuration is known, people do.
  let log: Logger | undefined;
  const fail = (error: unknown) => exitWith(error, log);
  try {
    keepFilesPrivate();
    const config = readConfig();
    const created = createLog(config.logLevel);
    captureOutput(created);
    if (config.production) {
      log = created;
      process.on('uncaughtException', fail);
    }
    let running: RunningServer | undefined;
    const drain = () => running?.refuseReadiness();
    const end = (options?: CloseOptions) =>
      once(() => close(() => running?.close(options), log).catch(fail));
    const stop = end();
    const retire = end({ keepIdle: true });
    onSupervisor({ drain, stop, retire });
    running = await serve(config, {
      beforeListening: releaseMemory,
      onProgress: progress.show,
    });
    progress.clear();
    // Before this, a signal ends the process at once.
    onSignals(() => {
      drain();
      setTimeout(stop, config.stopDelaySeconds * 1000);
    });
    if (isFirstProcess()) {
      welcome(config, running, log);
    }
  } catch (error) {
    progress.clear();
    fail(error);
  }
}

/** Closes the server and ends the process, also if the database does not answer. */
async function close(
  work: () => Promise<void> | undefined,
  log: Pick<Logger, 'warn'> | undefined,
): Promise<void> {
  setTimeout(() => {
    const message = `Not everything was finished ${STOP_LIMIT / 1000} s after the stop`;
    if (log === undefined) {
      process.stderr.write(`${message}.\n`);
    } else {
      log.warn(message);
    }
    process.exit(1);
  }, STOP_LIMIT).unref();
  await work();
  process.exit();
}

/** Makes a function that runs one time only, however often it is called. */
function once(work: () => void): () => void {
  let called = false;
  return () => {
    if (!called) {
      called = true;
      work();
    }
  };
}

function onSignals(stop: () => void): void {
  let signals = 0;
  const onSignal = () => {
    signals += 1;
    if (signals > 1) {
      // A second signal means now.
      process.exit(1);
    }
    stop();
  };
  for (const signal of ['SIGINT', 'SIGTERM', ...(cluster.isPrimary ? ['SIGHUP'] : [])]) {
    process.on(signal, onSignal);
  }
}
