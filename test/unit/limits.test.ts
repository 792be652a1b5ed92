import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { sql } from 'kysely';
import { readConfig } from '../../src/config/config.ts';
import { migrate } from '../../src/db/migrate.ts';
import { RetryLaterError } from '../../src/lib/errors.ts';
import { takeOrThrow } from '../../src/limits/limit.ts';
import { createLimits } from '../../src/limits/limits.ts';
import { sourceOf } from '../../src/limits/source.ts';
import { cleanUp } from '../support/clean-up.ts';
import { ENGINES } from '../support/engines.ts';
import { withDatabase } from '../support/fixture.ts';
import { until } from '../support/outbox.ts';

const ALLOWED = { allowed: true };
const MINUTE = { points: 3, seconds: 60 };

for (const [engine, open] of Object.entries(ENGINES)) {
  describe(`Limits on ${engine}`, () => {
    const database = withDatabase(open);
    const limits = () => createLimits(database, 'a secret of all processes', () => {});

    before(async () => {
      await migrate(database);
    });

    test('parallel attempts on two processes get no more than the limit', async () => {
      const both = [limits().named('burst', MINUTE), limits().named('burst', MINUTE)];
      const tries = Array.from({ length: 12 }, (_, n) => both[n % 2]?.take('ada'));
      const verdicts = (await Promise.all(tries)).filter((one) => one !== undefined);
      assert.equal(verdicts.filter(({ allowed }) => allowed).length, 3);
      assert.equal(verdicts.filter((one) => !one.allowed && one.first).length, 1);
      for (const one of verdicts) {
        assert.ok(one.allowed || (one.retrySeconds > 50 && one.retrySeconds <= 60));
      }
      assert.deepEqual(await both[0]?.take('ben'), ALLOWED, 'another key has its own count');
      const other = limits().named('other', MINUTE);
      assert.deepEqual(await other.take('ada'), ALLOWED, 'another name has its own count');
    });

    test('returned attempts do not count, and a forgotten key starts again', async () => {
      const limit = limits().named('back', MINUTE);
      for (let n = 0; n < 6; n += 1) {
        assert.deepEqual(await limit.take('ada'), ALLOWED);
        await limit.giveBack('ada');
      }
      for (let n = 0; n < 3; n += 1) {
        assert.deepEqual(await limit.peek('ada'), ALLOWED);
        await limit.take('ada');
      }
      assert.equal((await limit.peek('ada')).allowed, false);
      assert.equal((await limit.take('ada')).allowed, false);
      await limit.forget('ada');
      assert.deepEqual(await limit.take('ada'), ALLOWED);
    });

    test('attempts at several limits are given back together, also in parallel', async () => {
      const all = limits();
      const [a, b] = [all.named('together a', MINUTE), all.named('together b', MINUTE)];
      const source = all.bySource('together', { address: 3, network: 3, provider: 3, seconds: 60 });
      const ip = '192.0.2.7';
      for (let round = 0; round < 5; round += 1) {
        await Promise.all([1, 2, 3].flatMap(() => [a.take('ada'), b.take('ada'), source.take(ip)]));
        assert.equal((await source.peek(ip)).allowed, false);
        const tries = [
          [a, 'ada'],
          [source, ip],
          [b, 'ada'],
        ] as const;
        await Promise.all([tries, tries.toReversed(), tries].map((one) => all.giveBack(one)));
      }
      for (const verdict of [a.peek('ada'), b.peek('ada'), source.peek(ip)]) {
        assert.deepEqual(await verdict, ALLOWED);
      }
      await a.take('ada');
      await all.giveBack([[b, 'ben']]);
      const rows = await sql<{ points: number }>`
        select points from rate_limits where key like 'together%' order by points`.execute(
        database.db,
      );
      assert.deepEqual(
        rows.rows.map(({ points }) => points),
        [0, 0, 0, 0, 1],
      );
    });

    test('a window ends after its seconds, and refused attempts do not extend it', async () => {
      const limit = limits().named('window', { points: 1, seconds: 1 });
      await limit.take('ada');
      let refused = await limit.take('ada');
      // On a busy machine, windows end between two statements.
      for (let n = 0; n < 20 && refused.allowed; n += 1) {
        refused = await limit.take('ada');
      }
      assert.deepEqual(refused, { allowed: false, retrySeconds: 1, first: true });
      await until(async () => (await limit.take('ada')).allowed);
      let used = await limit.peek('ada');
      for (let n = 0; n < 20 && used.allowed; n += 1) {
        await limit.take('ada');
        used = await limit.peek('ada');
      }
      assert.equal(used.allowed, false, 'the new window has its own attempt');
    });

    test('takeOrThrow throws an error with the seconds to wait', async () => {
      const limit = limits().named('throw', { points: 1, seconds: 60 });
      await takeOrThrow(limit, 'ada', 'Too many.');
      await assert.rejects(takeOrThrow(limit, 'ada', 'Too many.'), (error) => {
        assert.ok(error instanceof RetryLaterError);
        assert.equal(error.code, 'too_many_attempts');
        assert.ok(error.retrySeconds > 50);
        return true;
      });
    });

    test('a larger address group refuses without using up the smaller groups', async () => {
      const rule = { address: 2, network: 3, provider: 4, seconds: 60 };
      const limit = limits().bySource('source', rule);
      const take = async (ip: string) => (await limit.take(ip)).allowed;
      assert.deepEqual(await Promise.all(['2001:db8:1:1::1', '2001:db8:1:1::2'].map(take)), [
        true,
        true,
      ]);
      assert.equal(await take('2001:db8:1:1::3'), false, 'the /64 is used up');
      assert.equal(await take('2001:db8:1:2::1'), true);
      assert.equal(await take('2001:db8:1:3::1'), false, 'the /48 is used up');
      assert.equal(await take('2001:db8:2:1::1'), true);
      assert.equal(await take('2001:db8:3:1::1'), false, 'the /32 is used up');
      assert.equal((await limit.peek('2001:db8:4::1')).allowed, false);
      for (let n = 0; n < 6; n += 1) {
        assert.equal(await take('2001:db9::1'), true);
        await limit.giveBack('2001:db9::1');
      }
    });

    test('the table contains no key in clear text, and ended windows are deleted', async () => {
      await limits().named('gone', { points: 1, seconds: 1 }).take('ada@example.org');
      await limits().named('kept', MINUTE).take('ada@example.org');
      await sql`update rate_limits set expire = expire - 2 * 3600000 where key like 'gone:%'`.execute(
        database.db,
      );
      await cleanUp({ database, config: readConfig({}) }, 'rate_limits');
      const rows = await database.db.selectFrom('rate_limits').selectAll().execute();
      const keys = rows.map(({ key }) => key);
      assert.ok(keys.some((key) => /^kept:[\w-]{43}$/.test(key)));
      assert.ok(!keys.some((key) => key.startsWith('gone')));
      assert.ok(!JSON.stringify(rows).includes('ada'));
    });
  });
}

