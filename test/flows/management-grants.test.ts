import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { withPlatform } from '../support/fixture.ts';
import { callManagement, manage } from '../support/platform.ts';
import { introspect, obtainTokens, refresh } from '../support/tokens.ts';

const { server, platform } = withPlatform();

const call = (method: string, path: string) => callManagement(server, method, `/api/v1${path}`);
const field = (body: unknown, name: string): unknown => Reflect.get(Object(body), name);
const idsOf = async (path: string): Promise<unknown[]> => {
  const answer = await call('GET', path);
  assert.equal(answer.status, 200, path);
  const results = field(answer.body, 'results');
  assert.ok(Array.isArray(results));
  assert.equal(field(answer.body, 'count'), results.length, path);
  return results.map((grant) => field(grant, 'id'));
};

describe('Grants in the management API', () => {
  test('a grant is returned with user, application, scopes and organizers', async () => {
    const { application, ada } = platform;
    await obtainTokens(server, { application, user: ada, scope: 'read', organizers: ['redstage'] });
    const [id] = await idsOf('/grants/?user=ada');
    const { body } = await call('GET', `/grants/${id}/`);
    const grant = Object(body);
    assert.match(grant.created_at, /^\d{4}-\d\d-\d\dT[0-9:.]+Z$/);
    assert.deepEqual(grant, {
      id,
      user: 'ada',
      application: application.clientId,
      scopes: ['read'],
      organizers: ['redstage'],
      resources: [],
      created_at: grant.created_at,
      last_used_at: grant.last_used_at,
      last_used_ip: grant.last_used_ip,
      expires_at: grant.expires_at,
      ends_at: null,
      revoked_at: null,
      revocation_reason: null,
    });
    assert.ok(Date.parse(grant.expires_at) > Date.now());
  });

  test('revoking a grant ends its tokens at once; a second call says that it was revoked before', async () => {
    const { application, ada, resourceServer } = platform;
    const tokens = await obtainTokens(server, { application, user: ada, scope: 'write' });
    const [id] = await idsOf('/grants/?user=ada');
    const live = await introspect(server, resourceServer, tokens.accessToken);
    assert.equal(live.body.active, true);

    const revoked = await call('POST', `/grants/${id}/revoke/`);
    assert.equal(revoked.status, 200);
    assert.equal(field(revoked.body, 'revocation_reason'), 'revoked_by_operator');
    assert.equal(field(revoked.body, 'detail'), undefined);
    const dead = await introspect(server, resourceServer, tokens.accessToken);
    assert.deepEqual(dead.body, { active: false });
    const refused = await refresh(server, application, tokens.refreshToken);
    assert.equal(refused.body.error_description, 'revoked_by_operator');

    const again = await call('POST', `/grants/${id}/revoke/`);
    assert.equal(again.status, 200);
    const { detail, ...rest } = Object(again.body);
    assert.deepEqual(rest, revoked.body);
    assert.match(detail, /had been revoked before/);
    const events = await server.database.db
      .selectFrom('audit_events')
      .select(['actor', 'user_id'])
      .where('action', '=', 'stagedoor.user.oauth.revoked')
      .where('grant_id', '=', String(id))
      .execute();
    assert.deepEqual(events, [{ actor: 'operator:bootstrap', user_id: 'ada' }]);
  });

  test('an unknown grant is 404', async () => {
    for (const id of ['unknown', "'", 'x'.repeat(65), 'a%20b']) {
      for (const [method, path] of [
        ['GET', `/grants/${id}/`],
        ['POST', `/grants/${id}/revoke/`],
      ] as const) {
        const answer = await call(method, path);
        assert.deepEqual([answer.status, answer.body], [404, { detail: 'Not found.' }], path);
      }
    }
    assert.equal((await call('DELETE', '/grants/x/')).status, 405);
  });
});

test('Grants are filtered by user, application, organizer and activity', async () => {
  const { db } = server.database;
  await db.deleteFrom('grants').execute();
  const other = await manage(server, 'POST', '/api/v1/applications/', {
    name: 'Other',
    redirect_uris: ['https://other.example.com/'],
  });
  const [first, second] = [
    platform.application.clientId,
    String(Reflect.get(Object(other), 'client_id')),
  ];
  const hours = (n: number) => new Date(Date.now() + n * 3_600_000);
  const grant = (id: string, user: string, client: string, more: object = {}) => ({
    id,
    user_id: user,
    client_id: client,
    scopes: ['read'],
    created_at: hours(-Number(id.slice(1))),
    expires_at: hours(24 * 90),
    ...more,
  });
  await db
    .insertInto('grants')
    .values([
      grant('g1', 'ada', first),
      grant('g2', 'ada', second),
      grant('g3', 'ben', first, { expires_at: hours(0.01) }),
      grant('g4', 'ben', second, { expires_at: hours(-0.01) }),
      grant('g5', 'ben', second, { ends_at: hours(-1) }),
      grant('g6', 'ada', first, { ends_at: hours(30) }),
      grant('g7', 'ada', first, { revoked_at: new Date(), revocation_reason: 'revoked_by_user' }),
    ])
    .execute();
  await db
    .insertInto('grant_organizers')
    .values([
      { grant_id: 'g1', organizer_slug: 'redstage' },
      { grant_id: 'g1', organizer_slug: 'bluehall' },
      { grant_id: 'g7', organizer_slug: 'redstage' },
    ])
    .execute();
  for (const [query, expected] of [
    ['', ['g1', 'g2', 'g3', 'g4', 'g5', 'g6', 'g7']],
    ['?user=&application=&organizer=', ['g1', 'g2', 'g3', 'g4', 'g5', 'g6', 'g7']],
    ['?ordering=created_at', ['g7', 'g6', 'g5', 'g4', 'g3', 'g2', 'g1']],
    ['?active=true', ['g1', 'g2', 'g3', 'g6']],
    ['?active=false', ['g4', 'g5', 'g7']],
    ['?user=ada', ['g1', 'g2', 'g6', 'g7']],
    ['?user=ada&active=true', ['g1', 'g2', 'g6']],
    ['?user=nobody', []],
    [`?application=${first}`, ['g1', 'g3', 'g6', 'g7']],
    [`?application=${first}&active=true`, ['g1', 'g3', 'g6']],
    [`?application=${second}&active=false`, ['g4', 'g5']],
    [`?application=${second}&user=ben`, ['g4', 'g5']],
    ['?organizer=redstage', ['g1', 'g7']],
    ['?organizer=redstage&active=true', ['g1']],
    ['?organizer=bluehall&user=ben', []],
  ] as const) {
    assert.deepEqual(await idsOf(`/grants/${query}`), expected, query);
  }
  // The counters follow every change of a grant.
  await manage(server, 'POST', '/api/v1/grants/g1/revoke/');
  await db
    .updateTable('grants')
    .set({ expires_at: hours(1) })
    .where('id', '=', 'g4')
    .execute();
  await db
    .updateTable('grants')
    .set({ ends_at: hours(-1) })
    .where('id', '=', 'g6')
    .execute();
  assert.deepEqual(await idsOf('/grants/?active=true'), ['g2', 'g3', 'g4']);
  assert.deepEqual(await idsOf(`/grants/?active=true&application=${second}`), ['g2', 'g4']);
  await manage(server, 'DELETE', '/api/v1/users/ben/');
  assert.deepEqual(await idsOf('/grants/?active=true'), ['g2']);
  assert.deepEqual(await idsOf('/grants/?active=false'), ['g1', 'g6', 'g7']);
});
