import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, assertUnavailable, createKit } from '../support/kit/ask.ts';
import {
  assertLasted,
  type CachedKit,
  createCachedKit,
  lastReading,
  statusBecomes,
  warmUp,
} from '../support/kit/cached-kit.ts';
import { facts, json, useFakeIssuer } from '../support/kit/fake-issuer.ts';
import { unlessStalled } from '../support/unless-stalled.ts';

const issuer = useFakeIssuer();

const active = (changes: Record<string, unknown> = {}) =>
  json({ ...facts(), iss: issuer.url, ...changes });
const inactive = json({ active: false });

describe('Kit and the clocks', () => {
  const { now } = performance;
  const wall = Date.now;
  /** Tests with a new kit that answers from memory. */
  const timed = (name: string, work: (cached: CachedKit) => Promise<void>) =>
    test(
      name,
      unlessStalled(async () => {
        issuer.reset();
        const cached = createCachedKit(issuer);
        issuer.answer(active());
        await warmUp(cached);
        try {
          await work(cached);
        } finally {
          performance.now = now;
          Date.now = wall;
        }
      }),
    );

  timed('a clock that is an hour off changes nothing', async (cached) => {
    for (const hours of [-1, 1]) {
      Date.now = () => wall() + hours * 3_600_000;
      await warmUp(cached);
      issuer.answer(inactive);
      assert.equal((await ask(cached.kit)).status, 200);
      issuer.feed.announce('user:ada');
      await statusBecomes(401, () => ask(cached.kit));
      issuer.answer(active());
      await statusBecomes(200, () => ask(cached.kit));
    }
  });

  timed(
    'a clock that is set back does not prolong the lease, one that is set forward ends it',
    async (cached) => {
      issuer.feedAnswer(() => undefined);
      issuer.answer(inactive);
      Date.now = () => wall() - 3_600_000;
      const reading = lastReading(issuer, cached);
      assertLasted(1_000, reading, await statusBecomes(401, () => ask(cached.kit)));
      const other = createCachedKit(issuer);
      issuer.feedAnswer(undefined);
      issuer.answer(active());
      await warmUp(other);
      issuer.feedAnswer(() => undefined);
      issuer.answer(inactive);
      Date.now = wall;
      assert.equal((await ask(other.kit)).status, 401);
    },
  );

  timed('a machine that was suspended does not use its memory', async (cached) => {
    issuer.feedAnswer(() => undefined);
    issuer.answer(inactive);
    const stopped = now.call(performance);
    // The monotonic clock stands still meanwhile.
    performance.now = () => stopped;
    Date.now = () => wall() + 5_000;
    assert.equal((await ask(cached.kit)).status, 401);
  });

  timed(
    'a token that ended while the machine was suspended is not accepted from memory',
    async () => {
      const other = createCachedKit(issuer);
      issuer.answer(active({ expires_in: 60 }));
      await warmUp(other);
      issuer.answer(inactive);
      Date.now = () => wall() + 3_600_000;
      // The feed is read again meanwhile, and has nothing about a token that has expired.
      await sleep(600);
      assert.equal((await ask(other.kit)).status, 401);
    },
  );

  timed('an introspection response that took more than a second is asked for again', async () => {
    const { kit } = createCachedKit(issuer);
    let asked = 0;
    issuer.answer((...exchange) => {
      asked += 1;
      const stood = asked === 1 ? 2_000 : 0;
      performance.now = () => now.call(performance) + stood;
      (asked === 1 ? active() : inactive)(...exchange);
    });
    assert.equal((await ask(kit)).status, 401);
    assert.equal(asked, 2);
    let since = 0;
    issuer.answer((...exchange) => {
      since += 2_000;
      performance.now = () => now.call(performance) + 2_000 + since;
      active()(...exchange);
    });
    assertUnavailable(await ask(createKit(issuer)));
    assert.equal(since, 4_000, 'asked twice');
  });
});
