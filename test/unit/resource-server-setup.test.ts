import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { UnavailableCode, UnavailableError } from '@stagedoor/resource-server';
import { createResourceServer } from '@stagedoor/resource-server';
import { freePort } from '../support/free-port.ts';
import { ask, assertUnavailable, createKit } from '../support/kit/ask.ts';
import { type Answer, facts, json, useFakeIssuer } from '../support/kit/fake-issuer.ts';

const issuer = useFakeIssuer();

/** Creates a kit as a program without types would, with values from the environment. */
const createLoosely = (options: object) =>
  createResourceServer({
    ...{ issuer: issuer.url, clientId: 'api', clientSecret: 'secret' },
    ...options,
  });

describe('createResourceServer', () => {
  for (const url of [
    'http://login.example',
    'ftp://localhost',
    'http://127.0.0.1.evil.example',
    'http://localhost.evil.example',
    'http://[::2]',
  ]) {
    test(`throws if the secret would be sent to ${url}`, () => {
      assert.throws(() => createLoosely({ issuer: url }), /^TypeError: .* must use https/);
      const introspectionEndpoint = `${url}/introspect`;
      assert.throws(() => createLoosely({ introspectionEndpoint }), /must use https/);
    });
  }

  for (const [what, options, message] of [
    ['no issuer', { issuer: undefined }, /issuer must be a URL such as https:/],
    ['an empty issuer', { issuer: '' }, /issuer must be a URL such as https:/],
    ['a host as issuer', { issuer: 'login.example.com' }, /issuer must be a URL such as https:/],
    ['a password in the URL', { issuer: 'https://a:hunter2@x.example' }, /issuer must be a URL/],
    [
      'a relative endpoint',
      { introspectionEndpoint: '/introspect' },
      /introspectionEndpoint must be/,
    ],
    ['no client id', { clientId: undefined }, /clientId is empty/],
    ['an empty client id', { clientId: '' }, /clientId is empty/],
    ['a blank secret', { clientSecret: ' ' }, /clientSecret is empty/],
    ['no timeout', { timeout: 0 }, /timeout must be a number from 1 to 60000/],
    ['an infinite timeout', { timeout: Number.POSITIVE_INFINITY }, /timeout must be a number/],
    ['a timeout that is not a number', { timeout: '3000' }, /timeout must be a number/],
    [
      'a cache without limit of entries',
      { cache: { bytes: 200_000 } },
      /cache.entries must be a number/,
    ],
    [
      'a cache without limit of time in an outage',
      { cache: { entries: 1, staleSeconds: 1e9 } },
      /cache.staleSeconds must be .* to 300/,
    ],
    ['a cache with a lifetime', { cache: { entries: 1, seconds: 5 } }, /cache has no "seconds"/],
    ['a circuit without end', { circuit: { failures: 0, seconds: 1 } }, /circuit.failures/],
    ['bound tokens without URL', { dpop: {} }, /dpop.url must be the public URL of this API/],
    [
      'bound tokens with a relative URL',
      { dpop: { url: '/api' } },
      /dpop.url must be the public URL/,
    ],
    [
      'bound tokens with a query in the URL',
      { dpop: { url: 'https://a.example/?b' } },
      /dpop.url must be/,
    ],
    [
      'a misspelled nested option',
      { dpop: { URL: 'https://a.example' } },
      /dpop has no "URL"; it has url/,
    ],
    ['signed introspection as a string', { signedIntrospection: 'false' }, /must be true or false/],
    ['a misspelled option', { casche: { entries: 1, seconds: 1 } }, /has no "casche"; it has/],
  ] as const) {
    test(`throws for ${what}`, () => {
      assert.throws(
        () => createLoosely(options),
        (error) => {
          assert.ok(error instanceof TypeError);
          assert.match(error.message, message);
          assert.ok(!/hunter2|\n/.test(error.message));
          return true;
        },
      );
    });
  }

  test('accepts https anywhere, and http on loopback', () => {
    for (const url of ['https://login.example', 'http://localhost:1', 'http://[::1]:1']) {
      assert.ok(createLoosely({ issuer: url }));
    }
  });
});

