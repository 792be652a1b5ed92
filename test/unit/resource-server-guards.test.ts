import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { after, afterEach, before, describe, test } from 'node:test';
import Router from '@koa/router';
import type { ResourceServer, UnavailableError } from '@stagedoor/resource-server';
import { accessOf, type RouteRequirement } from '@stagedoor/resource-server';
import { guard as guardExpress } from '@stagedoor/resource-server/express';
import { guard as guardFastify } from '@stagedoor/resource-server/fastify';
import { decide } from '@stagedoor/resource-server/fetch';
import { guard as guardKoa } from '@stagedoor/resource-server/koa';
import { admit } from '@stagedoor/resource-server/node';
import express from 'express';
import fastify from 'fastify';
import Koa from 'koa';
import { bearer, createKit, ORDERS } from '../support/kit/ask.ts';
import { facts, json, TOKEN, useFakeIssuer } from '../support/kit/fake-issuer.ts';
import { FRAMEWORKS, type GuardedApi, listen } from '../support/kit/frameworks.ts';

const issuer = useFakeIssuer();

const told: UnavailableError[] = [];
afterEach(() => told.splice(0));
const createToldKit = () =>
  createKit(issuer, {
    onUnavailable: (error) => told.push(error),
    circuit: { failures: 1000, seconds: 0 },
  });
let shared: ResourceServer | undefined;
const sharedKit = () => {
  shared ??= createToldKit();
  return shared;
};
const active = () => json({ ...facts(), iss: issuer.url });
/** Permissions for two events of `redstage`, and for all events of `constructor`. */
const limited = () => {
  const events = '{"fair": ["can_view_orders"], "__proto__": ["can_view_orders"]}';
  return json({
    ...facts(),
    iss: issuer.url,
    permissions: { redstage: ['can_create_events'], constructor: ['can_view_orders'] },
    event_permissions: JSON.parse(`{"redstage": ${events}, "bluehall": ${events}}`),
  });
};
const NEEDS = {
  organizer: 'organizer',
  permission: { read: 'can_view_orders', write: 'can_change_orders' },
} as const;

for (const [framework, start] of Object.entries(FRAMEWORKS)) {
  describe(`Guard for ${framework}`, () => {
    let api: GuardedApi;
    const byHeader: RouteRequirement<unknown> = {
      organizer: async (asked) => {
        assert.ok(typeof asked === 'object' && asked !== null && 'headers' in asked);
        const { headers } = asked;
        assert.ok(typeof headers === 'object' && headers !== null && 'x-organizer' in headers);
        return String(headers['x-organizer']);
      },
    };
    const ofQuery = async (asked: unknown) => {
      assert.ok(typeof asked === 'object' && asked !== null && 'url' in asked);
      return new URL(String(asked.url), 'http://x').searchParams.get('event') ?? undefined;
    };
    before(async () => {
      api = await start(createToldKit(), [
        { path: '/organizers/:organizer/orders', needs: NEEDS },
        { path: '/organizers', needs: { organizer: null } },
        { path: '/elsewhere/:slug', needs: NEEDS },
        { path: '/found', needs: byHeader },
        {
          path: '/organizers/:organizer/events/:event/orders',
          needs: { ...NEEDS, event: 'event' },
        },
        { path: '/organizers/:organizer/dates/:date/orders', needs: { ...NEEDS, event: 'event' } },
        { path: '/organizers/:organizer/by-function', needs: { ...NEEDS, event: ofQuery } },
      ]);
    });
    after(() => api.close());
    const get = async (path: string, headers: Record<string, string> = bearer()) => {
      return fetch(api.url + path, { headers });
    };

    test('accepts a request, and the handler gets the access', async () => {
      issuer.answer(active());
      const answer = await get('/organizers/redstage/orders');
      assert.equal(answer.status, 200);
      assert.deepEqual(await answer.json(), { sub: 'ada' });
      assert.equal((await get('/organizers')).status, 200);
    });

    test('answers a refused request', async () => {
      const answer = await get('/organizers/redstage/orders', {});
      assert.equal(answer.status, 401);
      assert.equal(answer.headers.get('www-authenticate'), 'Bearer realm="api"');
      assert.match(answer.headers.get('content-type') ?? '', /^application\/json(;|$)/);
      assert.equal(answer.headers.get('cache-control'), 'no-store');
      assert.deepEqual(await answer.json(), {
        detail: 'Authentication credentials were not provided.',
      });
    });

    test('reads the organizer from the route', async () => {
      issuer.answer(active());
      for (const slug of ['bluehall', 'Redstage', 'redstage%2F..%2Fbluehall', '%00', 'redstage ']) {
        assert.equal((await get(`/organizers/${slug}/orders`)).status, 403, slug);
      }
      assert.deepEqual(told, []);
    });

    test('reads the organizer from a function', async () => {
      issuer.answer(active());
      for (const [organizer, status] of [
        ['redstage', 200],
        ['bluehall', 403],
      ] as const) {
        const answer = await get('/found', { ...bearer(), 'x-organizer': organizer });
        assert.equal(answer.status, status);
      }
    });

    test('a route with an event accepts the permission for all events or for this one', async () => {
      issuer.answer(limited());
      for (const [path, status] of [
        ['/organizers/redstage/events/fair/orders', 200],
        ['/organizers/redstage/events/__proto__/orders', 200],
        ['/organizers/redstage/events/gala/orders', 403],
        ['/organizers/redstage/events/toString/orders', 403],
        ['/organizers/redstage/events/fair%20/orders', 403],
        ['/organizers/redstage/orders', 403],
        ['/organizers/redstage/by-function?event=fair', 200],
        ['/organizers/redstage/by-function?event=gala', 403],
        ['/organizers/redstage/by-function', 403],
        ['/organizers/constructor/events/fair/orders', 200],
        ['/organizers/constructor/events/gala/orders', 200],
        ['/organizers/constructor/by-function', 200],
        ['/organizers/bluehall/events/fair/orders', 403],
      ] as const) {
        assert.equal((await get(path)).status, status, path);
      }
      assert.deepEqual(told, []);
    });

    test('refuses with 503 and reports it if the route has no such parameter', async () => {
      issuer.answer(active());
      const answer = await get('/elsewhere/redstage');
      assert.equal(answer.status, 503);
      assert.match(told[0]?.message ?? '', /route has no parameter "organizer"/);
      assert.equal((await get('/organizers/redstage/dates/fair/orders')).status, 503);
    });

    test('refuses two Authorization headers', async () => {
      issuer.answer(active());
      const url = `${api.url}/organizers`;
      assert.equal(await statusOf(url, [`Bearer ${TOKEN}`]), 200);
      assert.equal(await statusOf(url, [`Bearer ${TOKEN}`, `Bearer ${TOKEN}`]), 401);
    });

    test('returns 503 while tokens can’t be verified', async () => {
      issuer.answer((_, response) => response.writeHead(500).end());
      const answer = await get('/organizers');
      assert.equal(answer.status, 503);
      assert.match(answer.headers.get('retry-after') ?? '', /^\d+$/);
    });
  });
}

