import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { after, afterEach, describe, test } from 'node:test';
import { decide } from '../../src/resource-server/fetch.ts';
import { admit } from '../../src/resource-server/node.ts';
import type { Requirement } from '../../src/resource-server/requirement.ts';
import { createResourceServer } from '../../src/resource-server/resource-server.ts';
import { freePort } from '../support/free-port.ts';

const TOKEN = `sda_${'a1B'.repeat(16)}x`;
const ORDERS: Requirement = {
  organizer: 'redstage',
  permission: { read: 'can_view_orders', write: 'can_change_orders' },
};

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

const issuer = await startIssuer();
after(() => issuer.close());
afterEach(() => issuer.reset());

describe('a request without a usable token', () => {
  for (const [name, headers] of [
    ['no header', {}],
    ['another scheme', { authorization: 'Basic YTpi' }],
    ['the scheme alone', { authorization: 'Bearer' }],
    ['the scheme and a blank', { authorization: 'Bearer  ' }],
  ] as const) {
    test(`is asked for one, without an error code: ${name}`, async () => {
      const answer = await ask({ headers });
      assert.equal(answer.status, 401);
      assert.equal(answer.challenge, 'Bearer realm="api"');
      assert.deepEqual(answer.body, { detail: 'Authentication credentials were not provided.' });
      assert.equal(issuer.introspections.length, 0);
    });
  }

  test('has a token in the URL: it is not looked at', async () => {
    const url = `http://api.example/orders?access_token=${TOKEN}`;
    const decision = await decide(kit(), new Request(url));
    assert.equal(decision.response?.status, 401);
    assert.equal(issuer.introspections.length, 0);
  });

  for (const [name, authorization] of [
    ['a refresh token', `Bearer sdr_${TOKEN.slice(4)}`],
    ['one symbol short', `Bearer ${TOKEN.slice(0, -1)}`],
    ['one symbol long', `Bearer ${TOKEN}x`],
    ['a wrong symbol', `Bearer ${TOKEN.slice(0, -1)}-`],
    ['a line break', `Bearer ${TOKEN.slice(0, -1)}\n`],
    ['a NUL', `Bearer ${TOKEN.slice(0, -1)}\0`],
    ['another alphabet', `Bearer ${TOKEN.slice(0, -1)}\u0430`],
    ['two tokens', `Bearer ${TOKEN} ${TOKEN}`],
    ['1 MB', `Bearer sda_${'a'.repeat(1 << 20)}`],
    ['1 MB of blanks', `Bearer ${' '.repeat(1 << 20)}x`],
  ] as const) {
    test(`is refused without a question to the server: ${name}`, async () => {
      const answer = await ask({ headers: { authorization } });
      assert.equal(answer.status, 401);
      assert.equal(answer.challenge, 'Bearer realm="api", error="invalid_token"');
      assert.equal(issuer.requests.length, 0);
    });
  }

  test('has two Authorization headers: neither counts', async () => {
    const answer = await ask({ headers: { authorization: [`Bearer ${TOKEN}`, 'Basic YTpi'] } });
    assert.equal(answer.status, 401);
    assert.equal(issuer.requests.length, 0);
  });
});

