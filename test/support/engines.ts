import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { createTestDatabase } from './database.ts';

/** An open database, and what removes it once it is closed. */
type Opened = [Database, () => Promise<void>];

/** How to open each engine. On PostgreSQL the migrations have run. */
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
  const database = await openDatabase({ url: undefined, dataDir, connections: 1 });
  return [database, () => rm(dataDir, { recursive: true, force: true })];
}
