import cluster from 'node:cluster';
import { once } from 'node:events';

/** Milliseconds until an ended worker is replaced: one that can't live must not keep a core busy. */
const PAUSE = 500;

/** What the supervisor tells a worker that has to stop; see `onSupervisorsStop`. */
const STOP = 'stop';

/**
 * Starts one worker, and the others once it listens: what is wrong with the configuration or the
 * database is wrong for all of them, and told once. From then on replaces each that ends.
 * @returns what stops them all, and resolves when the last one has ended
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
 * In a worker: calls `stop` when the supervisor says so. It says so by message, because whoever
 * stops a whole group of processes sends each a signal too, and a second signal means "at once".
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
