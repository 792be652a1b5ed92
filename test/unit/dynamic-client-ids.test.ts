import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createClientIds } from '../../src/applications/dynamic/client-ids.ts';
import { readRegistration } from '../../src/applications/dynamic/registration-request.ts';
import { readConfig } from '../../src/config/config.ts';

const BASE64URL = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'];
const OLD = 'old cookie key of the test 0123456789';
const NEW = 'new cookie key of the test 0123456789';
const AGENT = { name: 'Agent „ö“', redirectUris: ['http://127.0.0.1/callback'] };

describe('Client IDs of dynamic registration', () => {
  test('contain their client, and are the same for the same client', () => {
    const ids = createClientIds([OLD]);
    const clientId = ids.make(AGENT);
    assert.deepEqual(ids.read(clientId), AGENT);
    assert.equal(createClientIds([OLD]).make({ ...AGENT }), clientId);
    assert.notEqual(ids.make({ ...AGENT, name: 'Agent' }), clientId);
    assert.match(clientId, /^[A-Za-z0-9._-]+$/);
  });

  test('are accepted as long as their key is configured', () => {
    const clientId = createClientIds([OLD]).make(AGENT);
    assert.deepEqual(createClientIds([NEW, OLD]).read(clientId), AGENT);
    assert.equal(createClientIds([NEW]).read(clientId), undefined);
  });

  test('are refused if a character was changed', () => {
    const ids = createClientIds([OLD]);
    const clientId = ids.make(AGENT);
    const forged = Buffer.from(JSON.stringify(['X', 'https://evil.example/'])).toString(
      'base64url',
    );
    const code = clientId.split('.').at(-1);
    const others = [
      `dyn1.${forged}.${code}`,
      `dyn2${clientId.slice(4)}`,
      `${clientId}A`,
      clientId.slice(0, -1),
      clientId.toLowerCase(),
      clientId.replace(/[^.]$/, '='),
      ...BASE64URL.filter((last) => !clientId.endsWith(last)).map(
        (last) => clientId.slice(0, -1) + last,
      ),
      'dyn1..',
      'dyn1.',
      '',
    ];
    for (const other of others) {
      assert.equal(ids.read(other), undefined, other);
    }
  });
});

describe('A dynamic registration', () => {
  const settings = readConfig({ CUSTOM_SCHEMES: 'myagent' });
  const any = readConfig({ DYNAMIC_REGISTRATION: 'any' });
  const read = (body: unknown, config = settings) => readRegistration(config, body);
  const uris = (...redirect_uris: string[]) => read({ redirect_uris }).client.redirectUris;

  test('does not depend on ports, order and repetitions', () => {
    assert.deepEqual(
      uris('http://localhost:49152/oauth/callback', 'http://127.0.0.1:33418/', 'http://127.0.0.1/'),
      ['http://127.0.0.1/', 'http://localhost/oauth/callback'],
    );
    assert.deepEqual(uris('http://[::1]:8080/callback?x=1:2'), ['http://[::1]/callback?x=1:2']);
  });

  test('of a native program keeps only redirect URIs on the device', () => {
    const sent = [
      'https://www.cursor.com/agents/callback',
      'cursor://anysphere.mcp/oauth/callback',
    ];
    assert.deepEqual(uris(...sent), ['cursor://anysphere.mcp/oauth/callback']);
    assert.deepEqual(uris('myagent://callback'), ['myagent://callback']);
    assert.deepEqual(uris('com.example.agent:/callback'), ['com.example.agent:/callback']);
    assert.deepEqual(read({ redirect_uris: sent }, any).client.redirectUris, [
      'cursor://anysphere.mcp/oauth/callback',
      'https://www.cursor.com/agents/callback',
    ]);
  });

  test('without an acceptable redirect URI is refused', () => {
    for (const uri of [
      'https://evil.example/callback',
      'HTTPS://evil.example/callback',
      'http://evil.example/callback',
      'http://127.0.0.1@evil.example/',
      'http://localhost.evil.example:80/',
      'javascript:alert(1)',
      'data:text/html,x',
      'file:///etc/passwd',
      'unknown://callback',
      'http://127.0.0.1:80/#x',
      '',
    ]) {
      assert.throws(() => uris(uri), { error: 'invalid_redirect_uri' }, uri);
    }
    for (const redirect_uris of [undefined, [], 'http://127.0.0.1/', [1], Array(21).fill('a:/')]) {
      assert.throws(() => read({ redirect_uris }), { error: 'invalid_redirect_uri' });
    }
  });

  test('is filtered to what this server has', () => {
    const { client, scope, redirectUris } = read({
      redirect_uris: ['http://127.0.0.1:5000/cb'],
      client_name: '  A\u202egent\n  1 ',
      grant_types: [
        'authorization_code',
        'refresh_token',
        'urn:ietf:params:oauth:grant-type:jwt-bearer',
      ],
      response_types: ['code', 'token'],
      token_endpoint_auth_method: 'private_key_jwt',
      scope: ' openid read  offline_access nothing ',
      software_id: 'x',
      logo_uri: 'https://evil.example/logo.png',
      jwks: { keys: [] },
    });
    assert.deepEqual(client, { name: 'A gent 1', redirectUris: ['http://127.0.0.1/cb'] });
    assert.deepEqual(redirectUris, ['http://127.0.0.1:5000/cb']);
    assert.equal(scope, 'read');
  });

  test('for other grants, or of another form, is refused', () => {
    const redirect_uris = ['http://127.0.0.1/'];
    for (const body of [
      { redirect_uris, grant_types: ['client_credentials'] },
      { redirect_uris, response_types: ['token'] },
      { redirect_uris, client_name: 5 },
      { redirect_uris, client_name: 'a\u0300\u0300\u0300\u0300\u0300\u0300' },
      { redirect_uris, scope: ['read'] },
      [],
      null,
      undefined,
    ]) {
      assert.throws(() => read(body), { error: 'invalid_client_metadata' }, JSON.stringify(body));
    }
  });

  test('has a name in any case, and at most 60 characters of it', () => {
    const named = (client_name?: string) =>
      read({ redirect_uris: ['http://127.0.0.1/'], client_name }).client.name;
    assert.equal(named(), 'Unnamed app');
    assert.equal(named('\u200b '), 'Unnamed app');
    assert.equal(named('😀'.repeat(100)), '😀'.repeat(60));
  });
});

test('DYNAMIC_REGISTRATION is native with open registration only, unless it is set', () => {
  const mode = (variables: Record<string, string>) => readConfig(variables).dynamicRegistration;
  assert.equal(mode({}), 'native');
  assert.equal(mode({ REGISTRATION: 'approval' }), 'off');
  assert.equal(mode({ REGISTRATION: 'closed' }), 'off');
  assert.equal(mode({ REGISTRATION: 'closed', DYNAMIC_REGISTRATION: 'any' }), 'any');
  assert.throws(() => mode({ DYNAMIC_REGISTRATION: 'on' }), /DYNAMIC_REGISTRATION must be native/);
});
