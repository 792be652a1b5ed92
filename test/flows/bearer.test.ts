import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { putTeam } from '../support/factories.ts';
import { withPlatform } from '../support/fixture.ts';
import { callManagement, manage } from '../support/platform.ts';
import { obtainTokens, revoke } from '../support/tokens.ts';

const { server, platform } = withPlatform();

const ORGANIZERS = '/api/v1/organizers/';
const get = (path: string, token: string, headers: Record<string, string> = {}) =>
  fetch(server.issuer + path, { headers: { authorization: `Bearer ${token}`, ...headers } });
const slugsOf = async (response: Response) =>
  Reflect.get(Object(await response.json()), 'results').map((one: object) =>
    Reflect.get(one, 'slug'),
  );
const tokenFor = async (scope: string, organizers?: readonly string[]) =>
  obtainTokens(server, {
    application: platform.application,
    user: platform.ada,
    scope,
    ...(organizers === undefined ? {} : { organizers }),
    parameters: { prompt: 'consent' },
  });

describe('Bearer endpoints for applications', () => {
  test('the organizer list contains the selected organizers that the user is still a member of', async () => {
    const { accessToken } = await tokenFor('read', ['redstage', 'bluehall']);
    assert.deepEqual(await slugsOf(await get(ORGANIZERS, accessToken)), ['bluehall', 'redstage']);
    assert.deepEqual(await slugsOf(await get(`${ORGANIZERS}?ordering=-slug`, accessToken)), [
      'redstage',
      'bluehall',
    ]);
    await putTeam(server, { organizer: 'bluehall', members: [] });
    assert.deepEqual(await slugsOf(await get(ORGANIZERS, accessToken)), ['redstage']);
    await putTeam(server, { organizer: 'bluehall', members: ['ada'] });
    // A member, but the organizer was not selected.
    await putTeam(server, { organizer: 'greenarena', id: 'more', members: ['ada'] });
    assert.deepEqual(await slugsOf(await get(ORGANIZERS, accessToken)), ['bluehall', 'redstage']);
  });

  test('a scope and a live access token are required', async () => {
    const { accessToken, refreshToken } = await tokenFor('profile');
    const refused = await get(ORGANIZERS, accessToken);
    assert.equal(refused.status, 403);
    assert.match(
      refused.headers.get('www-authenticate') ?? '',
      /error="insufficient_scope", scope="read write"/,
    );
    assert.equal((await get('/api/v1/me', accessToken)).status, 200);
    for (const token of [refreshToken, 'x', accessToken.slice(0, -1)]) {
      const answer = await get('/api/v1/me', token);
      assert.equal(answer.status, 401);
      assert.match(answer.headers.get('www-authenticate') ?? '', /error="invalid_token"/);
      assert.match(await answer.text(), /^\{"detail":".+"\}$/);
    }
    const none = await fetch(`${server.issuer}/api/v1/me`);
    assert.equal(none.status, 401);
    assert.doesNotMatch(none.headers.get('www-authenticate') ?? '', /error/);
    for (const path of [`?access_token=${accessToken}`, `?token=${accessToken}`]) {
      assert.equal((await fetch(`${server.issuer}/api/v1/me${path}`)).status, 401);
    }
    await revoke(server, platform.application, refreshToken);
    assert.equal((await get('/api/v1/me', accessToken)).status, 401);
  });

  test('the organizer list has pages of 50', async () => {
    const slugs = Array.from({ length: 60 }, (_, n) => `hall${String(n).padStart(2, '0')}`);
    for (const slug of slugs) {
      await manage(server, 'PUT', `/api/v1/directory/organizers/${slug}/`, { name: slug });
      await putTeam(server, { organizer: slug, members: ['ada'] });
    }
    const { accessToken } = await tokenFor('write', slugs);
    const first = Object(await (await get(ORGANIZERS, accessToken)).json());
    assert.deepEqual([first.count, first.results.length, first.previous], [60, 50, null]);
    assert.equal(first.next, `${server.issuer}${ORGANIZERS}?page=2`);
    const second = await fetch(first.next, { headers: { authorization: `Bearer ${accessToken}` } });
    assert.deepEqual(await slugsOf(second), slugs.slice(50));
    const third = await get(`${ORGANIZERS}?page=3`, accessToken);
    assert.deepEqual([third.status, await third.json()], [404, { detail: 'Invalid page.' }]);
    assert.equal((await get(`${ORGANIZERS}?ordering=name`, accessToken)).status, 400);
  });

  test('If-Modified-Since is answered with 304 if nothing changed, and with 401 for a dead token', async () => {
    const { accessToken, refreshToken } = await tokenFor('read profile', ['redstage']);
    for (const [path, change] of [
      [
        '/api/v1/me',
        () => manage(server, 'PATCH', '/api/v1/users/ada/', { full_name: 'Ada Changed' }),
      ],
      [
        ORGANIZERS,
        () => manage(server, 'PUT', '/api/v1/directory/organizers/redstage/', { name: 'Redder' }),
      ],
      [ORGANIZERS, () => putTeam(server, { organizer: 'redstage', members: [] })],
    ] as const) {
      // HTTP dates have a resolution of one second: two versions in one second are both sent in
      // full.
      await sleep(1100);
      const known = await get(path, accessToken);
      const since = { 'if-modified-since': known.headers.get('last-modified') ?? '' };
      assert.equal((await get(path, accessToken, since)).status, 304, path);
      assert.equal((await get(path, 'x', since)).status, 401, path);
      await change();
      const now = await get(path, accessToken, since);
      assert.equal(now.status, 200, path);
      assert.notDeepEqual(await now.json(), await known.json());
    }
    const known = await get('/api/v1/me', accessToken);
    const since = { 'if-modified-since': known.headers.get('last-modified') ?? '' };
    await revoke(server, platform.application, refreshToken);
    assert.equal((await get('/api/v1/me', accessToken, since)).status, 401);
  });

  test('responses are JSON, by GET only; other API paths refuse the token', async () => {
    const { accessToken } = await tokenFor('read profile', ['bluehall']);
    for (const path of ['/api/v1/me', ORGANIZERS]) {
      assert.equal((await get(path, accessToken, { accept: 'text/html' })).status, 406);
      const posted = await fetch(server.issuer + path, {
        method: 'POST',
        headers: { authorization: `Bearer ${accessToken}` },
      });
      assert.deepEqual(
        [posted.status, await posted.json()],
        [405, { detail: "Method 'POST' not allowed." }],
      );
    }
    assert.equal((await get('/api/v1/users/', accessToken)).status, 401);
    const operator = await callManagement(server, 'GET', ORGANIZERS);
    assert.equal(operator.status, 401);
  });
});
