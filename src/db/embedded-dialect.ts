import {
  type DatabaseConnection,
  type Driver,
  PGliteDialect,
  type PGliteDialectConfig,
} from 'kysely';
import { announceStatement } from './statements.ts';

/** The embedded database for Kysely. Announces each statement, as `PreparingClient` does for PostgreSQL. */
export class EmbeddedDialect extends PGliteDialect {
  constructor(config: PGliteDialectConfig) {
    super({ ...config, onCreateConnection: async (connection) => announceStatements(connection) });
  }

  override createDriver(): Driver {
    const driver = super.createDriver();
    const begin = driver.beginTransaction.bind(driver);
    const commit = driver.commitTransaction.bind(driver);
    const rollback = driver.rollbackTransaction.bind(driver);
    return Object.assign(driver, {
      beginTransaction: announcing('begin', begin),
      commitTransaction: announcing('commit', commit),
      rollbackTransaction: announcing('rollback', rollback),
    });
  }
}

function announcing<Args extends unknown[]>(text: string, run: (...args: Args) => Promise<void>) {
  return (...args: Args) => {
    const result = run(...args);
    announceStatement(text, result);
    return result;
  };
}

function announceStatements(connection: DatabaseConnection): void {
  const execute = connection.executeQuery.bind(connection);
  Object.assign(connection, {
    executeQuery: (...args: Parameters<DatabaseConnection['executeQuery']>) => {
      const result = execute(...args);
      announceStatement(args[0].sql, result);
      return result;
    },
  });
}
