import { StagedoorError } from '../lib/errors.ts';
import type { Database } from './database.ts';

/**
 * Asks the database whether it is there.
 * @throws StagedoorError `database_unreachable`, with what the operator can do about it
 */
export async function assertReachable(database: Database): Promise<void> {
  try {
    await database.ping();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message || cause.name : 'no answer';
    throw new StagedoorError(
      'database_unreachable',
      `The database can't be reached: ${why}. Check DATABASE_URL, and that the server is up.`,
      { cause },
    );
  }
}
