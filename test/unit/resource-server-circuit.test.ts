import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ResourceServer } from '@stagedoor/resource-server';
import { newCredential } from '../../src/lib/credentials.ts';
import { ask, assertUnavailable, bearer, createKit } from '../support/kit/ask.ts';
import { type Answer, facts, json, useFakeIssuer } from '../support/kit/fake-issuer.ts';

const issuer = useFakeIssuer();

const works = () => json({ ...facts(), iss: issuer.url });
const answers =
  (status: number): Answer =>
  (_, response) =>
    response.writeHead(status).end();
const fails = answers(503);
const hangs: Answer = () => undefined;
/** Fails after a delay, so that requests overlap. */
const failsSlowly: Answer = (...exchange) => setTimeout(() => fails(...exchange), 50);
/** Asks with a new token, so that no response is shared. */
const askAnew = (kit: ResourceServer) => ask(kit, { headers: bearer(newCredential('sda')) });

/** Returns a kit whose circuit has just opened. */
async function openedKit(seconds: number, answer: Answer = fails) {
  const kit = createKit(issuer, { circuit: { failures: 3, seconds } });
  issuer.answer(answer);
  for (let i = 0; i < 3; i += 1) {
    assertUnavailable(await askAnew(kit));
  }
  assert.equal(issuer.introspections.length, 3);
  return kit;
}

describe('Server that fails several times in a row', () => {
  test('is not asked for a while, and callers get Retry-After', async () => {
    const kit = await openedKit(60);
    issuer.answer(hangs);
    const answers = await Promise.all(Array.from({ length: 20 }, () => askAnew(kit)));
    answers.forEach(assertUnavailable);
    assert.equal(issuer.introspections.length, 3, 'none of the 20 waited for the server');
    for (const { headers } of answers) {
      const seconds = Number(headers.get('retry-after'));
      assert.ok(seconds > 30 && seconds <= 60, `${seconds}`);
    }
  });

  test('is probed by one request at a time, and used again when it responds', async () => {
    const kit = await openedKit(0.05, failsSlowly);
    await sleep(60);
    const probes = await Promise.all(Array.from({ length: 10 }, () => askAnew(kit)));
    probes.forEach(assertUnavailable);
    assert.equal(issuer.introspections.length, 4, 'one of the ten asked');
    issuer.answer(works());
    await sleep(60);
    assert.equal((await askAnew(kit)).status, 200);
    const all = await Promise.all(Array.from({ length: 10 }, () => askAnew(kit)));
    assert.ok(all.every(({ status }) => status === 200));
  });

  test('is not asked for the same time again after a failed probe', async () => {
    const kit = await openedKit(60);
    const { now } = performance;
    try {
      performance.now = () => now.call(performance) + 61_000;
      assertUnavailable(await askAnew(kit));
      assert.equal(issuer.introspections.length, 4);
      assertUnavailable(await askAnew(kit));
      assert.equal(issuer.introspections.length, 4);
    } finally {
      performance.now = now;
    }
  });

  test('must fail as often again after a recovery', async () => {
    const kit = await openedKit(0);
    issuer.answer(works());
    assert.equal((await askAnew(kit)).status, 200);
    issuer.answer(fails);
    const before = issuer.introspections.length;
    await askAnew(kit);
    await askAnew(kit);
    issuer.answer(works());
    assert.equal((await askAnew(kit)).status, 200);
    assert.equal(issuer.introspections.length, before + 3);
  });

  test('is reported once per failed introspection, not per caller', async () => {
    let told = 0;
    const kit = createKit(issuer, {
      circuit: { failures: 2, seconds: 60 },
      onUnavailable: () => {
        told += 1;
      },
    });
    issuer.answer(fails);
    await ask(kit);
    await ask(kit);
    await Promise.all(Array.from({ length: 30 }, () => ask(kit)));
    assert.equal(told, 2);
  });
});

describe('Circuit counts only outages', () => {
  const BAD = newCredential('sda');
  const GOOD = newCredential('sda');
  const status = async (kit: ResourceServer, token: string) =>
    (await ask(kit, { headers: bearer(token) })).status;

  const ofOneToken: Record<string, Answer> = {
    '500': answers(500),
    '501': answers(501),
    '505': answers(505),
    '429': answers(429),
    '401': answers(401),
    '404': answers(404),
    'a page': (_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Hello</h1>');
    },
    'broken JSON': (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"active":tru');
    },
    'no subject': (...exchange) => json({ ...facts(), sub: undefined })(...exchange),
    'another issuer': (...exchange) =>
      json({ ...facts(), iss: 'https://evil.example' })(...exchange),
  };
  for (const [name, answer] of Object.entries(ofOneToken)) {
    test(`one token that gets ${name} does not affect other tokens`, async () => {
      const kit = createKit(issuer, { circuit: { failures: 2, seconds: 60 } });
      issuer.answer((request, response, body) =>
        (body.includes(BAD) ? answer : works())(request, response, body),
      );
      for (let i = 0; i < 5; i += 1) {
        assert.equal(await status(kit, BAD), 503);
      }
      assert.equal(await status(kit, GOOD), 200);
      assert.equal(issuer.introspections.length, 6, 'each request was sent');
    });
  }

  const outages: Record<string, Answer> = {
    '502': answers(502),
    '503': answers(503),
    '504': answers(504),
    'a broken connection': (request) => request.socket.destroy(),
    'no response in time': hangs,
  };
  for (const [name, answer] of Object.entries(outages)) {
    test(`${name} repeatedly: the server is not asked again`, async () => {
      const options = { circuit: { failures: 2, seconds: 60 }, timeout: 300 };
      const kit = createKit(issuer, options);
      issuer.answer(answer);
      assertUnavailable(await askAnew(kit));
      assertUnavailable(await askAnew(kit));
      const before = issuer.introspections.length;
      issuer.answer(works());
      assert.equal(await status(kit, GOOD), 503);
      assert.equal(issuer.introspections.length, before);
    });
  }

  test('an unusable response ends an outage, because the server is reachable', async () => {
    const kit = createKit(issuer, { circuit: { failures: 2, seconds: 0 } });
    issuer.answer(fails);
    await askAnew(kit);
    await askAnew(kit);
    issuer.answer(answers(500));
    assertUnavailable(await askAnew(kit));
    issuer.answer(works());
    const all = await Promise.all(Array.from({ length: 5 }, () => askAnew(kit)));
    assert.ok(all.every((one) => one.status === 200));
  });
});

test('inactive tokens are not failures', async () => {
  const kit = createKit(issuer, { circuit: { failures: 1, seconds: 60 } });
  issuer.answer(json({ active: false }));
  assert.equal((await askAnew(kit)).status, 401);
  assert.equal((await askAnew(kit)).status, 401);
  assert.equal(issuer.introspections.length, 2);
});
