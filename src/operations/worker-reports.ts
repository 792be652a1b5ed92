import cluster from 'node:cluster';
import { AggregatorRegistry, type Registry } from 'prom-client';

/** Metrics of one worker, in the form in which it sends them to the supervisor. */
export type Report = Awaited<ReturnType<Registry['getMetricsAsJSON']>>;

/** Messages from a worker to the supervisor, which `server/relay-reports.ts` answers. */
export type WorkerMessage =
  /** Asks for the reports of all workers. */
  | { readonly stagedoor: 'gather'; readonly id: number }
  /** A report, as the answer to the supervisor's question of this number. */
  | { readonly stagedoor: 'report'; readonly question: number; readonly report: Report };

/** Messages from the supervisor to a worker. */
export type ReportMessage =
  | { readonly stagedoor: 'question'; readonly question: number }
  | { readonly stagedoor: 'reports'; readonly id: number; readonly reports: readonly Report[] };

/** The metrics of all workers. */
export interface WorkerReports {
  /** Returns the sum over all workers, those that have ended included, as text. */
  read(): Promise<string>;
  /** Sends the last report of this worker. */
  close(): Promise<void>;
}

/** Milliseconds after which a scrape has the figures of this worker only. */
const LIMIT = 1_500;

/** Shares the metrics of this process with the other workers; without workers, returns them as they are. */
export function shareReports(registry: Registry): WorkerReports {
  const worker = cluster.worker;
  if (worker === undefined) {
    return { read: () => registry.metrics(), close: async () => {} };
  }
  const waiting = new Map<number, (reports: readonly Report[]) => void>();
  const report = async (question: number) => {
    const message = { stagedoor: 'report', question, report: await registry.getMetricsAsJSON() };
    await send(worker, message as WorkerMessage);
  };
  const onMessage = (message: ReportMessage) => {
    if (message.stagedoor === 'question') {
      void report(message.question);
    } else if (message.stagedoor === 'reports') {
      waiting.get(message.id)?.(message.reports);
    }
  };
  worker.on('message', onMessage);
  void report(0);
  let last = 0;
  return {
    read: async () => {
      last += 1;
      const id = last;
      const { promise, resolve } = Promise.withResolvers<readonly Report[]>();
      waiting.set(id, resolve);
      const timer = setTimeout(async () => resolve([await registry.getMetricsAsJSON()]), LIMIT);
      await send(worker, { stagedoor: 'gather', id });
      const reports = await promise;
      clearTimeout(timer);
      waiting.delete(id);
      return AggregatorRegistry.aggregate([...reports]).metrics();
    },
    close: async () => {
      worker.off('message', onMessage);
      await report(0);
    },
  };
}

/** Resolves when the message was written, or cannot be. */
function send(worker: NonNullable<typeof cluster.worker>, message: WorkerMessage): Promise<void> {
  return new Promise((resolve) => {
    if (worker.isConnected()) {
      worker.process.send?.(message, undefined, undefined, () => resolve());
    } else {
      resolve();
    }
  });
}
