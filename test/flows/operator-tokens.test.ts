import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { RIGHTS } from '../../src/api/operator.ts';
import { hashOf, isWellFormed } from '../../src/lib/credentials.ts';
import { importDirectory, linesOf } from '../support/bulk.ts';
import { type ManagementServer, startManagementServer } from '../support/management-server.ts';
import { until } from '../support/outbox.ts';
import { callManagement, manage } from '../support/platform.ts';
import { untilBlocked } from '../support/until-blocked.ts';

let server: ManagementServer;
before(async () => {
  server = await startManagementServer();
  await manage(server, 'PUT', '/api/v1/users/ada/', { email: 'ada@example.com' });
});
after(() => server.close());

const TOKENS = '/api/v1/operator-tokens/';
const as = (token: string, method: string, path: string, body?: unknown) =>
  callManagement({ issuer: server.issuer, operatorToken: token }, method, path, body);
const bootstrap = (method: string, path: string, body?: unknown) =>
  callManagement(server, method, path, body);
const field = (body: unknown, name: string) => Reflect.get(Object(body), name);

let names = 0;
/** Creates a token and returns it with its id. */
async function make(rights: readonly string[], more: object = {}, by = server.operatorToken) {
  names += 1;
  const answer = await as(by, 'POST', TOKENS, { name: `token-${names}`, rights, ...more });
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return { id: String(field(answer.body, 'id')), token: String(field(answer.body, 'token')) };
}

describe('Creating an operator token', () => {
  test('returns the token once and stores only a hash', async () => {
    const answer = await bootstrap('POST', TOKENS, {
      name: 'platform-sync',
      rights: ['read', 'directory'],
      expires_at: '2999-12-31T23:59:59+01:00',
    });
    assert.equal(answer.status, 201);
    const { token, ...rest } = Object(answer.body);
    assert.ok(isWellFormed('sdo', token));
    assert.deepEqual(rest, {
      id: rest.id,
      name: 'platform-sync',
      last_four: token.slice(-4),
      rights: ['directory', 'read'],
      created_by: 'operator:bootstrap',
      parent: null,
      created_at: rest.created_at,
      expires_at: '2999-12-31T22:59:59.000Z',
      last_used_at: null,
    });
    const listed = await bootstrap('GET', TOKENS);
    assert.deepEqual(field(listed.body, 'results'), [rest]);
    const row = await server.database.db
      .selectFrom('operator_tokens')
      .select('token_hash')
      .where('id', '=', rest.id)
      .executeTakeFirstOrThrow();
    assert.deepEqual(Buffer.from(row.token_hash), hashOf(token));
    const event = await server.database.db
      .selectFrom('audit_events')
      .select(['actor', 'data'])
      .where('action', '=', 'stagedoor.operator_token.created')
      .executeTakeFirstOrThrow();
    assert.equal(event.actor, 'operator:bootstrap');
    assert.deepEqual(event.data.rights, ['directory', 'read']);
    assert.ok(!JSON.stringify(event).includes(token));
  });

  test('log entries contain its name, and its last use is updated at most once a minute', async () => {
    const answer = await bootstrap('POST', TOKENS, { name: 'ci', rights: ['directory'] });
    const { id, token } = Object(answer.body);
    const lastUse = async () =>
      (
        await server.database.db
          .selectFrom('operator_tokens')
          .select('last_used_at')
          .where('id', '=', id)
          .executeTakeFirst()
      )?.last_used_at;
    const put = await as(token, 'PUT', '/api/v1/users/ben/', { email: 'ben@example.com' });
    assert.equal(put.status, 201);
    const first = await lastUse();
    assert.ok(first !== null && first !== undefined);
    await as(token, 'GET', '/api/v1/users/ben/');
    assert.deepEqual(await lastUse(), first);
    const minuteAgo = new Date(Date.now() - 61_000);
    await server.database.db
      .updateTable('operator_tokens')
      .set({ last_used_at: minuteAgo })
      .where('id', '=', id)
      .execute();
    await as(token, 'GET', '/api/v1/users/ben/');
    assert.ok(((await lastUse())?.getTime() ?? 0) > minuteAgo.getTime());
    const events = await server.database.db
      .selectFrom('audit_events')
      .select('action')
      .where('actor', '=', 'operator:ci')
      .orderBy('id')
      .execute();
    assert.deepEqual(events.map(({ action }) => action).slice(0, 2), [
      'stagedoor.directory.user.changed',
      'stagedoor.operator.called',
    ]);
  });

  test('invalid values are refused by field', async () => {
    const rows: [object, Record<string, string[]>][] = [
      [{}, { name: ['This field is required.'], rights: ['This field is required.'] }],
      [{ name: 'x', rights: [] }, { rights: ['This list may not be empty.'] }],
      [{ name: 'x', rights: ['all'] }, { rights: ['"all" is not a valid choice.'] }],
      [{ name: 'x', rights: 'read' }, { rights: ['Expected a list of items.'] }],
      [
        { name: 'x', rights: ['read'], expires_at: '2020-01-01T00:00:00Z' },
        { expires_at: ['This is in the past.'] },
      ],
      [
        { name: 'x', rights: ['read'], expires_at: 'soon' },
        {
          expires_at: ['Not a time in ISO 8601 with a time zone, such as 2026-12-31T23:59:59Z.'],
        },
      ],
      [{ name: 'ci', rights: ['read'] }, { name: ['Another token has or had this name.'] }],
    ];
    for (const [body, errors] of rows) {
      const answer = await bootstrap('POST', TOKENS, body);
      assert.deepEqual([answer.status, answer.body], [400, errors]);
    }
    for (const name of ['bootstrap', 'With Space', '', '-x', 'ä', 'x'.repeat(65), 'a\0']) {
      const answer = await bootstrap('POST', TOKENS, { name, rights: ['read'] });
      assert.equal(answer.status, 400, name);
      assert.match(String(field(answer.body, 'name')), /^A name is 1 to 64/);
    }
  });
});

