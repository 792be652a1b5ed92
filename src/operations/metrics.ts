import type { Middleware } from 'koa';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Database } from '../db/database.ts';
import { preparedStatements } from '../db/preparing-client.ts';
import type { JobConfig } from '../jobs/jobs.ts';
import { PRIORITIES, type WorkQueue } from '../lib/work-queue.ts';
import { countMails } from '../mail/outbox-store.ts';
import { jobGauges } from './job-metrics.ts';
import { routeGroup } from './route-group.ts';
import { withTimeout } from './with-timeout.ts';

/** Counters of this process. With several workers, each counts its own requests. */
export interface Metrics {
  /** Notes a finished request; `seconds` is how long it took. */
  observeRequest(method: string, path: string, status: number, seconds: number): void;
  /** Counts a try that a limit or a full queue refused. */
  countRefusal(limit: string): void;
  /** Shows how many passwords wait to be hashed. */
  observePasswordQueue(queue: WorkQueue): void;
  /** Returns all metrics in the format of Prometheus. Works without the database. */
  read(): Promise<{ readonly contentType: string; readonly text: string }>;
}

/** Seconds. Introspection takes less than a millisecond, signing in some tens. */
const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);
/** Milliseconds that a scrape waits for the database. */
const QUERY_LIMIT = 2_000;

/** Makes the metrics of this process, and those of mails and scheduled jobs, which all report alike. */
export function createMetrics(database: Database, config: JobConfig): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'stagedoor_prepared_statements',
    help: 'Different statements that this process has had PostgreSQL prepare',
    registers: [registry],
    collect() {
      this.set(preparedStatements());
    },
  });
  const refusals = new Counter({
    name: 'stagedoor_limit_refusals_total',
    help: 'Tries beyond a limit on guessing or flooding',
    labelNames: ['limit'],
    registers: [registry],
  });
  const readMails = mailGauges(database, registry);
  const readJobs = jobGauges(database.db, config, registry);
  const requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'From the first header of a request to the last middleware that had to do with it',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS,
    registers: [registry],
  });
  return {
    countRefusal: (limit) => refusals.inc({ limit }),
    observePasswordQueue: (queue) => passwordGauge(queue, registry),
    observeRequest: (method, path, status, seconds) => {
      const known = METHODS.has(method) ? method : 'other';
      requests.observe({ method: known, route: routeGroup(path), status }, seconds);
    },
    read: async () => {
      await Promise.all([readMails(), withTimeout(QUERY_LIMIT, readJobs)]);
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}

function passwordGauge(queue: WorkQueue, registry: Registry): void {
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

/** Measures each request; goes before all other middleware. Costs some microseconds. */
export function measureRequests(metrics: Metrics): Middleware {
  return async (ctx, next) => {
    const start = performance.now();
    // Koa answers an error that is thrown past here with 500.
    let status = 500;
    try {
      await next();
      status = ctx.status;
    } finally {
      metrics.observeRequest(ctx.method, ctx.path, status, (performance.now() - start) / 1000);
    }
  };
}

/** Returns what asks the database; to be called before each scrape. */
function mailGauges(database: Database, registry: Registry): () => Promise<void> {
  const up = new Gauge({
    name: 'stagedoor_database_up',
    help: 'Whether the database answered this scrape',
    registers: [registry],
  });
  const mails = new Gauge({
    name: 'stagedoor_mail_outbox',
    help: 'Mails that are not delivered: pending ones, and ones that were given up',
    labelNames: ['state'],
    registers: [registry],
  });
  return async () => {
    const counts = await withTimeout(QUERY_LIMIT, () => countMails(database.db));
    up.set(counts === undefined ? 0 : 1);
    // Removed, not zero: the number is unknown.
    mails.reset();
    for (const [state, count] of Object.entries(counts ?? {})) {
      mails.set({ state }, count);
    }
  };
}
