import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { FetchSettings } from '../../src/config/fetch-settings.ts';
import { type Fetcher, openFetcher } from '../../src/fetch/fetcher.ts';
import type { Limit } from '../../src/limits/limit.ts';
import { createLimits, type Limits } from '../../src/limits/limits.ts';
import type { Certificate } from './certificate.ts';
import { ENGINES } from './engines.ts';

/** Address that stands for a host on the internet in tests of the fetcher. */
export const OUTSIDE = '127.0.0.2';
/** Address of the services that must never be reached. */
export const INSIDE = '127.0.0.1';

/** A listener that counts its connections and requests. */
export interface CountingHost {
  readonly port: number;
  /** Paths of the requests, in their order. */
  readonly requests: string[];
  connections(): number;
  /** Answers requests to this path; each test takes a path of its own. */
  serve(path: string, listener: RequestListener): void;
  close(): Promise<void>;
}

/** Starts a listener at an address, with https if a certificate is given. */
export async function startHost(
  address: string,
  { port = 0, certificate }: { port?: number; certificate?: Certificate } = {},
): Promise<CountingHost> {
  let connections = 0;
  const requests: string[] = [];
  const listeners = new Map<string, RequestListener>();
  const answer: RequestListener = (request, response) => {
    const path = request.url ?? '';
    requests.push(path);
    const listener = listeners.get(path);
    if (listener === undefined) {
      response.setHeader('Content-Type', 'application/json').end('{"reached":true}');
    } else {
      listener(request, response);
    }
  };
  const server: Server =
    certificate === undefined ? createServer(answer) : createTlsServer(certificate, answer);
  server.on('connection', () => {
    connections += 1;
  });
  server.listen(port, address);
  await once(server, 'listening');
  const bound = server.address();
  return {
    port: bound !== null && typeof bound === 'object' ? bound.port : 0,
    requests,
    connections: () => connections,
    serve: (path, listener) => listeners.set(path, listener),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Limits on a database of their own. */
export async function openLimits(): Promise<[Limits, () => Promise<void>]> {
  const [database, remove] = (await ENGINES.PostgreSQL?.()) ?? [];
  if (database === undefined || remove === undefined) {
    throw new Error('PostgreSQL is missing');
  }
  const close = async () => {
    await database.close();
    await remove();
  };
  return [createLimits(database, 'a secret', () => {}), close];
}

const UNLIMITED: Limit = {
  take: async () => ({ allowed: true }),
  giveBack: async () => {},
  peek: async () => ({ allowed: true }),
  forget: async () => {},
  storedKeys: () => [],
};

/** Options of a fetcher for one test. */
export interface FetcherOptions {
  readonly settings?: Partial<FetchSettings>;
  readonly limits?: Limits;
  readonly port?: number | undefined;
  readonly resolve?: (name: string) => Promise<readonly string[]>;
  readonly isGlobal?: (address: string) => boolean;
}

/** Opens a fetcher that takes `OUTSIDE` for the internet, and finds every name there. */
export function fetcherFor(options: FetcherOptions = {}): Fetcher {
  const { settings, limits = { named: () => UNLIMITED }, port, resolve, isGlobal } = options;
  return openFetcher({
    limits,
    settings: { fetchPrivateHosts: [], fetchAllowHosts: [], fetchDenyHosts: [], ...settings },
    network: {
      resolve: resolve ?? (async () => [OUTSIDE]),
      isGlobal: isGlobal ?? ((address) => address === OUTSIDE),
      port: port === undefined ? '' : String(port),
    },
  });
}

/** Returns the code and the message of the error with which a fetch ends. */
export async function failureOf(
  fetched: Promise<unknown>,
): Promise<{ code: string; message: string }> {
  try {
    await fetched;
  } catch (error) {
    if (error instanceof Error && 'code' in error) {
      return { code: String(error.code), message: error.message };
    }
    throw error;
  }
  throw new Error('The document was fetched.');
}
