import { readConfig, readRemote } from '../config/config.ts';
import { type Management, managementAt } from './management.ts';
import type { MakeEndpoints } from './operation.ts';
import type { Shell } from './shell.ts';

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
  // A remote call needs neither.
  const { MIGRATE, openOrFind, refuseMissing, use } = await import('./with-database.ts');
  const { assertSchema } = await import('../db/schema-state.ts');
  const { serveLocally } = await import('./serve-locally.ts');
  await refuseMissing(config);
  const opened = await openOrFind(config, shell);
  if ('server' in opened) {
    return work(managementAt(opened.server, shell.signal));
  }
  return use(opened.database, async (database) => {
    await assertSchema(database.db, MIGRATE);
    return serveLocally(shell, database, config, endpoints, work);
  });
}
