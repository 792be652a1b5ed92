import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { after, afterEach, before } from 'node:test';
import { newCredential } from '../../../src/lib/credentials.ts';
import { createFakeFeed, type FakeFeed } from './fake-feed.ts';

/** Response of an authorization server. */
export type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** A request to the fake authorization server. */
export interface IssuerRequest {
  /** Time of `performance.now()`. */
  readonly at: number;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly accept: string | undefined;
  readonly body: string;
}

/** An authorization server with responses that no real one sends. */
export interface FakeIssuer {
  readonly url: string;
  readonly requests: readonly IssuerRequest[];
  readonly introspections: readonly IssuerRequest[];
  /** Sets the response to introspections. */
  answer(answer: Answer): void;
  /** The changes feed; works unless `feedAnswer` is called. */
  readonly feed: FakeFeed;
  feedAnswer(answer: Answer | undefined): void;
  /** Sets the response at other paths, by default metadata. */
  metadata(answer: Answer): void;
  reset(): void;
  listen(port?: number): Promise<void>;
  close(): Promise<void>;
}

/** A well-formed access token; the fake server defines what it opens. */
export const TOKEN = newCredential('sda');

/** Returns the claims of a live token. */
export function facts(): Record<string, unknown> {
  return {
    active: true,
    scope: 'read write',
    client_id: 'app',
    token_type: 'Bearer',
    exp: 2_000_000_000,
    iat: 1_900_000_000,
    expires_in: 3600,
    sub: 'ada',
    grant: 'grant-of-ada',
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

/** Starts an issuer for the tests of a file or suite, and resets it after each of them. */
export function useFakeIssuer(): FakeIssuer {
  const issuer = createFakeIssuer();
  before(() => issuer.listen());
  after(() => issuer.close());
  afterEach(() => issuer.reset());
  return issuer;
}

/** Creates a server with metadata and introspection whose answers a test sets. */
export function createFakeIssuer(): FakeIssuer {
  const requests: IssuerRequest[] = [];
  let url: string | undefined;
  let metadata: Answer | undefined;
  let introspection: Answer | undefined;
  let feedAnswer: Answer | undefined;
  const feed = createFakeFeed();
  const described = () => ({ issuer: url, introspection_endpoint: `${url}/introspect` });
  const server = createServer(async (request, response) => {
    // Otherwise the next test could use a connection that this one has broken.
    response.setHeader('connection', 'close');
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk);
    }
    const body = Buffer.concat(chunks).toString();
    const path = request.url ?? '';
    const { authorization, accept } = request.headers;
    requests.push({ at: performance.now(), path, authorization, accept, body });
    const answer = path.startsWith('/changes')
      ? (feedAnswer ?? feed.answer)
      : path === '/introspect'
        ? introspection
        : (metadata ?? json(described()));
    answer?.(request, response, body);
  });
  return {
    get url() {
      assert.ok(url !== undefined, 'The fake issuer does not listen yet.');
      return url;
    },
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
    feed,
    feedAnswer: (answer) => {
      feedAnswer = answer;
    },
    reset: () => {
      feed.age = 0;
      feedAnswer = undefined;
      requests.length = 0;
      metadata = undefined;
      introspection = undefined;
    },
    listen: async (port = 0) => {
      await once(server.listen(port, '127.0.0.1'), 'listening');
      const address = server.address();
      assert.ok(address !== null && typeof address === 'object');
      url = `http://127.0.0.1:${address.port}`;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
