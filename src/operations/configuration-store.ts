import { sql } from 'kysely';
import type { Tx } from '../db/transaction.ts';

/** The settings of the last start, locked until the transaction ends; `settings`, if there was none. */
export async function lockConfiguration(
  tx: Tx,
  settings: Readonly<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  await tx
    .insertInto('server_configuration')
    .values({ settings: JSON.stringify(settings) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const row = await tx
    .selectFrom('server_configuration')
    .select('settings')
    .forUpdate()
    .executeTakeFirstOrThrow();
  return row.settings;
}

/** Keeps the settings of this start. */
export async function updateConfiguration(
  tx: Tx,
  settings: Readonly<Record<string, unknown>>,
): Promise<void> {
  await tx
    .updateTable('server_configuration')
    .set({ settings: JSON.stringify(settings), noted_at: sql<Date>`now()` })
    .execute();
}
