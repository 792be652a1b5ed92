import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { MetadataOptions, ResourceServer } from '@stagedoor/resource-server';
import * as forExpress from '@stagedoor/resource-server/express';
import * as forFastify from '@stagedoor/resource-server/fastify';
import { decide, protectedResource } from '@stagedoor/resource-server/fetch';
import * as forKoa from '@stagedoor/resource-server/koa';
import * as forNode from '@stagedoor/resource-server/node';
import express from 'express';
import fastify from 'fastify';
import Koa from 'koa';
import { prepared } from '../support/fixture.ts';
import { ask, bearer, createKit } from '../support/kit/ask.ts';
import { facts, json, useFakeIssuer } from '../support/kit/fake-issuer.ts';
import { type GuardedApi, listen } from '../support/kit/frameworks.ts';

const issuer = useFakeIssuer();
const ORDERS = 'https://api.example.com/orders';
const STOCK = 'https://api.example.com/v2/stock/';
const RESOURCES = [ORDERS, STOCK, 'urn:example:orders'];
const ANY = { organizer: null } as const;
const PATH = '/.well-known/oauth-protected-resource/orders';

const createDescribedKit = (metadata: MetadataOptions = { name: 'Orders API' }, options = {}) =>
  createKit(issuer, { resources: RESOURCES, metadata, ...options });

/** Starts an API with metadata and a guard for all other paths. */
const STARTS: Record<string, (kit: ResourceServer) => Promise<GuardedApi>> = {
  Koa: (kit) =>
    listen(new Koa().use(forKoa.protectedResource(kit)).use(forKoa.guard(kit, ANY)).callback()),
  Express: (kit) =>
    listen(express().use(forExpress.protectedResource(kit)).use(forExpress.guard(kit, ANY))),
  Fastify: async (kit) => {
    const app = fastify();
    app.addHook('onRequest', forFastify.protectedResource(kit));
    app.get('/orders', { onRequest: forFastify.guard(kit, ANY) }, async () => ({}));
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    return { url, close: () => app.close() };
  },
  'node:http': (kit) =>
    listen(async (request, response) => {
      if (!forNode.protectedResource(kit, request, response)) {
        await forNode.admit(kit, request, response, ANY);
      }
    }),
  fetch: (kit) =>
    listen(async (request, response) => {
      const { method = '' } = request;
      const asked = new Request(new URL(request.url ?? '', 'http://api.invalid'), {
        method,
        headers: Object.entries(request.headers).map(([name, value]): [string, string] => [
          name,
          String(value),
        ]),
      });
      const answer = protectedResource(kit, asked) ?? (await decide(kit, asked, ANY)).response;
      response.writeHead(answer?.status ?? 500, Object.fromEntries(answer?.headers ?? []));
      response.end(await answer?.text());
    }),
};

for (const [framework, start] of Object.entries(STARTS)) {
  describe(`Metadata of an API with ${framework}`, () => {
    const api = prepared(
      () => start(createDescribedKit()),
      (one) => one.close(),
    );

    test('is served without a token, to scripts of every origin', async () => {
      const answer = await fetch(api.url + PATH, { headers: { origin: 'https://app.example' } });
      assert.equal(answer.status, 200);
      assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
      assert.equal(answer.headers.get('access-control-allow-origin'), '*');
      assert.deepEqual(await answer.json(), {
        resource: ORDERS,
        authorization_servers: [issuer.url],
        scopes_supported: ['read', 'write'],
        bearer_methods_supported: ['header'],
        resource_name: 'Orders API',
      });
      const head = await fetch(api.url + PATH, { method: 'HEAD' });
      assert.deepEqual([head.status, await head.text()], [200, '']);
      const preflight = await fetch(api.url + PATH, {
        method: 'OPTIONS',
        headers: { 'access-control-request-method': 'GET' },
      });
      assert.equal(preflight.status, 204);
      assert.equal(preflight.headers.get('access-control-allow-methods'), 'GET, HEAD');
      const post = await fetch(api.url + PATH, { method: 'POST' });
      assert.deepEqual([post.status, post.headers.get('allow')], [405, 'GET, HEAD']);
    });

    test('is named by the challenge of a refused request', async () => {
      const answer = await fetch(`${api.url}/orders`);
      assert.equal(answer.status, 401);
      assert.equal(
        answer.headers.get('www-authenticate'),
        `Bearer realm="api", resource_metadata="https://api.example.com${PATH}", scope="read"`,
      );
    });
  });
}

