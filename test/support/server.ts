import { join } from 'node:path';
import { type Config, readConfig } from '../../src/config/config.ts';
import type { Database } from '../../src/db/database.ts';
import { StagedoorError } from '../../src/lib/errors.ts';
import { type RunningServer, type ServeOptions, serve } from '../../src/server/start.ts';
import { copyEmbeddedTemplate } from './embedded-template.ts';
import { CHEAP_PASSWORDS } from './passwords.ts';
import { prepareEnvironment, type ServerEnvironment } from './server-environment.ts';

/** A Stagedoor in this process, on a new database. */
export interface TestServer {
  /** Its public URL, for example `http://localhost:41234`. */
  readonly issuer: string;
  readonly config: Config;
  readonly database: Database;
  readonly operatorToken: string;
  /** With `DEMO: '1'`: the address of the demo application, and its users. */
  readonly demo: RunningServer['demo'];
  /** Directory of the sent mails, one `.eml` file each. */
  readonly mailFolder: string;
  /** Stops it, drops its database and deletes its files. A second call does nothing. */
  close(): Promise<void>;
}

/** Attempts to start, because another process may take the free port first. */
const ATTEMPTS = 5;

/**
 * Starts a server. `overrides` are environment variables: `{ ACCESS_TOKEN_TTL: '2' }`, or `{
 * DATABASE_URL: '' }` for the embedded database. Passwords are hashed at a low cost; pass `{}` as
 * `options` for the real cost. `template` is the database to clone, or the
 * directory to copy, by default the one without rows.
 *
 * ```ts
 * const server = await startServer();
 * after(() => server.close());
 * ```
 */
export async function startServer(
  overrides: Readonly<Record<string, string>> = {},
  options: ServeOptions = { passwordCost: CHEAP_PASSWORDS },
  template?: string,
): Promise<TestServer> {
  for (let attempt = 1; ; attempt += 1) {
    const environment = await prepareEnvironment(overrides, template);
    try {
      const config = readConfig(environment.variables);
      if (config.databaseUrl === undefined && config.dataDir === environment.dataDir) {
        await copyEmbeddedTemplate(config.dataDir, template);
      }
      return present(await serve(config, options), config, environment);
    } catch (error) {
      await environment.remove();
      const taken = error instanceof StagedoorError && error.code === 'port_taken';
      if (!taken || overrides.PORT !== undefined || attempt === ATTEMPTS) {
        throw error;
      }
    }
  }
}

function present(
  running: RunningServer,
  config: Config,
  environment: ServerEnvironment,
): TestServer {
  let closing: Promise<void> | undefined;
  return {
    issuer: environment.issuer,
    config,
    database: running.database,
    operatorToken: config.operatorToken ?? '',
    demo: running.demo,
    mailFolder: join(environment.dataDir, 'mail'),
    close: () => {
      closing ??= running.close().then(() => environment.remove());
      return closing;
    },
  };
}
