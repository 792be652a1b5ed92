import { createGuard, type Framework, type RouteRequirement, readProperty } from './guard.ts';
import { headersOf, type IncomingHeaders } from './node.ts';
import type { ResourceServer } from './resource-server.ts';

/** Properties of Fastify's request that a guard uses. */
export interface FastifyRequest {
  readonly method: string;
  readonly originalUrl: string;
  readonly params: unknown;
  readonly is404: boolean;
  readonly raw: IncomingHeaders;
}

/** Properties of Fastify's reply that a guard uses. */
export interface FastifyReply {
  statusCode: number;
  headers(values: Record<string, string>): unknown;
  send(body: string): unknown;
}

/** A hook of Fastify, for `onRequest`. */
export type FastifyHook<R extends FastifyRequest> = (
  request: R,
  reply: FastifyReply,
) => Promise<unknown>;

/**
 * Guards routes of Fastify, before it reads their bodies: a request that is not let in is answered,
 * and goes no further. As the `onRequest` of a route, or for all routes of a plugin with
 * `addHook('onRequest', …)`.
 *
 * ```ts
 * const orders = guard(resourceServer, {
 *   organizer: 'organizer',
 *   permission: { read: 'can_view_orders', write: 'can_change_orders' },
 * });
 * app.get('/organizers/:organizer/orders', { onRequest: orders }, async (request) =>
 *   listOrders(request.params.organizer, accessOf(request).sub),
 * );
 * ```
 * @throws TypeError for a requirement that does not say what it seems to
 */
export function guard<R extends FastifyRequest = FastifyRequest>(
  resourceServer: ResourceServer,
  route: RouteRequirement<R>,
): FastifyHook<NoInfer<R>> {
  const decide = createGuard<R>(fastify, resourceServer, route);
  return async (request, reply) => {
    const answer = await decide(request);
    if (answer === undefined) {
      return undefined;
    }
    reply.statusCode = answer.status;
    reply.headers({ ...answer.headers });
    // Returning the reply ends the request here.
    return reply.send(answer.body);
  };
}

/**
 * Serves the metadata of this API (option `metadata`), and passes on every other request: a hook for
 * the whole application, not for a plugin with a prefix.
 *
 * ```ts
 * app.addHook('onRequest', protectedResource(resourceServer));
 * ```
 * @see RFC 9728 §3
 */
export function protectedResource<R extends FastifyRequest = FastifyRequest>(
  resourceServer: ResourceServer,
): FastifyHook<NoInfer<R>> {
  return async (request, reply) => {
    const answer = resourceServer.metadata(fastify.verifiable(request));
    if (answer === undefined) {
      return undefined;
    }
    reply.statusCode = answer.status;
    reply.headers({ ...answer.headers });
    return reply.send(answer.body);
  };
}

const fastify: Framework<FastifyRequest> = {
  verifiable: (request) => ({
    method: request.method,
    url: request.originalUrl,
    headers: headersOf(request.raw),
    source: request.raw,
  }),
  // The hook of a plugin also runs for what is not found there: nothing is, not even an organizer.
  parameter: (request, name) => (request.is404 ? '' : readProperty(request.params, name)),
};