describe('Operator token', () => {
  const CALLS: [method: string, path: string, right: string, body?: object][] = [
    ['GET', '/api/v1/users/', 'directory'],
    ['PATCH', '/api/v1/users/ada/', 'directory', {}],
    ['GET', '/api/v1/directory/organizers/', 'directory'],
    ['PUT', '/api/v1/directory/organizers/red/', 'directory', { name: 'Red' }],
    ['GET', '/api/v1/directory/organizers/red/teams/', 'directory'],
    ['PUT', '/api/v1/directory/organizers/red/teams/t/', 'directory', {}],
    ['GET', '/api/v1/applications/', 'applications'],
    ['POST', '/api/v1/applications/x/suspend/', 'applications', {}],
    ['GET', '/api/v1/resource-servers/', 'resource_servers'],
    ['POST', '/api/v1/resource-servers/', 'resource_servers', {}],
    ['DELETE', '/api/v1/resource-servers/x/', 'resource_servers'],
    ['GET', '/api/v1/grants/', 'grants'],
    ['POST', '/api/v1/grants/x/revoke/', 'grants'],
    ['GET', '/api/v1/logentries/', 'read'],
    ['GET', TOKENS, 'tokens'],
    ['POST', TOKENS, 'tokens', {}],
  ];

  test('permits what its rights include; otherwise the error names the missing right', async () => {
    for (const right of RIGHTS) {
      const { token } = await make([right]);
      for (const [method, path, wanted, body] of CALLS) {
        const answer = await as(token, method, path, body);
        const opens = right === wanted || (right === 'read' && method === 'GET');
        const what = `${right}: ${method} ${path}`;
        if (opens) {
          assert.notEqual(answer.status, 403, what);
        } else {
          assert.equal(answer.status, 403, what);
          assert.match(String(field(answer.body, 'detail')), new RegExp(`"${wanted}"`), what);
        }
      }
    }
    const all = await make(RIGHTS);
    for (const [method, path, , body] of CALLS) {
      assert.notEqual((await as(all.token, method, path, body)).status, 403, path);
    }
  });

  test('can’t grant rights that it does not have, or a later end', async () => {
    const soon = new Date(Date.now() + 3_600_000).toISOString();
    const later = new Date(Date.now() + 7_200_000).toISOString();
    const { token } = await make(['directory', 'read', 'tokens'], { expires_at: soon });
    const give = (body: object) => as(token, 'POST', TOKENS, { name: 'given', ...body });
    for (const rights of [['grants'], ['directory', 'applications']]) {
      const refused = await give({ rights });
      assert.equal(refused.status, 403);
      assert.match(String(field(refused.body, 'detail')), new RegExp(`"${rights.at(-1)}"`));
    }
    for (const expires_at of [null, later]) {
      const refused = await give({ rights: ['read'], expires_at });
      assert.equal(refused.status, 403);
      assert.match(String(field(refused.body, 'detail')), /lasts longer/);
    }
    const given = await give({ rights: ['read'] });
    assert.equal(given.status, 201);
    assert.equal(field(given.body, 'expires_at'), soon);
  });

  test('is refused after revocation or expiry', async () => {
    const { id, token } = await make(['read']);
    assert.equal((await as(token, 'GET', '/api/v1/users/')).status, 200);
    assert.equal((await bootstrap('DELETE', `${TOKENS}${id}/`)).status, 204);
    const dead = await as(token, 'GET', '/api/v1/users/');
    assert.deepEqual([dead.status, dead.body], [401, { detail: 'Invalid token.' }]);
    assert.equal((await bootstrap('DELETE', `${TOKENS}${id}/`)).status, 404);
    assert.equal((await bootstrap('DELETE', `${TOKENS}a%20b/`)).status, 404);
    const other = await make(['read']);
    await server.database.db
      .updateTable('operator_tokens')
      .set({ expires_at: new Date(Date.now() - 1) })
      .where('id', '=', other.id)
      .execute();
    assert.equal((await as(other.token, 'GET', '/api/v1/users/')).status, 401);
  });

  test('can revoke itself, and others that have no more rights', async () => {
    const all = await make(RIGHTS);
    const small = await make(['directory']);
    const revoke = (by: string, id: string) => as(by, 'DELETE', `${TOKENS}${id}/`);
    const refused = await revoke(small.token, all.id);
    assert.equal(refused.status, 403);
    assert.match(String(field(refused.body, 'detail')), /"tokens"/);
    const maker = await make(['directory', 'tokens']);
    const stronger = await revoke(maker.token, all.id);
    assert.equal(stronger.status, 403);
    assert.match(
      String(field(stronger.body, 'detail')),
      /"applications", "resource_servers", "grants", "read"/,
    );
    assert.equal((await revoke(small.token, small.id)).status, 204);
    const another = await make(['directory']);
    assert.equal((await revoke(all.token, another.id)).status, 204);
  });

  test('with invalid format or checksum is refused', async () => {
    for (const token of ['sdo_x', `sdo_${'a'.repeat(49)}`, 'sda_abc', 'x'.repeat(100_00)]) {
      assert.equal((await as(token, 'GET', '/api/v1/users/')).status, 401);
    }
  });
});

