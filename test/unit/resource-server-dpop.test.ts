import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { ResourceServer, UnavailableError } from '@stagedoor/resource-server';
import { decide } from '@stagedoor/resource-server/fetch';
import { newCredential } from '../../src/lib/credentials.ts';
import { ask, assertUnavailable, bearer, createKit } from '../support/kit/ask.ts';
import { facts, json, TOKEN, useFakeIssuer } from '../support/kit/fake-issuer.ts';
import { FRAMEWORKS } from '../support/kit/frameworks.ts';
import { createProver, type ProofOptions, type Prover } from '../support/kit/prover.ts';

const issuer = useFakeIssuer();

const API = 'https://api.example.com';
const PATH = '/organizers/redstage';
const url = API + PATH;
let prover: Prover;
before(async () => {
  prover = await createProver();
});
const bound = (changes: Record<string, unknown> = {}) =>
  json({ ...facts(), token_type: 'DPoP', cnf: { jkt: prover.jkt }, ...changes });
const createBoundKit = () => createKit(issuer, { dpop: { url: API } });
const prove = (options: ProofOptions = {}) => prover.prove({ url, token: TOKEN, ...options });
const send = (kit: ResourceServer, dpop: string | string[], question: object = {}) =>
  ask(kit, { headers: { authorization: `DPoP ${TOKEN}`, dpop }, url: PATH, ...question });

const ALGS = 'algs="ES256 ES384 ES512 Ed25519 EdDSA PS256 RS256"';

describe('DPoP-bound token', () => {
  test('is accepted once with a proof of the key', async () => {
    const kit = createBoundKit();
    issuer.answer(bound());
    const proof = await prove();
    assert.equal((await send(kit, proof)).status, 200);
    const again = await send(kit, proof);
    assert.equal(again.status, 401);
    assert.equal(again.challenge, `DPoP realm="api", error="invalid_dpop_proof", ${ALGS}`);
    assert.deepEqual(again.body, { detail: 'The DPoP proof is not valid: it was used before.' });
    assert.equal((await send(kit, await prove())).status, 200);
  });

  test('causes onReplay for a reused proof only', async () => {
    const told: unknown[] = [];
    const kit = createKit(issuer, { dpop: { url: API, onReplay: (proof) => told.push(proof) } });
    issuer.answer(bound());
    const proof = await prove();
    await send(kit, proof);
    await send(kit, 'nonsense');
    assert.deepEqual(told, []);
    await send(kit, proof);
    assert.deepEqual(told, [{ jkt: prover.jkt, user: facts().sub }]);
  });

  test('is accepted once if parallel requests use one proof', async () => {
    const kit = createBoundKit();
    issuer.answer(bound());
    const proof = await prove();
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(kit, proof)));
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  });

  test('is refused without a proof, with either scheme', async () => {
    const kit = createBoundKit();
    issuer.answer(bound());
    const asBearer = await ask(kit, { headers: { ...bearer(), dpop: await prove() }, url: PATH });
    assert.equal(asBearer.status, 401);
    assert.equal(asBearer.challenge, `Bearer realm="api", error="invalid_token", DPoP ${ALGS}`);
    const proofless = await ask(kit, { headers: { authorization: `DPoP ${TOKEN}` }, url: PATH });
    assert.equal(proofless.status, 401);
    assert.match(proofless.challenge, /^DPoP realm="api", error="invalid_dpop_proof"/);
  });

  test('is refused with a proof of another key', async () => {
    issuer.answer(bound());
    const thief = await createProver();
    const answer = await send(createBoundKit(), await thief.prove({ url, token: TOKEN }));
    assert.equal(answer.status, 401);
    assert.equal(answer.challenge, `DPoP realm="api", error="invalid_token", ${ALGS}`);
  });

  test('must match the requirement of the route', async () => {
    issuer.answer(bound({ scope: 'read' }));
    const proof = await prove({ method: 'POST' });
    const answer = await send(createBoundKit(), proof, { method: 'POST' });
    assert.equal(answer.status, 403);
    assert.equal(
      answer.challenge,
      `DPoP realm="api", error="insufficient_scope", scope="write", ${ALGS}`,
    );
  });

  test('is refused by a kit without the dpop option', async () => {
    issuer.answer(bound());
    const kit = createKit(issuer);
    assert.equal((await ask(kit)).challenge, 'Bearer realm="api", error="invalid_token"');
    const answer = await send(kit, await prove());
    assert.equal(answer.status, 401);
    assert.equal(answer.challenge, 'Bearer realm="api"');
  });

  for (const [name, cnf] of [
    ['to a certificate', () => ({ 'a certificate in cnf': 'x' })],
    [
      'to a key and a certificate',
      () => ({ jkt: prover.jkt, 'a key and a certificate in cnf': 'x' }),
    ],
    ['no cnf', () => undefined],
    ['an empty cnf', () => ({})],
  ] as const) {
    test(`is refused with ${name}`, async () => {
      issuer.answer(bound({ cnf: cnf() }));
      assert.equal((await send(createBoundKit(), await prove())).status, 401);
      assert.equal((await ask(createBoundKit())).status, 401);
    });
  }
});

