import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import {
  type Access,
  createResourceServer,
  crossOrigin,
  RefusedError,
  type ResourceServer,
} from '@stagedoor/resource-server';
import { admit, protectedResource } from '@stagedoor/resource-server/node';
import { z } from 'zod';
import { createOrders, type Orders } from '../orders.ts';
import { CONNECTION_SCOPE, createTools, TOOL_SCOPES } from './tools.ts';

/** The authorization server, and the registration of the MCP server there. */
export interface McpOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Public URL of the MCP server, for which its tokens are. */
  readonly resource: string;
}

/** Bytes of a request. */
const BODY_LIMIT = 100_000;

const toolCall = z.object({
  method: z.literal('tools/call'),
  params: z.object({ name: z.string() }),
});

/**
 * An MCP server as the platform would run it, without sessions. The kit describes it (RFC 9728) and
 * verifies tokens; a tool that needs another scope is refused with `insufficient_scope`.
 */
export function createMcpServer({ resource, ...registration }: McpOptions): RequestListener {
  const kit = createResourceServer({
    ...registration,
    resources: [resource],
    metadata: { name: 'Stagedoor demo' },
  });
  const orders = createOrders();
  const { pathname } = new URL(resource);
  return (request, response) => {
    serve(kit, orders, pathname, request, response).catch((error: unknown) => {
      console.error('The demo MCP server failed.', error);
      send(response, 500, 'Internal server error.');
    });
  };
}

async function serve(
  kit: ResourceServer,
  orders: Orders,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (protectedResource(kit, request, response)) {
    return;
  }
  if (URL.parse(request.url ?? '', 'http://mcp.invalid')?.pathname !== path) {
    return send(response, 404, 'Not found.');
  }
  const { method = '', headersDistinct } = request;
  const { isPreflight, headers } = crossOrigin({ method, headers: headersDistinct }, 'GET, POST');
  response.setHeaders(new Map(Object.entries(headers)));
  if (isPreflight) {
    response.writeHead(204).end();
    return;
  }
  const access = await admit(kit, request, response, needs(CONNECTION_SCOPE));
  if (access === undefined) {
    return;
  }
  if (method !== 'POST') {
    // Without sessions there is nothing to stream and nothing to end.
    response.setHeader('allow', 'POST');
    return send(response, 405, `Method '${method}' not allowed.`);
  }
  await answerMessage({ kit, orders, access }, request, response);
}

async function answerMessage(
  { kit, orders, access }: { kit: ResourceServer; orders: Orders; access: Access },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const message = await readJson(request);
  if (message === undefined || Array.isArray(message)) {
    return send(response, 400, 'The request is not one JSON-RPC message.');
  }
  const { data: call } = toolCall.safeParse(message);
  const scope = TOOL_SCOPES.get(call?.params.name ?? '') ?? CONNECTION_SCOPE;
  if (!access.scopes.includes(scope)) {
    return stepUp(kit, access, scope, request, response);
  }
  const server = createTools(access, orders);
  const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
  response.on('close', () => void server.close());
  await server.connect(transport);
  await transport.handleRequest(request, response, message);
}

/**
 * Asks for one more scope. The challenge also names the scopes that the token has, because an agent
 * requests exactly those of the challenge.
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization
 */
async function stepUp(
  kit: ResourceServer,
  access: Access,
  scope: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = '', url, headersDistinct: headers } = request;
  try {
    await kit.verify({ method, url, headers }, needs(scope));
  } catch (error) {
    if (!(error instanceof RefusedError)) {
      throw error;
    }
    const { status, body, headers: own } = error.answer;
    const challenge = own['www-authenticate']?.replace(
      `scope="${scope}"`,
      `scope="${[...access.scopes, scope].join(' ')}"`,
    );
    response.writeHead(status, { ...own, 'www-authenticate': challenge }).end(body);
  }
}

function needs(scope: string) {
  return { organizer: null, scopes: [scope] };
}

/** Returns the JSON of a body; undefined if it is too long or no JSON. */
async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > BODY_LIMIT) {
      return undefined;
    }
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, status: number, detail: string): void {
  if (response.headersSent) {
    response.end();
    return;
  }
  response
    .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    .end(JSON.stringify({ detail }));
}
