import type { ServerResponse } from 'node:http';
import { createGuard, type Framework, type RouteRequirement, readProperty } from './guard.ts';
import { headersOf, type IncomingHeaders } from './node.ts';
import type { ResourceServer } from './resource-server.ts';

/**
 * Properties of Express's request that a guard uses, except `params`: with these, TypeScript would
 * lose those of the route in the handler behind the guard.
 */
export interface ExpressRequest extends IncomingHeaders {
  readonly method: string;
  readonly originalUrl: string;
}

/** Middleware of Express, 4 or 5. */
export type ExpressMiddleware<R extends ExpressRequest> = (
  request: R,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => Promise<void>;

/**
 * Guards routes of Express: a request that is not let in is answered, and goes no further.
 *
 * ```ts
 * const orders = guard(resourceServer, {
 *   organizer: 'organizer',
 *   permission: { read: 'can_view_orders', write: 'can_change_orders' },
 * });
 * app.get('/organizers/:organizer/orders', orders, (request, response) => {
 *   response.json(listOrders(request.params.organizer, accessOf(request).sub));
 * });
 * ```
 * @throws TypeError for a requirement that does not say what it seems to
 */
export function guard<R extends ExpressRequest = ExpressRequest>(
  resourceServer: ResourceServer,
  route: RouteRequirement<R>,
): ExpressMiddleware<NoInfer<R>> {
  const decide = createGuard<R>(express, resourceServer, route);
  return async (request, response, next) => {
    try {
      const answer = await decide(request);
      if (answer === undefined) {
        next();
      } else {
        response.writeHead(answer.status, answer.headers).end(answer.body);
      }
    } catch (error) {
      // Express 4 does not wait for promises.
      next(error);
    }
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
export function protectedResource<R extends ExpressRequest = ExpressRequest>(
  resourceServer: ResourceServer,
): (request: NoInfer<R>, response: ServerResponse, next: () => void) => void {
  return (request, response, next) => {
    const answer = resourceServer.metadata(express.verifiable(request));
    if (answer === undefined) {
      next();
    } else {
      response.writeHead(answer.status, answer.headers).end(answer.body);
    }
  };
}

const express: Framework<ExpressRequest> = {
  verifiable: (request) => ({
    method: request.method,
    url: request.originalUrl,
    headers: headersOf(request),
    source: request,
  }),
  parameter: (request, name) => readProperty('params' in request ? request.params : {}, name),
};