describe('Stolen operator token', () => {
  const status = async (token: string) => (await as(token, 'GET', '/api/v1/users/')).status;
  const revoke = (id: string, query = '') => bootstrap('DELETE', `${TOKENS}${id}/${query}`);
  /** Creates a token, a second one with it, and a third one with the second. */
  const family = async () => {
    const root = await make(['read', 'tokens']);
    const child = await make(['read', 'tokens'], {}, root.token);
    const grandchild = await make(['read'], {}, child.token);
    return { root, child, grandchild };
  };

  test('without the right "tokens" can’t create tokens', async () => {
    for (const right of RIGHTS.filter((one) => one !== 'tokens')) {
      const { token } = await make([right]);
      const answer = await as(token, 'POST', TOKENS, {
        name: `multiplied-${right}`,
        rights: [right],
      });
      assert.equal(answer.status, 403, right);
      assert.match(String(field(answer.body, 'detail')), /"tokens"/);
    }
  });

  test('with "applications" can’t create a resource server, which could introspect all tokens', async () => {
    const { token } = await make(['applications']);
    const answer = await as(token, 'POST', '/api/v1/resource-servers/', { name: 'Mine' });
    assert.equal(answer.status, 403);
  });

  test('revoking it revokes every token created with it, and the log names them all', async () => {
    const { root, child, grandchild } = await family();
    const listed = field(
      (await bootstrap('GET', `${TOKENS}?ordering=-created_at`)).body,
      'results',
    );
    assert.ok(Array.isArray(listed));
    assert.deepEqual(
      listed.slice(0, 3).map((one) => [one.id, one.parent]),
      [
        [grandchild.id, child.id],
        [child.id, root.id],
        [root.id, null],
      ],
    );
    assert.equal((await revoke(root.id)).status, 204);
    for (const { id, token } of [root, child, grandchild]) {
      assert.equal(await status(token), 401);
      assert.equal((await revoke(id)).status, 404);
    }
    const events = await server.database.db
      .selectFrom('audit_events')
      .select('data')
      .where('action', '=', 'stagedoor.operator_token.revoked')
      .orderBy('id', 'desc')
      .limit(3)
      .execute();
    assert.deepEqual(events.map(({ data }) => [data.token, data.revoked_with ?? null]).reverse(), [
      [root.id, null],
      [child.id, root.id],
      [grandchild.id, root.id],
    ]);
  });

  test('revoking it with keep_children keeps the tokens created with it, which get its parent', async () => {
    const { root, child, grandchild } = await family();
    assert.equal((await revoke(child.id, '?keep_children=true')).status, 204);
    assert.equal(await status(child.token), 401);
    assert.equal(await status(grandchild.token), 200);
    assert.equal((await revoke(root.id, '?keep_children=perhaps')).status, 400);
    assert.equal((await revoke(root.id)).status, 204);
    assert.equal(await status(grandchild.token), 401);
  });

  test('its name can’t be used again after revocation', async () => {
    const made = await bootstrap('POST', TOKENS, { name: 'once', rights: ['read'] });
    assert.equal(made.status, 201);
    assert.equal((await revoke(String(field(made.body, 'id')))).status, 204);
    const again = await Promise.all(
      [1, 2].map(() => bootstrap('POST', TOKENS, { name: 'once', rights: ['read'] })),
    );
    for (const { status, body } of again) {
      assert.equal(status, 400);
      assert.deepEqual(body, { name: ['Another token has or had this name.'] });
    }
    const race = await Promise.all(
      [1, 2, 3].map(() => bootstrap('POST', TOKENS, { name: 'raced', rights: ['read'] })),
    );
    assert.deepEqual(race.map((one) => one.status).sort(), [201, 400, 400]);
  });

  test('calls that were waiting when it was revoked change nothing', async () => {
    const root = await make(['directory', 'tokens']);
    const child = await make(['directory'], {}, root.token);
    const calls = await server.database.db.transaction().execute(async (tx) => {
      await tx.selectFrom('users').select('id').where('id', '=', 'ada').forUpdate().execute();
      const waiting = [root, child].map(({ token }) =>
        as(token, 'PATCH', '/api/v1/users/ada/', { full_name: 'Too Late' }),
      );
      await untilBlocked(server.database, 2);
      assert.equal((await revoke(root.id)).status, 204);
      return waiting;
    });
    for (const { status, body } of await Promise.all(calls)) {
      assert.deepEqual([status, body], [401, { detail: 'Invalid token.' }]);
    }
    const ada = await bootstrap('GET', '/api/v1/users/ada/');
    assert.notEqual(field(ada.body, 'full_name'), 'Too Late');
  });

  test('no token that it creates during its revocation stays valid', async () => {
    for (let round = 0; round < 4; round += 1) {
      const root = await make(['read', 'tokens']);
      const making = [1, 2, 3].map((n) =>
        as(root.token, 'POST', TOKENS, { name: `late-${round}-${n}`, rights: ['read'] }),
      );
      await revoke(root.id);
      for (const { status: made, body } of await Promise.all(making)) {
        assert.ok([201, 401].includes(made), String(made));
        assert.equal(made === 201 ? await status(String(field(body, 'token'))) : 401, 401);
      }
    }
  });

  test('an import with it stops when it is revoked', async () => {
    for (const query of ['', '?atomic=true']) {
      const { id, token } = await make(['directory']);
      const line = (name: string) =>
        Buffer.from(linesOf([{ user: { id: name, email: `${name}@example.com` } }]));
      const names = ['before', 'after'].map((name) => `${name}${query === '' ? '' : '-atomic'}`);
      const body = async function* () {
        yield line(names[0] ?? '');
        await until(async () => query !== '' || (await exists(names[0] ?? '')));
        await revoke(id);
        yield line(names[1] ?? '');
      };
      const holder = { issuer: server.issuer, operatorToken: token };
      const { status, end, error } = await importDirectory(holder, body(), query);
      assert.equal(status === 200 ? end?.detail : field(error, 'detail'), 'Invalid token.');
      const written = await Promise.all(names.map(exists));
      assert.deepEqual(written, [query === '', false]);
    }
  });
});