describe('First call reports the misconfiguration in one line', () => {
  const page: Answer = (_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Welcome</h1>');
  };
  const status =
    (code: number): Answer =>
    (_, response) =>
      response.writeHead(code).end();
  const cases: Record<string, [() => void, UnavailableCode, RegExp]> = {
    'the secret is wrong': [
      () => issuer.answer(status(401)),
      'misconfigured',
      /introspect answered 401: it does not know this service's clientId, or clientSecret is wrong/,
    ],
    'the issuer is another website': [
      () => issuer.metadata(status(404)),
      'misconfigured',
      /oauth-authorization-server answered 404: that is no authorization server. Check issuer/,
    ],
    'the issuer is a site that answers everything with a page': [
      () => issuer.metadata(page),
      'bad_answer',
      /did not answer with application\/json. Check issuer/,
    ],
    'the issuer redirects': [
      () => issuer.metadata(status(301)),
      'misconfigured',
      /answered 301, a redirect: .* Check issuer/,
    ],
    'the issuer has another name': [
      () => issuer.metadata(json({ issuer: 'https://login.example.com' })),
      'misconfigured',
      /"issuer" property does not match the expected value.* Check issuer/,
    ],
    'the issuer does not introspect': [
      () => issuer.metadata(json({ issuer: issuer.url })),
      'misconfigured',
      /names no introspection_endpoint.* Check issuer/,
    ],
    'the introspection endpoint uses http': [
      () =>
        issuer.metadata(
          json({ issuer: issuer.url, introspection_endpoint: 'http://192.0.2.1/introspect' }),
        ),
      'misconfigured',
      /http:\/\/192.0.2.1 must use https/,
    ],
    'the response is from another server': [
      () => issuer.answer(json({ ...facts(), iss: 'https://other.example' })),
      'bad_answer',
      /introspect gave no usable answer: it names another issuer/,
    ],
  };
  for (const [name, [prepare, code, message]] of Object.entries(cases)) {
    test(name, async () => {
      issuer.answer(json({ ...facts(), iss: issuer.url }));
      prepare();
      const told: UnavailableError[] = [];
      const kit = createKit(issuer, { onUnavailable: (error) => told.push(error) });
      assertUnavailable(await ask(kit));
      assert.equal(told.length, 1);
      assert.equal(told[0]?.code, code);
      assert.match(told[0]?.message ?? '', message);
      assert.ok(!told[0]?.message.includes('\n'));
    });
  }

  test('the server is unreachable', async () => {
    const told: UnavailableError[] = [];
    const url = `http://127.0.0.1:${await freePort()}`;
    const kit = createKit({ url }, { onUnavailable: (error) => told.push(error) });
    assertUnavailable(await ask(kit));
    assert.match(told[0]?.message ?? '', /cannot be reached \(ECONNREFUSED\). Check that it/);
  });

  test('on stderr if no onUnavailable is set', async (t) => {
    const { mock } = t.mock.method(console, 'error', () => undefined);
    issuer.answer(status(401));
    assertUnavailable(await ask(createLoosely({})));
    const [line] = mock.calls.map((call) => call.arguments);
    assert.match(String(line), /^Access tokens cannot be verified: .* clientSecret is wrong/);
    assert.equal(mock.callCount(), 1);
  });
});

describe('Invalid requirement is refused with 503', () => {
  for (const [name, requirement, message] of [
    ['no organizer', { organizer: undefined }, /organizer must say which organizer/],
    ['only scopes', { scopes: ['read'] }, /organizer must say which organizer/],
    ['no organizer, a permission', { organizer: null, permission: 'x' }, /must not be null/],
    ['a misspelled name', { organizer: 'redstage', permissions: 'x' }, /no "permissions"; it has/],
    [
      'an empty list of scopes',
      { organizer: null, scopes: [] },
      /scopes must be a list of at least one/,
    ],
    ['scopes as a string', { organizer: null, scopes: 'read' }, /scopes must be a list/],
    [
      'an event without a permission',
      { organizer: 'redstage', event: 'fair' },
      /event checks nothing without a permission/,
    ],
    [
      'an event that is null',
      { organizer: 'redstage', permission: 'x', event: null },
      /event must say which event/,
    ],
    ['an event, no organizer', { organizer: null, event: 'fair' }, /event checks nothing/],
    ['an empty permission', { organizer: 'redstage', permission: '' }, /permission must be a name/],
    [
      'a list of permissions',
      { organizer: 'redstage', permission: { read: 'x', write: 'x', delete: 'y' } },
      /\{ read, write \}/,
    ],
    [
      'a part of a permission',
      { organizer: 'redstage', permission: { read: 'x' } },
      /\{ read, write \}/,
    ],
  ] as const) {
    test(name, async () => {
      issuer.answer(json({ ...facts(), iss: issuer.url }));
      const told: UnavailableError[] = [];
      const kit = createKit(issuer, { onUnavailable: (error) => told.push(error) });
      const question: object = { requirement };
      assertUnavailable(await ask(kit, question));
      assert.equal(told[0]?.code, 'misconfigured');
      assert.match(told[0]?.message ?? '', message);
    });
  }

  test('is reported once, not for each caller', async () => {
    const told: UnavailableError[] = [];
    const kit = createKit(issuer, { onUnavailable: (error) => told.push(error) });
    const question: object = { requirement: { organiser: 'redstage' } };
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(kit, question)));
    answers.forEach(assertUnavailable);
    assert.equal(told.length, 1);
  });

  test('with an organizer function that fails', async () => {
    issuer.answer(json({ ...facts(), iss: issuer.url }));
    const told: UnavailableError[] = [];
    const kit = createKit(issuer, { onUnavailable: (error) => told.push(error) });
    const organizer = () => Promise.reject(new Error('The database is away.'));
    assertUnavailable(await ask(kit, { requirement: { organizer } }));
    assert.match(told[0]?.message ?? '', /could not be decided: The database is away/);
  });
});
