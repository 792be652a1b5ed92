import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { newCredential } from '../../src/lib/credentials.ts';
import { ask, assertUnavailable, bearer, createKit } from '../support/kit/ask.ts';
import { type Answer, facts, json, TOKEN, useFakeIssuer } from '../support/kit/fake-issuer.ts';

const issuer = useFakeIssuer();

const active = (changes: Record<string, unknown> = {}) =>
  json({ ...facts(), iss: issuer.url, ...changes });
const inactive = json({ active: false });
const LONG = { cache: { entries: 100, seconds: 300 } };

/** Delays an answer, so that requests overlap. */
function slowly(answer: Answer): Answer {
  return (...exchange) => setTimeout(() => answer(...exchange), 50);
}

describe('Kit without a cache', () => {
  test('asks for each request, so that a revoked token is refused immediately', async () => {
    const kit = createKit(issuer);
    issuer.answer(active());
    assert.equal((await ask(kit)).status, 200);
    issuer.answer(inactive);
    assert.equal((await ask(kit)).status, 401);
  });

  test('does not reuse the response to a request that was sent earlier', async () => {
    const kit = createKit(issuer);
    const arrived = Promise.withResolvers<() => void>();
    // The server has read that the token is live, and its response is still in transit.
    issuer.answer((...exchange) => arrived.resolve(() => active()(...exchange)));
    const before = ask(kit);
    const sendAnswer = await arrived.promise;
    // Meanwhile the token is revoked.
    issuer.answer(inactive);
    assert.equal((await ask(kit)).status, 401);
    sendAnswer();
    assert.equal((await before).status, 200);
  });

  test('keeps responses of different tokens separate', async () => {
    const kit = createKit(issuer);
    issuer.answer(
      slowly((request, response, body) =>
        (body === `token=${TOKEN}` ? active() : inactive)(request, response, body),
      ),
    );
    const [known, unknown] = await Promise.all([
      ask(kit),
      ask(kit, { headers: bearer(newCredential('sda')) }),
    ]);
    assert.deepEqual([known.status, unknown.status], [200, 401]);
  });
});

