import { availableParallelism } from 'node:os';
import { createWorkQueue, type Priority, type WorkQueue } from '../lib/work-queue.ts';
import {
  createPasswordHasher,
  type HashPassword,
  isTooLong,
  type PasswordCost,
  type PasswordHasher,
} from './password.ts';

/** A queue for hashing passwords, with the hasher. */
export interface PasswordQueue extends WorkQueue {
  readonly hasher: PasswordHasher;
}

/** Hashes and verifies passwords in the queue. */
export interface PasswordWork extends PasswordHasher {
  /** Keeps the hash if the password is the same, so that sending it again is no change. */
  readonly hashUnlessKnown: HashPassword;
}

/**
 * Makes the queue for hashing passwords. One core is left to everything else, above all to
 * introspection; several workers share the others.
 */
export function createPasswordQueue(
  workers: number,
  refused: () => void,
  cost?: PasswordCost,
): PasswordQueue {
  const queue = createWorkQueue(passwordsAtOnce(workers), refused);
  return { ...queue, hasher: createPasswordHasher(cost) };
}

/** Number of passwords that one of `workers` processes hashes at once. */
export function passwordsAtOnce(workers: number): number {
  return Math.max(1, Math.floor((availableParallelism() - 1) / workers));
}

/** Lets passwords be hashed and verified in the queue. */
export function passwordWork(queue: PasswordQueue, priority: Priority): PasswordWork {
  const { hasher } = queue;
  const hash = (password: string) => queue.run(priority, () => hasher.hash(password));
  const verify = async (hashed: string | null, password: string) =>
    !isTooLong(password) && (await queue.run(priority, () => hasher.verify(hashed, password)));
  return {
    hash,
    verify,
    isOutdated: hasher.isOutdated,
    hashUnlessKnown: async (password, known) =>
      known !== null && (await verify(known, password)) ? known : hash(password),
  };
}
