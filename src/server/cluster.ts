import cluster from 'node:cluster';
import { once } from 'node:events';

/** Milliseconds until an ended worker is replaced: one that can't live must not keep a core busy. */
const PAUSE = 500;

/** Message of the supervisor that stops a worker; see `onSupervisorsStop`. */
const STOP = 'stop';

/**
 * Starts one worker, and the others once it listens, so that a wrong configuration is reported
 * once. From then on replaces each worker that ends.
 * @returns a function that stops all workers and resolves when the last one has ended
 */
export function superviseWorkers(count: number): () => Promise<void> {
  let listens = false;
  let stopping = false;
  const fork = () => {
    if (!stopping) {
      cluster.fork();
    }
  };
  cluster.once('listening', () => {
    listens = true;
    for (let i = 1; i < count; i += 1) {
      fork();
    }
  });
  cluster.on('exit', (worker) => {
    if (listens && !stopping) {
      process.stderr.write(`Worker ${worker.id} ended; another one starts.\n`);
      setTimeout(fork, PAUSE);
    } else if (!listens) {
      // It has said why.
      process.exitCode = 1;
    }
  });
  fork();
  return async () => {
    stopping = true;
    const workers = Object.values(cluster.workers ?? {}).filter((one) => one !== undefined);
    await Promise.all(
      workers.map(async (worker) => {
        const ended = once(worker, 'exit');
        if (worker.isConnected()) {
          worker.send(STOP);
        }
        await ended;
      }),
    );
  };
}

/**
 * In a worker: calls `stop` when the supervisor sends its message. A message, because stopping a
 * process group sends a signal to each process as well, and a second signal means "at once".
 */
export function onSupervisorsStop(stop: () => void): void {
  if (cluster.isWorker) {
    process.on('message', (message) => {
      if (message === STOP) {
        stop();
      }
    });
  }
}

/** Tests if this process is the only one or the first worker, which reports what concerns all. */
export function isFirstProcess(): boolean {
  return cluster.isPrimary || cluster.worker?.id === 1;
}
