import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { openDatabase } from '../../src/db/database.ts';
import { migrate } from '../../src/db/migrate.ts';

/** A database with all migrations and no rows; every test file gets clones of it. */
export interface TemplateDatabase {
  readonly name: string;
  drop(): Promise<void>;
}

/** Creates the template on the server of `adminUrl`, whose user can create databases. */
export async function createTemplateDatabase(adminUrl: string): Promise<TemplateDatabase> {
  const name = `stagedoor_template_${randomBytes(6).toString('hex')}`;
  await asAdmin(adminUrl, `create database ${name}`);
  const database = await openDatabase({
    url: withDatabase(adminUrl, name),
    dataDir: '',
    connections: 2,
  });
  try {
    await migrate(database);
  } finally {
    await database.close();
  }
  const drop = async () => {
    await dropDatabase(adminUrl, name);
    await dropDatabase(adminUrl, platformTemplateOf(name));
  };
  return { name, drop };
}

/** Returns the name of the template with users and applications, which a test creates. */
export function platformTemplateOf(template: string): string {
  return `${template}_platform`;
}

/** Runs one statement on the server's own database. */
export async function asAdmin(adminUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Drops a database with its connections. */
export async function dropDatabase(adminUrl: string, name: string): Promise<void> {
  await asAdmin(adminUrl, `drop database if exists ${name} with (force)`);
}

/** Returns the URL of another database for the same server and user. */
export function withDatabase(adminUrl: string, name: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return url.href;
}
