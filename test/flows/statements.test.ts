import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type CountedRequest, countStatements } from '../support/count-statements.ts';
import { createPlatform, type TestApplication, type TestUser } from '../support/factories.ts';
import { type AuthorizeResult, authorize } from '../support/flow.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { exchange, introspect, refresh, revoke } from '../support/tokens.ts';
import { UserAgent } from '../support/user-agent.ts';

let server: TestServer;
let ada: TestUser;
let application: TestApplication;
let resourceServer: Awaited<ReturnType<typeof createPlatform>>['resourceServer'];
before(async () => {
  server = await startServer();
  ({ ada, application, resourceServer } = await createPlatform(server));
});
after(() => server.close());

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
  let browser: UserAgent;
  let authorized: AuthorizeResult;

  /** Authorizes in the signed-in browser. */
  async function authorizeAgain(parameters: Record<string, string> = {}): Promise<void> {
    authorized = await authorize(server, { application, user: ada, agent: browser, parameters });
  }

  before(async () => {
    browser = new UserAgent(server);
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
      ['GET /api/v1/oauth/authorize', 5, 1, 3],
      ['GET /interaction/:uid', 3, 0, 3],
      ['POST /interaction/:uid', 9, 1, 4],
      ['GET /api/v1/oauth/authorize/:uid', 6, 1, 3],
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
      ['GET /account/authorizations', 3, 0, 3],
    ]);
  });
});