describe('a live token', () => {
  test('says who, for which application, and what it opens', async () => {
    issuer.answer(active());
    const access = await kit().verify({ method: 'GET', headers: bearer() });
    assert.equal(access.sub, 'ada');
    assert.equal(access.clientId, 'app');
    assert.deepEqual(access.scopes, ['read', 'write']);
    assert.deepEqual(access.organizers, ['redstage', 'constructor']);
    assert.equal(access.expiresAt, 2_000_000_000);
    assert.equal(access.can('redstage', 'can_view_orders'), true);
    assert.equal(access.can('redstage', 'can_change_vouchers'), false);
    assert.equal(access.can('bluehall', 'can_view_orders'), false);
    assert.equal(access.can('constructor', 'name'), false);
    assert.equal(access.can('toString', 'name'), false);
  });

  test('is asked about with the credentials of the API, in the body, at the found endpoint', async () => {
    issuer.answer(active());
    const resourceServer = kit();
    await resourceServer.verify({ method: 'GET', headers: bearer() });
    await resourceServer.verify({ method: 'GET', headers: { authorization: `bEARER ${TOKEN}` } });
    assert.deepEqual(
      issuer.requests.map(({ path }) => path),
      ['/.well-known/oauth-authorization-server', '/introspect', '/introspect'],
    );
    const [first] = issuer.introspections;
    assert.equal(first?.body, `token=${TOKEN}`);
    assert.equal(first?.authorization, `Basic ${btoa('api:s%2Becret')}`);
  });

  test('spares the look-up where the endpoint is given', async () => {
    issuer.answer(active());
    const introspectionEndpoint = `${issuer.url}/introspect`;
    await kit({ introspectionEndpoint }).verify({ method: 'GET', headers: bearer() });
    assert.deepEqual(
      issuer.requests.map(({ path }) => path),
      ['/introspect'],
    );
  });

  test('is let in where scope, organizer and permission fit', async () => {
    issuer.answer(active());
    assert.equal((await ask({ requirement: ORDERS })).status, 200);
    assert.equal((await ask({ requirement: ORDERS, method: 'POST' })).status, 200);
  });

  for (const method of ['GET', 'HEAD', 'OPTIONS']) {
    test(`needs read for ${method}`, async () => {
      issuer.answer(active({ scope: 'write profile' }));
      const answer = await ask({ method, requirement: ORDERS });
      assert.equal(answer.status, 403);
      assert.equal(
        answer.challenge,
        'Bearer realm="api", error="insufficient_scope", scope="read"',
      );
      issuer.answer(active({ scope: 'read' }));
      assert.equal((await ask({ method, requirement: ORDERS })).status, 200);
    });
  }

  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'get', 'REPORT']) {
    test(`needs write for ${method}`, async () => {
      issuer.answer(active({ scope: 'read' }));
      const answer = await ask({ method, requirement: ORDERS });
      assert.equal(answer.status, 403);
      assert.match(answer.challenge, /error="insufficient_scope", scope="write"$/);
      assert.deepEqual(answer.body, { detail: 'The access token lacks the scope "write".' });
    });
  }

  test('needs one of the scopes that the route names', async () => {
    const requirement = { scopes: ['read', 'write'] };
    issuer.answer(active({ scope: 'write' }));
    assert.equal((await ask({ requirement })).status, 200);
    issuer.answer(active({ scope: 'profile' }));
    assert.match((await ask({ requirement })).challenge, /scope="read write"$/);
  });

  test('opens no organizer but its own', async () => {
    issuer.answer(active());
    for (const organizer of ['bluehall', '', 'RedStage', '__proto__', 'toString']) {
      const answer = await ask({ requirement: { ...ORDERS, organizer } });
      assert.equal(answer.status, 403, organizer);
      assert.deepEqual(answer.body, { detail: 'The access token does not open this organizer.' });
      assert.match(answer.challenge, /error="insufficient_scope"$/);
    }
  });

  test('opens nothing for which the user has no permission', async () => {
    issuer.answer(active({ permissions: { redstage: ['can_view_orders'] } }));
    assert.equal((await ask({ requirement: ORDERS })).status, 200);
    const answer = await ask({ requirement: ORDERS, method: 'POST' });
    assert.equal(answer.status, 403);
    assert.deepEqual(answer.body, {
      detail: 'The user does not have the permission "can_change_orders" for this organizer.',
    });
  });

  test('opens nothing where a route names a permission but no organizer', async () => {
    issuer.answer(active());
    assert.equal((await ask({ requirement: { permission: 'can_view_orders' } })).status, 403);
  });

  test('opens no organizer where the answer has none', async () => {
    issuer.answer(json({ active: true, sub: 'ada', client_id: 'app', scope: 'read' }));
    assert.equal((await ask({})).status, 200);
    assert.equal((await ask({ requirement: ORDERS })).status, 403);
  });
});

describe('a token that is not live', () => {
  for (const [name, answer] of [
    ['inactive', { active: false }],
    ['inactive, with more', { active: false, scope: 'read', sub: 'ada', client_id: 'app' }],
    ['bound to a key, by its type', { ...ACTIVE(), token_type: 'DPoP' }],
    ['bound to a key, by its confirmation', { ...ACTIVE(), cnf: { jkt: 'x' } }],
  ] as const) {
    test(`is refused: ${name}`, async () => {
      issuer.answer(json(answer));
      const refused = await ask({ requirement: ORDERS });
      assert.equal(refused.status, 401);
      assert.equal(refused.challenge, 'Bearer realm="api", error="invalid_token"');
      assert.equal(refused.headers.get('cache-control'), 'no-store');
    });
  }
});

