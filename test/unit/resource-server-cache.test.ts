import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { newCredential } from '../../src/lib/credentials.ts';
import { ask, assertUnavailable, bearer, createKit } from '../support/kit/ask.ts';
import {
  assertLasted,
  type CachedKit,
  createCachedKit,
  lastReading,
  statusBecomes,
  warmUp,
} from '../support/kit/cached-kit.ts';
import { type Answer, facts, json, TOKEN, useFakeIssuer } from '../support/kit/fake-issuer.ts';
import { unlessStalled } from '../support/unless-stalled.ts';

const issuer = useFakeIssuer();

const active = (changes: Record<string, unknown> = {}) =>
  json({ ...facts(), iss: issuer.url, ...changes });
const inactive = json({ active: false });

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
  const timed = (name: string, work: () => Promise<void>) =>
    test(
      name,
      unlessStalled(() => {
        issuer.reset();
        return work();
      }),
    );

  timed('parallel requests with one token share one introspection', async () => {
    const { kit } = createCachedKit(issuer);
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
  });

  timed('a failed introspection is shared as well, and the next request asks again', async () => {
    const { kit } = createCachedKit(issuer);
    issuer.answer(slowly((_, response) => response.writeHead(500).end()));
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(kit)));
    answers.forEach(assertUnavailable);
    assert.equal(issuer.introspections.length, 1);
    issuer.answer(active());
    assert.equal((await ask(kit)).status, 200);
  });

  timed('a cached response is checked against the requirement of each request', async () => {
    const cached = createCachedKit(issuer);
    const { kit } = cached;
    issuer.answer(active({ scope: 'read' }));
    await warmUp(cached);
    issuer.answer(inactive);
    const before = issuer.introspections.length;
    assert.equal((await ask(kit)).status, 200);
    assert.equal((await ask(kit, { method: 'POST' })).status, 403);
    assert.equal((await ask(kit, { requirement: { organizer: 'bluehall' } })).status, 403);
    assert.equal(issuer.introspections.length, before);
  });

  timed('cached responses are used while introspection fails and the feed works', async () => {
    const cached = createCachedKit(issuer);
    issuer.answer(active());
    await warmUp(cached);
    issuer.answer((_, response) => response.writeHead(500).end());
    await sleep(1_200);
    assert.equal((await ask(cached.kit)).status, 200);
    assertUnavailable(await ask(cached.kit, { headers: bearer(newCredential('sda')) }));
  });

  timed(
    'the effect of each change: it removes the responses that it names, and no others',
    async () => {
      const changes: readonly (readonly [string, boolean])[] = [
        ['grant:grant-of-ada', true],
        ['user:ada', true],
        ['application:app', true],
        ['organizer:redstage', true],
        ['organizer:constructor', true],
        [`token:${hash('sha256', TOKEN, 'hex')}`, true],
        ['all', true],
        ['grant:other', false],
        ['user:app', false],
        ['organizer:toString', false],
        ['token:ada', false],
        ['something:new', false],
      ];
      for (const [change, removes] of changes) {
        const cached = createCachedKit(issuer);
        issuer.answer(active());
        await warmUp(cached);
        issuer.answer(inactive);
        issuer.feed.announce(change);
        if (removes) {
          await statusBecomes(401, () => ask(cached.kit));
        } else {
          await sleep(150);
          assert.equal((await ask(cached.kit)).status, 200, change);
        }
      }
    },
  );

  timed('a response that was under way when a change came is used once', async () => {
    const changes = [
      'grant:grant-of-ada',
      'user:ada',
      'application:app',
      'organizer:redstage',
      'all',
    ];
    for (const change of [...changes, `token:${hash('sha256', TOKEN, 'hex')}`, 'user:eve']) {
      const cached = createCachedKit(issuer);
      issuer.answer(active());
      const other = newCredential('sda');
      await warmUp(cached, other);
      const arrived = Promise.withResolvers<() => void>();
      // The server has read that the token is live, and its response is still in transit.
      issuer.answer((...exchange) => arrived.resolve(() => active()(...exchange)));
      const before = ask(cached.kit);
      const sendAnswer = await arrived.promise;
      issuer.answer(inactive);
      issuer.feed.announce(change, `token:${hash('sha256', other, 'hex')}`);
      // Until the kit has read the change.
      await statusBecomes(401, () => ask(cached.kit, { headers: bearer(other) }));
      sendAnswer();
      assert.equal((await before).status, 200, change);
      assert.equal((await ask(cached.kit)).status, change === 'user:eve' ? 200 : 401, change);
    }
  });

  timed('the lease ends a second after the feed was read: then each request asks', async () => {
    const cached = createCachedKit(issuer);
    issuer.answer(active());
    await warmUp(cached);
    issuer.feedAnswer((_, response) => response.writeHead(503).end());
    // The token is revoked, and no word of it comes.
    issuer.answer(inactive);
    const reading = lastReading(issuer, cached);
    assertLasted(1_000, reading, await statusBecomes(401, () => ask(cached.kit)));
    for (const status of [200, 401, 200]) {
      issuer.answer(status === 200 ? active() : inactive);
      const headers = bearer(newCredential('sda'));
      assert.equal((await ask(cached.kit, { headers })).status, status);
      assert.equal(cached.origin(), 'server');
    }
    issuer.answer((_, response) => response.writeHead(503).end());
    assertUnavailable(await ask(cached.kit, { headers: bearer(newCredential('sda')) }));
  });

  timed('a feed that is not answered: the lease ends', async () => {
    const cached = createCachedKit(issuer);
    issuer.answer(active());
    await warmUp(cached);
    issuer.feedAnswer(() => undefined);
    issuer.answer(inactive);
    const reading = lastReading(issuer, cached);
    assertLasted(1_000, reading, await statusBecomes(401, () => ask(cached.kit)));
  });

  timed('the age of the snapshot counts against the lease', async () => {
    const cached = createCachedKit(issuer);
    issuer.feed.age = 800;
    issuer.answer(active());
    await warmUp(cached);
    issuer.feedAnswer(() => undefined);
    issuer.answer(inactive);
    const reading = lastReading(issuer, cached);
    assertLasted(200, reading, await statusBecomes(401, () => ask(cached.kit)));
  });

  timed('answers of the feed that are too old or make no sense give no lease', async () => {
    const good = { changes: [], cursor: '1', age_ms: 0 };
    const bad: readonly unknown[] = [
      { ...good, age_ms: 1_000 },
      { ...good, age_ms: -1 },
      { ...good, age_ms: '0' },
      { ...good, age_ms: undefined },
      { ...good, changes: undefined },
      { ...good, changes: [1] },
      { ...good, cursor: 1 },
      [],
      null,
    ];
    for (const answer of bad) {
      const failures: string[] = [];
      const { kit, origin } = createCachedKit(
        issuer,
        {},
        { onUnavailable: ({ code }) => void failures.push(code) },
      );
      issuer.feedAnswer(json(answer));
      issuer.answer(active());
      for (const _ of [1, 2, 3]) {
        assert.equal((await ask(kit)).status, 200);
        assert.equal(origin(), 'server', JSON.stringify(answer));
        await sleep(30);
      }
      const isOld = JSON.stringify(answer).includes('1000');
      assert.deepEqual(failures, isOld ? [] : ['bad_answer'], JSON.stringify(answer));
    }
  });

  timed('a server without the feed: each request asks, and that is reported once', async () => {
    const failures: string[] = [];
    const { kit, origin } = createCachedKit(
      issuer,
      {},
      { onUnavailable: ({ message }) => void failures.push(message) },
    );
    issuer.feedAnswer((_, response) => response.writeHead(404).end());
    issuer.answer(active());
    for (const _ of [1, 2, 3, 4]) {
      assert.equal((await ask(kit)).status, 200);
      assert.equal(origin(), 'server');
      await sleep(50);
    }
    assert.equal(failures.length, 1);
    assert.match(failures[0] ?? '', /\/changes answered 404: the server is older than this kit/);
  });

  timed('a response without grant or expires_in is not cached', async () => {
    for (const missing of [{ grant: undefined }, { expires_in: undefined }]) {
      const { kit, origin } = createCachedKit(issuer);
      issuer.answer(active(missing));
      for (const _ of [1, 2, 3, 4]) {
        assert.equal((await ask(kit)).status, 200);
        assert.equal(origin(), 'server');
        await sleep(30);
      }
    }
  });

  timed('a response is cached no longer than the token is valid', async () => {
    const cached = createCachedKit(issuer);
    issuer.answer(active({ expires_in: 0.4 }));
    await warmUp(cached);
    issuer.answer(inactive);
    assert.equal((await ask(cached.kit)).status, 200);
    await sleep(450);
    assert.equal((await ask(cached.kit)).status, 401);
  });

  timed('the feed is not read while no request comes', async () => {
    const cached = createCachedKit(issuer);
    issuer.answer(active());
    await warmUp(cached);
    await sleep(2_200);
    const reads = () => issuer.requests.filter(({ path }) => path.startsWith('/changes')).length;
    const before = reads();
    assert.ok(before > 10, `${before}`);
    await sleep(300);
    assert.equal(reads(), before);
    // It goes on where it has ended.
    issuer.answer(inactive);
    issuer.feed.announce('user:ada');
    await ask(cached.kit, { headers: bearer(newCredential('sda')) });
    await statusBecomes(401, () => ask(cached.kit));
  });

  timed('inactive responses are cached for a second at most', async () => {
    const cached = createCachedKit(issuer);
    issuer.answer(active());
    await warmUp(cached);
    const before = issuer.introspections.length;
    const headers = bearer(newCredential('sda'));
    issuer.answer(inactive);
    const earliest = performance.now();
    assert.equal((await ask(cached.kit, { headers })).status, 401);
    const latest = performance.now();
    assert.equal((await ask(cached.kit, { headers })).status, 401);
    assert.equal(issuer.introspections.length, before + 1);
    issuer.answer(active());
    const becomes = await statusBecomes(200, () => ask(cached.kit, { headers }));
    assertLasted(1_000, { earliest, latest }, becomes);
  });

  timed('a failure is not cached', async () => {
    const { kit } = createCachedKit(issuer);
    issuer.answer((_, response) => response.writeHead(500).end());
    assertUnavailable(await ask(kit));
    issuer.answer(active());
    assert.equal((await ask(kit)).status, 200);
  });

  /** Number of introspections for these tokens. */
  const introspectionsFor = async ({ kit }: CachedKit, tokens: readonly string[]) => {
    const before = issuer.introspections.length;
    for (const token of tokens) {
      assert.equal((await ask(kit, { headers: bearer(token) })).status, 200);
    }
    return issuer.introspections.length - before;
  };
  const newTokens = (length: number) => Array.from({ length }, () => newCredential('sda'));

  timed('the number of entries is limited: the oldest is removed', async () => {
    const cached = createCachedKit(issuer, { entries: 2 });
    issuer.answer(active());
    await warmUp(cached);
    const [a = '', b = '', c = ''] = newTokens(3);
    assert.equal(await introspectionsFor(cached, [a, b, a, b]), 2);
    assert.equal(await introspectionsFor(cached, [c, b, c]), 1);
    assert.equal(await introspectionsFor(cached, [a]), 1);
  });

  timed('the size in bytes is limited: the oldest entries are removed', async () => {
    const cached = createCachedKit(issuer, { entries: 1000, bytes: 400_000 });
    issuer.answer(active());
    await warmUp(cached);
    // Each entry is estimated at about 35 kB; the usual ones take 3 kB.
    const slugs = Array.from({ length: 80 }, (_, number) => `organizer-${number}`);
    issuer.answer(active({ organizers: slugs, permissions: {} }));
    const tokens = newTokens(40);
    assert.equal(await introspectionsFor(cached, tokens), 40);
    assert.equal(await introspectionsFor(cached, tokens.slice(-5)), 0, 'the newest are cached');
    assert.equal(await introspectionsFor(cached, tokens.slice(0, 5)), 5, 'the oldest are removed');
  });

  timed('a response above the limit is not cached, and removes no other entry', async () => {
    const cached = createCachedKit(issuer, { entries: 1000, bytes: 100_000 });
    issuer.answer(active());
    await warmUp(cached);
    const slugs = Array.from({ length: 500 }, (_, number) => `organizer-${number}`);
    const events = Object.fromEntries(slugs.map((slug) => [slug, ['can_view_orders']]));
    for (const large of [{ organizers: slugs }, { event_permissions: { redstage: events } }]) {
      issuer.answer(active(large));
      const [token = ''] = newTokens(1);
      assert.equal(await introspectionsFor(cached, [token, token, TOKEN]), 2);
    }
  });

  timed('invalid tokens do not remove valid ones', async () => {
    const cached = createCachedKit(issuer, { entries: 2 });
    issuer.answer(active());
    await warmUp(cached);
    issuer.answer(inactive);
    for (const token of newTokens(5)) {
      assert.equal((await ask(cached.kit, { headers: bearer(token) })).status, 401);
    }
    assert.equal((await ask(cached.kit)).status, 200);
  });

  timed('an onAnswer that throws or rejects changes nothing', async () => {
    issuer.answer(active());
    const broken = () => {
      throw new Error('no such metric');
    };
    for (const onAnswer of [broken, async () => broken()]) {
      const kit = createKit(issuer, { cache: { entries: 1, onAnswer } });
      assert.equal((await ask(kit)).status, 200);
    }
  });

  timed('staleSeconds: responses in memory are used in an outage, for so long', async () => {
    const cached = createCachedKit(issuer, { staleSeconds: 2 });
    issuer.answer(active());
    await warmUp(cached);
    const fails: Answer = (_, response) => response.writeHead(503).end();
    issuer.feedAnswer(fails);
    issuer.answer(fails);
    const reading = lastReading(issuer, cached);
    while (cached.origin() !== 'stale') {
      assert.equal((await ask(cached.kit)).status, 200);
    }
    assertUnavailable(await ask(cached.kit, { headers: bearer(newCredential('sda')) }));
    // The lease of a second, and two more.
    assertLasted(3_000, reading, await statusBecomes(503, () => ask(cached.kit)));
    assertUnavailable(await ask(cached.kit));
  });
});
