import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { z } from 'zod';
import { frequentJobs, grantRemoval, hourlyJobs } from '../../src/jobs/jobs.ts';
import { cloneDatabase, runner } from './database.ts';
import { copyEmbeddedTemplate, createOnce } from './embedded-template.ts';
import { createPlatform, type TestPlatform } from './factories.ts';
import { startServer, type TestServer } from './server.ts';
import { dropDatabase, platformTemplateOf, withDatabase } from './template-database.ts';

/** A server with the users and applications of `createPlatform`. */
export interface PlatformServer {
  readonly server: TestServer;
  readonly platform: TestPlatform;
}

/** A database, or the directory of an embedded one, with the rows of `createPlatform`. */
interface PlatformTemplate {
  readonly name: string;
  readonly platform: TestPlatform;
}

const user = z.strictObject({ id: z.string(), email: z.string(), password: z.string() });
const credentials = z.strictObject({ clientId: z.string(), clientSecret: z.string() });
const testPlatform = z.strictObject({
  ada: user,
  ben: user,
  application: credentials.extend({ redirectUri: z.string() }),
  resourceServer: credentials,
});

/** File of the embedded template with its platform. */
const PLATFORM_FILE = 'platform.json';

let onPostgres: Promise<PlatformTemplate> | undefined;
let embedded: Promise<PlatformTemplate> | undefined;

/**
 * Starts a server whose users and applications exist; `variables` are as for `startServer`. All
 * servers of a run share their ids, secrets and creation times: the database is a copy of one that
 * the first process has filled. Its scheduled jobs are not due. A server on a given database creates
 * them itself.
 */
export async function startPlatform(
  variables: Readonly<Record<string, string>> = {},
): Promise<PlatformServer> {
  const { DATABASE_URL, DATA_DIR } = variables;
  if (DATABASE_URL === undefined) {
    onPostgres ??= findDatabase();
    return startFrom(await onPostgres, variables);
  }
  const directory = process.env.STAGEDOOR_TEST_EMBEDDED;
  if (DATABASE_URL === '' && DATA_DIR === undefined && directory !== undefined) {
    embedded ??= findDirectory(`${directory}-platform`);
    return startFrom(await embedded, variables);
  }
  const server = await startServer(variables);
  try {
    return { server, platform: await createPlatform(server) };
  } catch (error) {
    await server.close();
    throw error;
  }
}

async function startFrom(
  { name, platform }: PlatformTemplate,
  variables: Readonly<Record<string, string>>,
): Promise<PlatformServer> {
  return { server: await startServer(variables, undefined, name), platform };
}

/**
 * Finds the database of this run; the first process creates it while the others wait. Its comment is
 * the platform, as JSON.
 */
async function findDatabase(): Promise<PlatformTemplate> {
  const { server, template } = runner();
  const name = platformTemplateOf(template);
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    // The end of the connection releases it.
    await client.query('select pg_advisory_lock(hashtext($1))', [name]);
    const { rows } = await client.query(
      `select shobj_description(oid, 'pg_database') as platform from pg_database where datname = $1`,
      [name],
    );
    const [{ platform: found } = { platform: null }] = z
      .array(z.object({ platform: z.string().nullable() }))
      .parse(rows);
    if (found !== null) {
      return { name, platform: testPlatform.parse(JSON.parse(found)) };
    }
    await dropDatabase(server, name);
    await cloneDatabase(server, template, name);
    const platform = await fill({ DATABASE_URL: withDatabase(server, name) });
    const comment = client.escapeLiteral(JSON.stringify(platform));
    await client.query(`comment on database ${name} is ${comment}`);
    return { name, platform };
  } finally {
    await client.end();
  }
}

/** Finds the directory of this run; the first process creates it while the others wait. */
async function findDirectory(name: string): Promise<PlatformTemplate> {
  await createOnce(name, async (folder) => {
    await copyEmbeddedTemplate(folder);
    const platform = await fill({ DATABASE_URL: '', DATA_DIR: folder });
    await writeFile(join(folder, PLATFORM_FILE), JSON.stringify(platform));
  });
  const text = await readFile(join(name, PLATFORM_FILE), 'utf8');
  return { name, platform: testPlatform.parse(JSON.parse(text)) };
}

/**
 * Creates the platform in a database, and removes what each server writes at its start: its settings
 * and its keys. Its jobs have run, and are due again in an hour.
 */
async function fill(variables: Readonly<Record<string, string>>): Promise<TestPlatform> {
  const server = await startServer(variables);
  try {
    const { db } = server.database;
    const platform = await createPlatform(server);
    const jobs = [...frequentJobs(), ...hourlyJobs(server.config), grantRemoval()];
    await sql`
      insert into jobs (name, due_at, finished_at)
      select name, now() + interval '1 hour', now()
      from unnest(${jobs.map(({ name }) => name)}::text[]) name
      on conflict (name) do update set due_at = excluded.due_at, holder = null
    `.execute(db);
    await sql`truncate server_configuration, signing_keys`.execute(db);
    return platform;
  } finally {
    await server.close();
  }
}
