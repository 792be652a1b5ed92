import { test } from 'node:test';
import { sql } from 'kysely';
import { cleanUp } from '../support/clean-up.ts';
import { withPlatform } from '../support/fixture.ts';
import { signIn } from '../support/flow.ts';
import { UserAgent } from '../support/user-agent.ts';

const { server, platform } = withPlatform();
const ROWS = 300_000;
const WARM_UP = 5;

/*
 * Measures the pages of a developer whose application has 300,000 authorizations, 40 days of counted requests and
 * 10,000 errors; medians of eleven. Run it by: npm run bench:pages
 */
test('Pages of an application with many authorizations', async () => {
  const { db } = server.database;
  const id = platform.application.clientId;
  for (const text of [
    `insert into users (id, email, email_key) select 'u' || n, 'u' || n, 'u' || n from generate_series(1, ${ROWS}) n`,
    `insert into grants (id, user_id, client_id, scopes, created_at, last_used_at, expires_at, revoked_at, revocation_reason)
     select 'g' || n, 'u' || n, '${id}', '{read}', now() - n * interval '25 seconds', now(), now() + (n % 90) * interval '1 day',
       case when n % 4 = 0 then now() end, case when n % 4 = 0 then 'revoked_by_user' end from generate_series(1, ${ROWS}) n`,
    `insert into grant_organizers select 'g' || n, 'redstage' from generate_series(1, ${ROWS}) n`,
    `insert into token_counts select '${id}', date_bin('15 minutes', now(), '2020-01-01') - n * interval '15 minutes', 5, 6 from generate_series(0, 96 * 40) n`,
    `insert into application_days (client_id, day, users) select '${id}', current_date - n, 1000 from generate_series(0, 400) n`,
    `insert into client_errors (client_id, happened_at, endpoint, error, reason) select '${id}', now() - n * interval '20 seconds', 'token', 'invalid_grant', 'other' from generate_series(1, 10000) n`,
    `vacuum analyze`,
  ]) {
    await sql.raw(text).execute(db);
  }
  await cleanUp(
    server,
    'list_counters',
    'application_usage',
    'organizer_counters',
    'list_counters',
    'daily_users',
  );
  const developer = new UserAgent(server);
  await signIn(developer, await developer.get('/login'), platform.ben);
  const own = `/account/applications/${id}`;
  for (const path of [
    '/account/applications',
    own,
    `${own}/statistics`,
    `${own}/statistics?days=90`,
    `${own}/errors`,
    `${own}/errors?endpoint=token&page=100`,
    `${own}/delete`,
    `${own}/edit`,
    `${own}/check`,
    `${own}/credentials`,
  ]) {
    const times: number[] = [];
    let status = 0;
    for (let n = 0; n < WARM_UP + 11; n += 1) {
      const start = performance.now();
      status = (await developer.get(path)).status;
      times.push(performance.now() - start);
    }
    const sorted = times.slice(WARM_UP).sort((a, b) => a - b);
    console.log(path.replace(id, ':id'), status, sorted[5]?.toFixed(1), sorted.at(-1)?.toFixed(1));
  }
});
