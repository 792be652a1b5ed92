import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';

/** A server that has its port and gets its request handler later. */
export type Listening = Awaited<ReturnType<typeof listen>>;

/** Ports that are tried before any free one is taken. */
const ATTEMPTS = 20;

/** Listens on `preferred`, or on the next port that is free. */
export async function listen(host: string, preferred: number) {
  let listener: RequestListener = (_, response) => {
    response.writeHead(503, { 'retry-after': '1' }).end('The demo is starting.');
  };
  const server = createServer((request, response) => listener(request, response));
  const last = Math.min(preferred + ATTEMPTS, 65_536);
  const ports = Array.from({ length: last - preferred }, (_, index) => preferred + index);
  for (const port of [...ports, 0]) {
    if (await listensOn(server, host, port)) {
      break;
    }
  }
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new Error('A listening server has no port.');
  }
  return {
    /** On `localhost`, without a trailing slash. */
    url: `http://localhost:${address.port}`,
    serve: (next: RequestListener) => {
      listener = next;
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function listensOn(server: Server, host: string, port: number): Promise<boolean> {
  try {
    server.listen(port, host);
    await once(server, 'listening');
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      return false;
    }
    throw error;
  }
}