test('An unbound token is refused with a proof, and accepted without one', async () => {
  const kit = createBoundKit();
  issuer.answer(json({ ...facts(), iss: issuer.url }));
  const answer = await send(kit, await prove());
  assert.equal(answer.status, 401);
  assert.equal(answer.challenge, `DPoP realm="api", error="invalid_token", ${ALGS}`);
  assert.equal((await ask(kit)).status, 200);
});

test('A request without a token gets challenges for both schemes', async () => {
  const answer = await ask(createBoundKit(), { headers: {} });
  assert.equal(answer.challenge, `Bearer realm="api", DPoP ${ALGS}`);
});

describe('DPoP proof', () => {
  for (const alg of ['ES256', 'ES384', 'ES512', 'Ed25519', 'PS256', 'RS256']) {
    test(`can be signed with ${alg}`, async () => {
      const other = await createProver(alg);
      issuer.answer(bound({ cnf: { jkt: other.jkt } }));
      const proof = await other.prove({ url, token: TOKEN });
      assert.equal((await send(createBoundKit(), proof)).status, 200);
    });
  }

  for (const [name, htu] of [
    ['with a query', `${url}?page=2`],
    ['with a fragment', `${url}#top`],
    ['with the default port of https', `https://api.example.com:443${PATH}`],
    ['with an upper-case host', `https://API.example.com${PATH}`],
    ['with dot segments', `${API}/elsewhere/..${PATH}`],
  ] as const) {
    test(`can name the URL ${name}`, async () => {
      issuer.answer(bound());
      assert.equal((await send(createBoundKit(), await prove({ url: htu }))).status, 200);
    });
  }

  const now = () => Math.floor(Date.now() / 1000);
  const wrong: Record<string, () => Promise<string | string[]>> = {
    malformed: async () => 'proof',
    'that is empty': async () => '',
    'of 20 KB': async () => `${await prove()}${'A'.repeat(20_000)}`,
    'with control characters': async () => `\0${await prove()}`,
    'sent together with another one': async () => [await prove(), await prove()],
    'sent together with another one, in one header': async () =>
      `${await prove()}, ${await prove()}`,
    'of another type': () => prove({ header: { typ: 'JWT' } }),
    'of no type': () => prove({ header: { typ: undefined } }),
    'without a key': () => prove({ header: { jwk: undefined } }),
    'with a string as key': () => prove({ header: { jwk: 'key' } }),
    'with a key without curve': () =>
      prove({ header: { jwk: { ...prover.publicJwk, x: prover.publicJwk.y } } }),
    'with a private key': () => prove({ header: { jwk: prover.privateJwk } }),
    'with another key': async () => prove({ header: { jwk: (await createProver()).publicJwk } }),
    'with a symmetric key': async () => unsecured({ alg: 'HS256', jwk: { kty: 'oct', k: 'AAAA' } }),
    'that is not signed': async () => unsecured({ alg: 'none', jwk: prover.publicJwk }),
    'with a changed signature': async () => `${(await prove()).slice(0, -4)}AAAA`,
    'with unknown critical parameters': () => prove({ header: { crit: ['x'], x: 1 } }),
    'for another method': () => prove({ method: 'POST' }),
    'for the method in lower case': () => prove({ method: 'get' }),
    'for another path': () => prove({ url: `${API}/organizers/bluehall` }),
    'for another host': () => prove({ url: `https://evil.example${PATH}` }),
    'for http': () => prove({ url: `http://api.example.com${PATH}` }),
    'for an invalid URL': () => prove({ url: PATH }),
    'for two URLs': () => prove({ claims: { htu: [url] } }),
    'for another token': () => prove({ token: newCredential('sda') }),
    'for no token': () => prove({ claims: { ath: undefined } }),
    'without jti': () => prove({ claims: { jti: undefined } }),
    'with an empty jti': () => prove({ claims: { jti: '' } }),
    'with a number as jti': () => prove({ claims: { jti: 7 } }),
    'without iat': () => prove({ claims: { iat: undefined } }),
    'with a text as iat': () => prove({ claims: { iat: 'now' } }),
    'with an iat two minutes ago': () => prove({ claims: { iat: now() - 120 } }),
    'with an iat in two minutes': () => prove({ claims: { iat: now() + 120 } }),
    expired: () => prove({ claims: { exp: now() - 120 } }),
  };
  for (const [name, make] of Object.entries(wrong)) {
    test(`${name} is refused without a request to the server`, async () => {
      issuer.answer(bound());
      const answer = await send(createBoundKit(), await make());
      assert.equal(answer.status, 401);
      assert.equal(answer.challenge, `DPoP realm="api", error="invalid_dpop_proof", ${ALGS}`);
      assert.equal(issuer.requests.length, 0);
    });
  }

  test('is stored only if the token is bound to its key', async () => {
    const kit = createKit(issuer, { dpop: { url: API, entries: 1 } });
    issuer.answer(json({ active: false }));
    await send(kit, await prove());
    issuer.answer(json({ ...facts(), iss: issuer.url }));
    await send(kit, await prove());
    issuer.answer(bound());
    assert.equal((await send(kit, await prove())).status, 200);
  });

  test('is refused with 503 if the replay store is full', async () => {
    const told: UnavailableError[] = [];
    const onUnavailable = (error: UnavailableError) => told.push(error);
    const kit = createKit(issuer, { dpop: { url: API, entries: 1 }, onUnavailable });
    issuer.answer(bound());
    // Valid for a few more seconds.
    const old = await prove({ claims: { iat: now() - 57 } });
    const first = await send(kit, old);
    if (first.status === 200) {
      assertUnavailable(await send(kit, await prove()));
      assert.match(told[0]?.message ?? '', /too many proofs .* Raise dpop.entries/);
    }
    const { now: real } = performance;
    try {
      performance.now = () => real.call(performance) + 5000;
      assert.equal((await send(kit, await prove())).status, 200);
    } finally {
      performance.now = real;
    }
  });

  for (const sharing of ['user', 'key'] as const) {
    test(`of others is accepted while one ${sharing} fills the replay store`, async () => {
      const kit = createKit(issuer, { dpop: { url: API, entries: 20 } });
      let users = 0;
      const askAs = async (sub: string, one = prover) => {
        users += 1;
        const user = sharing === 'user' ? sub : `user-${users}`;
        issuer.answer(bound({ sub: user, cnf: { jkt: one.jkt } }));
        return (await send(kit, await one.prove({ url, token: TOKEN }))).status;
      };
      const flood = [];
      for (let i = 0; i < 30; i += 1) {
        const one = sharing === 'key' || i === 0 ? prover : await createProver();
        flood.push(await askAs('mallory', one));
      }
      assert.equal(flood.filter((status) => status === 200).length, 10, 'half of the entries');
      assert.equal(flood.at(-1), 503);
      assert.equal(await askAs('ada', await createProver()), 200);
      assert.equal(await askAs('mallory'), 503);
      assert.equal(await askAs('ben', await createProver()), 200);
    });
  }

  test('is refused on reuse in another process with a shared replay store', async () => {
    const shared = new Set<string>();
    const replay = {
      remember: async (id: string, seconds: number) => {
        assert.ok(seconds > 50 && seconds < 70, `${seconds}`);
        return !shared.has(id) && shared.add(id).has(id);
      },
    };
    issuer.answer(bound());
    const [one, other] = [0, 1].map(() => createKit(issuer, { dpop: { url: API, replay } }));
    assert.ok(one && other);
    const proof = await prove();
    assert.equal((await send(one, proof)).status, 200);
    assert.equal((await send(other, proof)).status, 401);
  });

  test('is refused with 503 while the shared replay store is unreachable', async () => {
    const replay = { remember: () => Promise.reject(new Error('The memory is away.')) };
    issuer.answer(bound());
    const kit = createKit(issuer, { dpop: { url: API, replay } });
    assertUnavailable(await send(kit, await prove()));
  });
});

