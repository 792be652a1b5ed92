import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { upsertFailures } from '../../src/audit/failure-store.ts';
import { recordAll } from '../../src/audit/store.ts';
import { isBlockedHost } from '../../src/client-documents/blocked-host-store.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import { deleteTokens } from '../../src/operators/store.ts';
import {
  deleteOtherResources,
  upsertResources,
} from '../../src/resource-servers/resource-store.ts';
import { type CountedRequest, countStatements } from '../support/count-statements.ts';
import { prepared, withPlatform } from '../support/fixture.ts';
import { type AuthorizeResult, authorize } from '../support/flow.ts';
import { recordStatements } from '../support/record-statements.ts';
import { exchange, introspect, refresh, revoke } from '../support/tokens.ts';
import { UserAgent } from '../support/user-agent.ts';

const { server, platform } = withPlatform();
const { ada, application, resourceServer } = platform;

/**
 * Returns statements, commits, and how often statements were sent, of each request, with ids in paths
 * removed.
 */
function summarize(requests: readonly CountedRequest[]): [string, number, number, number][] {
  return requests.map(({ request, texts, sendings }) => [
    request.replace(/[\w-]{21,}$/, ':uid'),
    texts.length,
    texts.filter((text) => text === 'commit').length,
    sendings,
  ]);
}

describe('Statements and commits', () => {
  let authorized: AuthorizeResult;

  /** Authorizes in the signed-in browser. */
  async function authorizeAgain(parameters: Record<string, string> = {}): Promise<void> {
    authorized = await authorize(server, { application, user: ada, agent: browser, parameters });
  }

  const browser = prepared(() => new UserAgent(server));

  before(async () => {
    await authorizeAgain();
    const { body } = await exchange(server, application, authorized);
    // The use of a secret is written once a minute.
    await introspect(server, resourceServer, body.access_token ?? '');
  });

  test('of a whole flow in a browser with a session', async () => {
    const requests = await countStatements(async () => {
      await authorizeAgain({ prompt: 'consent' });
      await exchange(server, application, authorized);
    });
    assert.deepEqual(summarize(requests), [
      ['GET /api/v1/oauth/authorize', 4, 1, 2],
      ['GET /interaction/:uid', 2, 0, 2],
      ['POST /interaction/:uid', 9, 1, 3],
      ['GET /api/v1/oauth/authorize/:uid', 5, 1, 2],
      // One statement is its own transaction.
      ['POST /api/v1/oauth/token', 1, 0, 1],
    ]);
    for (const { request, texts } of requests) {
      assert.equal(new Set(texts).size, texts.length, `a statement of ${request} runs twice`);
    }
  });

  test('of an authorization that an earlier grant covers', async () => {
    const requests = await countStatements(() => authorizeAgain());
    assert.deepEqual(summarize(requests), [['GET /api/v1/oauth/authorize', 5, 1, 3]]);
  });

  test('of introspection, refresh and revocation', async () => {
    await authorizeAgain();
    const { body } = await exchange(server, application, authorized);
    const requests = await countStatements(async () => {
      await introspect(server, resourceServer, body.access_token ?? '');
      const refreshed = await refresh(server, application, body.refresh_token ?? '');
      await revoke(server, application, refreshed.body.refresh_token ?? '');
    });
    assert.deepEqual(summarize(requests), [
      ['POST /api/v1/oauth/introspect', 1, 0, 1],
      ['POST /api/v1/oauth/token', 1, 0, 1],
      ['POST /api/v1/oauth/revoke_token', 7, 1, 5],
    ]);
  });

  test('of a sign-in in a new browser, with the statements of its limits apart', async () => {
    const second = new UserAgent(server);
    const page = await second.get('/login');
    const fields = { email: ada.email, password: ada.password };
    const requests = await countStatements(() => second.submit(page, fields));
    const isOfLimits = (text: string) => text.includes('rate_limits');
    assert.equal(requests[0]?.texts.filter(isOfLimits).length, 10);
    // Limits count among those that were sent.
    const withoutLimits = requests.map((request) => ({
      ...request,
      texts: request.texts.filter((text) => !isOfLimits(text)),
    }));
    assert.deepEqual(summarize(withoutLimits), [
      ['POST /login', 12, 1, 19],
      ['GET /account/authorizations', 5, 0, 5],
    ]);
  });
});

