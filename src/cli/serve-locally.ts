import { once } from 'node:events';
import Koa from 'koa';
import { apiRoutes } from '../api/mount.ts';
import type { Config } from '../config/config.ts';
import type { Database } from '../db/database.ts';
import { errorResponses, plainError } from '../http/error-response.ts';
import { createHttpServer } from '../http/http-server.ts';
import { newCredential } from '../lib/credentials.ts';
import { operatorAccess } from '../operators/access.ts';
import { startCallLog } from '../operators/call-log.ts';
import { createPasswordQueue } from '../users/password-queue.ts';
import { type Management, managementAt } from './management.ts';
import type { MakeEndpoints } from './operation.ts';
import type { Shell } from './shell.ts';

/** Serves the endpoints on a random loopback port, protected by a one-off token. */
export async function serveLocally<T>(
  { err, signal }: Shell,
  database: Database,
  config: Config,
  endpoints: MakeEndpoints,
  work: (api: Management) => Promise<T>,
): Promise<T> {
  const report = (entry: unknown, message?: unknown) => {
    const cause = entry instanceof Object && 'err' in entry ? entry.err : undefined;
    err(`stagedoor: ${message}: ${cause instanceof Error ? cause.stack : cause}\n`);
  };
  const log = { info: () => {}, warn: report, error: report };
  const calls = startCallLog(database.db, log);
  const cliToken = newCredential('sdo');
  const deps = {
    database,
    config,
    operators: operatorAccess({
      db: database.db,
      tokens: { cliToken, operatorToken: undefined },
      calls,
    }),
    passwordQueue: createPasswordQueue(1, () => {}),
    ending: signal,
  };
  const app = new Koa();
  app.use(errorResponses(plainError, log));
  app.use(apiRoutes(endpoints(deps)).routes());
  const server = createHttpServer(app.callback()).listen(0, '127.0.0.1');
  try {
    await once(server, 'listening');
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    return await work(managementAt({ url: `http://127.0.0.1:${port}`, token: cliToken }, signal));
  } finally {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
    await calls.stop();
  }
}
