import { Counter, collectDefaultMetrics, Gauge, type Registry } from 'prom-client';
import type { Database } from '../db/database.ts';
import { preparedStatements } from '../db/preparing-client.ts';
import { VERSION } from '../lib/version.ts';
import { PRIORITIES, type WorkQueue } from '../lib/work-queue.ts';

/**
 * Adds the metrics of this process. The sum over the workers is reported unless stated otherwise.
 * @returns the gauge of the processes that serve requests, to be set by one that does
 */
export function processMetrics(database: Database, registry: Registry): Gauge {
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'stagedoor_build_info',
    help: 'Always 1; the labels are the versions of Stagedoor and Node.js',
    labelNames: ['version', 'node'],
    registers: [registry],
    aggregator: 'max',
  }).set({ version: VERSION, node: process.version }, 1);
  new Gauge({
    name: 'stagedoor_prepared_statements',
    help: 'Different statements that a process has had PostgreSQL prepare; the highest of all workers',
    registers: [registry],
    aggregator: 'max',
    collect() {
      this.set(preparedStatements());
    },
  });
  poolMetrics(database, registry);
  return new Gauge({
    name: 'stagedoor_workers',
    help: 'Processes that serve requests',
    registers: [registry],
  });
}

/** Adds the use of the connection pools. */
function poolMetrics(database: Database, registry: Registry): void {
  const common = { labelNames: ['pool'], registers: [registry] };
  new Gauge({
    ...common,
    name: 'stagedoor_database_pool_in_use',
    help: 'Connections of a pool that are in use',
    collect() {
      for (const [pool, { inUse }] of Object.entries(database.pools())) {
        this.set({ pool }, inUse);
      }
    },
  });
  new Gauge({
    ...common,
    name: 'stagedoor_database_pool_waiting',
    help: 'Requests that wait for a connection of a pool',
    collect() {
      for (const [pool, { waiting }] of Object.entries(database.pools())) {
        this.set({ pool }, waiting);
      }
    },
  });
  new Counter({
    ...common,
    name: 'stagedoor_database_pool_refused_total',
    help: 'Requests that got no connection: too many waited, or they waited too long',
    collect() {
      this.reset();
      for (const [pool, { refused }] of Object.entries(database.pools())) {
        this.inc({ pool }, refused);
      }
    },
  });
  new Counter({
    ...common,
    name: 'stagedoor_database_pool_abandoned_total',
    help: 'Requests whose client left while they waited for a connection',
    collect() {
      this.reset();
      for (const [pool, { abandoned }] of Object.entries(database.pools())) {
        this.inc({ pool }, abandoned);
      }
    },
  });
}

/** Adds the number of passwords that wait to be hashed. */
export function passwordGauge(queue: WorkQueue, registry: Registry): void {
  new Gauge({
    name: 'stagedoor_password_queue_waiting',
    help: 'Passwords that wait to be hashed or verified',
    labelNames: ['priority'],
    registers: [registry],
    collect() {
      for (const priority of PRIORITIES) {
        this.set({ priority }, queue.waiting(priority));
      }
    },
  });
}
