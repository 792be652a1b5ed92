import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { sql } from 'kysely';
import { blockHost } from '../../src/client-documents/block-host.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import { type DocumentSite, startDocumentSite } from '../support/document-site.ts';
import { createPlatform, type TestApplication, type TestPlatform } from '../support/factories.ts';
import { authorizationUrl, decide, requestOf, signIn } from '../support/flow.ts';
import { callManagement, manage } from '../support/platform.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { says } from '../support/texts.ts';
import { obtainTokens } from '../support/tokens.ts';
import { type Page, showsForm, UserAgent } from '../support/user-agent.ts';

let server: TestServer;
let platform: TestPlatform;
let site: DocumentSite;
let ada: UserAgent;
before(async () => {
  site = await startDocumentSite();
  server = await startServer({ FETCH_PRIVATE_HOSTS: '127.0.0.1' });
  platform = await createPlatform(server);
  ada = new UserAgent(server);
  await signIn(ada, await ada.get('/login'), platform.ada);
});
after(async () => {
  await server.close();
  await site.close();
});

// Each test has the whole budget of the user and of the host, and no host is blocked.
beforeEach(async () => {
  await sql`delete from rate_limits`.execute(server.database.db);
  await sql`delete from blocked_client_hosts`.execute(server.database.db);
});

const pathOf = ({ clientId }: TestApplication) =>
  `/api/v1/applications/${encodeURIComponent(clientId)}/`;
const stateOf = async (application: TestApplication) =>
  Object((await callManagement(server, 'GET', pathOf(application))).body).state;
const open = (application: TestApplication): Promise<Page> =>
  ada.get(authorizationUrl(server, requestOf(application)));
const connect = (application: TestApplication) =>
  obtainTokens(server, { application, user: platform.ada, agent: ada, scope: 'read' });
const BLOCK = '/api/v1/blocked-hosts/127.0.0.1/';

describe('A block of a host', () => {
  test('while the consent page of an unknown document is open: nothing is granted', async () => {
    const application = site.publish('/blocked-open.json');
    const page = await open(application);
    await manage(server, 'PUT', BLOCK, { reason: 'Misused' });
    const answer = await decide(ada, page);
    assert.equal(answer.status, 403);
    assert.match(answer.body, says('error.client_document.title'));
    assert.equal(await stateOf(application), undefined);
  });

  test('at the same time as the consent: no active application is left', async () => {
    for (let round = 0; round < 5; round += 1) {
      const application = site.publish(`/blocked-race-${round}.json`);
      const page = await open(application);
      const blocked = inTransaction(server.database.db, async (tx) => {
        await blockHost(tx, 'system', '127.0.0.1', 'Misused');
        await sql`select pg_sleep(${round * 0.02})`.execute(tx);
      });
      await Promise.all([decide(ada, page), blocked]);
      assert.notEqual(await stateOf(application), 'active', `round ${round}`);
      await manage(server, 'DELETE', BLOCK);
    }
  });

  test('also stops a document whose application was resumed', async () => {
    const application = site.publish('/blocked-resumed.json');
    await connect(application);
    await manage(server, 'PUT', BLOCK, { reason: 'Misused' });
    await manage(server, 'POST', `${pathOf(application)}resume/`);
    const page = await open(application);
    assert.equal(page.status, 403);
    assert.ok(!showsForm(page, 'decision'));
  });

  test('is refused for a name with a dot at the end, which would never match', async () => {
    const path = '/api/v1/blocked-hosts/agent.example./';
    const answer = await callManagement(server, 'PUT', path, { reason: '' });
    assert.deepEqual([answer.status, Object.keys(Object(answer.body))], [400, ['host']]);
  });
});
