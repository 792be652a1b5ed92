import { after, before, beforeEach } from 'node:test';
import type { Database } from '../../src/db/database.ts';
import type { ServeOptions } from '../../src/server/start.ts';
import type { TestPlatform } from './factories.ts';
import { type PlatformServer, startPlatform } from './platform-server.ts';
import { startServer, type TestServer } from './server.ts';

/**
 * Creates an object before the tests of the current suite or file, and removes it after them. Until
 * then it has no properties: read them in tests and hooks only.
 *
 * ```ts
 * const site = prepared(startDocumentSite, (one) => one.close());
 * ```
 */
export function prepared<T extends object>(
  create: () => T | Promise<T>,
  remove?: (created: T) => Promise<unknown>,
): T {
  // A cast, because it gets its properties before the first test.
  const result = {} as T;
  let created: T | undefined;
  before(async () => {
    created = await create();
    become(result, created);
  });
  after(async () => {
    if (created !== undefined) {
      await remove?.(created);
    }
  });
  return result;
}

/** Creates an object before each test of the current suite or file, as `prepared` does. */
export function preparedEach<T extends object>(create: () => T | Promise<T>): T {
  // A cast, because it gets its properties before the first test.
  const result = {} as T;
  beforeEach(async () => become(result, await create()));
  return result;
}

function become<T extends object>(result: T, created: T): void {
  Object.setPrototypeOf(result, Object.getPrototypeOf(created));
  Object.defineProperties(result, Object.getOwnPropertyDescriptors(created));
}

/** Opens a database for the tests of a suite, by one of `ENGINES`. */
export function withDatabase(open: () => Promise<[Database, () => Promise<void>]>): Database {
  let remove = () => Promise.resolve();
  return prepared(
    async () => {
      const [database, drop] = await open();
      remove = drop;
      return database;
    },
    async (database) => {
      await database.close();
      await remove();
    },
  );
}

/** Starts a server for the tests of a suite; `variables` are as for `startServer`. */
export function withServer(
  variables: Readonly<Record<string, string>> = {},
  options?: ServeOptions,
): TestServer {
  return prepared(
    () => startServer(variables, options),
    (server) => server.close(),
  );
}

/** Starts a server with users and applications for the tests of a suite; see `startPlatform`. */
export function withPlatform(variables: Readonly<Record<string, string>> = {}): PlatformServer {
  const created = prepared(
    () => startPlatform(variables),
    ({ server }) => server.close(),
  );
  const part = <Name extends keyof TestPlatform>(name: Name) =>
    prepared(() => created.platform[name]);
  const platform = {
    ada: part('ada'),
    ben: part('ben'),
    application: part('application'),
    resourceServer: part('resourceServer'),
  };
  return { server: prepared(() => created.server), platform };
}
