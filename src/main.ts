#!/usr/bin/env node
import cluster from 'node:cluster';
import { readConfig } from './config/config.ts';
import { keepFilesPrivate } from './data-dir/secure-data-dir.ts';
import { isFirstProcess, onSupervisorsStop, superviseWorkers } from './server/cluster.ts';
import { exitWith } from './server/exit.ts';
import { type RunningServer, serve } from './server/start.ts';
import { welcome } from './server/startup-message.ts';

/** Starts the server, or its workers, and stops on SIGINT and SIGTERM. */
async function main(): Promise<void> {
  keepFilesPrivate();
  const config = readConfig();
  if (config.workers > 1 && cluster.isPrimary) {
    onSignals(superviseWorkers(config.workers));
    return;
  }
  let running: RunningServer | undefined;
  const close = async () => running?.close();
  onSupervisorsStop(() => stop(close));
  running = await serve(config);
  // From now on there is something to finish; before that, a signal ends the process at once.
  onSignals(close);
  if (isFirstProcess()) {
    welcome(config, running);
  }
}

function onSignals(close: () => Promise<void>): void {
  let signals = 0;
  const onSignal = () => {
    signals += 1;
    if (signals > 1) {
      // A second signal means now.
      process.exit(1);
    }
    stop(close);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}

let stopping = false;

function stop(close: () => Promise<void>): void {
  if (!stopping) {
    stopping = true;
    close().then(() => process.exit(), exitWith);
  }
}

main().catch(exitWith);
