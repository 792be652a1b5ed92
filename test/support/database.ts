import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { asAdmin, dropDatabase, withDatabase } from './template-database.ts';

/** A database of one test file: all migrations, no rows. */
export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** PostgreSQL's object_in_use: another process is connected to the template. */
const OBJECT_IN_USE = '55006';
const ATTEMPTS = 50;

/** Clones a template, by default the runner's. */
export async function createTestDatabase(
  template: string = runner().template,
): Promise<TestDatabase> {
  const { server } = runner();
  const name = newName();
  await cloneDatabase(server, template, name);
  return { url: withDatabase(server, name), drop: () => dropDatabase(server, name) };
}

/** Creates an empty database, for tests of migrations. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  const { server } = runner();
  const name = newName();
  await asAdmin(server, `create database ${name}`);
  return { url: withDatabase(server, name), drop: () => dropDatabase(server, name) };
}

/** Returns the server's URL and the name of the template, as the runner has set them. */
export function runner(): { server: string; template: string } {
  const server = process.env.STAGEDOOR_TEST_SERVER;
  const template = process.env.STAGEDOOR_TEST_TEMPLATE;
  if (server === undefined || template === undefined) {
    throw new Error('This test needs PostgreSQL. Run it by: npm test -- <file>');
  }
  return { server, template };
}

function newName(): string {
  return `stagedoor_test_${randomBytes(8).toString('hex')}`;
}

/** Creates a database with the content of another one, to which no process may be connected. */
export async function cloneDatabase(server: string, template: string, name: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      // Copies the files, which is cheaper than writing each page to the log first.
      await asAdmin(server, `create database ${name} template ${template} strategy file_copy`);
      return;
    } catch (error) {
      const busy = error instanceof pg.DatabaseError && error.code === OBJECT_IN_USE;
      if (!busy || attempt === ATTEMPTS) {
        throw error;
      }
      await sleep(100);
    }
  }
}