describe('Guard', () => {
  for (const [name, needs] of [
    ['without an organizer', { permission: 'can_view_orders' }],
    ['with a misspelled organizer', { organiser: 'organizer' }],
    ['with a permission but no organizer', { organizer: null, permission: 'can_view_orders' }],
  ] as const) {
    test(`${name} is not created`, () => {
      for (const guard of [guardKoa, guardExpress, guardFastify]) {
        // As JavaScript code would call it.
        assert.throws(() => Reflect.apply(guard, undefined, [sharedKit(), needs]), TypeError);
      }
    });
  }

  test('is required by accessOf', () => {
    assert.throws(() => accessOf({}), /TypeError: This route has no guard/);
  });

  test('of a Koa router protects all of its routes', async () => {
    const router = new Router()
      .use('/organizers/:organizer', guardKoa(sharedKit(), { organizer: 'organizer' }))
      .get('/organizers/:organizer/orders', (ctx) => {
        ctx.body = accessOf(ctx).sub;
      });
    const api = await listen(new Koa().use(router.routes()).callback());
    await assertOpensOnly(api, 'redstage');
  });

  test('of an Express router protects all of its routes', async () => {
    const router = express.Router().get('/orders', (asked, response) => {
      response.send(accessOf(asked).sub);
    });
    const app = express().use(
      '/organizers/:organizer',
      guardExpress(sharedKit(), { organizer: 'organizer' }),
      router,
    );
    await assertOpensOnly(await listen(app), 'redstage');
  });

  test('of a Fastify plugin protects all of its routes', async () => {
    const app = fastify();
    app.register(
      async (plugin) => {
        plugin.addHook('onRequest', guardFastify(sharedKit(), { organizer: 'organizer' }));
        plugin.setNotFoundHandler((_, reply) => reply.code(404).send({}));
        plugin.get('/orders', async (asked) => accessOf(asked).sub);
      },
      { prefix: '/organizers/:organizer' },
    );
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    issuer.answer(active());
    const nowhere = await app.inject({ url: '/organizers/redstage/nowhere', headers: bearer() });
    assert.ok([403, 404].includes(nowhere.statusCode), `${nowhere.statusCode}`);
    const injected = await app.inject({ url: '/organizers/redstage/orders', headers: bearer() });
    assert.equal(injected.statusCode, 200);
    assert.equal((await app.inject('/organizers/redstage/orders')).statusCode, 401);
    await assertOpensOnly({ url, close: () => app.close() }, 'redstage');
    assert.deepEqual(told, []);
  });

  test('of a Fastify plugin refuses unknown routes without an organizer', async () => {
    const app = fastify();
    app.register(
      async (plugin) => {
        plugin.addHook('onRequest', guardFastify(sharedKit(), { organizer: 'organizer' }));
        plugin.setNotFoundHandler((_, reply) => reply.code(404).send({}));
        plugin.get('/organizers/:organizer', async (asked) => accessOf(asked).sub);
      },
      { prefix: '/v1' },
    );
    issuer.answer(active());
    const headers = bearer();
    assert.equal((await app.inject({ url: '/v1/organizers/redstage', headers })).statusCode, 200);
    assert.equal((await app.inject({ url: '/v1/nowhere', headers })).statusCode, 403);
    assert.equal((await app.inject('/v1/nowhere')).statusCode, 401);
    assert.deepEqual(told, []);
  });

  test('does not read the body of a request that it refuses', async () => {
    const app = fastify({ bodyLimit: 10 });
    app.post('/', { onRequest: guardFastify(sharedKit(), { organizer: null }) }, async () => 'in');
    const payload = { text: 'longer than the limit' };
    assert.equal((await app.inject({ method: 'POST', url: '/', payload })).statusCode, 401);
  });
});

