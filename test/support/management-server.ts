import { once } from 'node:events';
import Koa from 'koa';
import { apiRoutes } from '../../src/api/mount.ts';
import { type Config, readConfig } from '../../src/config/config.ts';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { apiEndpoints } from '../../src/endpoints.ts';
import { errorPage } from '../../src/http/error-page.ts';
import { errorResponses, reportBrokenAnswer } from '../../src/http/error-response.ts';
import { createHttpServer } from '../../src/http/http-server.ts';
import { createLog } from '../../src/lib/log.ts';
import { operatorAccess } from '../../src/operators/access.ts';
import { startCallLog } from '../../src/operators/call-log.ts';
import { createPasswordQueue } from '../../src/users/password-queue.ts';
import { createTestDatabase } from './database.ts';
import { CHEAP_PASSWORDS } from './passwords.ts';
import type { ManagedServer } from './platform.ts';
import { testRenderer } from './renderer.ts';

/** The management API without sign-in and without the provider. */
export interface ManagementServer extends ManagedServer {
  readonly config: Config;
  readonly database: Database;
  /** Writes the counted calls to the log, as happens every minute. */
  endMinute(): Promise<void>;
  close(): Promise<void>;
}

/** Starts the management API on a new database. */
export async function startManagementServer(): Promise<ManagementServer> {
  const operatorToken = 'the operator token of the tests, long enough';
  const testDatabase = await createTestDatabase();
  const database = await openDatabase({
    url: testDatabase.url,
    dataDir: '',
    connections: 10,
    queryTimeout: 30_000,
  });
  const config = readConfig({ OPERATOR_TOKEN: operatorToken, ISSUER: 'https://login.example.com' });
  const log = createLog('silent');
  const calls = startCallLog(database.db, log);
  const operators = operatorAccess({ db: database.db, tokens: { operatorToken }, calls });
  const app = new Koa();
  app.use(errorResponses(errorPage(testRenderer(), log), log));
  const passwordQueue = createPasswordQueue(1, () => {}, CHEAP_PASSWORDS);
  const router = apiRoutes(apiEndpoints({ database, config, operators, passwordQueue }));
  app.use(router.routes());
  app.use(router.allowedMethods());
  app.on('error', reportBrokenAnswer(log));
  const server = createHttpServer(app.callback()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    issuer: `http://127.0.0.1:${port}`,
    operatorToken,
    config,
    database,
    endMinute: () => calls.flush(),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await calls.stop();
      await database.close();
      await testDatabase.drop();
    },
  };
}
