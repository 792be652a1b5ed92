import { StagedoorError } from '../lib/errors.ts';
import type { Database } from './database.ts';
import { explainFailure } from './explain-failure.ts';

/**
 * Asks the database for an answer.
 * @throws StagedoorError `database_unreachable`, with what the operator can do about it
 */
export async function assertReachable(database: Database): Promise<void> {
  try {
    await database.ping();
  } catch (cause) {
    const { reason, fix } = explainFailure(cause);
    throw new StagedoorError(
      'database_unreachable',
      `The database can't be reached: ${reason}. ${fix}`,
      { cause },
    );
  }
}
