import type { DatabaseConnection, Dialect, Driver } from 'kysely';
import { PGliteDialect } from 'kysely';

/**
 * Kysely's PGlite dialect, one user of the connection at a time.
 *
 * The driver of Kysely 0.29 hands the same connection to everybody and keeps one field for "the"
 * transaction: a query of another request runs inside whatever transaction is open, and a second
 * `BEGIN` overwrites the first one's handles, so that its commit never returns. PGlite has one
 * session anyway; here it is lent out in turns, as Kysely's SQLite driver does.
 *
 * Follows: code inside a transaction must not query outside it. It would wait for itself.
 */
export class SerialPGliteDialect extends PGliteDialect implements Dialect {
  override createDriver(): Driver {
    return new SerialDriver(super.createDriver());
  }
}

class SerialDriver implements Driver {
  readonly #driver: Driver;
  #last: Promise<void> = Promise.resolve();
  readonly #release = new WeakMap<DatabaseConnection, () => void>();

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    await before;
    const connection = await this.#driver.acquireConnection();
    this.#release.set(connection, resolve);
    return connection;
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    this.#release.get(connection)?.();
  }

  init: Driver['init'] = (...args) => this.#driver.init(...args);
  beginTransaction: Driver['beginTransaction'] = (...args) =>
    this.#driver.beginTransaction(...args);
  commitTransaction: Driver['commitTransaction'] = (...args) =>
    this.#driver.commitTransaction(...args);
  rollbackTransaction: Driver['rollbackTransaction'] = (...args) =>
    this.#driver.rollbackTransaction(...args);
  destroy: Driver['destroy'] = (...args) => this.#driver.destroy(...args);
}
