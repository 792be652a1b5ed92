import { once } from 'node:events';
import { createServer } from 'node:http';
import Router from '@koa/router';
import Koa, { type Middleware } from 'koa';

/** A Koa application that listens on a free port of 127.0.0.1. */
export interface WebApp extends AsyncDisposable {
  readonly koa: Koa;
  readonly url: string;
  readonly port: number;
}

/** Starts an application with the given middleware, and with the `allowedMethods` of routers. */
export async function startWebApp(...middleware: (Middleware | Router)[]): Promise<WebApp> {
  const koa = new Koa();
  koa.silent = true;
  for (const one of middleware) {
    if (one instanceof Router) {
      koa.use(one.routes()).use(one.allowedMethods());
    } else {
      koa.use(one);
    }
  }
  const server = createServer(koa.callback()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new Error('A listening server has no port.');
  }
  return {
    koa,
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
