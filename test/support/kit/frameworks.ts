import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import Router from '@koa/router';
import type { ResourceServer } from '@stagedoor/resource-server';
import { accessOf, type RouteRequirement } from '@stagedoor/resource-server';
import { guard as guardExpress } from '@stagedoor/resource-server/express';
import { guard as guardFastify } from '@stagedoor/resource-server/fastify';
import { guard as guardKoa } from '@stagedoor/resource-server/koa';
import express from 'express';
import fastify from 'fastify';
import Koa from 'koa';

/**
 * A route that all frameworks write the same way; it answers any method with the `sub` of the
 * caller.
 */
export interface GuardedRoute {
  /** For example `/organizers/:organizer/orders`. */
  readonly path: string;
  readonly needs: RouteRequirement<unknown>;
  /** Adds the guard twice, as for a router and one of its routes. */
  readonly twice?: boolean;
}

/** An API service that is listening. */
export interface GuardedApi {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts an API service. */
export type StartApi = (
  kit: ResourceServer,
  routes: readonly GuardedRoute[],
) => Promise<GuardedApi>;

const METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** Frameworks with a guard in the kit, by name. */
export const FRAMEWORKS: Readonly<Record<string, StartApi>> = {
  Koa: (kit, routes) => {
    const router = new Router();
    for (const { path, needs, twice } of routes) {
      if (twice) {
        router.all(path, guardKoa(kit, needs));
      }
      router.all(path, guardKoa(kit, needs), (ctx) => {
        ctx.body = { sub: accessOf(ctx).sub };
      });
    }
    return listen(new Koa().use(router.routes()).callback());
  },
  Express: (kit, routes) => {
    const app = express();
    for (const { path, needs, twice } of routes) {
      if (twice) {
        app.all(path, guardExpress(kit, needs));
      }
      app.all(path, guardExpress(kit, needs), (request, response) => {
        response.json({ sub: accessOf(request).sub });
      });
    }
    return listen(app);
  },
  Fastify: async (kit, routes) => {
    const app = fastify();
    for (const { path, needs, twice } of routes) {
      app.route({
        method: [...METHODS],
        url: path,
        onRequest: Array.from({ length: twice ? 2 : 1 }, () => guardFastify(kit, needs)),
        handler: async (request) => ({ sub: accessOf(request).sub }),
      });
    }
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    return { url, close: () => app.close() };
  },
};

/** Listens on a free local port. */
export async function listen(listener: RequestListener): Promise<GuardedApi> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${portOf(server)}`, close: () => stop(server) };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new Error('A listening server has no port.');
  }
  return address.port;
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}