describe('Kit without a framework', () => {
  test('admit accepts and refuses requests of a node:http server', async () => {
    const api = await listen(async (asked, response) => {
      const access = await admit(sharedKit(), asked, response, ORDERS);
      if (access) {
        response.end(access.sub);
      }
    });
    try {
      issuer.answer(active());
      assert.equal(await (await fetch(api.url, { headers: bearer() })).text(), 'ada');
      const refused = await fetch(api.url);
      assert.equal(refused.status, 401);
      assert.equal(refused.headers.get('www-authenticate'), 'Bearer realm="api"');
      assert.equal(refused.headers.get('content-type'), 'application/json');
      assert.deepEqual(await refused.json(), {
        detail: 'Authentication credentials were not provided.',
      });
      assert.equal(await statusOf(api.url, [`Bearer ${TOKEN}`, `Bearer ${TOKEN}`]), 401);
      issuer.answer(limited());
      assert.equal((await fetch(api.url, { headers: bearer() })).status, 403);
    } finally {
      await api.close();
    }
  });

  test('decide accepts and refuses a Request', async () => {
    issuer.answer(active());
    const url = 'http://api.example/orders';
    const letIn = await decide(sharedKit(), new Request(url, { headers: bearer() }), ORDERS);
    assert.equal(letIn.access?.sub, 'ada');
    assert.equal(letIn.response, undefined);
    const refused = await decide(sharedKit(), new Request(url), ORDERS);
    assert.equal(refused.access, undefined);
    assert.equal(refused.response?.status, 401);
    assert.deepEqual(await refused.response?.json(), {
      detail: 'Authentication credentials were not provided.',
    });
  });

  test('an event is part of the requirement', async () => {
    issuer.answer(limited());
    const asked = () => new Request('http://api.example/orders', { headers: bearer() });
    const status = async (event: string | (() => string | undefined)) =>
      (await decide(sharedKit(), asked(), { ...ORDERS, event })).response?.status ?? 200;
    assert.equal(await status('fair'), 200);
    assert.equal(await status(() => 'fair'), 200);
    assert.equal(await status('gala'), 403);
    assert.equal(await status(() => undefined), 403);
    const { response } = await decide(sharedKit(), asked(), { ...ORDERS, event: 'gala' });
    assert.deepEqual(await response?.json(), {
      detail: 'The user does not have the permission "can_view_orders" for this event.',
    });
  });

  test('a token in the URL or a form is ignored', async () => {
    const body = new URLSearchParams({ access_token: TOKEN });
    for (const asked of [
      new Request(`http://api.example/orders?access_token=${TOKEN}`),
      new Request('http://api.example/orders', { method: 'POST', body }),
    ]) {
      assert.equal((await decide(sharedKit(), asked, ORDERS)).response?.status, 401);
    }
    assert.equal(issuer.requests.length, 0);
  });
});

/** Checks an API with the route `/organizers/:organizer/orders`. */
async function assertOpensOnly(api: GuardedApi, organizer: string): Promise<void> {
  try {
    issuer.answer(active());
    const get = (slug: string, headers = {}) =>
      fetch(`${api.url}/organizers/${slug}/orders`, { headers });
    const letIn = await get(organizer, bearer());
    assert.equal(letIn.status, 200);
    assert.equal(await letIn.text(), 'ada');
    assert.equal((await get('bluehall', bearer())).status, 403);
    assert.equal((await get(organizer)).status, 401);
  } finally {
    await api.close();
  }
}

/** Returns the status of a request with repeated headers, which `fetch` would join. */
async function statusOf(url: string, authorization: string[]): Promise<number | undefined> {
  const repeated = authorization.flatMap((value) => ['Authorization', value]);
  const sent = request(url, { headers: ['Host', new URL(url).host, ...repeated] }).end();
  const [response]: IncomingMessage[] = await once(sent, 'response');
  response?.resume();
  return response?.statusCode;
}
