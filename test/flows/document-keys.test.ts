import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sql } from 'kysely';
import { assertionOf, type ClientKeyPair, makeKeyPair } from '../support/client-keys.ts';
import { withDocuments } from '../support/document-fixture.ts';
import { type DocumentApplication, LOOPBACK } from '../support/document-site.ts';
import { authorizationUrl, authorize, requestOf } from '../support/flow.ts';
import { exchange, postForm } from '../support/tokens.ts';
import { showsForm } from '../support/user-agent.ts';

describe('A metadata document with private_key_jwt', () => {
  const { server, platform, site, ada: agent } = withDocuments();

  const METHOD = { token_endpoint_auth_method: 'private_key_jwt' };
  const setOf = (...pairs: ClientKeyPair[]) => ({ keys: pairs.map(({ publicJwk }) => publicJwk) });
  const nobody = undefined;
  const allow = (application: DocumentApplication) =>
    authorize(server, { application, user: platform.ada, agent });
  const by = (pair: ClientKeyPair, { clientId }: DocumentApplication) =>
    assertionOf(server.issuer, clientId, pair);
  const statusBy = async (pair: ClientKeyPair, application: DocumentApplication) =>
    (
      await postForm(server, 'revoke_token', nobody, {
        token: 'x',
        ...(await by(pair, application)),
      })
    ).status;

  test('and jwks_uri, redirects of three kinds: the key gets tokens, nothing else does', async () => {
    const pair = await makeKeyPair('RS256');
    site.answer('/keys.json', (_, response) => {
      response.setHeader('Content-Type', 'application/json').end(JSON.stringify(setOf(pair)));
    });
    const application = site.publish('/agent.json', {
      ...METHOD,
      jwks_uri: site.address('/keys.json'),
      redirect_uris: [LOOPBACK, 'https://agent.example/callback', 'cursor://agent/callback'],
    });
    assert.ok(!site.requests.includes('/keys.json'));
    const result = await allow(application);
    const { clientId } = application;
    const open = await exchange(server, application, result);
    assert.deepEqual([open.status, open.body.error], [401, 'invalid_client']);
    const wrong = await by(await makeKeyPair('RS256', pair.kid), application);
    assert.equal((await exchange(server, nobody, result, wrong)).status, 401);
    const tokens = await exchange(server, nobody, result, await by(pair, application));
    assert.equal(tokens.status, 200, JSON.stringify(tokens.body));
    const renewed = await postForm(server, 'token', nobody, {
      grant_type: 'refresh_token',
      refresh_token: String(tokens.body.refresh_token),
      client_id: clientId,
      ...(await by(pair, application)),
    });
    assert.equal(renewed.status, 200, JSON.stringify(renewed.body));
    assert.equal(site.requests.filter((path) => path === '/keys.json').length, 1);
  });

  test('and keys in it: other keys ask for consent again, and the old ones end', async () => {
    const [first, second] = [await makeKeyPair(), await makeKeyPair('EdDSA')];
    // The repeated key is left out.
    const fields = { ...METHOD, jwks: setOf(first, first) };
    const application = site.publish('/inline.json', fields, { 'Cache-Control': 'no-store' });
    const result = await allow(application);
    const tokens = await exchange(server, nobody, result, await by(first, application));
    assert.equal(tokens.status, 200, JSON.stringify(tokens.body));
    const again = () => agent.get(authorizationUrl(server, requestOf(application)));
    assert.ok(!showsForm(await again(), 'decision'), 'allowed before');
    site.publish('/inline.json', { ...METHOD, jwks: setOf(second) });
    await sql`update client_documents set fresh_until = now() - interval '1 second'`.execute(
      server.database.db,
    );
    assert.ok(showsForm(await again(), 'decision'), 'the keys have changed');
    assert.equal(await statusBy(first, application), 401);
    assert.equal(await statusBy(second, application), 200);
  });

  test('and no usable key: a page says so', async () => {
    const secret = { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] };
    const foreign = { jwks_uri: 'https://other.example/keys.json' };
    const unusable = [{}, { jwks: secret }, { jwks_uri: 'keys.json' }, foreign];
    for (const [index, fields] of unusable.entries()) {
      const application = site.publish(`/unusable-${index}.json`, { ...METHOD, ...fields });
      const page = await agent.get(authorizationUrl(server, requestOf(application)));
      assert.equal(page.status, 400);
      assert.ok(!showsForm(page, 'decision'));
    }
  });
});
