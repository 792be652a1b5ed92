import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { sql } from 'kysely';
import pg from 'pg';
import { frequentJobs, grantRemoval, hourlyJobs } from '../../src/jobs/jobs.ts';
import { readChanges } from '../support/changes/read-changes.ts';
import { cleanUp } from '../support/clean-up.ts';
import { putUser, registerApplication } from '../support/factories.ts';
import { withPlatform } from '../support/fixture.ts';
import { authorize, signIn } from '../support/flow.ts';
import { call } from '../support/openapi/call.ts';
import { answerOf, fetchDocument, operationsOf } from '../support/openapi/operations.ts';
import { WALKERS } from '../support/openapi/walkers.ts';
import { createWorld } from '../support/openapi/world.ts';
import { callManagement, manage } from '../support/platform.ts';
import { type RecordedStatement, recordStatements } from '../support/record-statements.ts';
import { exchange, introspect, obtainTokens, refresh, revoke } from '../support/tokens.ts';
import { UserAgent } from '../support/user-agent.ts';

/** Rows of each large table: with fewer, a sequential scan may be the better plan. */
const ROWS = 20_000;
/** Tables that grow with users, authorizations or requests. */
const LARGE = new Set([
  'access_tokens',
  'application_days',
  'application_secrets',
  'applications',
  'audit_events',
  'authorization_codes',
  'client_errors',
  'grant_organizers',
  'grants',
  'idempotent_calls',
  'interactions',
  'known_devices',
  'list_changes',
  'mail_outbox',
  'memberships',
  'organizers',
  'rate_limits',
  'refresh_replays',
  'refresh_tokens',
  'session_sign_ins',
  'sessions',
  'teams',
  'token_counts',
  'users',
]);
/** Statements that read a large table as a whole, with the reason. */
const ALLOWED: readonly { readonly table: string; readonly text: RegExp; readonly why: string }[] =
  [
    {
      table: 'client_errors',
      text: /^with full_clients/,
      why: 'hourly, in the background, and at most 10,000 rows of each application',
    },
    {
      table: 'refresh_replays',
      text: /^delete from refresh_replays where ctid/,
      why: 'has the responses of the last REFRESH_RETRY_SECONDS only, and an index would cost each refresh',
    },
    {
      table: 'applications',
      text: /^select "client_id" from "applications" where "kind" = \$1 and "suspended_at" is null and \(regexp/,
      why: 'an operator blocks a host with all its subdomains, which is rare',
    },
  ];

const FILL = [
  `insert into users (id, email, email_key, full_name, is_active)
     select 'u' || n, 'u' || n, 'u' || n, 'Person Number' || n, n % 20 <> 0 from generate_series(1, ${ROWS}) n`,
  `insert into organizers (slug, name) select 'o' || n, '"O"' from generate_series(1, 2000) n`,
  `insert into teams (organizer_slug, id) select 'o' || n, 't' from generate_series(1, 2000) n`,
  `insert into memberships (user_id, organizer_slug, team_id)
     select 'u' || n, 'o' || 1 + n % 2000, 't' from generate_series(1, ${ROWS}) n`,
  `insert into applications (client_id, owner_id, name, client_type, redirect_uris, scopes)
     select 'a' || n, 'u' || n + 1, 'App', 'confidential', '{}', '{read}' from generate_series(0, 299) n`,
  `insert into applications (client_id, owner_id, name, client_type, redirect_uris, scopes, reviewed_at)
     select 'b' || n, 'u' || n, 'Tool of User' || n, 'confidential', '{}', '{read}', now()
     from generate_series(1, ${ROWS - 1}) n`,
  `insert into grants (id, user_id, client_id, scopes, created_at, last_used_at, expires_at,
       revoked_at, revocation_reason)
     select 'g' || n, 'u' || n, 'a' || n % 300, '{read}', now() - n * interval '1 hour', now(),
       now() + (n % 90 - 10) * interval '1 day',
       case when n % 4 = 0 then now() - n * interval '1 hour' end,
       case when n % 4 = 0 then 'revoked_by_user' end
     from generate_series(1, ${ROWS}) n`,
  `insert into grant_organizers select 'g' || n, 'o' || 1 + n % 2000 from generate_series(1, ${ROWS}) n`,
  `insert into access_tokens (token_hash, grant_id, family_id, scopes, issued_at, expires_at)
     select sha256(n::text::bytea), 'g' || n, gen_random_uuid(), '{read}',
       now() - n * interval '1 minute', now() + (7200 - n) * interval '1 minute'
     from generate_series(1, ${ROWS}) n`,
  `insert into refresh_tokens (token_hash, grant_id, family_id, scopes, rotations, first_issued_at,
       issued_at, expires_at)
     select sha256(n::text::bytea), 'g' || n, gen_random_uuid(), '{read}', 0, now(),
       now() - n * interval '1 minute', now() + (7200 - n) * interval '1 minute'
     from generate_series(1, ${ROWS}) n`,
  `insert into audit_events (happened_at, action, actor, user_id, client_id, ip, data)
     select now() - n * interval '1 hour',
       'stagedoor.user.' || (array['signed_in', 'oauth.authorized', 'oauth.revoked'])[1 + n % 3],
       'user:u' || n, 'u' || n, 'a' || n % 300, '192.0.2.1', '{"application": "App"}'
     from generate_series(1, ${ROWS}) n`,
  `insert into mail_outbox (kind, recipient, locale, data, sent_at, created_at)
     select 'new_device', 'u' || n, 'en', '{}', now() - n * interval '1 minute', now()
     from generate_series(1, ${ROWS}) n`,
  `insert into client_errors (client_id, happened_at, endpoint, error, reason)
     select 'a' || n % 300, now() - n * interval '20 seconds', 'token', 'invalid_grant', 'other'
     from generate_series(1, ${ROWS}) n`,
  `insert into known_devices select 'u' || n, sha256(n::text::bytea), now(),
       now() - n * interval '10 minutes' from generate_series(1, ${ROWS}) n`,
  `insert into sessions (id_hash, uid, user_id, authenticated_at, expires_at)
     select sha256(n::text::bytea), 's' || n, 'u' || n, now(), now() + n * interval '1 minute'
     from generate_series(1, ${ROWS}) n`,
  `insert into session_sign_ins (session_uid, signed_in_at, method)
     select 's' || n, now(), 'password' from generate_series(1, ${ROWS}) n`,
  `insert into token_counts select 'a' || n % 300, now() - n * interval '15 minutes', 1, 1
     from generate_series(1, ${ROWS / 10}) n`,
  `insert into application_days (client_id, day, users)
     select 'a' || n % 300, current_date - n / 300, 1 from generate_series(0, ${ROWS - 1}) n`,
  `insert into application_secrets (secret_hash, client_id, last_four)
     select sha256(n::text::bytea), 'b' || n, '0000' from generate_series(1, ${ROWS - 1}) n`,
  `insert into authorization_codes (code_hash, grant_id, redirect_uri, scopes, issued_at, expires_at)
     select sha256(n::text::bytea), 'g' || n, '', '{read}', now(), now() + (n - 600) * interval '1 second'
     from generate_series(1, ${ROWS}) n`,
  `insert into refresh_replays select 'g' || n, sha256(n::text::bytea), '', now() + (n - 600) * interval '1 second'
     from generate_series(1, ${ROWS}) n`,
  `insert into interactions (id_hash, client_id, user_id, chain_id, prompt, params, expires_at, finished_at)
     select sha256(n::text::bytea), 'a' || n % 300, 'u' || n, 'c' || n, '{}', '{}',
       now() + (n - 600) * interval '1 second', case when n % 2 = 0 then now() end
     from generate_series(1, ${ROWS}) n`,
  `insert into idempotent_calls (operator, key_hash, request_hash, created_at)
     select 'operator:' || n % 10, sha256(n::text::bytea), '', now() - n * interval '5 seconds'
     from generate_series(1, ${ROWS}) n`,
  // Many more than those of one list.
  `insert into list_changes (list, facet, entries, changes, compacted)
     select 'other', 'f' || n, 1, 0, true from generate_series(1, ${5 * ROWS}) n`,
  `insert into rate_limits select 'k' || n, 1, extract(epoch from now()) * 1000 + (n - 600) * 1000
     from generate_series(1, ${ROWS}) n`,
];

const { server, platform } = withPlatform();
before(async () => {
  for (const text of FILL) {
    await sql.raw(text).execute(server.database.db);
  }
  await cleanUp(server, 'list_counters');
  await sql`vacuum analyze`.execute(server.database.db);
});

test('no statement reads a large table as a whole', async () => {
  const statements = await recordStatements(async () => {
    await useFlow();
    await usePages();
    await useManagement();
    await useOperations();
    await useConsole();
    for (const { name } of [...frequentJobs(), ...hourlyJobs(server.config), grantRemoval()]) {
      await cleanUp(server, name);
    }
  });
  assert.ok(statements.length > 340, `only ${statements.length} statements`);
  const client = new pg.Client({ connectionString: server.config.databaseUrl });
  await client.connect();
  const found: string[] = [];
  try {
    for (const statement of statements) {
      for (const table of await scannedTables(client, statement)) {
        const text = statement.text.replace(/\s+/g, ' ').trim();
        if (
          LARGE.has(table) &&
          !ALLOWED.some((one) => one.table === table && one.text.test(text))
        ) {
          found.push(`${table}: ${text}`);
        }
      }
    }
  } finally {
    await client.end();
  }
  assert.deepEqual(found, []);
});

test('a page in the middle of a list costs what the first one does, if its URL is followed', async () => {
  const client = new pg.Client({ connectionString: server.config.databaseUrl });
  await client.connect();
  try {
    for (const [list, middle] of [
      ['grants/?', 200],
      ['grants/?ordering=created_at', 200],
      ['grants/?active=true', 100],
      ['users/?', 200],
      ['users/?ordering=-email', 200],
      ['users/?is_active=true', 190],
      ['logentries/?', 200],
      ['logentries/?action=stagedoor.user.signed_in', 60],
    ] as const) {
      const { next } = await readPage(`${list}&page=${middle}`);
      const linked = String(next).slice(server.issuer.length);
      assert.match(linked, new RegExp(`[?&]page=${middle + 1}&cursor=`), list);
      const first = await costOf(client, () => readPage(list));
      const numbered = await costOf(client, () => readPage(`${list}&page=${middle}`));
      const followed = await costOf(client, () => get(linked));
      const costs = `${list}: ${JSON.stringify({ first, numbered, followed })}`;
      assert.ok(followed.blocks <= 1.2 * first.blocks + 20, costs);
      assert.ok(followed.rows <= 1.2 * first.rows + 100, costs);
      // By its number: passes the rows before it, but in an index or without their lists.
      assert.ok(numbered.rows > first.rows + 2_000, costs);
      assert.ok(numbered.blocks < first.blocks + 3_000, costs);
    }
  } finally {
    await client.end();
  }
});

test('each foreign key has an index, by which a deletion finds the rows that refer to it', async () => {
  const { rows } = await sql<{ key: string }>`
    select c.conrelid::regclass || ': ' || c.conname as key from pg_constraint c
    where c.contype = 'f' and not exists (
      select from pg_index i
      where i.indrelid = c.conrelid and i.indisvalid
        and (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey
        and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) ~ '^\\(\\w+ IS NOT NULL\\)$')
    )
    order by key
  `.execute(server.database.db);
  assert.deepEqual(
    rows.map(({ key }) => key),
    [],
  );
});

async function useFlow(): Promise<void> {
  const { application, ada, resourceServer } = platform;
  const agent = new UserAgent(server);
  const parameters = { prompt: 'consent' };
  const first = await authorize(server, { application, user: ada, agent, parameters });
  const { body } = await exchange(server, application, first);
  await introspect(server, resourceServer, body.access_token ?? '');
  await introspect(server, application, body.access_token ?? '');
  await refresh(server, application, body.refresh_token ?? '');
  // Through the provider.
  await refresh(server, application, body.refresh_token ?? '');
  const second = await obtainTokens(server, { application, user: ada, agent });
  for (const path of ['/api/v1/me', '/api/v1/organizers/']) {
    const headers = { authorization: `Bearer ${second.accessToken}` };
    await fetch(`${server.issuer}${path}`, { headers });
  }
  await revoke(server, application, second.accessToken);
  const { cursor } = await readChanges(server, resourceServer);
  await readChanges(server, resourceServer, cursor);
  await fetch(`${server.issuer}/metrics`);
}

async function usePages(): Promise<void> {
  const { application, ada, ben } = platform;
  const tokens = await obtainTokens(server, { application, user: ada });
  const { agent } = tokens.authorization;
  const { id } = await server.database.db
    .selectFrom('grants')
    .select('id')
    .where('user_id', '=', 'ada')
    .where('revoked_at', 'is', null)
    .executeTakeFirstOrThrow();
  const own = `/account/applications/${application.clientId}`;
  const pages = [
    '/account/authorizations',
    `/account/authorizations/${id}/change`,
    `/account/authorizations/${id}/revoke`,
    `/account/authorizations/applications/${application.clientId}/revoke`,
    '/account/authorizations/unused',
    '/account/activity',
    '/account/activity?cursor=1764000000000000.9',
    '/account/activity?kind=account',
    '/account/activity?organizer=redstage&from=2026-01-01&to=2026-12-31',
    `/account/activity?application=${application.clientId}`,
    '/account/activity.json',
    '/account/profile',
    '/account/password',
    '/account/sessions',
  ];
  for (const path of pages) {
    await agent.get(path);
  }
  const developer = new UserAgent(server);
  await signIn(developer, await developer.get('/login'), ben);
  const parts = [
    '',
    '/credentials',
    '/edit',
    '/secrets/new',
    '/keys/new',
    '/statistics?days=90',
    '/errors',
    '/check',
  ];
  for (const part of [...parts, '/errors?endpoint=token&page=2', '/transfer', '/delete']) {
    await developer.get(`${own}${part}`);
  }
  await developer.get('/account/applications');
  await developer.get('/logout');
}

async function useManagement(): Promise<void> {
  const lists = [
    'users/',
    'users/?page=200',
    'users/?is_active=false',
    'users/?is_operator=false',
    'users/?is_operator=false&is_active=true',
    'users/?is_active=true&ordering=-email',
    'users/?email=u17%40example.com',
    'directory/organizers/',
    'directory/organizers/o7/teams/',
    'applications/',
    'applications/?owner=u7',
    'applications/?reviewed=false',
    'grants/',
    'grants/?page=200',
    'grants/?user=u7',
    'grants/?application=a7',
    'grants/?active=true',
    'grants/?active=false',
    'grants/?application=a7&active=true',
    'grants/?organizer=o7',
    'logentries/',
    'logentries/?user=u7',
    'logentries/?action=stagedoor.user.signed_in',
    `logentries/?modified_since=${new Date(Date.now() - 1e6).toISOString()}`,
    'deletions/',
    'operator-tokens/',
    'resource-servers/',
    'users/u7/',
    'grants/g7/',
    'applications/a7/',
    'directory/organizers/o7/teams/t/',
  ];
  for (const path of lists) {
    const { status } = await callManagement(server, 'GET', `/api/v1/${path}`);
    assert.ok(status < 500, path);
  }
  const { clientId } = await registerApplication(server, { owner: 'u9' });
  await manage(server, 'POST', `/api/v1/applications/${clientId}/suspend/`, { reason: 'x' });
  await manage(server, 'POST', `/api/v1/applications/${clientId}/resume/`);
  await manage(server, 'POST', '/api/v1/grants/g9/revoke/');
  await manage(server, 'PATCH', '/api/v1/users/u9/', { is_active: false });
  await manage(server, 'PATCH', '/api/v1/users/u9/', { email: 'nine@example.com' });
  await manage(server, 'DELETE', '/api/v1/applications/a9/');
  await manage(server, 'DELETE', '/api/v1/users/u9/');
  await manage(server, 'DELETE', '/api/v1/directory/organizers/o9/');
  await callManagement(server, 'POST', '/api/v1/prune/', { dry_run: true });
}

/** Calls each operation of the API description, once for each documented success. */
async function useOperations(): Promise<void> {
  const world = createWorld(server, platform);
  const document = await fetchDocument(server);
  for (const one of operationsOf(document)) {
    for (const status of [200, 201, 204]) {
      if (answerOf(document, one.operation, status) !== undefined) {
        for (const made of [(await WALKERS[one.id]?.[status]?.(world)) ?? []].flat()) {
          const isOperator = one.operation.security.some(({ operatorToken }) => operatorToken);
          const authorization = `Token ${server.operatorToken}`;
          const answer = await call(server, one, isOperator ? { authorization, ...made } : made);
          assert.equal(answer.status, status, `${one.id}: ${answer.text}`);
        }
      }
    }
  }
}

async function useConsole(): Promise<void> {
  const operator = await putUser(server, { id: 'olga', isOperator: true });
  const agent = new UserAgent(server);
  await signIn(agent, await agent.get('/login'), operator);
  const logs = [
    '',
    '?kind=sign_ins',
    '?user=u7',
    '?user=u7&kind=sign_ins&since=2026-01-01&until=2999-01-01',
    '?application=a7',
    '?application=a7&kind=sign_ins&until=2999-01-01',
    '?operator=user:olga&since=2026-01-01',
    '?operator=sync&kind=operators',
  ];
  for (const path of [
    '',
    '/applications',
    '/applications?q=App&state=not_reviewed',
    '/applications?q=user17+tool',
    '/users',
    '/users?q=u17',
    '/users?q=Ann&state=inactive',
    '/users?q=u17%40example.com&state=operator',
    '/users/u7',
    '/grants',
    '/grants?user=u7&state=active',
    '/grants?application=a7&state=ended',
    '/grants?organizer=o7',
    ...logs.map((query) => `/log${query}`),
    '/mails',
    '/tokens',
    '/health',
  ]) {
    const { status } = await agent.get(`/operator${path}`);
    assert.equal(status, 200, path);
  }
}

const readPage = (list: string) => get(`/api/v1/${list}`);

async function get(path: string): Promise<{ next?: unknown }> {
  const { status, body } = await callManagement(server, 'GET', path);
  assert.equal(status, 200, path);
  return Object(body);
}

/** Returns the blocks and rows that the reading statements of `work` read. */
async function costOf(client: pg.Client, work: () => Promise<unknown>) {
  const cost = { blocks: 0, rows: 0 };
  const addRows = (node: unknown): void => {
    const plan = Object(node);
    cost.rows += plan['Actual Rows'] * plan['Actual Loops'];
    plan.Plans?.forEach(addRows);
  };
  for (const { text, values } of await recordStatements(work)) {
    if (/^\s*select/i.test(text)) {
      const { rows } = await client.query({
        text: `explain (analyze, buffers, format json) ${text}`,
        values: [...values],
      });
      const [{ Plan: plan }] = rows[0]['QUERY PLAN'];
      cost.blocks += plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
      addRows(plan);
    }
  }
  return cost;
}

/** Returns the tables that a statement reads sequentially, with the values that it was sent with. */
async function scannedTables(
  client: pg.Client,
  { text, values }: RecordedStatement,
): Promise<Set<string>> {
  const tables = new Set<string>();
  const visit = (node: unknown): void => {
    const plan = Object(node);
    if (plan['Node Type'] === 'Seq Scan') {
      tables.add(plan['Relation Name']);
    }
    for (const child of plan.Plans ?? []) {
      visit(child);
    }
  };
  const { rows } = await client.query({
    text: `explain (format json) ${text}`,
    values: [...values],
  });
  visit(rows[0]['QUERY PLAN'][0].Plan);
  return tables;
}
