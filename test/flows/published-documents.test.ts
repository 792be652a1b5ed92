import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertionOf, type ClientKeyPair, makeKeyPair } from '../support/client-keys.ts';
import { type DocumentSite, startDocumentSite } from '../support/document-site.ts';
import { registerResourceServer, type TestPlatform } from '../support/factories.ts';
import { authorize } from '../support/flow.ts';
import type { ClientCredentials } from '../support/platform.ts';
import { startPlatform } from '../support/platform-server.ts';
import { PUBLISHED_DOCUMENTS } from '../support/published-documents.ts';
import type { TestServer } from '../support/server.ts';
import { exchange, introspect, refresh } from '../support/tokens.ts';

const RESOURCE = 'https://mcp.example.com/mcp';

describe('Published client metadata documents', () => {
  let server: TestServer;
  let platform: TestPlatform;
  let documents: DocumentSite;
  let api: ClientCredentials;
  /** Key of a program that authenticates by one. */
  let key: ClientKeyPair;

  before(async () => {
    key = await makeKeyPair('RS256');
    documents = await startDocumentSite();
    documents.answer('/jwks.json', (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ keys: [key.publicJwk] }));
    });
    ({ server, platform } = await startPlatform({ FETCH_PRIVATE_HOSTS: '127.0.0.1' }));
    const details = { resources: [RESOURCE], require_audience: true };
    api = await registerResourceServer(server, 'MCP server', details);
  });
  after(async () => {
    await server?.close();
    await documents?.close();
  });

  for (const document of PUBLISHED_DOCUMENTS) {
    it(`${document.name} reaches a token for one organizer and one resource`, async () => {
      const hasKey = document.authMethod === 'private_key_jwt';
      const { host, pathname } = new URL(document.clientId);
      const { clientId } = documents.publish(`/${host}${pathname}`, {
        client_name: document.name,
        redirect_uris: document.redirectUris,
        grant_types: document.grantTypes,
        response_types: ['code'],
        token_endpoint_auth_method: document.authMethod,
        ...(hasKey ? { jwks_uri: documents.address('/jwks.json') } : {}),
        ...document.more,
      });
      const application = { clientId, clientSecret: undefined, redirectUri: document.sent };
      const result = await authorize(server, {
        application,
        user: platform.ada,
        organizers: ['redstage'],
        scope: ' read offline_access',
        resources: [RESOURCE],
      });
      const proof = async () => ({
        resource: RESOURCE,
        ...(hasKey ? await assertionOf(server.issuer, clientId, key) : {}),
      });
      const { status, body } = await exchange(server, application, result, await proof());
      assert.equal(status, 200, JSON.stringify(body));
      const active = await introspect(server, api, body.access_token ?? '');
      assert.deepEqual([active.body.organizers, active.body.scope], [['redstage'], 'read']);
      const token = body.refresh_token ?? '';
      const again = await refresh(server, application, token, await proof());
      assert.equal(again.status, 200, JSON.stringify(again.body));
    });
  }
});
