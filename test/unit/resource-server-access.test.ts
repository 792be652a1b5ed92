import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Requirement } from '@stagedoor/resource-server';
import { ask as askKit, bearer, createKit, ORDERS, type Question } from '../support/kit/ask.ts';
import { type Answer, facts, json, TOKEN, useFakeIssuer } from '../support/kit/fake-issuer.ts';

const issuer = useFakeIssuer();

const active = (changes: Record<string, unknown> = {}): Answer =>
  json({ ...facts(), iss: issuer.url, ...changes });
const ask = (question: Question) => askKit(createKit(issuer), question);

describe('Live token', () => {
  test('returns user, application, scopes and permissions', async () => {
    issuer.answer(active());
    const access = await createKit(issuer).verify({ method: 'GET', headers: bearer() });
    assert.equal(access.sub, 'ada');
    assert.equal(access.clientId, 'app');
    assert.deepEqual(access.scopes, ['read', 'write']);
    assert.deepEqual(access.organizers, ['redstage', 'constructor']);
    assert.deepEqual(access.organizersWith('can_view_orders'), ['redstage']);
    assert.equal(access.expiresAt, 2_000_000_000);
    assert.equal(access.can('redstage', 'can_view_orders'), true);
    assert.equal(access.can('redstage', 'can_change_vouchers'), false);
    assert.equal(access.can('bluehall', 'can_view_orders'), false);
    assert.equal(access.can('constructor', 'name'), false);
    assert.equal(access.can('toString', 'name'), false);
  });

  test('returns the permissions for events', async () => {
    const orders = ['can_view_orders'];
    const events = JSON.parse('{"__proto__": ["can_view_orders"], "fair": ["can_change_orders"]}');
    issuer.answer(
      active({
        permissions: { redstage: orders, constructor: [] },
        event_permissions: {
          redstage: { fair: ['can_change_orders'] },
          constructor: events,
          bluehall: events,
        },
      }),
    );
    const access = await createKit(issuer).verify({ method: 'GET', headers: bearer() });
    assert.equal(access.eventsWith('redstage', 'can_view_orders'), 'all');
    assert.deepEqual(access.eventsWith('redstage', 'can_change_orders'), ['fair']);
    assert.deepEqual(access.eventsWith('constructor', 'can_view_orders'), ['__proto__']);
    assert.deepEqual(access.eventsWith('constructor', 'can_fly'), []);
    assert.deepEqual(access.eventsWith('bluehall', 'can_view_orders'), []);
    assert.deepEqual(access.eventsWith('toString', 'name'), []);
    assert.deepEqual(access.organizersWith('can_view_orders'), ['redstage']);
    assert.deepEqual(access.permissionsAt('redstage', 'fair'), [...orders, 'can_change_orders']);
    assert.deepEqual(access.permissionsAt('redstage'), orders);
    assert.deepEqual(access.permissionsAt('bluehall', 'fair'), []);
    assert.equal(access.can('constructor', 'can_view_orders', '__proto__'), true);
    assert.equal(access.can('constructor', 'can_view_orders'), false);
    assert.equal(access.can('constructor', 'can_view_orders', 'fair'), false);
    assert.equal(access.can('constructor', 'name', 'constructor'), false);
    assert.equal(access.can('redstage', 'can_view_orders', 'nowhere'), true);
    assert.equal(access.can('bluehall', 'can_change_orders', 'fair'), false);
    assert.deepEqual(Object.keys(access.eventPermissions.constructor ?? {}).sort(), [
      '__proto__',
      'fair',
    ]);
    assert.equal(access.eventPermissions.toString, undefined);
  });

  test('returns an immutable object', async () => {
    issuer.answer(active({ event_permissions: { redstage: { fair: ['can_view_vouchers'] } } }));
    const access = await createKit(issuer).verify({ method: 'GET', headers: bearer() });
    for (const [target, key, value] of [
      [access, 'organizers', ['bluehall']],
      [access.organizers, '0', 'bluehall'],
      [access.scopes, '2', 'profile'],
      [access.permissions, 'bluehall', []],
      [access.permissionsAt('redstage'), '2', 'can_change_vouchers'],
      [access.eventPermissions, 'bluehall', {}],
      [access.eventPermissions.redstage, 'gala', ['can_change_vouchers']],
      [access.eventPermissions.redstage?.fair, '1', 'can_change_vouchers'],
      [access.permissionsAt('redstage', 'fair'), '3', 'can_change_vouchers'],
    ] as const) {
      assert.equal(Reflect.set(Object(target), key, value), false, key);
    }
  });

  test('is sent in the body to the discovered endpoint, with the client credentials', async () => {
    issuer.answer(active());
    const kit = createKit(issuer);
    await kit.verify({ method: 'GET', headers: bearer() });
    await kit.verify({ method: 'GET', headers: { authorization: `bEARER ${TOKEN}` } });
    assert.deepEqual(
      issuer.requests.map(({ path }) => path),
      ['/.well-known/oauth-authorization-server', '/introspect', '/introspect'],
    );
    const [first] = issuer.introspections;
    assert.equal(first?.body, `token=${TOKEN}`);
    assert.equal(first?.authorization, `Basic ${btoa('api:s%2Becret')}`);
  });

  test('needs no discovery if the endpoint is configured', async () => {
    issuer.answer(active());
    const introspectionEndpoint = `${issuer.url}/introspect`;
    assert.equal((await askKit(createKit(issuer, { introspectionEndpoint }))).status, 200);
    assert.deepEqual(
      issuer.requests.map(({ path }) => path),
      ['/introspect'],
    );
  });

  test('is accepted if scope, organizer and permission match', async () => {
    issuer.answer(active());
    assert.equal((await ask({ requirement: ORDERS })).status, 200);
    assert.equal((await ask({ requirement: ORDERS, method: 'POST' })).status, 200);
  });

  for (const method of ['GET', 'HEAD', 'OPTIONS']) {
    test(`requires read for ${method}`, async () => {
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
    test(`requires write for ${method}`, async () => {
      issuer.answer(active({ scope: 'read' }));
      const answer = await ask({ method, requirement: ORDERS });
      assert.equal(answer.status, 403);
      assert.match(answer.challenge, /error="insufficient_scope", scope="write"$/);
      assert.deepEqual(answer.body, { detail: 'The access token lacks the scope "write".' });
    });
  }

  test('requires one of the scopes of the route', async () => {
    const requirement: Requirement = { organizer: null, scopes: ['read', 'write'] };
    issuer.answer(active({ scope: 'write' }));
    assert.equal((await ask({ requirement })).status, 200);
    issuer.answer(active({ scope: 'profile' }));
    assert.match((await ask({ requirement })).challenge, /scope="read write"$/);
  });

  test('opens no other organizer', async () => {
    issuer.answer(active());
    for (const organizer of ['bluehall', '', 'RedStage', '__proto__', 'toString']) {
      const answer = await ask({ requirement: { ...ORDERS, organizer } });
      assert.equal(answer.status, 403, organizer);
      assert.deepEqual(answer.body, { detail: 'The access token does not open this organizer.' });
      assert.match(answer.challenge, /error="insufficient_scope"$/);
    }
  });

  test('requires the permission of the route', async () => {
    issuer.answer(active({ permissions: { redstage: ['can_view_orders'] } }));
    assert.equal((await ask({ requirement: ORDERS })).status, 200);
    const answer = await ask({ requirement: ORDERS, method: 'POST' });
    assert.equal(answer.status, 403);
    assert.deepEqual(answer.body, {
      detail: 'The user does not have the permission "can_change_orders" for this organizer.',
    });
  });

  test('opens no organizer if the response has none', async () => {
    issuer.answer(json({ active: true, sub: 'ada', client_id: 'app', scope: 'read' }));
    assert.equal((await ask({})).status, 200);
    assert.equal((await ask({ requirement: ORDERS })).status, 403);
  });

  test('the organizer function of a route is called only for tokens with the scope', async () => {
    const asked: string[] = [];
    const find = (slug: string | undefined): Requirement => ({
      organizer: async () => {
        asked.push(String(slug));
        return slug;
      },
    });
    issuer.answer(json({ active: false }));
    assert.equal((await ask({ requirement: find('redstage') })).status, 401);
    issuer.answer(active({ scope: 'write' }));
    assert.equal((await ask({ requirement: find('redstage') })).status, 403);
    assert.deepEqual(asked, []);
    issuer.answer(active());
    assert.equal((await ask({ requirement: find('redstage') })).status, 200);
    assert.equal((await ask({ requirement: find('bluehall') })).status, 403);
    assert.equal((await ask({ requirement: find(undefined) })).status, 403);
    assert.deepEqual(asked, ['redstage', 'bluehall', 'undefined']);
  });
});

describe('Token that is not live', () => {
  for (const [name, answer] of [
    ['inactive', { active: false }],
    ['inactive, with other claims', { ...facts(), active: false }],
    ['bound to a key by token_type', { ...facts(), token_type: 'DPoP' }],
    ['bound to a key by cnf', { ...facts(), cnf: { jkt: 'x' } }],
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
