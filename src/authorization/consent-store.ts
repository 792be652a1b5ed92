import { sql } from 'kysely';
import { preparedWrite } from '../db/prepared-query.ts';
import type { Tx } from '../db/transaction.ts';
import type { PendingInteraction } from './interaction.ts';

const locking = preparedWrite<{ key: string }>(
  (_db, param) => sql`select pg_advisory_xact_lock(hashtextextended(${param('key')}::text, 0))`,
);

/**
 * Lets consents of one user and application wait for each other until the transaction ends. A statement
 * of its own: what is read afterwards includes the grant of the other one.
 */
export async function lockConsents(
  tx: Tx,
  { user, application }: Pick<PendingInteraction, 'user' | 'application'>,
): Promise<void> {
  await locking(tx, { key: `consents of ${user?.id} to ${application?.clientId}` });
}