describe('Address groups', () => {
  const four = { address: '192.0.2.1', network: '192.0.2.0/24', provider: '192.0.0.0/16' };
  const six = {
    address: '2001:db8:0:1::/64',
    network: '2001:db8:0::/48',
    provider: '2001:db8::/32',
  };
  const unknown = { address: 'unknown', network: undefined, provider: undefined };
  const cases: Readonly<Record<string, ReturnType<typeof sourceOf>>> = {
    '192.0.2.1': four,
    '::ffff:192.0.2.1': four,
    '::FFFF:c000:201': four,
    '0:0:0:0:0:ffff:192.0.2.1': four,
    '2001:db8:0:1::': six,
    '2001:0DB8:0000:0001:ffff:ffff:ffff:ffff': six,
    '2001:db8::1:0:0:192.0.2.1': six,
    '2001:db8:0:1::1%eth0': six,
    '::': { address: '0:0:0:0::/64', network: '0:0:0::/48', provider: '0:0::/32' },
    '': unknown,
    '192.0.2.1, 198.51.100.1': unknown,
    '192.0.2.01': unknown,
    constructor: unknown,
  };
  for (const [ip, groups] of Object.entries(cases)) {
    test(`of ${JSON.stringify(ip)}`, () => assert.deepEqual(sourceOf(ip), groups));
  }
});
