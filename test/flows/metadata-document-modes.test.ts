import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { sql } from 'kysely';
import { startDocumentSite } from '../support/document-site.ts';
import type { TestPlatform } from '../support/factories.ts';
import { prepared } from '../support/fixture.ts';
import { authorizationUrl, requestOf, signIn } from '../support/flow.ts';
import { manage } from '../support/platform.ts';
import { startPlatform } from '../support/platform-server.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { says } from '../support/texts.ts';
import { obtainTokens } from '../support/tokens.ts';
import { showsForm, UserAgent } from '../support/user-agent.ts';

const site = prepared(startDocumentSite, (one) => one.close());

interface Started {
  readonly server: TestServer;
  readonly platform: TestPlatform;
  readonly ada: UserAgent;
}

async function start(t: TestContext, settings: Readonly<Record<string, string>>): Promise<Started> {
  const variables = { FETCH_PRIVATE_HOSTS: '127.0.0.1', ...settings };
  const { server, platform } = await startPlatform(variables);
  t.after(() => server.close());
  const ada = new UserAgent(server);
  await signIn(ada, await ada.get('/login'), platform.ada);
  return { server, platform, ada };
}

const metadataOf = async ({ issuer }: TestServer) =>
  Object(await (await fetch(`${issuer}/.well-known/oauth-authorization-server`)).json());

describe('METADATA_DOCUMENTS', () => {
  test('on, by default: announced in the metadata', async (t) => {
    const { server } = await start(t, {});
    const { client_id_metadata_document_supported: supported } = await metadataOf(server);
    assert.equal(supported, true);
  });

  test('approval, by default with REGISTRATION=approval: waits for the review', async (t) => {
    const { server, platform, ada } = await start(t, { REGISTRATION: 'approval' });
    const application = site.publish('/approval.json');
    const open = () => ada.get(authorizationUrl(server, requestOf(application)));
    const page = await open();
    assert.match(page.body, says('over.title.awaits_review'));
    assert.equal(page.leavesTo, undefined);
    const waiting = Object(
      await manage(server, 'GET', '/api/v1/applications/?reviewed=false&kind=metadata_document'),
    );
    assert.equal(waiting.count, 1);
    const [{ client_id: clientId, version, review_needed: need }] = waiting.results;
    assert.deepEqual([clientId, need], [application.clientId, 'registration']);
    const path = `/api/v1/applications/${encodeURIComponent(clientId)}/review/`;
    await manage(server, 'POST', path, { version });
    assert.match((await open()).body, says('consent.reviewed'));
    assert.ok(
      (await obtainTokens(server, { application, user: platform.ada, agent: ada })).accessToken,
    );
  });

  test('off, by default with REGISTRATION=closed: unknown, and not fetched', async (t) => {
    const { server, ada } = await start(t, { REGISTRATION: 'closed' });
    const application = site.publish('/off.json');
    for (const agent of [ada, new UserAgent(server)]) {
      const page = await agent.get(authorizationUrl(server, requestOf(application)));
      assert.equal(page.status, 400);
      assert.match(page.body, says('error.unknown_client.title'));
    }
    assert.ok(!site.requests.includes('/off.json'));
    const { client_id_metadata_document_supported: supported } = await metadataOf(server);
    assert.equal(supported, false);
  });

  test('off after approval: what waited for a review waits on, and is not fetched', async (t) => {
    const first = await start(t, { REGISTRATION: 'approval', DYNAMIC_REGISTRATION: 'native' });
    const document = site.publish('/waiting.json');
    const registered = await fetch(`${first.server.issuer}/api/v1/oauth/register`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ client_name: 'Waiting', redirect_uris: ['http://127.0.0.1/cb'] }),
    });
    const { client_id: clientId } = Object(await registered.json());
    const waiting = [
      document,
      { clientId: String(clientId), redirectUri: 'http://127.0.0.1:1/cb' },
    ];
    const closed = await startServer({
      DATABASE_URL: first.server.config.databaseUrl ?? '',
      FETCH_PRIVATE_HOSTS: '127.0.0.1',
      REGISTRATION: 'closed',
    });
    t.after(() => closed.close());
    const ben = new UserAgent(closed);
    await signIn(ben, await ben.get('/login'), first.platform.ben);
    for (const application of waiting) {
      const url = (server: TestServer) => authorizationUrl(server, requestOf(application));
      const page = await first.ada.get(url(first.server));
      assert.match(page.body, says('over.title.awaits_review'));
      await sql`update client_documents set fresh_until = now()`.execute(first.server.database.db);
      assert.match((await ben.get(url(closed))).body, says('over.title.awaits_review'));
    }
    assert.equal(site.requests.filter((path) => path === '/waiting.json').length, 1);
  });

  test('on with REGISTRATION=closed: accepted', async (t) => {
    const { server, ada } = await start(t, { REGISTRATION: 'closed', METADATA_DOCUMENTS: 'on' });
    const page = await ada.get(authorizationUrl(server, requestOf(site.publish('/closed.json'))));
    assert.ok(showsForm(page, 'decision'));
  });
});
