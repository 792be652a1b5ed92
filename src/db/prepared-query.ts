import { type CompiledQuery, type QueryExecutorProvider, type RawBuilder, sql } from 'kysely';
import type { Db } from './database.ts';

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

/**
 * Builds a query of Kysely once, at its first use, instead of for each request: on the paths of an
 * authorization, building the same texts again was more than a sixth of the CPU time.
 * @param build must not depend on anything but its arguments
 * @returns a function that runs the query and returns its rows
 */
export function preparedQuery<Params extends object, Row>(
  build: (
    db: Db,
    param: Param<Params>,
  ) => { compile(provider: QueryExecutorProvider): CompiledQuery<Row> },
): (db: Db, params: Params) => Promise<Row[]> {
  let compiled: CompiledQuery<Row> | undefined;
  return async (db, params) => {
    compiled ??= build(db, (name) => sql`${new Placeholder(name)}`).compile(db);
    const values: ReadonlyMap<string, unknown> = new Map(Object.entries(params));
    const parameters = compiled.parameters.map((parameter) =>
      parameter instanceof Placeholder ? values.get(parameter.name) : parameter,
    );
    return (await db.executeQuery<Row>({ ...compiled, parameters })).rows;
  };
}