describe('Kit with a cache', () => {
  test('parallel requests with one token share one introspection', async () => {
    const kit = createKit(issuer, LONG);
    issuer.answer(slowly(active({ scope: 'read' })));
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => ask(kit, { method: i % 2 ? 'GET' : 'POST' })),
    );
    assert.equal(issuer.introspections.length, 1);
    // Each request is checked for its own scope.
    assert.deepEqual(
      answers.map(({ status }) => status),
      answers.map((_, i) => (i % 2 ? 200 : 403)),
    );
    assert.equal((await ask(kit)).status, 200);
    assert.equal(issuer.introspections.length, 1);
  });

  test('a failed introspection is shared as well, and the next request asks again', async () => {
    const kit = createKit(issuer, LONG);
    issuer.answer(slowly((_, response) => response.writeHead(500).end()));
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(kit)));
    answers.forEach(assertUnavailable);
    assert.equal(issuer.introspections.length, 1);
    issuer.answer(active());
    assert.equal((await ask(kit)).status, 200);
  });

  test('a cached response is checked against the requirement of each request', async () => {
    const kit = createKit(issuer, LONG);
    issuer.answer(active({ scope: 'read' }));
    assert.equal((await ask(kit)).status, 200);
    issuer.answer(inactive);
    assert.equal((await ask(kit)).status, 200);
    assert.equal((await ask(kit, { method: 'POST' })).status, 403);
    assert.equal((await ask(kit, { requirement: { organizer: 'bluehall' } })).status, 403);
    assert.equal(issuer.introspections.length, 1);
  });

  test('a cached response is used while the server is unreachable', async () => {
    const kit = createKit(issuer, LONG);
    issuer.answer(active());
    assert.equal((await ask(kit)).status, 200);
    issuer.answer((_, response) => response.writeHead(500).end());
    assertUnavailable(await ask(kit, { headers: bearer(newCredential('sda')) }));
    assert.equal((await ask(kit)).status, 200);
  });

  test('a response is cached for the configured time only', async () => {
    const kit = createKit(issuer, { cache: { entries: 100, seconds: 0.2 } });
    issuer.answer(active());
    assert.equal((await ask(kit)).status, 200);
    issuer.answer(inactive);
    await sleep(250);
    assert.equal((await ask(kit)).status, 401);
  });

  test('a response is cached no longer than the token is valid', async () => {
    const kit = createKit(issuer, LONG);
    issuer.answer(active({ exp: Date.now() / 1000 + 0.3 }));
    assert.equal((await ask(kit)).status, 200);
    issuer.answer(inactive);
    await sleep(350);
    assert.equal((await ask(kit)).status, 401);
    issuer.answer(active({ exp: Date.now() / 1000 - 1 }));
    const headers = bearer(newCredential('sda'));
    await ask(kit, { headers });
    await ask(kit, { headers });
    assert.equal(issuer.introspections.length, 4, 'an expired response is not cached');
  });

  test('a response with expires_in is cached for that time, whatever the clock says', async () => {
    const kit = createKit(issuer, LONG);
    const { now } = Date;
    try {
      for (const hours of [-1, 0, 1]) {
        Date.now = () => now() + hours * 3_600_000;
        const headers = bearer(newCredential('sda'));
        issuer.answer(active({ exp: now() / 1000 + 0.3, expires_in: 0.3 }));
        assert.equal((await ask(kit, { headers })).status, 200);
        issuer.answer(inactive);
        assert.equal((await ask(kit, { headers })).status, 200, `cached, ${hours} h`);
        await sleep(350);
        assert.equal((await ask(kit, { headers })).status, 401, `expired, ${hours} h`);
      }
    } finally {
      Date.now = now;
    }
  });

  test('the time of the request counts against expires_in', async () => {
    const kit = createKit(issuer, LONG);
    issuer.answer((...exchange) => setTimeout(() => active({ expires_in: 0.2 })(...exchange), 250));
    assert.equal((await ask(kit)).status, 200);
    issuer.answer(inactive);
    assert.equal((await ask(kit)).status, 401);
  });

  test('an inactive response is cached for a shorter time', async () => {
    const kit = createKit(issuer, LONG);
    issuer.answer(inactive);
    assert.equal((await ask(kit)).status, 401);
    assert.equal((await ask(kit)).status, 401);
    assert.equal(issuer.introspections.length, 1);
    const { now } = performance;
    try {
      performance.now = () => now.call(performance) + 6000;
      assert.equal((await ask(kit)).status, 401);
      assert.equal(issuer.introspections.length, 2);
    } finally {
      performance.now = now;
    }
  });

  test('a failure is not cached', async () => {
    const kit = createKit(issuer, LONG);
    issuer.answer((_, response) => response.writeHead(500).end());
    assertUnavailable(await ask(kit));
    issuer.answer(active());
    assert.equal((await ask(kit)).status, 200);
  });

  test('the number of entries is limited: the oldest is removed', async () => {
    const kit = createKit(issuer, { cache: { entries: 2, seconds: 300 } });
    issuer.answer(active());
    const [a = '', b = '', c = ''] = Array.from({ length: 3 }, () => newCredential('sda'));
    const introspections = async (...tokens: string[]) => {
      const before = issuer.introspections.length;
      for (const token of tokens) {
        assert.equal((await ask(kit, { headers: bearer(token) })).status, 200);
      }
      return issuer.introspections.length - before;
    };
    assert.equal(await introspections(a, b, a, b), 2);
    assert.equal(await introspections(c, b, c), 1);
    assert.equal(await introspections(a), 1);
  });

  test('the size in bytes is limited: the oldest entries are removed', async () => {
    const kit = createKit(issuer, { cache: { entries: 1000, seconds: 300, bytes: 300_000 } });
    // Each entry is estimated at about 20 kB; the usual ones take 2 kB.
    const slugs = Array.from({ length: 80 }, (_, number) => `organizer-${number}`);
    issuer.answer(active({ organizers: slugs, permissions: {} }));
    const tokens = Array.from({ length: 40 }, () => newCredential('sda'));
    const askAll = async (some: readonly string[]) => {
      const before = issuer.introspections.length;
      for (const token of some) {
        assert.equal((await ask(kit, { headers: bearer(token) })).status, 200);
      }
      return issuer.introspections.length - before;
    };
    assert.equal(await askAll(tokens), 40);
    assert.equal(await askAll(tokens.slice(-5)), 0, 'the newest are cached');
    assert.equal(await askAll(tokens.slice(0, 5)), 5, 'the oldest are removed');
  });

  test('a response above the limit is not cached, and removes no other entry', async () => {
    const kit = createKit(issuer, { cache: { entries: 1000, seconds: 300, bytes: 100_000 } });
    issuer.answer(active());
    assert.equal((await ask(kit)).status, 200);
    const slugs = Array.from({ length: 500 }, (_, number) => `organizer-${number}`);
    issuer.answer(active({ organizers: slugs }));
    const large = bearer(newCredential('sda'));
    for (const headers of [large, large, bearer()]) {
      assert.equal((await ask(kit, { headers })).status, 200);
    }
    assert.equal(issuer.introspections.length, 3);
  });

  test('invalid tokens do not remove valid ones', async () => {
    const kit = createKit(issuer, { cache: { entries: 2, seconds: 300 } });
    issuer.answer(active());
    assert.equal((await ask(kit)).status, 200);
    issuer.answer(inactive);
    for (let i = 0; i < 5; i += 1) {
      assert.equal((await ask(kit, { headers: bearer(newCredential('sda')) })).status, 401);
    }
    assert.equal((await ask(kit)).status, 200);
  });
});
