import pg from 'pg';

/** A statement that a connection has prepared. */
export interface PreparedStatement {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
  /** Columns of the result. */
  readonly fields: readonly pg.FieldDef[];
}

/** A query, with functions that pg calls and its types do not name. */
type AnsweredQuery = Omit<pg.Query, 'submit'> & {
  /** Returns the reason why nothing could be sent. */
  submit(connection: pg.Connection): Error | null | undefined;
  handleRowDescription(message: { readonly fields: readonly pg.FieldDef[] }): void;
  handleDataRow(message: unknown): void;
};

/**
 * Makes one query of several statements. PostgreSQL runs them as one transaction, because it gets one
 * Sync after all of them, and sends their results together.
 * @param callback receives the rows of each statement, or an error: then none has changed anything, unless
 *   the connection was lost. `answered` is the position of the statement that failed.
 * @see https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-PIPELINING
 */
export function statementGroup(
  statements: readonly PreparedStatement[],
  callback: (error: unknown, rows: unknown[][], answered: number) => void,
): pg.Query {
  const rows = statements.map((): unknown[] => []);
  const queries = statements.map((statement, at) =>
    toQuery(statement, (row) => rows[at]?.push(row)),
  );
  let answered = 0;
  const group = new pg.Query(`/* ${statements.length} statements of several requests */`);
  return Object.assign(group, {
    callback: (error: unknown) => callback(error, rows, answered),
    submit: (connection: pg.Connection) => sendAll(queries, connection),
    handleDataRow: (message: unknown) => queries[answered]?.handleDataRow(message),
    handleCommandComplete: () => {
      answered += 1;
    },
  });
}

/** Sends the queries in one system call. */
function sendAll(queries: readonly AnsweredQuery[], connection: pg.Connection): void {
  const { stream } = connection;
  const withoutSync = quiet(connection);
  stream.cork();
  try {
    for (const query of queries) {
      const error = query.submit(withoutSync);
      if (error) {
        throw error;
      }
    }
    connection.sync();
  } catch (error) {
    // Without its Sync, the answers to the first queries would be taken for those of the next group.
    stream.destroy(new Error('Connection terminated', { cause: error }));
  } finally {
    stream.uncork();
  }
}

function toQuery(
  { name, text, values, fields }: PreparedStatement,
  onRow: (row: unknown) => void,
): AnsweredQuery {
  // The functions exist, see the type.
  const query = new pg.Query(text, [...values]) as AnsweredQuery;
  Object.assign(query, { name });
  query.on('row', onRow);
  query.handleRowDescription({ fields });
  return query;
}

/** Returns a connection that neither asks for the columns of a result nor ends a transaction. */
function quiet(connection: pg.Connection): pg.Connection {
  return Object.assign(Object.create(connection), { describe: () => {}, sync: () => {} });
}