describe('Statements about 1, 2 and 50 items have one text', () => {
  /** Calls `work` with lists of names of each length, and returns the different texts about `table`. */
  async function textsAbout(
    table: string,
    work: (names: string[]) => Promise<unknown>,
  ): Promise<string[]> {
    const statements = await recordStatements(async () => {
      for (const length of [1, 2, 50]) {
        await work(Array.from({ length }, (_, n) => `n${n}`));
      }
    });
    const words = new RegExp(`(into|from|update) "?${table}\\b`);
    return statements.map(({ text }) => text).filter((text) => words.test(text));
  }

  test('log entries, which keep their order and fields', async () => {
    const { db } = server.database;
    const origin = { ip: '192.0.2.7', userAgent: 'Browser "1"' };
    const texts = await textsAbout('audit_events', (names) =>
      recordAll(
        db,
        names.map((name) => ({
          action: 'stagedoor.user.oauth.revoked',
          actor: 'user:several',
          userId: 'several',
          clientId: name,
          grantId: name,
          data: { name },
          ...(name === 'n0' ? { origin, at: new Date('2026-01-02T03:04:05.678Z') } : {}),
        })),
      ),
    );
    assert.equal(texts.length, 1, texts.join('\n'));
    const rows = await db
      .selectFrom('audit_events')
      .select(['happened_at', 'client_id', 'grant_id', 'ip', 'user_agent', 'data'])
      .where('user_id', '=', 'several')
      .orderBy('id')
      .execute();
    const clients = rows.map(({ client_id: id }) => id).slice(-50);
    assert.equal(rows.length, 53);
    assert.deepEqual(
      clients,
      Array.from({ length: 50 }, (_, n) => `n${n}`),
    );
    const [{ happened_at: at, ...first } = { happened_at: null }, , last] = rows;
    assert.equal(at?.toISOString(), '2026-01-02T03:04:05.678Z');
    assert.deepEqual(first, {
      client_id: 'n0',
      grant_id: 'n0',
      ip: origin.ip,
      user_agent: origin.userAgent,
      data: { name: 'n0' },
    });
    assert.ok(Date.now() - Number(rows.at(-1)?.happened_at) < 60_000);
    assert.deepEqual(last?.ip, null);
  });

  test('failed authentications', async () => {
    const texts = await textsAbout('authentication_failures', (names) =>
      upsertFailures(
        server.database.db,
        names.map((ip) => ({ endpoint: 'token', clientId: '', reason: 'wrong', ip, count: 1 })),
      ),
    );
    assert.equal(texts.length, 1, texts.join('\n'));
  });

  test('resources of an API service', async () => {
    const { clientId } = resourceServer;
    const texts = await textsAbout('resource_server_resources', (names) =>
      inTransaction(server.database.db, async (tx) => {
        const resources = names.map((name) => ({
          key: `https://${name}.example/`,
          uri: `https://${name}.example/`,
        }));
        await deleteOtherResources(tx, clientId, resources);
        assert.deepEqual(await upsertResources(tx, clientId, resources), []);
      }),
    );
    assert.equal(texts.length, 2, texts.join('\n'));
  });

  test('deleted operator tokens and blocked hosts', async () => {
    const tokens = await textsAbout('operator_tokens', (names) =>
      inTransaction(server.database.db, (tx) => deleteTokens(tx, names)),
    );
    assert.equal(tokens.length, 1, tokens.join('\n'));
    const hosts = await textsAbout('blocked_client_hosts', (names) =>
      isBlockedHost(server.database.db, names.join('.')),
    );
    assert.equal(hosts.length, 1, hosts.join('\n'));
  });
});