describe('URL of an API', () => {
  test('can have a path that a proxy removes', async () => {
    const kit = createKit(issuer, { dpop: { url: 'https://example.com/api/v2/' } });
    issuer.answer(bound());
    const proof = await prove({ url: `https://example.com/api/v2${PATH}` });
    assert.equal((await send(kit, proof, { url: `${PATH}?page=2` })).status, 200);
  });

  test('can be computed by a function', async () => {
    const kit = createKit(issuer, {
      dpop: { url: ({ url: path }) => `https://two.example.com${path}` },
    });
    issuer.answer(bound());
    const proof = await prove({ url: `https://two.example.com${PATH}` });
    assert.equal((await send(kit, proof)).status, 200);
  });

  test('is not taken from the Host header', async () => {
    issuer.answer(bound());
    const asked = new Request(`https://evil.example${PATH}`, {
      headers: {
        authorization: `DPoP ${TOKEN}`,
        dpop: await prove({ url: `https://evil.example${PATH}` }),
        host: 'evil.example',
      },
    });
    const { response } = await decide(createBoundKit(), asked, { organizer: null });
    assert.equal(response?.status, 401);
  });

  test('must be known', async () => {
    const told: UnavailableError[] = [];
    const onUnavailable = (error: UnavailableError) => told.push(error);
    issuer.answer(bound());
    const kit = createKit(issuer, { dpop: { url: API }, onUnavailable });
    assertUnavailable(await send(kit, await prove(), { url: undefined }));
    assert.match(told[0]?.message ?? '', /verify needs the url of a request/);
    const lost = createKit(issuer, { dpop: { url: () => 'nowhere' } });
    assertUnavailable(await send(lost, await prove()));
    assert.equal((await send(lost, await prove({ url: 'nowhere' }))).status, 401);
  });
});

for (const [framework, start] of Object.entries(FRAMEWORKS)) {
  test(`${framework}: bound tokens work, and two guards accept one proof`, async (t) => {
    let target = '';
    const kit = createKit(issuer, { dpop: { url: ({ url: path }) => target + path } });
    const needs = { organizer: 'organizer' };
    const api = await start(kit, [{ path: '/organizers/:organizer', needs, twice: true }]);
    t.after(() => api.close());
    target = api.url;
    issuer.answer(bound());
    const dpop = await prove({ url: api.url + PATH });
    const headers = { authorization: `DPoP ${TOKEN}`, dpop };
    assert.equal((await fetch(`${api.url}${PATH}?page=2`, { headers })).status, 200);
    assert.equal((await fetch(`${api.url}${PATH}?page=2`, { headers })).status, 401);
  });
}

/** Returns a proof without a valid signature. */
function unsecured(header: object): string {
  const claims = { jti: 'x', iat: Math.floor(Date.now() / 1000), htm: 'GET', htu: url };
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${encode({ typ: 'dpop+jwt', ...header })}.${encode(claims)}.AAAA`;
}
