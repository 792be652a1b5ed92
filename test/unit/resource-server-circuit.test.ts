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
/** Long enough that requests meet. */
const failsSlowly: Answer = (...exchange) => setTimeout(() => fails(...exchange), 50);
/** A token of its own, so that nothing is shared. */
const askAnew = (kit: ResourceServer) => ask(kit, { headers: bearer(newCredential('sda')) });

/** A kit that has just stopped asking. */
async function openedKit(seconds: number, answer: Answer = fails) {
  const kit = createKit(issuer, { circuit: { failures: 3, seconds } });
  issuer.answer(answer);
  for (let i = 0; i < 3; i += 1) {
    assertUnavailable(await askAnew(kit));
  }
  assert.equal(issuer.introspections.length, 3);
  return kit;
}

describe('a server that fails several times in a row', () => {
  test('is not asked for a while, and callers are told how long', async () => {
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

  test('is tried by one request at a time, and found to be back', async () => {
    const kit = await openedKit(0.05, failsSlowly);
    await sleep(60);
    const probes = await Promise.all(Array.from({ length: 10 }, () => askAnew(kit)));
    probes.forEach(assertUnavailable);
    assert.equal(issuer.introspections.length, 4, 'one of ten');
    issuer.answer(works());
    await sleep(60);
    assert.equal((await askAnew(kit)).status, 200);
    const all = await Promise.all(Array.from({ length: 10 }, () => askAnew(kit)));
    assert.ok(all.every(({ status }) => status === 200));
  });

  test('is left alone for as long again where the one that tried it failed', async () => {
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

  test('has to fail as often again once it was back', async () => {
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

  test('is said to be away once for each time it was asked, and not for each caller', async () => {
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

describe('only an outage of the server counts', () => {
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
    test(`a token that is answered with ${name} stops no other token`, async () => {
      const kit = createKit(issuer, { circuit: { failures: 2, seconds: 60 } });
      issuer.answer((request, response, body) =>
        (body.includes(BAD) ? answer : works())(request, response, body),
      );
      for (let i = 0; i < 5; i += 1) {
        assert.equal(await status(kit, BAD), 503);
      }
      assert.equal(await status(kit, GOOD), 200);
      assert.equal(issuer.introspections.length, 6, 'each request asked');
    });
  }

  const outages: Record<string, Answer> = {
    '502': answers(502),
    '503': answers(503),
    '504': answers(504),
    'a broken connection': (request) => request.socket.destroy(),
    'no answer in time': hangs,
  };
  for (const [name, answer] of Object.entries(outages)) {
    test(`a server that answers with ${name} is not asked again`, async () => {
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

  test('an unusable answer ends an outage: the server can be reached', async () => {
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

test('tokens that are not live are no failure', async () => {
  const kit = createKit(issuer, { circuit: { failures: 1, seconds: 60 } });
  issuer.answer(json({ active: false }));
  assert.equal((await askAnew(kit)).status, 401);
  assert.equal((await askAnew(kit)).status, 401);
  assert.equal(issuer.introspections.length, 2);
});
