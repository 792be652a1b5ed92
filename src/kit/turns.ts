import { LEASE } from './dated.ts';
import { UnavailableError } from './unavailable.ts';

/** Questions of one process that are under way at most. */
const MOST = 64;

/**
 * Limits the questions that are under way at the same time. The changes feed is answered by the same
 * server: if a late feed caused any number of questions, it would be later still.
 * @returns a function that asks a question when its turn has come
 * @throws UnavailableError `overloaded` if that was not within a second
 */
export function createTurns(): <T>(ask: () => Promise<T>) => Promise<T> {
  let underWay = 0;
  /** In the order in which they came. */
  const waiting = new Set<() => void>();
  const turn = () =>
    new Promise<void>((resolve, reject) => {
      const begin = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        waiting.delete(begin);
        reject(overloaded());
      }, LEASE);
      waiting.add(begin);
    });
  return async (ask) => {
    if (underWay < MOST) {
      underWay += 1;
    } else {
      await turn();
    }
    try {
      return await ask();
    } finally {
      const [next] = waiting;
      if (next === undefined) {
        underWay -= 1;
      } else {
        // It takes over the place.
        waiting.delete(next);
        next();
      }
    }
  };
}

function overloaded(): UnavailableError {
  return new UnavailableError(
    'overloaded',
    `Too many tokens have to be asked for: ${MOST} questions were under way for a second.`,
  );
}
