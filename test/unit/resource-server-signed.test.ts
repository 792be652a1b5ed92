import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { before, beforeEach, describe, test } from 'node:test';
import type { UnavailableError } from '@stagedoor/resource-server';
import { type JWK, SignJWT } from 'jose';
import { newCredential } from '../../src/lib/credentials.ts';
import { freePort } from '../support/free-port.ts';
import { ask, assertUnavailable, createKit } from '../support/kit/ask.ts';
import { type Answer, facts, json, useFakeIssuer } from '../support/kit/fake-issuer.ts';

const issuer = useFakeIssuer();

const TYPE = 'application/token-introspection+jwt';
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const KEY: JWK = { ...publicKey.export({ format: 'jwk' }), kid: 'a', alg: 'ES256', use: 'sig' };
let port: number;
const metadata = () => ({
  issuer: issuer.url,
  introspection_endpoint: `${issuer.url}/introspect`,
  jwks_uri: `${issuer.url}/jwks`,
  introspection_signing_alg_values_supported: ['ES256'],
});

/** Answers requests for metadata and keys. */
function publish(keys: readonly JWK[], changes: object = {}): void {
  issuer.metadata((request, ...exchange) => {
    const value = request.url === '/jwks' ? { keys } : { ...metadata(), ...changes };
    return json(value)(request, ...exchange);
  });
}

interface SignedOptions {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly key?: KeyObject | Uint8Array;
  readonly type?: string;
}

/** Signs a response as in RFC 9701, with the changes of a test. */
function signed({ claims, header, key = privateKey, type = TYPE }: SignedOptions = {}): Answer {
  return async (_, response, body) => {
    const sent = new URLSearchParams(body);
    const jwt = await new SignJWT({
      iss: issuer.url,
      aud: 'api',
      iat: Math.floor(Date.now() / 1000),
      ath: hashOf(sent.get('token') ?? ''),
      nonce: sent.get('nonce') ?? undefined,
      token_introspection: { ...facts(), iss: issuer.url },
      ...claims,
    })
      .setProtectedHeader({ typ: 'token-introspection+jwt', alg: 'ES256', kid: 'a', ...header })
      .sign(key);
    response.writeHead(200, { 'content-type': type }).end(jwt);
  };
}

/** Returns a hash like `ath` of RFC 9449. */
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

before(async () => {
  port = await freePort();
});
beforeEach(() => publish([KEY]));

