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

describe('a token that is bound to a key', () => {
  test('is let in with a proof of the key, once', async () => {
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

  test('tells the service about a proof that was used before, and about nothing else', async () => {
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

  test('is let in once by one of many requests that bring one proof at once', async () => {
    const kit = createBoundKit();
    issuer.answer(bound());
    const proof = await prove();
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(kit, proof)));
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  });

  test('is refused without a proof, whatever the scheme', async () => {
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

  test('still needs what its route needs', async () => {
    issuer.answer(bound({ scope: 'read' }));
    const proof = await prove({ method: 'POST' });
    const answer = await send(createBoundKit(), proof, { method: 'POST' });
    assert.equal(answer.status, 403);
    assert.equal(
      answer.challenge,
      `DPoP realm="api", error="insufficient_scope", scope="write", ${ALGS}`,
    );
  });

  test('is refused where the service does not take such tokens', async () => {
    issuer.answer(bound());
    const kit = createKit(issuer);
    assert.equal((await ask(kit)).challenge, 'Bearer realm="api", error="invalid_token"');
    const answer = await send(kit, await prove());
    assert.equal(answer.status, 401);
    assert.equal(answer.challenge, 'Bearer realm="api"');
  });

  for (const [name, cnf] of [
    ['to a certificate', () => ({ 'x5t#S256': 'x' })],
    ['to a key and a certificate', () => ({ jkt: prover.jkt, 'x5t#S256': 'x' })],
    ['to nothing that it names', () => undefined],
    ['to nothing', () => ({})],
  ] as const) {
    test(`is refused where it is bound ${name}`, async () => {
      issuer.answer(bound({ cnf: cnf() }));
      assert.equal((await send(createBoundKit(), await prove())).status, 401);
      assert.equal((await ask(createBoundKit())).status, 401);
    });
  }
});

test('a token that is not bound is refused with a proof, and let in without', async () => {
  const kit = createBoundKit();
  issuer.answer(json({ ...facts(), iss: issuer.url }));
  const answer = await send(kit, await prove());
  assert.equal(answer.status, 401);
  assert.equal(answer.challenge, `DPoP realm="api", error="invalid_token", ${ALGS}`);
  assert.equal((await ask(kit)).status, 200);
});

test('a caller without a token is told of both schemes', async () => {
  const answer = await ask(createBoundKit(), { headers: {} });
  assert.equal(answer.challenge, `Bearer realm="api", DPoP ${ALGS}`);
});

describe('a proof', () => {
  for (const alg of ['ES256', 'ES384', 'ES512', 'Ed25519', 'PS256', 'RS256']) {
    test(`may be signed by ${alg}`, async () => {
      const other = await createProver(alg);
      issuer.answer(bound({ cnf: { jkt: other.jkt } }));
      const proof = await other.prove({ url, token: TOKEN });
      assert.equal((await send(createBoundKit(), proof)).status, 200);
    });
  }

  for (const [name, htu] of [
    ['with a query', `${url}?page=2`],
    ['with a fragment', `${url}#top`],
    ['with the port that https has anyway', `https://api.example.com:443${PATH}`],
    ['with a host in capitals', `https://API.example.com${PATH}`],
    ['with a detour', `${API}/elsewhere/..${PATH}`],
  ] as const) {
    test(`may name the URL ${name}`, async () => {
      issuer.answer(bound());
      assert.equal((await send(createBoundKit(), await prove({ url: htu }))).status, 200);
    });
  }

  const now = () => Math.floor(Date.now() / 1000);
  const wrong: Record<string, () => Promise<string | string[]>> = {
    'of no form': async () => 'proof',
    'that is empty': async () => '',
    'of 20 KB': async () => `${await prove()}${'A'.repeat(20_000)}`,
    'with control characters': async () => `\0${await prove()}`,
    'that comes with another one': async () => [await prove(), await prove()],
    'that comes with another one, in one header': async () => `${await prove()}, ${await prove()}`,
    'of another type': () => prove({ header: { typ: 'JWT' } }),
    'of no type': () => prove({ header: { typ: undefined } }),
    'without a key': () => prove({ header: { jwk: undefined } }),
    'with a key that is a word': () => prove({ header: { jwk: 'key' } }),
    'with a key that is on no curve': () =>
      prove({ header: { jwk: { ...prover.publicJwk, x: prover.publicJwk.y } } }),
    'with the private key in it': () => prove({ header: { jwk: prover.privateJwk } }),
    'with the key of somebody else': async () =>
      prove({ header: { jwk: (await createProver()).publicJwk } }),
    'by a shared key': async () => unsecured({ alg: 'HS256', jwk: { kty: 'oct', k: 'AAAA' } }),
    'that is not signed': async () => unsecured({ alg: 'none', jwk: prover.publicJwk }),
    'with a changed signature': async () => `${(await prove()).slice(0, -4)}AAAA`,
    'with parameters that nobody knows': () => prove({ header: { crit: ['x'], x: 1 } }),
    'for another method': () => prove({ method: 'POST' }),
    'for the method in small letters': () => prove({ method: 'get' }),
    'for another path': () => prove({ url: `${API}/organizers/bluehall` }),
    'for another host': () => prove({ url: `https://evil.example${PATH}` }),
    'for http': () => prove({ url: `http://api.example.com${PATH}` }),
    'for no URL': () => prove({ url: PATH }),
    'for two URLs': () => prove({ claims: { htu: [url] } }),
    'for another token': () => prove({ token: newCredential('sda') }),
    'for no token': () => prove({ claims: { ath: undefined } }),
    'without a name': () => prove({ claims: { jti: undefined } }),
    'with an empty name': () => prove({ claims: { jti: '' } }),
    'with a number for a name': () => prove({ claims: { jti: 7 } }),
    'of no time': () => prove({ claims: { iat: undefined } }),
    'of a time in words': () => prove({ claims: { iat: 'now' } }),
    'of two minutes ago': () => prove({ claims: { iat: now() - 120 } }),
    'of in two minutes': () => prove({ claims: { iat: now() + 120 } }),
    'that has ended': () => prove({ claims: { exp: now() - 120 } }),
  };
  for (const [name, make] of Object.entries(wrong)) {
    test(`${name} is refused without a question to the server`, async () => {
      issuer.answer(bound());
      const answer = await send(createBoundKit(), await make());
      assert.equal(answer.status, 401);
      assert.equal(answer.challenge, `DPoP realm="api", error="invalid_dpop_proof", ${ALGS}`);
      assert.equal(issuer.requests.length, 0);
    });
  }

  test('is remembered only for tokens that its key is right for', async () => {
    const kit = createKit(issuer, { dpop: { url: API, entries: 1 } });
    issuer.answer(json({ active: false }));
    await send(kit, await prove());
    issuer.answer(json({ ...facts(), iss: issuer.url }));
    await send(kit, await prove());
    issuer.answer(bound());
    assert.equal((await send(kit, await prove())).status, 200);
  });

  test('is not let in where there is no room to remember it', async () => {
    const told: UnavailableError[] = [];
    const onUnavailable = (error: UnavailableError) => told.push(error);
    const kit = createKit(issuer, { dpop: { url: API, entries: 1 }, onUnavailable });
    issuer.answer(bound());
    // Good for one more second.
    const old = await prove({ claims: { iat: now() - 60 } });
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

  test('is let in for other users while one user fills the memory', async () => {
    const kit = createKit(issuer, { dpop: { url: API, entries: 20 } });
    const askAs = async (sub: string) => {
      issuer.answer(bound({ sub }));
      return (await send(kit, await prove())).status;
    };
    const flood = [];
    for (let i = 0; i < 30; i += 1) {
      flood.push(await askAs('mallory'));
    }
    assert.equal(flood.filter((status) => status === 200).length, 10, 'half of the room');
    assert.equal(flood.at(-1), 503);
    assert.equal(await askAs('ada'), 200);
    assert.equal(await askAs('mallory'), 503);
    assert.equal(await askAs('ben'), 200);
  });

  test('is remembered where several processes share a memory', async () => {
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

  test('is not let in while the shared memory is away', async () => {
    const replay = { remember: () => Promise.reject(new Error('The memory is away.')) };
    issuer.answer(bound());
    const kit = createKit(issuer, { dpop: { url: API, replay } });
    assertUnavailable(await send(kit, await prove()));
  });
});

describe('the URL of an API', () => {
  test('may have a path that a proxy takes off', async () => {
    const kit = createKit(issuer, { dpop: { url: 'https://example.com/api/v2/' } });
    issuer.answer(bound());
    const proof = await prove({ url: `https://example.com/api/v2${PATH}` });
    assert.equal((await send(kit, proof, { url: `${PATH}?page=2` })).status, 200);
  });

  test('may be told by a function', async () => {
    const kit = createKit(issuer, {
      dpop: { url: ({ url: path }) => `https://two.example.com${path}` },
    });
    issuer.answer(bound());
    const proof = await prove({ url: `https://two.example.com${PATH}` });
    assert.equal((await send(kit, proof)).status, 200);
  });

  test('is not what the request says', async () => {
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

  test('has to be known', async () => {
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
  test(`${framework} takes bound tokens, and two guards take one proof`, async (t) => {
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

/** A proof without a signature. */
function unsecured(header: object): string {
  const claims = { jti: 'x', iat: Math.floor(Date.now() / 1000), htm: 'GET', htu: url };
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${encode({ typ: 'dpop+jwt', ...header })}.${encode(claims)}.AAAA`;
}
