import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import pg from 'pg';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { hashOf } from '../../src/lib/credentials.ts';
import { exchangeCode } from '../../src/tokens/exchange-store.ts';
import { selectForCaller, selectLiveAccessToken } from '../../src/tokens/introspection-store.ts';
import { replaceRefreshToken } from '../../src/tokens/refresh-store.ts';
import { createSubject, type Subject } from '../support/changes/revocations.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

/** Executions after which PostgreSQL keeps a plan. */
const EXECUTIONS = 8;
/** Live grants that are added afterwards. */
const GRANTS = 200;
/** Responses to refreshes that are added afterwards. */
const REPLAYS = 20_000;
/** Most pages that an execution may read. A plan that reads each grant reads thousands. */
const PAGES = 90;

/** Runs the use of a statement with a database that records its text and values. */
async function recordStatement(use: (database: Database) => Promise<unknown>) {
  let recorded: { text: string; values: readonly unknown[] } | undefined;
  const record = async (text: string, values: readonly unknown[]) => {
    recorded = { text, values };
    return [];
  };
  // Only these two methods are called.
  await use(Object.assign(Object.create(null), { lookUp: record, write: record }));
  assert.ok(recorded);
  return recorded;
}

describe('A statement that was planned while the tables were almost empty', () => {
  let created: TestDatabase;
  let database: Database;
  let client: pg.Client;

  before(async () => {
    created = await createTestDatabase();
    database = await openDatabase({ url: created.url, dataDir: '', connections: 2 });
    client = new pg.Client({ connectionString: created.url });
    await client.connect();
    const [setting] = await database.write<{ enable_seqscan: string }>('show enable_seqscan', []);
    await client.query(`set enable_seqscan = ${setting?.enable_seqscan}`);
    await client.query(`insert into organizers (slug, name)
      values ('redstage', '{"en": "Red"}'), ('bluehall', '{"en": "Blue"}')`);
  });
  after(async () => {
    await client?.end();
    await database?.close();
    await created?.drop();
  });

  const hash = Buffer.alloc(32);
  const values = {
    secretHash: hash,
    knownScopes: ['read', 'write'],
    refreshTokenHash: hash,
    accessTokenHash: hash,
    accessTokenTtl: 60,
    refreshTokenTtl: 60,
    ip: undefined,
  };
  const uses: Record<string, (db: Database, one: Subject) => Promise<unknown>> = {
    introspection: (db, { application, accessToken }) => {
      const { clientId, clientSecret = '' } = application;
      const caller = { clientId, secretHash: hashOf(clientSecret) };
      return selectForCaller(db, caller, { kind: 'access_token', hash: hashOf(accessToken) });
    },
    'look-up of a bearer token': (db, { accessToken }) =>
      selectLiveAccessToken(db, hashOf(accessToken)),
    refresh: (db, { application: { clientId, clientSecret = '' }, refreshToken }) =>
      replaceRefreshToken(db, {
        ...values,
        clientId,
        secretHash: hashOf(clientSecret),
        presentedHash: hashOf(refreshToken),
        requestedScopes: undefined,
        sealed: undefined,
        retrySeconds: 0,
      }),
    'code exchange': (db, { application: { clientId, clientSecret = '' } }) =>
      exchangeCode(db, {
        ...values,
        clientId,
        secretHash: hashOf(clientSecret),
        presentedHash: hash,
        redirectUri: 'https://app.example.com/',
        codeChallenge: undefined,
        worksUnreviewed: true,
      }),
  };
  for (const [name, use] of Object.entries(uses)) {
    it(`${name}: reads few pages after many grants and refreshes were added`, async () => {
      await client.query('truncate refresh_replays');
      // Afterwards PostgreSQL knows that it is empty.
      await client.query('vacuum analyze refresh_replays');
      const [first] = await addSubjects(3);
      assert.ok(first);
      const statement = { name, ...(await recordStatement((db) => use(db, first))) };
      for (let i = 0; i < EXECUTIONS; i += 1) {
        await client.query('begin');
        await client.query({ ...statement, values: [...statement.values] });
        await client.query('rollback');
      }
      const [last] = (await addSubjects(GRANTS)).toReversed();
      await client.query(
        `insert into refresh_replays select '${name} ' || n, sha256(n::text::bytea), sha256(''), now()
          from generate_series(1, ${REPLAYS}) n`,
      );
      assert.ok(last);
      const asked = await recordStatement((db) => use(db, last));
      const literals = asked.values.map(literal).join(', ');
      await client.query('begin');
      const { rows } = await client.query(
        `explain (analyze, buffers, format json) execute "${name}" (${literals})`,
      );
      await client.query('rollback');
      const [{ Plan: plan }] = rows[0]['QUERY PLAN'];
      const pages = pagesOfScans(plan);
      assert.ok(pages > 0 && pages < PAGES, `${pages} pages`);
    });
  }

  async function addSubjects(count: number): Promise<Subject[]> {
    const subjects: Subject[] = [];
    for (let i = 0; i < count; i += 1) {
      subjects.push(await createSubject(database.db, 'plan'));
    }
    return subjects;
  }
});

interface PlanNode {
  readonly Plans?: readonly PlanNode[];
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
}

/** Adds up all scans. The figure of the whole leaves out parts that write. */
function pagesOfScans(node: PlanNode): number {
  return node.Plans === undefined
    ? node['Shared Hit Blocks'] + node['Shared Read Blocks']
    : node.Plans.reduce((sum, part) => sum + pagesOfScans(part), 0);
}

function literal(value: unknown): string {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') {
    return String(value);
  }
  if (value instanceof Uint8Array) {
    return `'\\x${Buffer.from(value).toString('hex')}'`;
  }
  return Array.isArray(value)
    ? `array[${value.map(literal).join(', ')}]::text[]`
    : pg.escapeLiteral(String(value));
}
