import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { UnavailableError } from '@stagedoor/resource-server';
import { newCredential } from '../../src/lib/credentials.ts';
import { freePort } from '../support/free-port.ts';
import { ask, assertUnavailable, bearer, createKit, ORDERS } from '../support/kit/ask.ts';
import {
  type Answer,
  createFakeIssuer,
  facts,
  json,
  useFakeIssuer,
} from '../support/kit/fake-issuer.ts';

const issuer = useFakeIssuer();

const active = () => json({ ...facts(), iss: issuer.url });
/** Timeout of kits that wait for a missing response, in milliseconds. */
const SHORT = 300;
const PATIENCE = 8000;

describe('Requests get 503 if tokens can’t be verified, because of', () => {
  const failures: Record<string, Answer> = {
    '500 with a page': (_, response) => response.writeHead(500).end('<h1>Oops</h1>'),
    '500 with an active body': (_, response) => {
      response.writeHead(500, { 'content-type': 'application/json' });
      response.end(JSON.stringify(facts()));
    },
    '503': (_, response) => response.writeHead(503, { 'retry-after': '9' }).end(),
    '429': (_, response) => response.writeHead(429).end(),
    '201 with an active body': (_, response) => {
      response.writeHead(201, { 'content-type': 'application/json' });
      response.end(JSON.stringify(facts()));
    },
    'refused credentials': (_, response) => {
      response.writeHead(401, {
        'content-type': 'application/json',
        'www-authenticate': 'Basic realm="x"',
      });
      response.end('{"error":"invalid_client"}');
    },
    'a redirect': (_, response) => response.writeHead(302, { location: '/elsewhere' }).end(),
    'a 307 redirect': (_, response) => response.writeHead(307, { location: '/elsewhere' }).end(),
    'broken JSON': (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"active":tru');
    },
    'JSON with the type of a page': (_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end(JSON.stringify(facts()));
    },
    'JSON without a type': (_, response) => response.writeHead(200).end(JSON.stringify(facts())),
    'an empty body': (_, response) => response.writeHead(204).end(),
    'a list': json([]),
    null: json(null),
    'active as a string': json({ ...facts(), active: 'true' }),
    'active as a number': json({ ...facts(), active: 1 }),
    'no sub': json({ ...facts(), sub: undefined }),
    'an empty sub': json({ ...facts(), sub: '' }),
    'no client_id': json({ ...facts(), client_id: undefined }),
    'scopes as a list': json({ ...facts(), scope: ['read'] }),
    'a malformed exp': json({ ...facts(), exp: 'tomorrow' }),
    'organizers as a string': json({ ...facts(), organizers: 'redstage' }),
    'organizers that are not strings': json({ ...facts(), organizers: [1] }),
    'permissions as a string': json({ ...facts(), permissions: { redstage: 'can_view_orders' } }),
    'permissions as a list': json({ ...facts(), permissions: ['can_view_orders'] }),
    'another issuer': json({ ...facts(), iss: 'https://evil.example' }),
    'a connection that breaks': (request) => request.socket.destroy(),
    'a truncated response': (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' });
      response.write('{"active":true', () => response.destroy());
    },
    'a response that never starts': () => undefined,
    'a response that never ends': (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"active":');
    },
  };
  for (const [name, answer] of Object.entries(failures)) {
    test(name, async () => {
      issuer.answer(answer);
      const told: UnavailableError[] = [];
      const kit = createKit(issuer, {
        onUnavailable: (error) => told.push(error),
        ...(name.includes('never') ? { timeout: SHORT } : {}),
      });
      const started = performance.now();
      const refused = await ask(kit, { requirement: ORDERS });
      assert.ok(performance.now() - started < PATIENCE, 'the timeout applies');
      assertUnavailable(refused);
      assert.equal(told.length, 1);
      const message = told[0]?.message ?? '';
      assert.match(message, /^[^\n]{20,400}$/, 'one line');
      assert.ok(!message.includes('s+ecret'));
    });
  }

  test('a refused connection; a later request succeeds when the server is back', async () => {
    const port = await freePort();
    const told: UnavailableError[] = [];
    const onUnavailable = (error: UnavailableError) => told.push(error);
    const kit = createKit({ url: `http://127.0.0.1:${port}` }, { onUnavailable });
    assertUnavailable(await ask(kit));
    assert.deepEqual(
      told.map(({ code }) => code),
      ['unreachable'],
    );
    const late = createFakeIssuer();
    await late.listen(port);
    late.answer(json({ ...facts(), iss: late.url }));
    try {
      assert.equal((await ask(kit)).status, 200);
    } finally {
      await late.close();
    }
    assertUnavailable(await ask(kit));
  });

  test('broken metadata, metadata of another issuer or without endpoint', async () => {
    for (const metadata of [
      'nonsense',
      { issuer: 'https://evil.example', introspection_endpoint: `${issuer.url}/introspect` },
      { issuer: issuer.url },
      { issuer: issuer.url, introspection_endpoint: 'http://192.0.2.1/introspect' },
      { issuer: issuer.url, introspection_endpoint: 'not a URL' },
    ]) {
      issuer.answer(active());
      issuer.metadata(json(metadata));
      assertUnavailable(await ask(createKit(issuer)));
      assert.equal(issuer.introspections.length, 0);
    }
  });

  test('hanging metadata: parallel requests share one attempt, and none waits longer', async () => {
    issuer.metadata(() => undefined);
    const kit = createKit(issuer, { timeout: SHORT });
    const started = performance.now();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => ask(kit, { headers: bearer(newCredential('sda')) })),
    );
    assert.ok(performance.now() - started < PATIENCE);
    answers.forEach(assertUnavailable);
    assert.equal(issuer.requests.length, 1);
  });

  test('an unusable response while onUnavailable throws', async () => {
    issuer.answer(json(null));
    const onUnavailable = () => {
      throw new Error('The disk is full.');
    };
    assertUnavailable(await ask(createKit(issuer, { onUnavailable })));
  });
});

describe('Broken connection', () => {
  const breakOnce = (then: Answer): Answer => {
    let broken = false;
    return (request, response, body) => {
      if (broken) {
        then(request, response, body);
      } else {
        broken = true;
        request.socket.resetAndDestroy();
      }
    };
  };

  test('is retried once for the introspection', async () => {
    issuer.answer(breakOnce(active()));
    assert.equal((await ask(createKit(issuer))).status, 200);
    assert.equal(issuer.introspections.length, 2);
  });

  test('is retried once for the metadata', async () => {
    issuer.metadata(
      breakOnce(json({ issuer: issuer.url, introspection_endpoint: `${issuer.url}/introspect` })),
    );
    issuer.answer(active());
    assert.equal((await ask(createKit(issuer))).status, 200);
  });

  test('is not retried a second time', async () => {
    issuer.answer((request) => request.socket.resetAndDestroy());
    assertUnavailable(await ask(createKit(issuer)));
    assert.equal(issuer.introspections.length, 2);
  });

  test('is the only failure that is retried', async () => {
    issuer.answer((_, response) => response.writeHead(503).end());
    assertUnavailable(await ask(createKit(issuer)));
    assert.equal(issuer.introspections.length, 1);
  });
});
