import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import {
  createResourceServer,
  type LiveToken,
  type LookUpOptions,
  RefusedError,
  UnavailableError,
} from '@stagedoor/resource-server';
import { ask, bearer, ORDERS } from '../support/kit/ask.ts';
import { TOKEN } from '../support/kit/fake-issuer.ts';
import { createProver, type Prover } from '../support/kit/prover.ts';

const LIVE: LiveToken = {
  sub: 'ada',
  clientId: 'app',
  scopes: ['read'],
  organizers: ['redstage'],
  permissions: { redstage: ['can_view_orders'] },
  issuedAt: 1_900_000_000,
  expiresAt: 2_000_000_000,
  jkt: undefined,
};
const API = 'https://api.example.com';
let prover: Prover;
before(async () => {
  prover = await createProver();
});

const createKit = (found: LiveToken | undefined, options: Partial<LookUpOptions> = {}) =>
  createResourceServer({
    lookUp: async (token) => (token === TOKEN ? found : undefined),
    dpop: { url: API },
    ...options,
  });

describe('Kit with a token look-up', () => {
  test('returns the access of a live token', async () => {
    const access = await createKit(LIVE).verify({ method: 'GET', headers: bearer() }, ORDERS);
    assert.equal(access.sub, 'ada');
    assert.equal(access.expiresAt, 2_000_000_000);
    assert.equal(access.can('redstage', 'can_view_orders'), true);
  });

  test('refuses a token that is not live with 401', async () => {
    const answer = await ask(createKit(undefined));
    assert.equal(answer.status, 401);
    assert.match(answer.challenge, /^Bearer realm="api", error="invalid_token", DPoP/);
  });

  test('enforces scope, organizer and permission', async () => {
    const kit = createKit(LIVE);
    assert.equal((await ask(kit, { method: 'POST', requirement: ORDERS })).status, 403);
    for (const requirement of [
      { organizer: 'bluehall' },
      { organizer: 'redstage', permission: 'can_change_orders' },
    ]) {
      assert.equal((await ask(kit, { requirement })).status, 403);
    }
  });

  test('refuses a bound token without its proof, and accepts a proof once', async () => {
    const kit = createKit({ ...LIVE, jkt: prover.jkt });
    assert.equal((await ask(kit)).status, 401);
    const url = `${API}/me`;
    const headers = {
      authorization: `DPoP ${TOKEN}`,
      dpop: await prover.prove({ url, token: TOKEN }),
    };
    assert.equal((await ask(kit, { url: '/me', headers })).status, 200);
    assert.equal((await ask(kit, { url: '/me', headers })).status, 401);
  });

  test('returns 503 if the look-up throws, with the error as the cause', async () => {
    const failure = new Error('The database is unreachable.');
    const reported: UnavailableError[] = [];
    const kit = createKit(LIVE, {
      lookUp: () => Promise.reject(failure),
      onUnavailable: (error) => reported.push(error),
    });
    await assert.rejects(kit.verify({ method: 'GET', headers: bearer() }), (error) => {
      assert.ok(error instanceof RefusedError && error.cause instanceof UnavailableError);
      assert.equal(error.answer.status, 503);
      assert.equal(error.cause.cause, failure);
      assert.deepEqual(reported, [error.cause]);
      return true;
    });
  });

  test('rejects unknown options', () => {
    const create = (options: object) => () =>
      createResourceServer({ lookUp: async () => undefined, ...options });
    assert.throws(create({ issuer: API }), /createResourceServer has no "issuer"/);
    assert.throws(create({ lookUp: 'tokens' }), /lookUp must be a function/);
    assert.throws(create({ dpop: { url: 'api.example.com' } }), /dpop.url must be/);
  });
});
