import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { findApplication, findClient } from '../../src/applications/store.ts';
import { isWellFormed } from '../../src/lib/credentials.ts';
import { type ManagementServer, startManagementServer } from '../support/management-server.ts';
import { callManagement, credentialsOf, manage } from '../support/platform.ts';
import { says } from '../support/texts.ts';

let server: ManagementServer;
before(async () => {
  server = await startManagementServer();
  await manage(server, 'PUT', '/api/v1/users/ben/', {
    email: 'ben@example.com',
    full_name: 'Ben Example',
  });
  await manage(server, 'PUT', '/api/v1/users/ada/', { email: 'ada@example.com' });
});
after(() => server.close());

const call = (method: string, path: string, body?: unknown) =>
  callManagement(server, method, `/api/v1${path}`, body);
const field = (body: unknown, name: string): unknown => Reflect.get(Object(body), name);
const lastEvents = async (count: number) =>
  (
    await server.database.db
      .selectFrom('audit_events')
      .select(['action', 'actor', 'user_id', 'client_id', 'data'])
      .where('action', '<>', 'stagedoor.operator.called')
      .orderBy('id', 'desc')
      .limit(count)
      .execute()
  ).reverse();

const MINIMAL = { name: 'Box Office', redirect_uris: ['https://app.example.com/callback'] };
const register = async (body: object = MINIMAL) =>
  credentialsOf(await manage(server, 'POST', '/api/v1/applications/', body));

describe('Registering an application by the API', () => {
  test('with required fields only: confidential, PKCE, all scopes, not reviewed, secret returned once', async () => {
    const answer = await call('POST', '/applications/', MINIMAL);
    assert.equal(answer.status, 201);
    const { clientId, clientSecret = '' } = credentialsOf(answer.body);
    assert.match(clientId, /^[A-Za-z0-9]{24}$/);
    assert.ok(isWellFormed('sds', clientSecret));
    const { client_secret: _, ...rest } = Object(answer.body);
    assert.match(rest.created_at, /^\d{4}-\d\d-\d\dT[0-9:.]+Z$/);
    assert.deepEqual(rest, {
      client_id: clientId,
      kind: 'registered',
      owner: null,
      ...MINIMAL,
      description: '',
      homepage_url: null,
      privacy_policy_url: null,
      terms_url: null,
      logo_url: null,
      client_type: 'confidential',
      scopes: ['read', 'write', 'profile'],
      require_pkce: true,
      is_active: true,
      state: 'active',
      suspended_at: null,
      suspension_reason: null,
      version: 1,
      reviewed_at: null,
      review_needed: null,
      created_at: rest.created_at,
      updated_at: rest.created_at,
    });
    assert.deepEqual((await call('GET', `/applications/${clientId}/`)).body, rest);
    const client = await findClient(server.database.db, clientId);
    assert.deepEqual(client?.secretHashes, [
      createHash('sha256').update(clientSecret).digest('hex'),
    ]);
    const secrets = await server.database.db
      .selectFrom('application_secrets')
      .select('last_four')
      .where('client_id', '=', clientId)
      .execute();
    assert.deepEqual(secrets, [{ last_four: clientSecret.slice(-4) }]);
    assert.ok(!JSON.stringify(await lastEvents(1)).includes(clientSecret));
  });

  test('with all fields, for a developer', async () => {
    const everything = {
      owner: 'ben',
      name: 'Seat Map',
      description: 'Shows seats.\nAll of them.',
      homepage_url: 'https://seats.example.com/',
      privacy_policy_url: 'https://seats.example.com/privacy',
      terms_url: null,
      client_type: 'public',
      redirect_uris: ['com.example.seats:/callback', 'http://127.0.0.1/callback'],
      scopes: ['read'],
      require_pkce: true,
      is_active: false,
    };
    const answer = await call('POST', '/applications', everything);
    assert.equal(answer.status, 201);
    assert.equal(field(answer.body, 'client_secret'), undefined);
    for (const [name, value] of Object.entries(everything)) {
      assert.deepEqual(field(answer.body, name), value, name);
    }
    assert.equal(field(answer.body, 'state'), 'disabled');
    const { clientId } = credentialsOf(answer.body);
    const found = await findApplication(server.database.db, clientId);
    assert.deepEqual([found?.ownerId, found?.ownerName], ['ben', 'Ben Example']);
    const client = await findClient(server.database.db, clientId);
    assert.deepEqual(client, { application: found, secretHashes: [] });
    assert.deepEqual(await lastEvents(1), [
      {
        action: 'stagedoor.application.registered',
        actor: 'operator:bootstrap',
        user_id: 'ben',
        client_id: clientId,
        data: { application: 'Seat Map', client_type: 'public' },
      },
    ]);
  });

  test('expired secrets are not valid', async () => {
    const { clientId } = await register();
    await server.database.db
      .updateTable('application_secrets')
      .set({ expires_at: new Date(Date.now() - 1000) })
      .where('client_id', '=', clientId)
      .execute();
    assert.deepEqual((await findClient(server.database.db, clientId))?.secretHashes, []);
  });

  test('an invalid client id is not found', async () => {
    for (const id of ['', 'unknown', '\0', 'a b', '\ud800', 'x'.repeat(65), "'"]) {
      assert.equal(await findClient(server.database.db, id), undefined);
      assert.equal(await findApplication(server.database.db, id), undefined);
    }
    for (const id of ['unknown', 'a%20b', '%ff', 'x'.repeat(65)]) {
      for (const [method, path, body] of [
        ['GET', ''],
        ['PATCH', ''],
        ['DELETE', ''],
        ['POST', 'suspend/'],
        ['POST', 'resume/'],
        ['POST', 'review/', { version: 1 }],
      ] as const) {
        const answer = await call(method, `/applications/${id}/${path}`, body);
        assert.deepEqual([answer.status, answer.body], [404, { detail: 'Not found.' }], id);
      }
    }
  });
});