async function exists(user: string): Promise<boolean> {
  return (await bootstrap('GET', `/api/v1/users/${user}/`)).status === 200;
}

describe('Making a user an operator', () => {
  const read = async (id: string) => Object((await bootstrap('GET', `/api/v1/users/${id}/`)).body);
  const put = (token: string, id: string, more: object) =>
    as(token, 'PUT', `/api/v1/users/${id}/`, { email: `${id}@example.com`, ...more });

  test('needs a token with all rights: PUT, PATCH and import refuse the others', async () => {
    const { token } = await make(RIGHTS.filter((right) => right !== 'tokens'));
    assert.equal((await put(token, 'olga', { is_operator: true })).status, 403);
    assert.equal((await bootstrap('GET', '/api/v1/users/olga/')).status, 404);
    assert.equal((await put(token, 'olga', { is_operator: false })).status, 201);
    const patched = await as(token, 'PATCH', '/api/v1/users/olga/', { is_operator: true });
    assert.equal(patched.status, 403);
    const lines = linesOf([
      { user: { id: 'olga', email: 'olga@example.com', is_operator: true } },
      { user: { id: 'paul', email: 'paul@example.com' } },
    ]);
    const { report } = await importDirectory({ ...server, operatorToken: token }, lines);
    assert.deepEqual(
      report.map((line) => Object(line).outcome),
      ['refused', 'created'],
    );
    assert.equal((await read('olga')).is_operator, false);
    assert.equal((await put(server.operatorToken, 'olga', { is_operator: true })).status, 200);
    assert.equal((await read('olga')).is_operator, true);
    const { results } = Object((await bootstrap('GET', '/api/v1/users/?is_operator=true')).body);
    assert.deepEqual(
      results.map((user: unknown) => Object(user).id),
      ['olga'],
    );
  });

  test('a token without all rights changes how no operator signs in, and may end the role', async () => {
    const { token } = await make(['directory']);
    await put(server.operatorToken, 'rosa', { is_operator: true, password: 'the one of rosa' });
    assert.equal((await put(token, 'rosa', {})).status, 200);
    assert.equal((await read('rosa')).is_operator, true, 'an omitted field is unchanged');
    for (const change of [{ password: 'x' }, { password: null }, { email: 'eve@example.com' }]) {
      assert.equal((await as(token, 'PATCH', '/api/v1/users/rosa/', change)).status, 403);
      const demoted = { ...change, is_operator: false };
      assert.equal((await as(token, 'PATCH', '/api/v1/users/rosa/', demoted)).status, 403);
    }
    for (const change of [{ full_name: 'Rosa' }, { is_active: false }, { is_operator: false }]) {
      assert.equal((await as(token, 'PATCH', '/api/v1/users/rosa/', change)).status, 200);
    }
    assert.equal((await as(token, 'PATCH', '/api/v1/users/rosa/', { password: 'x' })).status, 200);
  });

  test('a token without all rights reactivates no operator: PUT, PATCH and import refuse it', async () => {
    const { token } = await make(['directory']);
    await put(server.operatorToken, 'vera', { is_operator: true });
    const change = (body: object) => as(token, 'PATCH', '/api/v1/users/vera/', body);
    assert.equal((await change({ is_active: false })).status, 200);
    assert.equal((await change({ is_active: true })).status, 403);
    assert.equal((await put(token, 'vera', {})).status, 403, 'is_active is true if omitted');
    const lines = linesOf([{ user: { id: 'vera', email: 'vera@example.com' } }]);
    const { report } = await importDirectory({ ...server, operatorToken: token }, lines);
    assert.equal(Object(report[0]).outcome, 'refused');
    const inactive = { is_operator: true, is_active: false };
    assert.equal((await put(token, 'wim', inactive)).status, 403, 'a new operator, inactive');
    assert.equal((await change({ full_name: 'Vera' })).status, 200);
    assert.deepEqual(
      [(await read('vera')).is_operator, (await read('vera')).is_active],
      [true, false],
    );
    assert.equal((await put(server.operatorToken, 'vera', {})).status, 200);
    assert.equal((await change({ is_active: false })).status, 200);
    assert.equal((await change({ is_active: true, is_operator: false })).status, 200);
  });
});
