import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeDocuments } from '../support/document-fixture.ts';
import { says } from '../support/texts.ts';

describeDocuments('What a document contains', (world) => {
  const ACCEPTED: Record<string, object> = {
    'unknown grant types': {
      grant_types: [
        'authorization_code',
        'refresh_token',
        'urn:ietf:params:oauth:grant-type:jwt-bearer',
      ],
    },
    'unknown response types': { response_types: ['code', 'token'] },
    'scopes that this world.server has not': { scope: 'read mcp:tools openid' },
    'only scopes that this world.server has not': { scope: 'mcp:tools' },
    'an authentication by secret': { token_endpoint_auth_method: 'client_secret_post' },
    'no authentication': { token_endpoint_auth_method: 'none' },
    'application type native': { application_type: 'native' },
    'a loopback redirect with another port': { redirect_uris: ['http://127.0.0.1:33418/callback'] },
    'a private scheme and a website beside': {
      redirect_uris: [
        'http://127.0.0.1/callback',
        'cursor://anysphere.cursor-mcp/cb',
        'https://a.example/',
      ],
    },
    'redirect URIs that this world.server refuses': {
      redirect_uris: [
        'http://evil.example/cb',
        'javascript:alert(1)',
        7,
        'http://127.0.0.1/callback',
      ],
    },
    'values of other types': { client_name: 7, scope: ['read'], client_uri: {}, contacts: null },
  };
  for (const [name, fields] of Object.entries(ACCEPTED)) {
    test(`${name}: accepted, up to a token`, async () => {
      const application = world.site.publish(`/accepted/${encodeURIComponent(name)}.json`, fields);
      assert.ok((await world.connect(application)).accessToken);
    });
  }

  const REFUSED: Record<string, object> = {
    'another client_id': { client_id: 'https://other.example/client.json' },
    'its address in another spelling as client_id': { client_id: 'HTTP://127.0.0.1/x' },
    'no client_id': { client_id: undefined },
    'a client_secret': { client_secret: 'x' },
    'no redirect URI': { redirect_uris: [] },
    'only redirect URIs that this world.server refuses': {
      redirect_uris: ['http://evil.example/cb'],
    },
    'no authorization code grant': { grant_types: ['client_credentials'] },
    'no code response': { response_types: ['token'] },
  };
  for (const [name, fields] of Object.entries(REFUSED)) {
    test(`${name}: refused on a page`, async () => {
      const application = world.site.publish(`/refused/${encodeURIComponent(name)}.json`, fields);
      const page = await world.open(application);
      assert.equal(page.status, 400);
      assert.match(page.body, says('error.client_document.title'));
      assert.equal(page.leavesTo, undefined);
    });
  }

  test('a redirect URI that is not in it is refused on a page', async () => {
    const { clientId } = world.site.publish('/redirects.json');
    const page = await world.open({ clientId, redirectUri: 'https://evil.example/cb' });
    assert.equal(page.status, 400);
    assert.equal(page.leavesTo, undefined);
  });
});
