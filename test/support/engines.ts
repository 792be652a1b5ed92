import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { createTestDatabase } from './database.ts';
import { copyEmbeddedTemplate } from './embedded-template.ts';

/** An open database, and a function that removes it after it is closed. */
type Opened = [Database, () => Promise<void>];

const EMBEDDED = { 'the embedded database': { DATABASE_URL: '' } };

/**
 * Settings of a server per engine, for tests of SQL, concurrency and failures. Contains the embedded
 * database only if `TEST_ENGINES` is set, as in `.ci/run`, because a flow costs ten times as much
 * there. `embedded.test.ts`, `cli-embedded.test.ts` and the suites of `ENGINES` always run on it.
 */
export const ENGINE_VARIABLES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  PostgreSQL: {},
  ...(['stores', 'all'].includes(process.env.TEST_ENGINES ?? '') && EMBEDDED),
};

/**
 * Settings per engine for tests of pages and protocols, whose statements `embedded.test.ts` runs.
 * Contains the embedded database only if `TEST_ENGINES` is `all`.
 */
export const PAGE_ENGINE_VARIABLES: typeof ENGINE_VARIABLES = {
  PostgreSQL: {},
  ...(process.env.TEST_ENGINES === 'all' && EMBEDDED),
};

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
