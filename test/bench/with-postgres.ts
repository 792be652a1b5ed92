import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Durability, type Postgres, startPostgres } from '../support/postgres.ts';
import { createTemplateDatabase } from '../support/template-database.ts';

/**
 * Runs `work` with a separate PostgreSQL, from which test servers clone their databases.
 * @param durability `durable` if the benchmark measures commits
 */
export async function withPostgres(
  work: (url: string) => Promise<void>,
  durability: Durability = 'fast',
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'stagedoor-bench-'));
  let postgres: Postgres | undefined;
  try {
    postgres = await startPostgres(folder, durability);
    const template = await createTemplateDatabase(postgres.url);
    process.env.STAGEDOOR_TEST_SERVER = postgres.url;
    process.env.STAGEDOOR_TEST_TEMPLATE = template.name;
    await work(postgres.url);
  } finally {
    await postgres?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
