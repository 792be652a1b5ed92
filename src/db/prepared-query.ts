import { type CompiledQuery, type QueryExecutorProvider, type RawBuilder, sql } from 'kysely';
import type { Db } from './database.ts';
import { WITH_NEXT } from './preparing-client.ts';

/** Returns the place of a parameter in a query. */
export type Param<Params> = <Name extends keyof Params & string>(
  name: Name,
) => RawBuilder<Params[Name]>;

/** Name of a parameter, in place of its value. */
class Placeholder {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

type Build<Params extends object, Row> = (
  db: Db,
  param: Param<Params>,
) => { compile(provider: QueryExecutorProvider): CompiledQuery<Row> };

/**
 * Builds a query of Kysely once, at its first use, instead of for each request: on the paths of an
 * authorization, building the same texts again was more than a sixth of the CPU time.
 * @param build must not depend on anything but its arguments
 * @returns a function that runs the query and returns its rows
 */
export function preparedQuery<Params extends object, Row>(
  build: Build<Params, Row>,
): (db: Db, params: Params) => Promise<Row[]> {
  const bind = compileOnce(build);
  return async (db, params) => (await db.executeQuery(bind(db, params))).rows;
}

/**
 * Builds a write once, as `preparedQuery` does. In a transaction, it is sent together with the next
 * statement, which also reports its errors: each statement that is sent alone costs two system calls.
 */
export function preparedWrite<Params extends object>(
  build: Build<Params, unknown>,
): (db: Db, params: Params) => Promise<void> {
  const bind = compileOnce(build);
  return async (db, params) => {
    const query = bind(db, params);
    const prefix = db.isTransaction ? WITH_NEXT : '';
    await db.executeQuery({ ...query, sql: prefix + query.sql });
  };
}

function compileOnce<Params extends object, Row>(
  build: Build<Params, Row>,
): (db: Db, params: Params) => CompiledQuery<Row> {
  let compiled: CompiledQuery<Row> | undefined;
  return (db, params) => {
    compiled ??= build(db, (name) => sql`${new Placeholder(name)}`).compile(db);
    const values: ReadonlyMap<string, unknown> = new Map(Object.entries(params));
    const parameters = compiled.parameters.map((parameter) =>
      parameter instanceof Placeholder ? values.get(parameter.name) : parameter,
    );
    return { ...compiled, parameters };
  };
}
