import type { Server } from 'node:http';
import type { Config } from '../config/config.ts';
import { StagedoorError } from '../lib/errors.ts';
import { ownValue } from '../lib/own-value.ts';

/**
 * Connections that may wait to be accepted; the limit of the system applies as well. Beyond it, clients try
 * again after a second: a burst of new connections would delay introspections that need one.
 */
const BACKLOG = 4_096;

/**
 * Starts to listen on HOST and PORT.
 * @throws StagedoorError with a line for the operator if that is impossible
 */
export function listen(server: Server, config: Config): Promise<Server> {
  const { promise, resolve, reject } = Promise.withResolvers<Server>();
  server.once('error', (cause: NodeJS.ErrnoException) => {
    const { port, host } = config;
    reject(
      cause.code === 'EADDRINUSE'
        ? new StagedoorError(
            'port_taken',
            `Port ${port} on ${host} is taken. Stop what listens there, or set PORT to another one.`,
            { cause },
          )
        : new StagedoorError(
            'configuration_invalid',
            `The server can't listen on port ${port} of ${host}: ${cause.message}. Check HOST and PORT.`,
            { cause },
          ),
    );
  });
  const { port, host } = config;
  server.listen({ port, host, backlog: BACKLOG }, () => resolve(server));
  return promise;
}

/** Returns the URL of the server for processes on this machine. */
export function localUrl(server: Server, { host, port }: Config): string {
  const address = server.address();
  const listens = address !== null && typeof address === 'object' ? address.port : port;
  const name = ownValue({ '0.0.0.0': '127.0.0.1', '::': '[::1]' }, host) ?? host;
  return `http://${name.includes(':') && !name.startsWith('[') ? `[${name}]` : name}:${listens}`;
}
