import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { admit } from '../resource-server/node.ts';
import type { ResourceServer } from '../resource-server/resource-server.ts';
import { createOrders, type Orders } from './orders.ts';

/** An API service as the platform would run it: it knows tokens only through the kit. */
export function createDemoApi(resourceServer: ResourceServer): RequestListener {
  const orders = createOrders();
  return (request, response) => {
    answer(resourceServer, orders, request, response).catch((error: unknown) => {
      console.error('The demo API failed.', error);
      send(response, 500, { detail: 'Internal server error.' });
    });
    // No route reads a body.
    request.resume();
  };
}

async function answer(
  resourceServer: ResourceServer,
  orders: Orders,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const pathname = URL.parse(request.url ?? '/', 'http://api.invalid')?.pathname ?? '';
  const [, organizer] = /^\/api\/organizers\/([A-Za-z0-9._-]+)\/orders\/?$/.exec(pathname) ?? [];
  if (organizer !== undefined) {
    return answerOrders(resourceServer, orders, organizer, request, response);
  }
  if (/^\/api\/organizers\/?$/.test(pathname)) {
    return answerOrganizers(resourceServer, request, response);
  }
  send(response, 404, { detail: 'Not found.' });
}

async function answerOrders(
  resourceServer: ResourceServer,
  orders: Orders,
  organizer: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!isAllowed(request, response, ['GET', 'HEAD', 'POST'])) {
    return;
  }
  // This is all that an API service has to add to a route:
  const permission = { read: 'can_view_orders', write: 'can_change_orders' };
  const access = await admit(resourceServer, request, response, { organizer, permission });
  if (access === undefined) {
    return;
  }
  if (request.method === 'POST') {
    send(response, 201, orders.place(organizer));
  } else {
    sendList(response, orders.list(organizer));
  }
}

async function answerOrganizers(
  resourceServer: ResourceServer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!isAllowed(request, response, ['GET', 'HEAD'])) {
    return;
  }
  const access = await admit(resourceServer, request, response, { scopes: ['read', 'write'] });
  if (access === undefined) {
    return;
  }
  sendList(
    response,
    access.organizers.map((slug) => ({ slug, permissions: access.permissionsAt(slug) })),
  );
}

function isAllowed(
  request: IncomingMessage,
  response: ServerResponse,
  methods: readonly string[],
): boolean {
  const method = request.method ?? '';
  if (methods.includes(method)) {
    return true;
  }
  response.setHeader('allow', methods.join(', '));
  send(response, 405, { detail: `Method '${method}' not allowed.` });
  return false;
}

function sendList(response: ServerResponse, results: readonly object[]): void {
  send(response, 200, { count: results.length, next: null, previous: null, results });
}

function send(response: ServerResponse, status: number, body: object): void {
  if (response.headersSent) {
    response.end();
    return;
  }
  response
    .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    .end(JSON.stringify(body));
}
