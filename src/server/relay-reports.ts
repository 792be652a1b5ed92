import cluster, { type Worker } from 'node:cluster';
import type { Report, ReportMessage, WorkerMessage } from '../operations/worker-reports.ts';

/** Milliseconds that a scrape waits for busy workers; then their previous reports count. */
const LIMIT = 1_000;

/** A worker that waits for the reports of the others. */
interface Gathering {
  /** Number of the question that the workers were asked. */
  readonly question: number;
  /** Ids of workers that have not answered. */
  readonly unanswered: Set<number>;
  readonly finish: () => void;
}

/**
 * In the supervisor: collects the metrics of all workers for the one that was asked. What ended workers
 * counted stays in the sum, so that no counter goes down; of a killed one, what it counted since the last
 * scrape is lost.
 */
export function relayReports(): void {
  const reports = new Map<number, Report>();
  const gatherings = new Set<Gathering>();
  let ended: Report = [];
  let questions = 0;

  const gather = (asker: Worker, id: number) => {
    questions += 1;
    const workers = Object.values(cluster.workers ?? {}).filter(
      (worker): worker is Worker => worker?.isConnected() === true && reports.has(worker.id),
    );
    const finish = () => {
      clearTimeout(timer);
      gatherings.delete(gathering);
      tell(asker, { stagedoor: 'reports', id, reports: [...reports.values(), ended] });
    };
    const timer = setTimeout(finish, LIMIT);
    const unanswered = new Set(workers.map((worker) => worker.id));
    const gathering = { question: questions, unanswered, finish };
    gatherings.add(gathering);
    for (const worker of workers) {
      tell(worker, { stagedoor: 'question', question: questions });
    }
  };
  const settle = (workerId: number, question: number) => {
    for (const gathering of gatherings) {
      if (question >= gathering.question) {
        gathering.unanswered.delete(workerId);
      }
      if (gathering.unanswered.size === 0) {
        gathering.finish();
      }
    }
  };
  cluster.on('message', (worker, message: WorkerMessage) => {
    const isOver = worker.isDead() && !reports.has(worker.id);
    if (message.stagedoor === 'report' && !isOver) {
      reports.set(worker.id, message.report);
      settle(worker.id, message.question);
    } else if (message.stagedoor === 'gather') {
      gather(worker, message.id);
    }
  });
  const retire = ({ id }: Worker) => {
    ended = addCounters(ended, reports.get(id) ?? []);
    reports.delete(id);
    settle(id, questions);
  };
  // After the last message of the worker; does not come if it was killed while it received a connection.
  cluster.on('disconnect', retire);
  cluster.on('exit', (worker) => setTimeout(retire, LIMIT, worker).unref());
}

function tell(worker: Worker, message: ReportMessage): void {
  if (worker.isConnected()) {
    worker.send(message, () => {});
  }
}

type Value = Report[number]['values'][number];

/** Returns which of the series of a histogram a value belongs to. */
function nameOf(value: Value): unknown {
  return 'metricName' in value ? value.metricName : undefined;
}

/** Adds the counters and histograms of one report to those of another. */
function addCounters(sum: Report, report: Report): Report {
  const counting = report.filter(({ type }) => ['counter', 'histogram'].includes(String(type)));
  const names = new Set([...sum, ...counting].map(({ name }) => name));
  return [...names].flatMap((name) => {
    const metrics = [...sum, ...counting].filter((metric) => metric.name === name);
    const [first] = metrics;
    if (first === undefined) {
      return [];
    }
    const values = new Map<string, Value>();
    for (const value of metrics.flatMap((metric) => metric.values)) {
      const key = JSON.stringify([nameOf(value), Object.entries(value.labels).sort()]);
      values.set(key, { ...value, value: (values.get(key)?.value ?? 0) + value.value });
    }
    return [{ ...first, values: [...values.values()] }];
  });
}
