import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Postgres, startPostgres } from '../support/postgres.ts';
import { createTemplateDatabase } from '../support/template-database.ts';

/** Runs `work` with a PostgreSQL of its own, from which test servers clone their databases. */
export async function withPostgres(work: () => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'stagedoor-bench-'));
  let postgres: Postgres | undefined;
  try {
    postgres = await startPostgres(folder);
    const template = await createTemplateDatabase(postgres.url);
    process.env.STAGEDOOR_TEST_SERVER = postgres.url;
    process.env.STAGEDOOR_TEST_TEMPLATE = template.name;
    await work();
  } finally {
    await postgres?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