describe('Managing an application by the API', () => {
  test('PATCH changes the given fields', async () => {
    const { clientId } = await register({
      ...MINIMAL,
      owner: 'ben',
      terms_url: 'https://a.example/',
    });
    const path = `/applications/${clientId}/`;
    const before = (await call('GET', path)).body;
    const patched = await call('PATCH', path, { name: 'New', terms_url: null, owner: null });
    assert.equal(patched.status, 200);
    assert.deepEqual(patched.body, {
      ...Object(before),
      name: 'New',
      terms_url: null,
      owner: null,
      version: 2,
      updated_at: field(patched.body, 'updated_at'),
    });
    assert.deepEqual(
      (await lastEvents(1)).map(({ action, data }) => [action, data]),
      [
        [
          'stagedoor.application.changed',
          { application: 'New', changed: ['ownerId', 'name', 'termsUrl'] },
        ],
      ],
    );
    const same = await call('PATCH', path, { name: 'New', client_type: 'confidential' });
    assert.deepEqual(same.body, patched.body);
    for (const [changes, name, message] of [
      [{ client_type: 'public' }, 'client_type', /can't be changed/],
      [{ redirect_uris: ['http://a.example/'] }, 'redirect_uris', says('redirect_uri.http')],
      [{ redirect_uris: [] }, 'redirect_uris', /may not be empty/],
      [{ name: ' ' }, 'name', /may not be blank/],
      [{ owner: 'nobody' }, 'owner', /no user "nobody"/],
    ] as const) {
      const answer = await call('PATCH', path, changes);
      assert.equal(answer.status, 400);
      assert.match(String(field(answer.body, name)), message);
    }
    assert.deepEqual((await call('GET', path)).body, patched.body);
  });

  test('suspend, resume and review change the state, and repeating them changes nothing', async () => {
    const { clientId } = await register({ ...MINIMAL, owner: 'ben' });
    const state = async (action: string, body?: unknown) => {
      const answer = await call('POST', `/applications/${clientId}/${action}/`, body);
      assert.equal(answer.status, 200);
      return answer.body;
    };
    const suspended = await state('suspend', { reason: 'Phishing' });
    assert.equal(field(suspended, 'state'), 'suspended');
    assert.equal(field(suspended, 'suspension_reason'), 'Phishing');
    assert.deepEqual(await state('suspend', { reason: 'Phishing' }), suspended);
    const other = await state('suspend', { reason: 'Spam' });
    assert.equal(field(other, 'suspended_at'), field(suspended, 'suspended_at'));
    const resumed = await state('resume');
    assert.deepEqual(
      [
        field(resumed, 'state'),
        field(resumed, 'suspended_at'),
        field(resumed, 'suspension_reason'),
      ],
      ['active', null, null],
    );
    assert.deepEqual(await state('resume', {}), resumed);
    const reviewed = await state('review', { version: 1 });
    assert.ok(field(reviewed, 'reviewed_at'));
    assert.deepEqual(await state('review', { version: 1 }), reviewed);
    assert.equal(field(await state('suspend'), 'suspension_reason'), '');
    assert.deepEqual(
      (await lastEvents(6)).map(({ action }) => action.replace('stagedoor.application.', '')),
      ['registered', 'suspended', 'suspended', 'resumed', 'reviewed', 'suspended'],
    );
  });

  test('deletion is in the log of each user who had authorized the application', async () => {
    const { clientId } = await register();
    const { db } = server.database;
    const grant = (id: string, userId: string, more: object = {}) => ({
      id: `${clientId}-${id}`,
      user_id: userId,
      client_id: clientId,
      scopes: ['read'],
      expires_at: new Date(Date.now() + 60_000),
      ...more,
    });
    await manage(server, 'PUT', '/api/v1/users/cara/', { email: 'cara@example.com' });
    await manage(server, 'PUT', '/api/v1/users/dora/', { email: 'dora@example.com' });
    await db
      .insertInto('grants')
      .values([
        grant('1', 'ada'),
        grant('2', 'ada'),
        grant('3', 'ben'),
        grant('4', 'cara', { revoked_at: new Date(), revocation_reason: 'revoked_by_user' }),
        grant('5', 'dora', { expires_at: new Date(Date.now() - 1000) }),
      ])
      .execute();
    assert.equal((await call('DELETE', `/applications/${clientId}/`)).status, 204);
    const events = await lastEvents(3);
    assert.deepEqual(
      events.map((event) => [event.action, event.user_id, event.client_id, event.actor]).sort(),
      [
        ['stagedoor.application.deleted', null, clientId, 'operator:bootstrap'],
        ['stagedoor.user.oauth.revoked', 'ada', clientId, 'operator:bootstrap'],
        ['stagedoor.user.oauth.revoked', 'ben', clientId, 'operator:bootstrap'],
      ],
    );
    const revoked = events.find(({ action }) => action === 'stagedoor.user.oauth.revoked');
    assert.deepEqual(revoked?.data, { reason: 'application_deleted', application: 'Box Office' });
    const left = await db
      .selectFrom('grants')
      .select('id')
      .where('client_id', '=', clientId)
      .execute();
    assert.deepEqual(left, []);
    assert.equal((await call('GET', `/applications/${clientId}/`)).status, 404);
  });

  test('an application without owner remains after the owner was deleted', async () => {
    await manage(server, 'PUT', '/api/v1/users/left/', { email: 'left@example.com' });
    const { clientId } = await register({ ...MINIMAL, owner: 'left' });
    await manage(server, 'DELETE', '/api/v1/users/left/');
    assert.equal(field((await call('GET', `/applications/${clientId}/`)).body, 'owner'), null);
  });

  test('the list contains no secrets', async () => {
    const answer = await call('GET', '/applications/');
    assert.equal(answer.status, 200);
    assert.ok(Number(field(answer.body, 'count')) >= 4);
    assert.ok(!JSON.stringify(answer.body).includes('secret'));
  });
});

describe('Resource server', () => {
  test('is registered, read, listed and deleted', async () => {
    const answer = await call('POST', '/resource-servers/', { name: ' Orders API ' });
    assert.equal(answer.status, 201);
    const { clientId, clientSecret = '' } = credentialsOf(answer.body);
    assert.ok(isWellFormed('sds', clientSecret));
    const { client_secret: _, ...rest } = Object(answer.body);
    assert.deepEqual(rest, {
      client_id: clientId,
      name: 'Orders API',
      resources: [],
      require_audience: false,
      created_at: rest.created_at,
    });
    assert.deepEqual((await call('GET', `/resource-servers/${clientId}/`)).body, rest);
    assert.deepEqual((await call('GET', '/resource-servers/')).body, {
      count: 1,
      next: null,
      previous: null,
      results: [rest],
    });
    const stored = await server.database.db
      .selectFrom('resource_server_secrets')
      .select('secret_hash')
      .executeTakeFirstOrThrow();
    assert.deepEqual(
      Buffer.from(stored.secret_hash),
      createHash('sha256').update(clientSecret).digest(),
    );
    assert.equal((await call('DELETE', `/resource-servers/${clientId}/`)).status, 204);
    assert.equal((await call('DELETE', `/resource-servers/${clientId}/`)).status, 404);
    assert.equal((await call('GET', `/resource-servers/${clientId}/`)).status, 404);
    assert.deepEqual(
      (await lastEvents(2)).map((event) => event.action),
      ['stagedoor.resource_server.registered', 'stagedoor.resource_server.deleted'],
    );
  });
});
