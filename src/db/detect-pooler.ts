import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { connectionOptions } from './connection-options.ts';
import { PreparingClient, type PreparingClientOptions } from './preparing-client.ts';

/** Effect of a connection pooler on prepared statements; `none`: there is no pooler. */
export type Pooling = 'none' | 'keeps_statements' | 'loses_statements';

/** Milliseconds that one query may wait. */
const PATIENCE = 2_000;
/** Attempts to meet a second connection of the pooler; other clients use them, too. */
const ATTEMPTS = 5;
/** PostgreSQL's invalid_sql_statement_name. */
const UNKNOWN_STATEMENT = '26000';

/**
 * Detects a pooler between this process and PostgreSQL, by the process ID that a new connection
 * receives: a pooler invents it. Then tests if a prepared statement works on another connection of the
 * pooler than the one on which it was prepared.
 */
export async function detectPooler(url: string): Promise<Pooling> {
  const options = await connectionOptions(url);
  const [one, two] = [connect(options), connect(options)];
  try {
    await one.connect();
    if ('processID' in one && one.processID === (await backend(one))) {
      return 'none';
    }
    await two.connect();
    return (await losesStatements(one, two)) ? 'loses_statements' : 'keeps_statements';
  } finally {
    // Not awaited: a server that hangs would delay the result.
    void one.end();
    void two.end();
  }
}

async function losesStatements(one: pg.Client, two: pg.Client): Promise<boolean> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const first = await backend(one, name);
      // Takes the connection that was used last.
      await two.query('begin');
      const second = await backend(one, name);
      await two.query('rollback');
      if (first !== second) {
        return false;
      }
    }
    return false;
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === UNKNOWN_STATEMENT) {
      return true;
    }
    throw error;
  }
}

/** Returns the ID of PostgreSQL's process behind the connection. */
async function backend(client: pg.Client, name?: string): Promise<number | undefined> {
  const text = 'select pg_backend_pid() as pid';
  const { rows } = await client.query<{ pid: number }>(name === undefined ? text : { name, text });
  return rows[0]?.pid;
}

function connect(options: PreparingClientOptions): pg.Client {
  return new PreparingClient({
    ...options,
    connectionTimeoutMillis: PATIENCE,
    query_timeout: PATIENCE,
  });
}
