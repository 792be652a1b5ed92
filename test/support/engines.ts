import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { createTestDatabase } from './database.ts';
import { copyEmbeddedTemplate } from './embedded-template.ts';

/** An open database, and a function that removes it after it is closed. */
type Opened = [Database, () => Promise<void>];

/**
 * Settings of a server per engine, for tests of whole flows. Contains the embedded database only if
 * `TEST_ENGINES` is `all`, as in `.ci/run`, because a flow costs ten times as much there.
 * `embedded.test.ts`, `cli-embedded.test.ts` and the suites of `ENGINES` always run on it.
 */
export const ENGINE_VARIABLES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  PostgreSQL: {},
  ...(process.env.TEST_ENGINES === 'all' && { 'the embedded database': { DATABASE_URL: '' } }),
};

/** Names of the engines of `ENGINE_VARIABLES`. */
export const FLOW_ENGINES: readonly string[] = Object.keys(ENGINE_VARIABLES);

/** Opens a migrated database, per engine. */
export const ENGINES: Readonly<Record<string, () => Promise<Opened>>> = {
  PostgreSQL: openPostgres,
  'the embedded database': openEmbedded,
};

async function openPostgres(): Promise<Opened> {
  const { url, drop } = await createTestDatabase();
  return [await openDatabase({ url, dataDir: '', connections: 5 }), drop];
}

async function openEmbedded(): Promise<Opened> {
  const dataDir = await mkdtemp(join(tmpdir(), 'stagedoor-embedded-'));
  await copyEmbeddedTemplate(dataDir);
  const database = await openDatabase({ url: undefined, dataDir, connections: 1 });
  return [database, () => rm(dataDir, { recursive: true, force: true })];
}
