import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { newCredential } from '../../../src/lib/credentials.ts';

/** How an authorization server answers. */
export type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** What a fake authorization server was asked. */
export interface IssuerRequest {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly accept: string | undefined;
  readonly body: string;
}

/** An authorization server that answers what no real one does. */
export interface FakeIssuer {
  readonly url: string;
  readonly requests: readonly IssuerRequest[];
  readonly introspections: readonly IssuerRequest[];
  /** How it answers introspections from now on. */
  answer(answer: Answer): void;
  /** How it answers at other paths: metadata, by default. */
  metadata(answer: Answer): void;
  reset(): void;
  close(): Promise<void>;
}

/** An access token by its form; a fake server says what it opens. */
export const TOKEN = newCredential('sda');

/** The facts of a live token. */
export function facts(): Record<string, unknown> {
  return {
    active: true,
    scope: 'read write',
    client_id: 'app',
    token_type: 'Bearer',
    exp: 2_000_000_000,
    iat: 1_900_000_000,
    sub: 'ada',
    organizers: ['redstage', 'constructor'],
    permissions: { redstage: ['can_view_orders', 'can_change_orders'], constructor: [] },
  };
}

/** Answers 200 with JSON. */
export function json(value: unknown): Answer {
  return (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };
}

/** Starts one that knows metadata and introspection, and answers what it is told to. */
export async function startFakeIssuer(port = 0): Promise<FakeIssuer> {
  const requests: IssuerRequest[] = [];
  let metadata: Answer | undefined;
  let introspection: Answer | undefined;
  const server = createServer(async (request, response) => {
    // Or the next test would be sent over a connection that this one has broken.
    response.setHeader('connection', 'close');
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk);
    }
    const body = Buffer.concat(chunks).toString();
    const path = request.url ?? '';
    const { authorization, accept } = request.headers;
    requests.push({ path, authorization, accept, body });
    const answer = path === '/introspect' ? introspection : (metadata ?? json(described));
    answer?.(request, response, body);
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const url = `http://127.0.0.1:${address.port}`;
  const described = { issuer: url, introspection_endpoint: `${url}/introspect` };
  return {
    url,
    requests,
    get introspections() {
      return requests.filter(({ path }) => path === '/introspect');
    },
    answer: (answer) => {
      introspection = answer;
    },
    metadata: (answer) => {
      metadata = answer;
    },
    reset: () => {
      requests.length = 0;
      metadata = undefined;
      introspection = undefined;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
