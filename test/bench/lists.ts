import { CompiledQuery } from 'kysely';
import { compactListChanges } from '../../src/db/list-changes.ts';
import { cleanUp } from '../support/clean-up.ts';
import { type ManagementServer, startManagementServer } from '../support/management-server.ts';
import { callManagement } from '../support/platform.ts';
import { runAndExit } from './run-and-exit.ts';
import { withPostgres } from './with-postgres.ts';

/** Users, grants, log entries and applications; one organizer has all grants, one user a hundredth of them. */
const ROWS = Number(process.env.ROWS ?? 1_000_000);
/** Number of warm-up requests, after which PostgreSQL uses generic plans (more than five). */
const WARM_UP = 8;
const TIMES = 21;

/**
 * Measures the first page of lists with `ROWS` entries (1,000,000), the middle one by the link that leads to it,
 * and the last one by its number, over HTTP, with and without filter: `npm run bench:lists`.
 */
async function main(): Promise<void> {
  await withPostgres(async () => {
    const server = await startManagementServer();
    try {
      await fill(server);
      await measureAll(server);
    } finally {
      await server.close();
    }
  });
}

const FILL = [
  `insert into users (id, email, email_key, is_active)
     select 'u' || n, 'u' || n || '@example.com', 'u' || n || '@example.com', n % 10 <> 0 from generate_series(1, ${ROWS}) n`,
  `insert into applications (client_id, owner_id, name, client_type, redirect_uris, scopes)
     select 'app' || n, 'u1', 'App', 'confidential', '{https://app.example.com/}', '{read}'
       from generate_series(1, 20) n`,
  `insert into applications (client_id, kind, name, client_type, redirect_uris, scopes, created_at, reviewed_at, suspended_at)
     select 'other' || n, case when n % 100 = 0 then 'registered' when n % 10 = 0 then 'metadata_document' else 'dynamic' end,
            'Tool ' || n, 'public', '{http://127.0.0.1/}', '{read}', now() - n * interval '10 seconds',
            case when n % 200 = 0 then now() end, case when n % 5000 = 0 then now() end
       from generate_series(1, ${ROWS}) n`,
  `insert into organizers (slug, name) select 'o' || n, '"Organizer"' from generate_series(0, 2000) n`,
  `insert into grants (id, user_id, client_id, scopes, created_at, expires_at, revoked_at, revocation_reason)
     select md5(n::text), 'u' || case when n % 100 = 0 then 1 else 1 + n % 500000 % ${ROWS} end,
            'app' || (1 + n % 20), '{read}',
            now() - n * interval '10 seconds', now() + (n % 90) * interval '1 day' + interval '1 hour',
            case when n % 4 = 0 then now() end, case when n % 4 = 0 then 'revoked_by_user' end
       from generate_series(1, ${ROWS}) n`,
  `insert into grant_organizers select md5(n::text), 'o' || k
     from generate_series(1, ${ROWS}) n, lateral (values (0), (1 + n % 2000)) o (k)`,
  `insert into audit_events (happened_at, action, actor, user_id, data)
     select now() - (${ROWS} - n) * interval '20 seconds',
            'stagedoor.user.' || (array['signed_in', 'oauth.authorized', 'signed_out'])[1 + n % 3],
            'user:u' || (1 + n % 500000), 'u' || (1 + n % 500000), '{"application": "Box Office"}'
       from generate_series(1, ${ROWS}) n`,
  'vacuum analyze',
];

async function fill(server: ManagementServer): Promise<void> {
  const { db } = server.database;
  for (const text of FILL) {
    console.log(text.split(/\s+/).slice(0, 3).join(' '));
    await db.executeQuery(CompiledQuery.raw(text));
  }
  await cleanUp(server, 'organizer_counters');
  await compactListChanges(db, 10_000_000);
}

const LISTS = [
  '/users/',
  '/users/?ordering=-email',
  '/users/?is_active=true',
  '/users/?is_active=false',
  '/grants/',
  '/grants/?active=true',
  '/grants/?application=app7',
  '/grants/?application=app7&active=true',
  '/grants/?user=u1',
  '/grants/?user=u1&active=true',
  '/grants/?user=u1&organizer=o0&active=true',
  '/grants/?organizer=o7',
  '/grants/?organizer=o7&active=true',
  '/grants/?organizer=o0',
  '/grants/?organizer=o0&active=true',
  '/grants/?organizer=o0&active=false',
  '/grants/?organizer=o0&application=app7',
  '/grants/?organizer=o0&application=app7&active=true',
  '/applications/',
  '/applications/?owner=u1',
  '/applications/?reviewed=true',
  '/applications/?reviewed=false',
  '/applications/?suspended=true',
  '/applications/?suspended=false',
  '/applications/?kind=registered',
  '/applications/?kind=dynamic',
  '/applications/?kind=dynamic&reviewed=true&suspended=true',
  '/applications/?kind=registered&reviewed=false',
  '/logentries/',
  '/logentries/?action=stagedoor.user.signed_in',
  '/logentries/?modified_since=2000-01-01T00:00:00Z',
  '/logentries/?user=u1',
];

async function measureAll(server: ManagementServer): Promise<void> {
  const table = [];
  for (const list of LISTS) {
    const { body } = await get(server, list);
    const count = Number(Reflect.get(Object(body), 'count'));
    const last = `${list}${list.includes('?') ? '&' : '?'}page=${Math.max(1, Math.ceil(count / 50))}`;
    table.push({
      list,
      count,
      'first page, ms': await measure(server, list),
      'middle page, ms': await measure(server, await linkToMiddle(server, list, count)),
      'last page, ms': await measure(server, last),
    });
  }
  console.log(`median (highest) of ${TIMES}, node ${process.version}`);
  console.table(table);
}

/** Returns the path, below `/api/v1`, of the link to a page in the middle. */
async function linkToMiddle(server: ManagementServer, list: string, count: number) {
  const before = `${list}${list.includes('?') ? '&' : '?'}page=${Math.max(1, Math.floor(count / 100))}`;
  const { next } = Object((await get(server, before)).body);
  if (next === null) {
    return list;
  }
  const { pathname, search } = new URL(String(next));
  return `${pathname.slice('/api/v1'.length)}${search}`;
}

async function measure(server: ManagementServer, path: string): Promise<string> {
  const times = [];
  for (let n = 0; n < WARM_UP + TIMES; n += 1) {
    const start = performance.now();
    await get(server, path);
    times.push(performance.now() - start);
  }
  const sorted = times.slice(WARM_UP).sort((a, b) => a - b);
  const median = sorted[Math.floor(TIMES / 2)] ?? Number.NaN;
  return `${median.toFixed(1)} (${(sorted.at(-1) ?? Number.NaN).toFixed(1)})`;
}

async function get(server: ManagementServer, path: string) {
  const answer = await callManagement(server, 'GET', `/api/v1${path}`);
  if (answer.status !== 200) {
    throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }
  return answer;
}

await runAndExit(main);
