import assert from 'node:assert/strict';
import { test } from 'node:test';
import Router from '@koa/router';
import { ownPaths } from '../../src/http/mount.ts';

const ROUTES = ['/', '/docs', '/docs/api', '/grants/:id', '/api/v1/users/:id/teams/', /^\/x/];

test('ownPaths lets every path through that a route serves', () => {
  for (const route of ROUTES) {
    const [layer] = new Router().get(route, () => {}).stack;
    const isOwn = ownPaths([route]);
    const paths = [
      '/',
      '//',
      '/docs',
      '/DOCS/',
      '/docs/api',
      '/docs/api/',
      '/grants/1',
      '/Grants/1/',
    ];
    for (const path of [...paths, '/api/v1/users/1/teams', '/API/v1/users/%2F/teams/', '/x/y']) {
      assert.ok(!layer?.match(path) || isOwn(path), `${route} ${path}`);
    }
  }
});

test('ownPaths excludes the paths of other routers', () => {
  const isOwn = ownPaths(ROUTES.filter((route) => typeof route === 'string'));
  const paths = ['/doc', '/docs/other', '/grants', '/api/v1/oauth/authorize', '/interaction/1', ''];
  assert.deepEqual(paths.filter(isOwn), ['']);
});

test('ownPaths takes a path of many slashes without delay', () => {
  const isOwn = ownPaths(['/docs']);
  const path = `/a${'/'.repeat(80_000)}x`;
  const before = process.cpuUsage();
  for (let times = 0; times < 10; times += 1) {
    assert.equal(isOwn(path), false);
  }
  // With an expression of quadratic time, each would take seconds.
  assert.ok(process.cpuUsage(before).user < 1_000_000);
});
