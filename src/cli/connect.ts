import { once } from 'node:events';
import Koa from 'koa';
import { apiRoutes } from '../api/mount.ts';
import { type Config, readConfig, readRemote } from '../config/config.ts';
import type { Database } from '../db/database.ts';
import { apiEndpoints } from '../endpoints.ts';
import { errorResponses } from '../http/error-page.ts';
import { createHttpServer } from '../http/http-server.ts';
import { createRenderer } from '../http/render.ts';
import { newCredential, randomText } from '../lib/credentials.ts';
import { createLog } from '../lib/log.ts';
import { operatorAccess } from '../operators/access.ts';
import { startCallLog } from '../operators/call-log.ts';
import { createPasswordQueue } from '../users/password-queue.ts';
import { type Management, managementAt } from './management.ts';
import type { Shell } from './shell.ts';
import { openOrFind, refuseBehind, refuseMissing, use } from './with-database.ts';

/**
 * Gets to the management API for one command: that of the server that was named; else, in this
 * process, on the configured database; and where a running server has the embedded database to
 * itself, through that server. So every command has the rules, transactions and log of the API.
 * @param url of a server; undefined: `STAGEDOOR_URL`, if it is set
 * @throws StagedoorError with a line for the operator where there is no way
 */
export async function withManagement<T>(
  shell: Shell,
  url: string | undefined,
  work: (api: Management) => Promise<T>,
): Promise<T> {
  const remote = readRemote(url, shell.env);
  if (remote !== undefined) {
    return work(managementAt(remote, shell.signal));
  }
  const config = readConfig(shell.env);
  await refuseMissing(config);
  const opened = await openOrFind(config, shell);
  if ('server' in opened) {
    return work(managementAt(opened.server, shell.signal));
  }
  return use(opened.database, async (database) => {
    await refuseBehind(database);
    return serveHere(shell, database, config, work);
  });
}

/** The API alone, on a port of this machine's own, behind a token that nobody else knows. */
async function serveHere<T>(
  { err, signal }: Shell,
  database: Database,
  config: Config,
  work: (api: Management) => Promise<T>,
): Promise<T> {
  const log = createLog('error', { write: err });
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
  app.use(errorResponses(createRenderer({ cookieKeys: [randomText(64)], secure: false }), log));
  app.use(apiRoutes(apiEndpoints(deps)).routes());
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
