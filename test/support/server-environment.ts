import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase } from './database.ts';
import { freePort } from './free-port.ts';

/** The operator token of every test server. */
export const OPERATOR_TOKEN = 'operator-token-of-the-tests-0123456789';

/** The environment of one test server, with a separate database and data directory. */
export interface ServerEnvironment {
  readonly variables: Readonly<Record<string, string>>;
  readonly issuer: string;
  readonly dataDir: string;
  /** Drops the database and deletes the directory. */
  remove(): Promise<void>;
}

/**
 * Prepares a server: cloned database, free port, temporary data directory. Overrides have priority;
 * `DATABASE_URL: ''` means the embedded database, and then nothing is cloned.
 * @param template database to clone, by default the one without rows
 */
export async function prepareEnvironment(
  overrides: Readonly<Record<string, string>> = {},
  template?: string,
): Promise<ServerEnvironment> {
  const dataDir = await mkdtemp(join(tmpdir(), 'stagedoor-data-'));
  const database =
    overrides.DATABASE_URL === undefined ? await createTestDatabase(template) : undefined;
  const port = overrides.PORT ?? String(await freePort());
  const variables = {
    PORT: port,
    // A name instead of an address: cookies and redirects are those of a local browser.
    ISSUER: `http://localhost:${port}`,
    DATABASE_URL: database?.url ?? '',
    DATABASE_CONNECTIONS: '10',
    DATA_DIR: dataDir,
    COOKIE_KEYS: 'cookie-key-of-the-tests-0123456789',
    OPERATOR_TOKEN,
    LOG_LEVEL: process.env.TEST_LOG ?? 'silent',
    DEMO: '0',
    ...overrides,
  };
  return {
    variables,
    issuer: new URL(variables.ISSUER).origin,
    dataDir,
    remove: async () => {
      await database?.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
