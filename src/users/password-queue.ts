import { availableParallelism } from 'node:os';
import { createWorkQueue, type Priority, type WorkQueue } from '../lib/work-queue.ts';
import { type HashPassword, hashPassword, isTooLong, verifyPassword } from './password.ts';

/** Hashes and verifies passwords when it is their turn. */
export interface PasswordWork {
  hash(password: string): Promise<string>;
  /** As `verifyPassword`. */
  verify(hashed: string | null, password: string): Promise<boolean>;
  /** Keeps the hash if the password is the same, so that sending it again is no change. */
  readonly hashUnlessKnown: HashPassword;
}

/**
 * Makes the queue for hashing passwords. One core is left to everything else, above all to
 * introspection; several workers share the others.
 */
export function createPasswordQueue(workers: number, refused: () => void): WorkQueue {
  return createWorkQueue(passwordsAtOnce(workers), refused);
}

/** Number of passwords that one of `workers` processes hashes at once. */
export function passwordsAtOnce(workers: number): number {
  return Math.max(1, Math.floor((availableParallelism() - 1) / workers));
}

/** Lets passwords be hashed and verified in the queue. */
export function passwordWork(queue: WorkQueue, priority: Priority): PasswordWork {
  const hash = (password: string) => queue.run(priority, () => hashPassword(password));
  const verify = async (hashed: string | null, password: string) =>
    !isTooLong(password) && (await queue.run(priority, () => verifyPassword(hashed, password)));
  return {
    hash,
    verify,
    hashUnlessKnown: async (password, known) =>
      known !== null && (await verify(known, password)) ? known : hash(password),
  };
}