describe('while tokens cannot be verified, everybody is told to come again', () => {
  const failures: Record<string, Answer> = {
    '500 with a page': (_, response) => response.writeHead(500).end('<h1>Oops</h1>'),
    '500 that says active': (_, response) => {
      response.writeHead(500, { 'content-type': 'application/json' });
      response.end(JSON.stringify(ACTIVE()));
    },
    '503': (_, response) => response.writeHead(503, { 'retry-after': '9' }).end(),
    'our credentials are refused': (_, response) => {
      response.writeHead(401, {
        'content-type': 'application/json',
        'www-authenticate': 'Basic realm="x"',
      });
      response.end('{"error":"invalid_client"}');
    },
    'a redirect': (_, response) => response.writeHead(302, { location: '/elsewhere' }).end(),
    'broken JSON': (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"active":tru');
    },
    'JSON as a page': (_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('{"active":true}');
    },
    'nothing at all': (_, response) => response.writeHead(204).end(),
    'a list': json([]),
    null: json(null),
    'active as a word': json({ ...ACTIVE(), active: 'true' }),
    'active as a number': json({ ...ACTIVE(), active: 1 }),
    'no subject': json({ ...ACTIVE(), sub: undefined }),
    'scopes as a list': json({ ...ACTIVE(), scope: ['read'] }),
    'organizers as a word': json({ ...ACTIVE(), organizers: 'redstage' }),
    'permissions as a word': json({ ...ACTIVE(), permissions: { redstage: 'can_view_orders' } }),
    'another issuer': json({ ...ACTIVE(), iss: 'https://evil.example' }),
    'a connection that breaks': (request) => request.socket.destroy(),
    'an answer that breaks off': (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' });
      response.write('{"active":true', () => response.destroy());
    },
    'an answer that never comes': () => undefined,
    'an answer that never ends': (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"active":');
    },
  };
  for (const [name, answer] of Object.entries(failures)) {
    test(name, async () => {
      issuer.answer(answer);
      const started = performance.now();
      const refused = await ask({ requirement: ORDERS });
      assert.ok(performance.now() - started < 1500, 'the timeout holds');
      assertUnavailable(refused);
    });
  }

  test('connection refused; and it works again as soon as the server is back', async () => {
    const port = await freePort();
    const causes: unknown[] = [];
    const resourceServer = kit({
      issuer: `http://127.0.0.1:${port}`,
      onUnavailable: (cause) => causes.push(cause),
    });
    assertUnavailable(await ask({ resourceServer }));
    assert.equal(causes.length, 1);
    const late = await startIssuer(port);
    late.answer(json({ ...ACTIVE(), iss: late.url }));
    try {
      assert.equal((await ask({ resourceServer })).status, 200);
    } finally {
      await late.close();
    }
    assertUnavailable(await ask({ resourceServer }));
  });

  test('the metadata is broken, of another issuer, or without an endpoint', async () => {
    for (const metadata of [
      'nonsense',
      { issuer: 'https://evil.example', introspection_endpoint: `${issuer.url}/introspect` },
      { issuer: issuer.url },
      { issuer: issuer.url, introspection_endpoint: 'http://192.0.2.1/introspect' },
      { issuer: issuer.url, introspection_endpoint: 'not a URL' },
    ]) {
      issuer.answer(active());
      issuer.metadata(json(metadata));
      assertUnavailable(await ask({}));
      assert.equal(issuer.introspections.length, 0);
    }
  });

  test('the metadata hangs: many requests share one attempt, and none waits longer', async () => {
    issuer.metadata(() => undefined);
    const resourceServer = kit();
    const started = performance.now();
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask({ resourceServer })));
    assert.ok(performance.now() - started < 1500);
    answers.forEach(assertUnavailable);
    assert.equal(issuer.requests.length, 1);
  });

  test('a log that fails changes nothing', async () => {
    issuer.answer(json(null));
    const onUnavailable = () => {
      throw new Error('The disk is full.');
    };
    assertUnavailable(await ask({ resourceServer: kit({ onUnavailable }) }));
  });
});

describe('setting up', () => {
  for (const url of ['http://login.example', 'ftp://localhost', 'http://127.0.0.1.evil.example']) {
    test(`refuses to send the secret to ${url}`, () => {
      assert.throws(() => kit({ issuer: url }), /must use https/);
      assert.throws(() => kit({ introspectionEndpoint: `${url}/introspect` }), /must use https/);
    });
  }

  test('takes https anywhere, and http on this machine', () => {
    for (const url of ['https://login.example', 'http://localhost:1', 'http://[::1]:1']) {
      assert.ok(kit({ issuer: url }));
    }
  });
});

