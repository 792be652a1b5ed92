import type { RequestListener } from 'node:http';
import Router from '@koa/router';
import {
  type Access,
  type AnswerInfo,
  accessOf,
  createResourceServer,
} from '@stagedoor/resource-server';
import { guard } from '@stagedoor/resource-server/koa';
import Koa, { type Context } from 'koa';
import { createOrders } from './orders.ts';

/** The authorization server, and the API's registration there. */
export interface DemoApiOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

const CACHE_ENTRIES = 1000;
const ORDERS = { read: 'can_view_orders', write: 'can_change_orders' };

/**
 * An API service as the platform would run it: it knows tokens only through the kit. Its routes are guarded
 * by scope, organizer, permission, and permission for an event. It says in a header whether it had to ask.
 */
export function createDemoApi(options: DemoApiOptions): RequestListener {
  const contexts = new WeakMap<object, Context>();
  const onAnswer = (info: AnswerInfo) => {
    contexts.get(info.request)?.set('X-Token-Check', describeAnswer(info));
  };
  const cache = { entries: CACHE_ENTRIES, onAnswer };
  const kit = createResourceServer({ ...options, cache });
  const ofOrganizer = { organizer: 'organizer', permission: ORDERS };
  const ofEvent = { ...ofOrganizer, event: 'event' };
  const orders = createOrders();
  const router = new Router({ prefix: '/api/organizers' });
  router.get('/', guard(kit, { organizer: null, scopes: ['read', 'write'] }), (ctx) => {
    const access = accessOf(ctx);
    ctx.body = list(access.organizers.map((slug) => describe(access, slug)));
  });
  router.get('/:organizer', guard(kit, { organizer: 'organizer' }), (ctx) => {
    ctx.body = describe(accessOf(ctx), ctx.params.organizer ?? '');
  });
  for (const [path, route] of [
    ['/:organizer/orders', ofOrganizer],
    ['/:organizer/events/:event/orders', ofEvent],
  ] as const) {
    router.get(path, guard(kit, route), (ctx) => {
      ctx.body = list(orders.list(ctx.params.organizer ?? '', ctx.params.event));
    });
    router.post(path, guard(kit, route), (ctx) => {
      ctx.status = 201;
      ctx.body = orders.place(ctx.params.organizer ?? '', ctx.params.event);
    });
  }
  const app = new Koa();
  app.use(async (ctx, next) => {
    contexts.set(ctx.req, ctx);
    ctx.set('Cache-Control', 'no-store');
    await next();
    const { status, method } = ctx;
    if (status >= 400 && !ctx.body) {
      ctx.body = { detail: status === 405 ? `Method '${method}' not allowed.` : 'Not found.' };
      ctx.status = status;
    }
  });
  return app.use(router.routes()).use(router.allowedMethods()).callback();
}

/** Says where the answer about the token came from. */
function describeAnswer(info: AnswerInfo): string {
  return info.origin === 'memory'
    ? `answered from memory, good for ${(info.milliseconds / 1000).toFixed(1)} s`
    : 'asked the authorization server';
}

function describe(access: Access, slug: string) {
  return { slug, permissions: access.permissionsAt(slug) };
}

function list(results: readonly object[]) {
  return { count: results.length, next: null, previous: null, results };
}
