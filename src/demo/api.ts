import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Access, AnswerInfo, Requirement, ResourceServer } from '@stagedoor/resource-server';
import { createResourceServer } from '@stagedoor/resource-server';
import { admit } from '@stagedoor/resource-server/node';
import { createOrders, type Orders } from './orders.ts';

/** One path of the API. */
interface Route {
  readonly path: RegExp;
  /** Required access of the route: all that an API service has to state. */
  readonly needs: (organizer: string, event: string) => Requirement;
  /** HEAD is answered as GET. */
  readonly methods: Readonly<Record<string, Handler>>;
}

type Handler = (
  access: Access,
  organizer: string,
  event: string,
) => { status?: number; body: object };

/** The authorization server, and the API's registration there. */
export interface DemoApiOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

const CACHE_ENTRIES = 1000;

/**
 * An API service as the platform would run it: it knows tokens only through the kit. It says in a header
 * whether it had to ask.
 */
export function createDemoApi(options: DemoApiOptions): RequestListener {
  const responses = new WeakMap<object, ServerResponse>();
  const onAnswer = (info: AnswerInfo) => {
    responses.get(info.request)?.setHeader('x-token-check', describeAnswer(info));
  };
  const cache = { entries: CACHE_ENTRIES, onAnswer };
  const resourceServer = createResourceServer({ ...options, cache });
  const routes = createRoutes(createOrders());
  return (request, response) => {
    responses.set(request, response);
    answer(resourceServer, routes, request, response).catch((error: unknown) => {
      console.error('The demo API failed.', error);
      send(response, 500, { detail: 'Internal server error.' });
    });
    // No route reads a body.
    request.resume();
  };
}

const ORDERS = { read: 'can_view_orders', write: 'can_change_orders' };

/** Guards by scope, organizer, permission, and permission for an event. */
function createRoutes(orders: Orders): readonly Route[] {
  return [
    {
      path: /^\/api\/organizers\/?$/,
      needs: () => ({ organizer: null, scopes: ['read', 'write'] }),
      methods: {
        GET: (access) => list(access.organizers.map((slug) => describe(access, slug))),
      },
    },
    {
      path: /^\/api\/organizers\/([A-Za-z0-9._-]+)\/?$/,
      needs: (organizer) => ({ organizer }),
      methods: {
        GET: (access, organizer) => ({ body: describe(access, organizer) }),
      },
    },
    {
      path: /^\/api\/organizers\/([A-Za-z0-9._-]+)\/orders\/?$/,
      needs: (organizer) => ({ organizer, permission: ORDERS }),
      methods: {
        GET: (_, organizer) => list(orders.list(organizer)),
        POST: (_, organizer) => ({ status: 201, body: orders.place(organizer) }),
      },
    },
    {
      path: /^\/api\/organizers\/([A-Za-z0-9._-]+)\/events\/([A-Za-z0-9._-]+)\/orders\/?$/,
      needs: (organizer, event) => ({ organizer, event, permission: ORDERS }),
      methods: {
        GET: (_, organizer, event) => list(orders.list(organizer, event)),
        POST: (_, organizer, event) => ({ status: 201, body: orders.place(organizer, event) }),
      },
    },
  ];
}

async function answer(
  resourceServer: ResourceServer,
  routes: readonly Route[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const pathname = URL.parse(request.url ?? '/', 'http://api.invalid')?.pathname ?? '';
  const route = routes.find(({ path }) => path.test(pathname));
  if (route === undefined) {
    return send(response, 404, { detail: 'Not found.' });
  }
  const handler = findHandler(route, request, response);
  const [, organizer = '', event = ''] = route.path.exec(pathname) ?? [];
  const access =
    handler && (await admit(resourceServer, request, response, route.needs(organizer, event)));
  if (handler && access) {
    const { status = 200, body } = handler(access, organizer, event);
    send(response, status, body);
  }
}

function findHandler(
  route: Route,
  request: IncomingMessage,
  response: ServerResponse,
): Handler | undefined {
  const method = request.method ?? '';
  const methods = { HEAD: route.methods.GET, ...route.methods };
  const handler = new Map(Object.entries(methods)).get(method);
  if (handler === undefined) {
    response.setHeader('allow', Object.keys(methods).join(', '));
    send(response, 405, { detail: `Method '${method}' not allowed.` });
  }
  return handler;
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
  return { body: { count: results.length, next: null, previous: null, results } };
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
