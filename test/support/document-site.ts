import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestApplication } from './factories.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A host of client metadata documents on this machine, reached with `FETCH_PRIVATE_HOSTS=127.0.0.1`. */
export interface DocumentSite {
  readonly host: string;
  /** Paths of the requests so far. */
  readonly requests: readonly string[];
  /** Returns the address of a path. */
  address(path: string): string;
  /** Publishes a document at a path, with `client_id`, a name and a redirect URI unless given. */
  publish(
    path: string,
    fields?: object,
    headers?: Readonly<Record<string, string>>,
  ): DocumentApplication;
  /** Answers a path otherwise. */
  answer(path: string, answer: Answer): DocumentApplication;
  close(): Promise<void>;
}

/** A published application, as the helpers of flows take it. */
export type DocumentApplication = TestApplication;

/** Redirect URI of a published document. */
export const LOOPBACK = 'http://127.0.0.1/callback';

/** Starts a host of documents. */
export async function startDocumentSite(): Promise<DocumentSite> {
  const answers = new Map<string, Answer>();
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    requests.push(path);
    const answer = answers.get(path);
    if (answer === undefined) {
      response.writeHead(404).end();
    } else {
      answer(request, response);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on a port has an address of this kind.
  const { port } = server.address() as AddressInfo;
  const host = `127.0.0.1:${port}`;
  const address = (path: string) => `http://${host}${path}`;
  const application = (path: string): DocumentApplication => ({
    clientId: address(path),
    clientSecret: undefined,
    redirectUri: 'http://127.0.0.1:51234/callback',
  });
  const site: DocumentSite = {
    host,
    requests,
    address,
    answer: (path, answer) => {
      answers.set(path, answer);
      return application(path);
    },
    publish: (path, fields = {}, headers = {}) =>
      site.answer(path, (_request, response) => {
        const document = {
          client_id: address(path),
          client_name: 'Ticket Agent',
          redirect_uris: [LOOPBACK],
          ...fields,
        };
        response.writeHead(200, { 'Content-Type': 'application/json', ...headers });
        response.end(JSON.stringify(document));
      }),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return site;
}
