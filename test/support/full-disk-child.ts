import { statfsSync } from 'node:fs';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { openDatabase } from '../../src/db/database.ts';
import { inTransaction } from '../../src/db/transaction.ts';

/*
 * Fills the disk of an embedded database, which is the first argument, and prints what happens. In a separate
 * process, because PostgreSQL's code would never return without the guard.
 */
const [dataDir = ''] = process.argv.slice(2);
const MEGABYTE = 1024 * 1024;
const filling = join(dataDir, 'filling');
const say = (event: string) => console.log(event);
const errorOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no error',
    (error: Error) => error.message,
  );

/** Leaves as many bytes as given. */
async function leave(bytes: number): Promise<void> {
  await rm(filling, { force: true });
  const { bavail, bsize } = statfsSync(dataDir);
  await writeFile(filling, Buffer.alloc(Math.max(0, bavail * bsize - bytes)));
}

const open = () =>
  openDatabase({
    url: undefined,
    dataDir,
    connections: 1,
    onBroken: ({ message }) => say(`broken: ${message}`),
  });
let database = await open();
const add = (slug: string) =>
  inTransaction(database.db, async (tx) => {
    await tx.insertInto('organizers').values({ slug, name: '{}' }).execute();
  });
/** Writes 300 MB to the log and nothing to a table. */
const log = () =>
  sql`select pg_logical_emit_message(true, 'test', repeat('x', 1000000))
    from generate_series(1, 300)`.execute(database.db);
/** Writes about 240 MB to the log in short statements, more than the disk has. */
async function updateOften(): Promise<void> {
  for (let written = 0; written < 240; written += 1) {
    await sql`select pg_logical_emit_message(true, 'test', repeat('x', 1000000))`.execute(
      database.db,
    );
  }
}

await add('before');
say(`many updates: ${await errorOf(updateOften())}`);
const logFiles = (await readdir(join(dataDir, 'db/pg_wal'))).filter((name) => name.length === 24);
say(`log below 100 MB: ${logFiles.length * 16 < 100}`);
await leave(60 * MEGABYTE);
say(`nearly full: ${await errorOf(add('refused'))}`);
await database.close();
database = await open();
say(`opened when nearly full: ${await errorOf(add('refused'))}`);
await rm(filling);
say(`room again: ${await errorOf(add('accepted'))}`);
await leave(70 * MEGABYTE);
say(`one long statement: ${await errorOf(log())}`);
say(`after it: ${await errorOf(add('never'))}`);
await database.close();
say(`full at the start: ${await errorOf(open())}`);
await rm(filling);
database = await open();
const rows = await database.db.selectFrom('organizers').select('slug').orderBy('slug').execute();
say(`kept: ${rows.map(({ slug }) => slug)}`);
await database.close();
