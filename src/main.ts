#!/usr/bin/env node
import cluster from 'node:cluster';
import { readSupervision } from './config/supervision.ts';
import { superviseWorkers } from './server/supervisor.ts';

// If nobody reads the output any more, the server goes on.
for (const output of [process.stdout, process.stderr]) {
  output.on('error', () => {});
}
const supervision = readSupervision();
if (supervision.workers > 1 && cluster.isPrimary) {
  superviseWorkers(supervision);
} else {
  // The supervisor must not load the server.
  const { run } = await import('./server/run.ts');
  await run();
}