describe('Metadata of an API', () => {
  const get = (kit: ResourceServer, url: string) => {
    const answer = kit.metadata({ method: 'GET', url, headers: {} });
    return answer && JSON.parse(answer.body).resource;
  };

  test('is at a path of its own for each resource that is a web address', () => {
    const kit = createDescribedKit();
    assert.equal(get(kit, PATH), ORDERS);
    assert.equal(get(kit, `${PATH}?x=1`), ORDERS);
    assert.equal(get(kit, `http://proxy.invalid${PATH}`), ORDERS);
    assert.equal(get(kit, '/.well-known/oauth-protected-resource/v2/stock'), STOCK);
    for (const url of [
      '/.well-known/oauth-protected-resource',
      `${PATH}/`,
      '/orders',
      '/.well-known/oauth-protected-resource/__proto__',
      '//',
      '*',
    ]) {
      assert.equal(get(kit, url), undefined, url);
    }
    const root = createKit(issuer, { resources: ['https://api.example.com'], metadata: {} });
    assert.equal(get(root, '/.well-known/oauth-protected-resource'), 'https://api.example.com');
  });

  test('contains scopes, documentation and DPoP as configured', () => {
    const metadata = { scopes: ['read'], documentation: 'https://example.com/docs' };
    const kit = createDescribedKit(metadata, { dpop: { url: 'https://api.example.com' } });
    const answer = kit.metadata({ method: 'GET', url: PATH, headers: {} });
    const body = JSON.parse(answer?.body ?? '');
    assert.deepEqual(body.scopes_supported, ['read']);
    assert.equal(body.resource_documentation, 'https://example.com/docs');
    assert.ok(body.dpop_signing_alg_values_supported.includes('ES256'));
    assert.equal(body.resource_name, undefined);
  });

  const refusals: [
    name: string,
    question: Parameters<typeof ask>[1],
    status: number,
    challenge: string,
  ][] = [
    ['no token', { headers: {} }, 401, 'Bearer realm="api", METADATA, scope="read"'],
    [
      'a malformed token',
      { headers: { authorization: 'Bearer x' }, method: 'POST' },
      401,
      'Bearer realm="api", error="invalid_token", METADATA, scope="write"',
    ],
    [
      'other scopes',
      { headers: {}, requirement: { organizer: null, scopes: ['profile', 'read'] } },
      401,
      'Bearer realm="api", METADATA, scope="profile read"',
    ],
    [
      'a missing scope',
      { requirement: { organizer: null, scopes: ['profile'] } },
      403,
      'Bearer realm="api", error="insufficient_scope", scope="profile", METADATA',
    ],
    [
      'another organizer',
      { requirement: { organizer: 'bluehall' } },
      403,
      'Bearer realm="api", error="insufficient_scope", METADATA',
    ],
  ];
  for (const [name, question, status, challenge] of refusals) {
    test(`is named in the refusal of a request with ${name}`, async () => {
      issuer.answer(json({ ...facts(), iss: issuer.url }));
      const url = '/v2/stock/7?x=1';
      const answer = await ask(createDescribedKit(), { headers: bearer(), url, ...question });
      const metadata =
        'resource_metadata="https://api.example.com/.well-known/oauth-protected-resource/v2/stock"';
      assert.deepEqual(
        [answer.status, answer.challenge],
        [status, challenge.replace('METADATA', metadata)],
      );
    });
  }

  test('is named once if DPoP is possible, too', async () => {
    const dpop = { url: 'https://api.example.com' };
    const answer = await ask(createDescribedKit({}, { dpop }), { headers: {}, url: '/orders' });
    assert.match(
      answer.challenge,
      /^Bearer realm="api", resource_metadata="[^"]+", scope="read", DPoP algs="[^"]+"$/,
    );
  });

  const wrong: [options: object, message: RegExp][] = [
    [{ resources: undefined, metadata: {} }, /metadata needs resources/],
    [{ resources: ['urn:example:a'], metadata: {} }, /metadata needs resources/],
    [{ resources: [ORDERS, `${ORDERS}/`], metadata: {} }, /two resources with the same path/],
    [{ resources: ['http://api.example.com'], metadata: {} }, /must use https/],
    [{ resources: [ORDERS], metadata: { title: 'x' } }, /metadata has no "title"/],
  ];
  for (const [options, message] of wrong) {
    test(`cannot be configured: ${message.source}`, () => {
      assert.throws(() => createKit(issuer, options), message);
    });
  }
});
