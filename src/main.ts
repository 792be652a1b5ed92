#!/usr/bin/env node
import cluster from 'node:cluster';
import { readConfig } from './config.ts';
import { exitWith } from './exit.ts';
import { serve } from './serve.ts';
import { welcome } from './welcome.ts';

/** Starts the server, or its workers, and stops on SIGINT and SIGTERM. */
async function main(): Promise<void> {
  const config = readConfig();
  if (config.workers > 1 && cluster.isPrimary) {
    return superviseWorkers(config.workers);
  }
  const running = await serve(config);
  if (cluster.isPrimary || cluster.worker?.id === 1) {
    welcome(config, running);
  }
  onStop(() => running.close());
}

function superviseWorkers(count: number): void {
  let stopping = false;
  for (let i = 0; i < count; i += 1) {
    cluster.fork();
  }
  cluster.on('exit', (worker, code) => {
    if (stopping) {
      return;
    }
    if (code === 1) {
      // What is wrong with the configuration or the database is wrong for every worker.
      stopping = true;
      process.exitCode = 1;
      cluster.disconnect();
      return;
    }
    process.stderr.write(`Worker ${worker.id} ended; another one starts.\n`);
    cluster.fork();
  });
  onStop(async () => {
    stopping = true;
    for (const worker of Object.values(cluster.workers ?? {})) {
      worker?.kill('SIGTERM');
    }
  });
}

function onStop(close: () => Promise<void>): void {
  let stopping = false;
  const stop = () => {
    if (stopping) {
      // A second signal means now.
      process.exit(1);
    }
    stopping = true;
    close().then(() => process.exit(), exitWith);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

main().catch(exitWith);
