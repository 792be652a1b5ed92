import { sql } from 'kysely';
import type { Db } from './database.ts';

/** Facts that a database server reports about itself. */
export interface DatabaseServer {
  /** `18.1` */
  readonly version: string;
  /** Its clock, at the moment of the question. */
  readonly now: Date;
  /** It takes no writes: a standby, or one that is set to read-only. */
  readonly readOnly: boolean;
}

/** Oldest supported version of PostgreSQL. */
export const OLDEST = 15;

/** Reason for which a database server can't be used. */
export type Unsuitable = 'old' | 'read_only' | 'idle_locks' | 'idle_triggers';

/** Returns the reason for which a server can't be used; undefined if it can. */
export function findUnsuitable({
  version,
  readOnly,
}: Pick<DatabaseServer, 'version' | 'readOnly'>): Unsuitable | undefined {
  if (Number.parseInt(version, 10) < OLDEST) {
    return 'old';
  }
  return readOnly ? 'read_only' : undefined;
}

/** Asks the database server for its version and its time. */
export async function readServerInfo(db: Db): Promise<DatabaseServer> {
  const query = sql<DatabaseServer>`
    select current_setting('server_version') as version, clock_timestamp() as now,
      pg_is_in_recovery() or current_setting('transaction_read_only')::boolean as "readOnly"`;
  const [server] = (await query.execute(db)).rows;
  if (server === undefined) {
    throw new Error('The database answered nothing.');
  }
  return server;
}
