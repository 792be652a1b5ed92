import { sql } from 'kysely';
import { StagedoorError } from '../lib/errors.ts';
import { findIneffective } from './check-engine.ts';
import type { Db } from './database.ts';
import type { Explanation } from './explain-failure.ts';

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
const OLDEST = 15;

/** Explains why a server can't be used; undefined if it can. */
export function findUnsuitable({
  version,
  readOnly,
}: Pick<DatabaseServer, 'version' | 'readOnly'>): Explanation | undefined {
  if (Number.parseInt(version, 10) < OLDEST) {
    return {
      reason: `it is PostgreSQL ${version}`,
      fix: `Upgrade to PostgreSQL ${OLDEST} or newer.`,
    };
  }
  return readOnly
    ? {
        reason: 'it is read-only, as a standby is',
        fix: 'Name the primary server in DATABASE_URL; check default_transaction_read_only.',
      }
    : undefined;
}

/** @throws StagedoorError `configuration_invalid` if the server can't be used */
export async function assertSuitable(db: Db): Promise<void> {
  const unsuitable = findUnsuitable(await readServerInfo(db)) ?? (await findIneffective(db));
  if (unsuitable !== undefined) {
    const { reason, fix } = unsuitable;
    throw new StagedoorError(
      'configuration_invalid',
      `The database can't be used: ${reason}. ${fix}`,
    );
  }
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
