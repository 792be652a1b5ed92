import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as oauth from 'oauth4webapi';
import { z } from 'zod';
import { METADATA_PATHS } from '../../src/oidc/paths.ts';
import { withServer } from '../support/fixture.ts';

/** Features of OpenID Connect and other standards that this server does not have. */
const ABSENT =
  /^(userinfo|device|backchannel|end_session|check_session)_|^id_token_|^claims_supported|^acr_values/;

describe('Server metadata', () => {
  const server = withServer();

  const read = async (path: string) => {
    const response = await fetch(server.issuer + path, {
      headers: { origin: 'https://a.example' },
    });
    const text = await response.text();
    assert.equal(response.status, 200, `${path}: ${text}`);
    assert.match(response.headers.get('content-type') ?? '', /^application\/json/);
    assert.equal(response.headers.get('access-control-allow-origin'), '*');
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  };

  for (const path of [
    '/.well-known/oauth-authorization-server',
    '/.well-known/openid-configuration',
    '/.well-known/oauth-authorization-server/api/v1/oauth',
    '/.well-known/openid-configuration/api/v1/oauth',
    '/api/v1/oauth/.well-known/oauth-authorization-server',
    '/api/v1/oauth/.well-known/openid-configuration',
  ]) {
    it(`${path} is the same document, without unsupported features`, async () => {
      assert.ok(METADATA_PATHS.includes(path));
      const metadata = await read(path);
      assert.deepEqual(metadata, await read('/.well-known/oauth-authorization-server'));
      assert.equal(metadata.issuer, server.issuer);
      assert.deepEqual(
        Object.keys(metadata).filter((name) => ABSENT.test(name)),
        [],
      );
      assert.deepEqual(metadata.scopes_supported, ['read', 'write', 'profile']);
      const empty = Object.entries(metadata).filter(
        ([, value]) => Array.isArray(value) && value.length === 0,
      );
      assert.deepEqual(empty, [], 'RFC 8414 §3.2 omits empty lists');
    });

    it(`${path} in other spellings contains no OpenID Connect features`, async () => {
      for (const spelling of [
        `${path}/`,
        path.toUpperCase().replace('.WELL-KNOWN', '.well-known'),
      ]) {
        const response = await fetch(server.issuer + spelling);
        assert.doesNotMatch(await response.text(), /id_token_signing|userinfo/, spelling);
      }
    });
  }

  it('a longer path is 404', async () => {
    for (const path of METADATA_PATHS) {
      const { status } = await fetch(`${server.issuer}${path}/other`);
      assert.equal(status, 404, path);
    }
  });

  it('a client that looks only for OpenID metadata finds the issuer', async () => {
    const issuer = new URL(server.issuer);
    const response = await oauth.discoveryRequest(issuer, {
      algorithm: 'oidc',
      [oauth.allowInsecureRequests]: true,
    });
    const found = await oauth.processDiscoveryResponse(issuer, response);
    assert.equal(found.token_endpoint, `${server.issuer}/api/v1/oauth/token`);
  });
});
