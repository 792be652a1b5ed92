import cluster from 'node:cluster';
import type { SupervisorMessage } from './supervisor.ts';

/**
 * In a worker: calls one of the functions when the supervisor sends its message. A message, because
 * stopping a process group sends a signal to each process as well, and a second signal means "at once".
 */
export function onSupervisor(on: Readonly<Record<SupervisorMessage, () => void>>): void {
  if (cluster.isWorker) {
    process.on('message', (message) => {
      if (message === 'drain' || message === 'stop' || message === 'retire') {
        on[message]();
      }
    });
    // Also if the supervisor ended between the end of the listening and its message.
    process.on('disconnect', on.stop);
    // A terminal that closes sends it to the whole group; the supervisor decides.
    process.on('SIGHUP', () => {});
  }
}

/** Tests if this process is the only one or the first worker, which reports what concerns all. */
export function isFirstProcess(): boolean {
  return cluster.isPrimary || cluster.worker?.id === 1;
}
