import type pg from 'pg';

/** Milliseconds that a statement waits for a lock. Longer than PostgreSQL takes to detect a deadlock. */
export const LOCK_WAIT = 2_000;
/**
 * The same for introspection, refresh and exchange, which others wait behind. Longer than a migration waits for a
 * lock (`LONG_LOCK_TIMEOUT`): those behind it must not be refused.
 */
export const SHORT_LOCK_WAIT = 1_500;
/** Milliseconds that a transaction may wait for its next statement: its process has probably stopped. */
const IDLE_IN_TRANSACTION = 10_000;

/** Settings of a connection. Limits are in milliseconds; 0: none. */
export interface SessionSettings {
  readonly statement_timeout: number;
  readonly lock_timeout: number;
  readonly enable_seqscan?: 'off';
}

/**
 * Makes the settings of a new connection. A pooler may give its connection to other processes after each
 * transaction, so there they are set in each transaction; a pooler is detected by the process ID that it
 * invents.
 * @returns statements that follow the begin of each transaction; each begins with a semicolon
 */
export async function applySettings(client: pg.Client, chosen: SessionSettings): Promise<string> {
  const all = Object.entries({
    ...chosen,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION,
  });
  const settings = all.map(([name, value]) => `set_config('${name}', '${value}', false)`);
  const pid = 'processID' in client ? Number(client.processID) : 0;
  const { rows } = await client.query(
    `select ${settings.join(', ')} where pg_backend_pid() = ${pid}`,
  );
  return rows.length > 0
    ? ''
    : all.map(([name, value]) => `; set local ${name} = ${value}`).join('');
}
