import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Durability, type Postgres, startPostgres } from '../support/postgres.ts';
import { createTemplateDatabase } from '../support/template-database.ts';

/**
 * Runs `work` with a separate PostgreSQL, from which test servers clone their databases.
 * @param kind `durable` if the benchmark measures commits; or a function that starts one in a folder
 */
export async function withPostgres(
  work: (url: string) => Promise<void>,
  kind: Durability | ((folder: string) => Promise<Postgres>) = 'fast',
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'stagedoor-bench-'));
  const { STAGEDOOR_TEST_SERVER, STAGEDOOR_TEST_TEMPLATE } = process.env;
  let postgres: Postgres | undefined;
  try {
    postgres = await (typeof kind === 'string' ? startPostgres(folder, kind) : kind(folder));
    const template = await createTemplateDatabase(postgres.url);
    process.env.STAGEDOOR_TEST_SERVER = postgres.url;
    process.env.STAGEDOOR_TEST_TEMPLATE = template.name;
    await work(postgres.url);
  } finally {
    // Other test files of this process have the runner's.
    Object.assign(process.env, { STAGEDOOR_TEST_SERVER, STAGEDOOR_TEST_TEMPLATE });
    await postgres?.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
