import pg from 'pg';
import { StagedoorError } from '../lib/errors.ts';

/** Host and port of a database server. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

/** Milliseconds that a server may take to answer. */
const PATIENCE = 2_000;
/** Milliseconds for which an answer is used: many connections are opened at the same time. */
const FRESH = 1_000;

/**
 * Creates a function that finds the server that accepts writes, as `target_session_attrs=read-write` of
 * libpq does. All are asked at the same time, so that one that does not answer delays nothing.
 * @param servers connection options, one for each server
 */
export function createServerChoice(
  servers: readonly pg.ClientConfig[],
): () => Promise<ServerAddress> {
  let asking: Promise<ServerAddress> | undefined;
  let askedAt = 0;
  return () => {
    if (asking === undefined || Date.now() - askedAt > FRESH) {
      askedAt = Date.now();
      asking = Promise.any(servers.map(assertWritable));
    }
    return asking;
  };
}

/** @throws StagedoorError `database_unreachable` if the server does not accept writes */
async function assertWritable(server: pg.ClientConfig): Promise<ServerAddress> {
  const limits = { connectionTimeoutMillis: PATIENCE, query_timeout: PATIENCE };
  const client = new pg.Client({ ...server, ...limits });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ readonly: boolean }>(`
      select pg_is_in_recovery() or current_setting('transaction_read_only')::boolean as readonly`);
    if (rows[0]?.readonly !== false) {
      const reason = `${client.host} port ${client.port} is read-only, as a standby is`;
      throw new StagedoorError('database_unreachable', reason);
    }
    return { host: client.host, port: client.port };
  } finally {
    // Not awaited: a server that hangs would delay the answer.
    void client.end();
  }
}
