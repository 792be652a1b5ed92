import { METHODS } from 'node:http';
import { Router } from '@koa/router';
import type { Endpoint } from './endpoint.ts';

/** Mounts endpoints below `/api/v1`. A slash at the end makes no difference. */
export function apiRoutes(endpoints: readonly Endpoint[]): Router {
  const router = new Router({
    prefix: '/api/v1',
    // With all that there are, a method that no endpoint has is 405, not 501.
    methods: METHODS,
  });
  for (const { method, path, handle } of endpoints) {
    router[method](path, (ctx) => handle(ctx));
  }
  return router;
}
