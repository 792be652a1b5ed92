import { Counter, Histogram, Registry } from 'prom-client';
import type { Database } from '../db/database.ts';
import type { JobConfig } from '../jobs/jobs.ts';
import type { WorkQueue } from '../lib/work-queue.ts';
import { databaseMetrics } from './database-metrics.ts';
import { type EventMetrics, eventMetrics } from './event-metrics.ts';
import { passwordGauge, processMetrics } from './process-metrics.ts';
import { routeGroup } from './route-group.ts';
import { shareReports } from './worker-reports.ts';

/** The metrics of this server. Each worker counts its own requests, and reports the sum of all. */
export interface Metrics {
  /** Notes a finished request; `seconds` is how long it took. */
  observeRequest(method: string, path: string, status: number, seconds: number): void;
  /** Counts a try that a limit or a full queue refused. */
  countRefusal(limit: string): void;
  readonly events: EventMetrics;
  /** Shows how many passwords wait to be hashed. */
  observePasswordQueue(queue: WorkQueue): void;
  /** Notes that this process serves requests from now on. */
  markServing(): void;
  /** Returns all metrics in the format of Prometheus. Works without the database. */
  read(): Promise<{ readonly contentType: string; readonly text: string }>;
  /** Hands the counters of this worker over before it ends. */
  close(): Promise<void>;
}

/** Seconds. Introspection takes less than a millisecond, signing in some tens. */
const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);

/** Makes the metrics of this process, and those that come from the database. */
export function createMetrics(database: Database, config: JobConfig): Metrics {
  const ofProcess = new Registry();
  const ofDatabase = new Registry();
  const serving = processMetrics(database, ofProcess);
  const readDatabase = databaseMetrics(database, config, ofDatabase);
  const refusals = new Counter({
    name: 'stagedoor_limit_refusals_total',
    help: 'Tries beyond a limit on guessing or flooding',
    labelNames: ['limit'],
    registers: [ofProcess],
  });
  const requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'From the first header of a request to the last middleware that had to do with it',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS,
    registers: [ofProcess],
  });
  const events = eventMetrics(ofProcess);
  const reports = shareReports(ofProcess);
  return {
    events,
    markServing: () => serving.set(1),
    countRefusal: (limit) => refusals.inc({ limit }),
    observePasswordQueue: (queue) => passwordGauge(queue, ofProcess),
    observeRequest: (method, path, status, seconds) => {
      const known = METHODS.has(method) ? method : 'other';
      const route = routeGroup(path);
      requests.observe({ method: known, route, status }, seconds);
      if (status === 500) {
        events.defects.count(route);
      }
    },
    read: async () => {
      const [ofProcesses] = await Promise.all([reports.read(), readDatabase()]);
      return {
        contentType: ofProcess.contentType,
        text: `${ofProcesses}\n${await ofDatabase.metrics()}`,
      };
    },
    close: reports.close,
  };
}
