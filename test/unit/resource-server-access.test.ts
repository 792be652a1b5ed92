import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Requirement } from '@stagedoor/resource-server';
import { ask as askKit, bearer, createKit, ORDERS, type Question } from '../support/kit/ask.ts';
import { type Answer, facts, json, TOKEN, useFakeIssuer } from '../support/kit/fake-issuer.ts';

const issuer = useFakeIssuer();

const active = (changes: Record<string, unknown> = {}): Answer =>
  json({ ...facts(), iss: issuer.url, ...changes });
const ask = (question: Question) => askKit(createKit(issuer), question);

describe('a live token', () => {
  test('says who, for which application, and what it opens', async () => {
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

  test('can be made to open nothing more', async () => {
    issuer.answer(active());
    const access = await createKit(issuer).verify({ method: 'GET', headers: bearer() });
    for (const [target, key, value] of [
      [access, 'organizers', ['bluehall']],
      [access.organizers, '0', 'bluehall'],
      [access.scopes, '2', 'profile'],
      [access.permissions, 'bluehall', []],
      [access.permissionsAt('redstage'), '2', 'can_change_vouchers'],
    ] as const) {
      assert.equal(Reflect.set(target, key, value), false, key);
    }
  });

  test('is asked about with the credentials of the API, in the body, at the found endpoint', async () => {
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

  test('spares the look-up where the endpoint is given', async () => {
    issuer.answer(active());
    const introspectionEndpoint = `${issuer.url}/introspect`;
    assert.equal((await askKit(createKit(issuer, { introspectionEndpoint }))).status, 200);
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
    const requirement: Requirement = { organizer: null, scopes: ['read', 'write'] };
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

  test('opens no organizer where the answer has none', async () => {
    issuer.answer(json({ active: true, sub: 'ada', client_id: 'app', scope: 'read' }));
    assert.equal((await ask({})).status, 200);
    assert.equal((await ask({ requirement: ORDERS })).status, 403);
  });

  test('the organizer of a request is looked up only for those who could get in', async () => {
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

describe('a token that is not live', () => {
  for (const [name, answer] of [
    ['inactive', { active: false }],
    ['inactive, with more', { ...facts(), active: false }],
    ['bound to a key, by its type', { ...facts(), token_type: 'DPoP' }],
    ['bound to a key, by its confirmation', { ...facts(), cnf: { jkt: 'x' } }],
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