describe('Kit with signed introspection', () => {
  const now = () => Math.floor(Date.now() / 1000);
  const createSignedKit = (options = {}) =>
    createKit(issuer, { signedIntrospection: true, ...options });

  test('requests and accepts signed responses', async () => {
    issuer.answer(signed());
    const kit = createSignedKit();
    assert.equal((await ask(kit)).status, 200);
    assert.equal((await ask(kit, { requirement: { organizer: 'bluehall' } })).status, 403);
    assert.equal(issuer.introspections[0]?.accept, TYPE);
    const nonces = issuer.introspections.map(({ body }) => new URLSearchParams(body).get('nonce'));
    assert.equal(new Set(nonces).size, 2, 'each request has a different nonce');
    assert.match(nonces[0] ?? '', /^[\w-]{22}$/);
    assert.equal(
      issuer.requests.filter(({ path }) => path === '/jwks').length,
      1,
      'keys are cached',
    );
    issuer.answer(signed({ claims: { token_introspection: { active: false } } }));
    assert.equal((await ask(kit)).status, 401);
  });

  test('accepts responses if the clocks of the two machines differ', async () => {
    for (const difference of [-86_400, 86_400]) {
      issuer.answer(signed({ claims: { iat: now() + difference } }));
      assert.equal((await ask(createSignedKit())).status, 200);
    }
  });

  test('discovers the keys even if the endpoint is configured', async () => {
    issuer.answer(signed());
    publish([KEY], { introspection_endpoint: undefined });
    const introspectionEndpoint = `${issuer.url}/introspect`;
    assert.equal((await ask(createSignedKit({ introspectionEndpoint }))).status, 200);
  });

  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const wrong: Record<string, () => Answer | Promise<Answer>> = {
    'is not signed': () => json({ ...facts(), iss: issuer.url }),
    'is unsigned with the signed type': () => (_, response) => {
      response.writeHead(200, { 'content-type': TYPE });
      response.end(JSON.stringify(facts()));
    },
    'is signed with the JSON type': () => signed({ type: 'application/json' }),
    'is signed by another party': async () => signed({ key: stranger.privateKey }),
    'is signed by a key that is not published': async () =>
      signed({ key: stranger.privateKey, header: { kid: 'b' } }),
    'is signed with the secret': () =>
      signed({ key: Buffer.from('s+ecret'.repeat(8)), header: { alg: 'HS256' } }),
    'is another kind of token': () => signed({ header: { typ: 'at+jwt' } }),
    'is for another service': () => signed({ claims: { aud: 'other' } }),
    'has no audience': () => signed({ claims: { aud: undefined } }),
    'is of another server': () => signed({ claims: { iss: 'https://evil.example' } }),
    'has no iat': () => signed({ claims: { iat: undefined } }),
    'has expired': () => signed({ claims: { exp: now() - 120 } }),
    'is about another token': () => signed({ claims: { ath: hashOf(newCredential('sda')) } }),
    'is about no token': () => signed({ claims: { ath: undefined } }),
    'has the nonce of an earlier request': () => signed({ claims: { nonce: 'earlier' } }),
    'has no nonce': () => signed({ claims: { nonce: undefined } }),
    'has no token_introspection': () => signed({ claims: { token_introspection: undefined } }),
    'has the claims at the top level': () =>
      signed({ claims: { token_introspection: undefined, ...facts() } }),
    'contains the claims of another server': () =>
      signed({ claims: { token_introspection: { ...facts(), iss: 'https://evil.example' } } }),
  };
  for (const [name, make] of Object.entries(wrong)) {
    test(`refuses a response that ${name}`, async () => {
      issuer.answer(await make());
      const told: UnavailableError[] = [];
      const kit = createSignedKit({ onUnavailable: (error: UnavailableError) => told.push(error) });
      assertUnavailable(await ask(kit));
      assert.match(told[0]?.message ?? '', /^[^\n]{20,400}$/);
    });
  }

  const missing: [string, () => void, RegExp][] = [
    ['has no jwks_uri', () => publish([KEY], { jwks_uri: undefined }), /it names no jwks_uri/],
    [
      'has a jwks_uri with http',
      () => publish([KEY], { jwks_uri: 'http://192.0.2.1/jwks' }),
      /192.0.2.1 must use https/,
    ],
    ['publishes no keys', () => publish([]), /no applicable keys found/],
    [
      'has a jwks_uri that is not found',
      () => publish([KEY], { jwks_uri: `${issuer.url}/introspect` }),
      /introspect gave no usable answer/,
    ],
    [
      'has an unreachable jwks_uri',
      () => publish([KEY], { jwks_uri: `http://127.0.0.1:${port}/jwks` }),
      /\/jwks cannot be reached \(ECONNREFUSED\)/,
    ],
  ];
  for (const [name, prepare, message] of missing) {
    test(`returns 503 if the server ${name}`, async () => {
      issuer.answer(signed());
      prepare();
      const told: UnavailableError[] = [];
      const kit = createSignedKit({ onUnavailable: (error: UnavailableError) => told.push(error) });
      assertUnavailable(await ask(kit));
      assert.match(told[0]?.message ?? '', message);
    });
  }
});

test('A kit without signed introspection refuses signed responses', async () => {
  issuer.answer(signed());
  assertUnavailable(await ask(createKit(issuer)));
  assert.equal(issuer.introspections[0]?.accept, 'application/json');
});
