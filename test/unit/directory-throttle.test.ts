import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createThrottle } from '../../src/directory/throttle.ts';

const MINUTE = 60_000;

function atClock() {
  let time = 1_000_000;
  const throttle = createThrottle({ now: () => time });
  const fail = (email: string, ip: string) => {
    const verdict = throttle.check(email, ip);
    if (verdict.allowed) {
      throttle.failed(email, ip);
    }
    return verdict.allowed;
  };
  return { throttle, fail, pass: (milliseconds: number) => (time += milliseconds) };
}

describe('Whoever guesses passwords', () => {
  test('has ten failures for an e-mail address in ten minutes, from wherever', () => {
    const { throttle, fail, pass } = atClock();
    for (let n = 0; n < 10; n += 1) {
      assert.ok(fail(n % 2 === 0 ? 'ada@example.com' : ' ADA@example.com ', `192.0.2.${n}`));
      pass(MINUTE / 2);
    }
    const verdict = throttle.check('ada@example.com', '198.51.100.1');
    assert.deepEqual(verdict, { allowed: false, retrySeconds: 300 });
    assert.ok(throttle.check('ben@example.com', '198.51.100.1').allowed);
    pass(5 * MINUTE);
    assert.ok(fail('ada@example.com', '198.51.100.1'));
    assert.ok(!fail('ada@example.com', '198.51.100.1'), 'only the first failure has run out');
  });

  test('has fifty failures from an address in ten minutes, for whomever', () => {
    const { throttle, fail, pass } = atClock();
    for (let n = 0; n < 50; n += 1) {
      assert.ok(fail(`user${n}@example.com`, '192.0.2.1'));
    }
    assert.deepEqual(throttle.check('ada@example.com', '192.0.2.1'), {
      allowed: false,
      retrySeconds: 600,
    });
    assert.ok(throttle.check('ada@example.com', '192.0.2.2').allowed);
    pass(10 * MINUTE);
    assert.ok(fail('ada@example.com', '192.0.2.1'));
  });

  test('counts as one address with all of an IPv6 /64, and as IPv4 where it is mapped', () => {
    const { fail } = atClock();
    for (let n = 0; n < 50; n += 1) {
      assert.ok(fail(`six${n}@example.com`, `2001:db8:0:1::${n.toString(16)}`));
      assert.ok(fail(`four${n}@example.com`, n % 2 === 0 ? '192.0.2.1' : '::ffff:192.0.2.1'));
    }
    assert.ok(!fail('ada@example.com', '2001:db8::1:ffff:ffff:ffff:ffff'));
    assert.ok(!fail('ada@example.com', '2001:0db8:0000:0001::'));
    assert.ok(!fail('ada@example.com', '::ffff:192.0.2.1'));
    assert.ok(fail('ada@example.com', '2001:db8:0:2::1'));
  });

  test('gets no more tries by sending them all at once', () => {
    const { throttle, pass } = atClock();
    const allowed = () =>
      Array.from({ length: 100 }, () => throttle.check('ada@example.com', '192.0.2.1')).filter(
        (verdict) => verdict.allowed,
      ).length;
    assert.equal(allowed(), 10);
    pass(MINUTE);
    assert.equal(allowed(), 10, 'tries whose outcome nobody told run out');
  });
});

describe('Whoever knows the password', () => {
  test('signs in after nine failures, and starts again from none', () => {
    const { throttle, fail } = atClock();
    for (let round = 0; round < 3; round += 1) {
      for (let n = 0; n < 9; n += 1) {
        assert.ok(fail('ada@example.com', '192.0.2.1'));
      }
      assert.ok(throttle.check('ada@example.com', '192.0.2.1').allowed);
      throttle.succeeded('Ada@Example.com');
    }
  });

  test('signs in as often as they like, with others from the same address', () => {
    const { throttle } = atClock();
    for (let n = 0; n < 200; n += 1) {
      const email = `user${n % 7}@example.com`;
      assert.ok(throttle.check(email, '192.0.2.1').allowed);
      throttle.succeeded(email);
    }
  });

  test('is counted also by whoever tells an outcome without having asked', () => {
    const { throttle } = atClock();
    for (let n = 0; n < 10; n += 1) {
      throttle.failed('ada@example.com', '192.0.2.1');
    }
    throttle.succeeded('ben@example.com');
    assert.ok(!throttle.check('ada@example.com', '192.0.2.9').allowed);
  });
});

test('A flood of addresses does not fill the memory', () => {
  const { throttle, fail } = atClock();
  const before = process.memoryUsage().heapUsed;
  for (let n = 0; n < 30_000; n += 1) {
    fail(
      `${n}@example.com${'x'.repeat(20_000)}`,
      `2001:db8:${(n >> 8).toString(16)}:${n & 255}::1`,
    );
  }
  assert.ok(process.memoryUsage().heapUsed - before < 200 * 1024 * 1024);
  assert.ok(throttle.check('ada@example.com', '192.0.2.1').allowed);
});
