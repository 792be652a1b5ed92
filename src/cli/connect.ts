import { once } from 'node:events';
import Koa from 'koa';
import type { Endpoint } from '../api/endpoint.ts';
import { apiRoutes } from '../api/mount.ts';
import { type Config, readConfig, readRemote } from '../config/config.ts';
import type { Database } from '../db/database.ts';
import type { apiEndpoints } from '../endpoints.ts';
import { errorResponses, plainError } from '../http/error-response.ts';
import { createHttpServer } from '../http/http-server.ts';
import { newCredential } from '../lib/credentials.ts';
import { createLog } from '../lib/log.ts';
import { operatorAccess } from '../operators/access.ts';
import { startCallLog } from '../operators/call-log.ts';
import { createPasswordQueue } from '../users/password-queue.ts';
import { type Management, managementAt } from './management.ts';
import type { Shell } from './shell.ts';
import { openOrFind, refuseBehind, refuseMissing, use } from './with-database.ts';

/** Dependencies of the endpoints. */
export type EndpointDeps = Omit<Parameters<typeof apiEndpoints>[0], 'config'> & {
  readonly config: Config;
};

/** Makes the endpoints that a command calls. A command loads no others: loading takes most of its time. */
export type MakeEndpoints = (deps: EndpointDeps) => readonly Endpoint[];

/**
 * Connects one command to the management API: of the server at `url`; otherwise in this process, on
 * the configured database; or through the running server that holds the embedded database. Every
 * command therefore has the rules, transactions and log of the API.
 * @param url of a server; undefined: `STAGEDOOR_URL`, if it is set
 * @throws StagedoorError with a message for the operator if the API can't be reached
 */
export async function withManagement<T>(
  shell: Shell,
  url: string | undefined,
  endpoints: MakeEndpoints,
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
    return serveHere(shell, database, config, endpoints, work);
  });
}

/** Serves the endpoints on a random loopback port, protected by a one-off token. */
async function serveHere<T>(
  { err, signal }: Shell,
  database: Database,
  config: Config,
  endpoints: MakeEndpoints,
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
