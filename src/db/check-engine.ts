import { sql } from 'kysely';
import type { Db } from './database.ts';
import type { Unsuitable } from './server-info.ts';
import { type Tx, tryAndUndo } from './transaction.ts';

/** Key of an advisory lock that nothing else uses. */
const KEY = sql.lit('7077888152031');
/** PostgreSQL's insufficient_privilege. */
const FORBIDDEN = '42501';

/**
 * Tries out advisory locks and triggers, on which this server relies: some databases that understand
 * PostgreSQL's protocol accept both and do nothing.
 * @returns why the database can't be used; undefined if it can
 */
export function findIneffective(db: Db): Promise<Unsuitable | undefined> {
  return tryAndUndo(db, async (tx) => {
    if (!(await doesLock(tx))) {
      return 'idle_locks';
    }
    return (await runsTriggers(tx)) ? undefined : 'idle_triggers';
  });
}

async function doesLock(tx: Tx): Promise<boolean> {
  await sql`select pg_advisory_xact_lock(${KEY})`.execute(tx);
  const { rows } = await sql`
    select from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()`.execute(tx);
  return rows.length > 0;
}

/** True as well if the role must not create temporary tables, without which there is no test. */
async function runsTriggers(tx: Tx): Promise<boolean> {
  try {
    await sql`create temporary table trigger_test (has_run boolean) on commit drop`.execute(tx);
    await sql`
      create function pg_temp.note_run() returns trigger language plpgsql as $$
      begin
        new.has_run := true;
        return new;
      end $$`.execute(tx);
    await sql`
      create trigger note before insert on trigger_test
      for each row execute function pg_temp.note_run()`.execute(tx);
    const { rows } = await sql<{ has_run: boolean }>`
      insert into trigger_test values (false) returning has_run`.execute(tx);
    return rows[0]?.has_run === true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === FORBIDDEN) {
      return true;
    }
    throw error;
  }
}
