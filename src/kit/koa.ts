import { createGuard, type Framework, type RouteRequirement, readProperty } from './guard.ts';
import { headersOf, type IncomingHeaders } from './node.ts';
import type { ResourceServer } from './resource-server.ts';

/** Properties of Koa's context that a guard uses. */
export interface KoaContext {
  readonly method: string;
  readonly originalUrl: string;
  readonly req: IncomingHeaders;
  /** Of `@koa/router`. */
  readonly params?: Readonly<Record<string, string | undefined>>;
  status: number;
  body: unknown;
  set(headers: Record<string, string>): void;
}

/** Middleware of Koa, and of `@koa/router`. */
export type KoaMiddleware<C extends KoaContext> = (
  ctx: C,
  next: () => Promise<unknown>,
) => Promise<void>;

/**
 * Guards routes of Koa: a request that is not let in is answered, and goes no further.
 *
 * ```ts
 * const orders = guard(resourceServer, {
 *   organizer: 'organizer',
 *   permission: { read: 'can_view_orders', write: 'can_change_orders' },
 * });
 * router.get('/organizers/:organizer/orders', orders, (ctx) => {
 *   ctx.body = listOrders(ctx.params.organizer, accessOf(ctx).sub);
 * });
 * ```
 * @throws TypeError for a requirement that does not say what it seems to
 */
export function guard<C extends KoaContext = KoaContext>(
  resourceServer: ResourceServer,
  route: RouteRequirement<C>,
): KoaMiddleware<NoInfer<C>> {
  const decide = createGuard<C>(koa, resourceServer, route);
  return async (ctx, next) => {
    const answer = await decide(ctx);
    if (answer === undefined) {
      await next();
      return;
    }
    ctx.status = answer.status;
    ctx.set({ ...answer.headers });
    ctx.body = answer.body;
  };
}

/**
 * Serves the metadata of this API (option `metadata`), and passes on every other request.
 *
 * ```ts
 * app.use(protectedResource(resourceServer));
 * ```
 * @see RFC 9728 §3
 */
export function protectedResource<C extends KoaContext = KoaContext>(
  resourceServer: ResourceServer,
): KoaMiddleware<NoInfer<C>> {
  return async (ctx, next) => {
    const answer = resourceServer.metadata(koa.verifiable(ctx));
    if (answer === undefined) {
      await next();
      return;
    }
    ctx.body = answer.body;
    ctx.status = answer.status;
    ctx.set({ ...answer.headers });
  };
}

const koa: Framework<KoaContext> = {
  verifiable: (ctx) => ({
    method: ctx.method,
    url: ctx.originalUrl,
    headers: headersOf(ctx.req),
    source: ctx.req,
  }),
  parameter: (ctx, name) => readProperty(ctx.params, name),
};