test('a node:http server lets in and refuses', async () => {
  const resourceServer = kit();
  const api = createServer(async (request, response) => {
    const access = await admit(resourceServer, request, response, ORDERS);
    if (access) {
      response.end(access.sub);
    }
  });
  api.listen(0, '127.0.0.1');
  await once(api, 'listening');
  const url = `http://127.0.0.1:${portOf(api.address())}/`;
  try {
    issuer.answer(active());
    const letIn = await fetch(url, { headers: bearer() });
    assert.equal(await letIn.text(), 'ada');
    const refused = await fetch(url);
    assert.equal(refused.status, 401);
    assert.equal(refused.headers.get('www-authenticate'), 'Bearer realm="api"');
    assert.equal(refused.headers.get('content-type'), 'application/json');
    assert.deepEqual(await refused.json(), {
      detail: 'Authentication credentials were not provided.',
    });
    assert.equal(await statusOf(url, [`Bearer ${TOKEN}`, `Bearer ${TOKEN}`]), 401);
  } finally {
    api.close();
  }
});

function ACTIVE(): Record<string, unknown> {
  return {
    active: true,
    scope: 'read write',
    client_id: 'app',
    token_type: 'Bearer',
    exp: 2_000_000_000,
    iat: 1_900_000_000,
    sub: 'ada',
    organizers: ['redstage', 'constructor'],
    permissions: { redstage: ['can_view_orders', 'can_change_orders'], constructor: [] },
  };
}

function active(changes: Record<string, unknown> = {}): Answer {
  return json({ ...ACTIVE(), iss: issuer.url, ...changes });
}

function json(value: unknown): Answer {
  return (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };
}

function bearer() {
  return { authorization: `Bearer ${TOKEN}` };
}

function kit(options: Partial<Parameters<typeof createResourceServer>[0]> = {}) {
  return createResourceServer({
    issuer: issuer.url,
    clientId: 'api',
    clientSecret: 's+ecret',
    timeout: 300,
    ...options,
  });
}

interface Question {
  readonly resourceServer?: ReturnType<typeof kit>;
  readonly method?: string;
  readonly headers?: Record<string, string | string[]>;
  readonly requirement?: Requirement;
}

/** What the API would answer. Headers go past `Request`, which would refuse the bad ones itself. */
async function ask(question: Question) {
  const verifiable = {
    method: question.method ?? 'GET',
    headers: question.headers ?? bearer(),
  };
  const resourceServer = question.resourceServer ?? kit();
  const { response = new Response('{}') } = await decide(
    { verify: (_, requirement) => resourceServer.verify(verifiable, requirement) },
    new Request('http://api.example/'),
    question.requirement,
  );
  return {
    status: response.status,
    headers: response.headers,
    challenge: response.headers.get('www-authenticate') ?? '',
    body: await response.json(),
  };
}

function assertUnavailable(answer: Awaited<ReturnType<typeof ask>>): void {
  assert.equal(answer.status, 503);
  assert.match(answer.headers.get('retry-after') ?? '', /^\d+$/);
  assert.equal(answer.challenge, '');
  assert.deepEqual(answer.body, {
    detail: 'Access tokens cannot be verified at the moment. Please try again.',
  });
}

/** An authorization server that knows metadata and introspection, and answers what it is told to. */
async function startIssuer(port = 0) {
  const requests: { path: string; authorization: string | undefined; body: string }[] = [];
  let metadata: Answer | undefined;
  let introspection: Answer | undefined;
  const server = createServer(async (request, response) => {
    // Or the next test would be sent over a connection that this one has broken.
    response.setHeader('connection', 'close');
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk);
    }
    const body = Buffer.concat(chunks).toString();
    const path = request.url ?? '';
    requests.push({ path, authorization: request.headers.authorization, body });
    const answer = path === '/introspect' ? introspection : (metadata ?? json(described));
    answer?.(request, response, body);
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${portOf(server.address())}`;
  const described = { issuer: url, introspection_endpoint: `${url}/introspect` };
  return {
    url,
    requests,
    get introspections() {
      return requests.filter(({ path }) => path === '/introspect');
    },
    answer: (answer: Answer) => {
      introspection = answer;
    },
    metadata: (answer: Answer) => {
      metadata = answer;
    },
    reset: () => {
      requests.length = 0;
      metadata = undefined;
      introspection = undefined;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function portOf(address: ReturnType<ReturnType<typeof createServer>['address']>): number {
  assert.ok(address !== null && typeof address === 'object');
  return address.port;
}

/** `fetch` would join repeated headers. */
async function statusOf(url: string, authorization: string[]): Promise<number | undefined> {
  const repeated = authorization.flatMap((value) => ['Authorization', value]);
  const sent = request(url, { headers: ['Host', new URL(url).host, ...repeated] }).end();
  const [response]: IncomingMessage[] = await once(sent, 'response');
  response?.resume();
  return response?.statusCode;
}
