import { sql } from 'kysely';
import type { Db } from './database.ts';

/** Facts that a database server reports about itself. */
export interface DatabaseServer {
  /** `18.1` */
  readonly version: string;
  /** Its clock, at the moment of the question. */
  readonly now: Date;
}

/** Asks the database server for its version and its time. */
export async function readServerInfo(db: Db): Promise<DatabaseServer> {
  const query = sql<DatabaseServer>`
    select current_setting('server_version') as version, clock_timestamp() as now`;
  const [server] = (await query.execute(db)).rows;
  if (server === undefined) {
    throw new Error('The database answered nothing.');
  }
  return server;
}
