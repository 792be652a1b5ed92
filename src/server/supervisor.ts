import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Supervision } from '../config/supervision.ts';
import { relayReports } from './relay-reports.ts';

/** Messages of the supervisor to a worker; see `onSupervisor`. */
export type SupervisorMessage = 'drain' | 'stop' | 'retire';

const ENDED = 'Worker ended; another one starts';
/** Levels of the log. */
const [WARN, FATAL] = [40, 60];
/** Milliseconds until an ended worker is replaced, so that a failing start does not use all CPU. */
const PAUSE = 500;
/** Milliseconds that a new worker of a restart may take until it listens. */
const START_LIMIT = 60_000;
/** Milliseconds that a worker may take to stop until it is killed. */
const STOP_LIMIT = 12_000;

/**
 * Runs the server in several processes, replaces each that ends, stops all on SIGINT and SIGTERM, and
 * restarts one after the other on SIGHUP. Imports nothing of the server, to stay small.
 *
 * The workers accept connections from one shared socket: no connection waits in this process, or is
 * assigned to a worker that does not run any more.
 */
export function superviseWorkers({ workers, stopDelay }: Supervision): void {
  process.on('uncaughtException', ({ name, message, stack }) => {
    const err = { type: name, message, stack };
    writeLine(FATAL, 'Supervisor ends because of a defect', { err });
    process.exit(1);
  });
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  relayReports();
  const retired = new Set<Worker>();
  const listening = new Set<Worker>();
  let listens = false;
  let stopping = false;
  const fork = () => {
    const worker = stopping ? undefined : cluster.fork();
    worker?.on('error', ({ message }) => {
      // The system refused to start the process, which has no `exit` then.
      if (worker.process.pid === undefined && !retired.delete(worker)) {
        forkAgain('Worker did not start; another one starts', { worker: worker.id, message });
      }
    });
    return worker;
  };
  const forkOrRetry = () => {
    try {
      fork();
    } catch (error) {
      forkAgain('Worker did not start; another one starts', { message: messageOf(error) });
    }
  };
  const forkAgain = (event: string, fields: object) => {
    warn(event, fields);
    setTimeout(forkOrRetry, PAUSE);
  };
  // One first, so that a wrong configuration is reported once.
  cluster.on('listening', (worker) => listening.add(worker));
  cluster.once('listening', () => {
    listens = true;
    for (let count = 1; count < workers; count += 1) {
      forkOrRetry();
    }
  });
  cluster.on('exit', (worker) => {
    listening.delete(worker);
    if (!listens) {
      // The worker has printed the reason.
      process.exitCode = 1;
    } else if (!stopping && !retired.delete(worker)) {
      forkAgain(ENDED, { worker: worker.id });
    }
  });
  const restart = async () => {
    for (const worker of running()) {
      // Not replaced by `exit` if it ends meanwhile: its successor starts already.
      retired.add(worker);
      if (!(await startsAnother(fork, retired))) {
        if (!retired.delete(worker)) {
          forkAgain(ENDED, { worker: worker.id });
        }
        return;
      }
      if (!worker.isDead()) {
        send(worker, 'retire');
        await ends(worker);
      }
    }
  };
  let all: Worker[] = [];
  const kill = () => {
    for (const worker of all) {
      worker.process.kill('SIGKILL');
    }
  };
  const stop = async () => {
    stopping = true;
    all = running();
    for (const worker of all) {
      send(worker, 'drain');
    }
    await sleep(stopDelay);
    for (const worker of all) {
      if (listening.has(worker)) {
        // Closes the socket in this process first, and then in the worker, which accepts until then.
        worker.disconnect();
      }
      send(worker, 'stop');
    }
    await Promise.all(all.map(ends));
    process.exit();
  };
  onSignals({ stop, kill, restart: oneAtATime(restart) });
  forkOrRetry();
}

function warn(msg: string, fields: object): void {
  writeLine(WARN, msg, fields);
}

/** Writes a line as the server's log has them. */
function writeLine(level: number, msg: string, fields: object): void {
  const time = new Date().toISOString();
  process.stdout.write(`${JSON.stringify({ level, time, ...fields, msg })}\n`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function send(worker: Worker, message: SupervisorMessage): void {
  if (worker.process.connected) {
    // An error of a worker that has just ended goes to the callback.
    worker.process.send(message, () => {});
  }
}

/** Resolves when the worker has ended; kills it if that takes too long. */
async function ends(worker: Worker): Promise<void> {
  const timer = setTimeout(() => worker.process.kill('SIGKILL'), STOP_LIMIT);
  if (!worker.isDead()) {
    await once(worker, 'exit');
  }
  clearTimeout(timer);
}

function running(): Worker[] {
  return Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
}

/** Resolves to true when a new worker listens; to false if it does not start, or ends before. */
async function startsAnother(
  fork: () => Worker | undefined,
  retired: Set<Worker>,
): Promise<boolean> {
  let worker: Worker | undefined;
  try {
    worker = fork();
  } catch (error) {
    warn('New worker did not start; restart stops', { message: messageOf(error) });
  }
  if (worker === undefined) {
    return false;
  }
  const { id, process: child } = worker;
  retired.add(worker);
  const timer = setTimeout(() => child.kill('SIGKILL'), START_LIMIT);
  const listens = await Promise.race([
    once(worker, 'listening').then(() => true),
    once(worker, 'exit').then(() => false),
  ]).catch(() => false);
  clearTimeout(timer);
  retired.delete(worker);
  if (!listens) {
    warn('New worker ended before it listened; restart stops', { worker: id });
  }
  return listens;
}

/** Calls during a run begin one more run after it. */
function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let last = Promise.resolve();
  let isWaiting = false;
  return () => {
    if (!isWaiting) {
      isWaiting = true;
      last = last.then(() => {
        isWaiting = false;
        return work();
      });
    }
    return last;
  };
}

function onSignals(on: Readonly<Record<'stop' | 'restart' | 'kill', () => void>>): void {
  let stops = 0;
  const stop = () => {
    stops += 1;
    if (stops > 1) {
      on.kill();
      process.exit(1);
    }
    on.stop();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  // A terminal that closes sends it, too.
  process.on('SIGHUP', () => (process.stdout.isTTY ? stop() : on.restart()));
}
