import { once } from 'node:events';
import { get } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A TCP load balancer that asks `/readyz`, and connects only to servers that are ready. */
export interface Balancer {
  readonly port: number;
  /** Returns the ports of the servers that are ready. */
  ready(): readonly number[];
  close(): Promise<void>;
}

/** Milliseconds between two checks. */
const INTERVAL = 100;

/** Starts a balancer in front of ports of 127.0.0.1, where servers come and go. */
export async function startBalancer(ports: readonly number[]): Promise<Balancer> {
  const ready = new Set<number>();
  const sockets = new Set<Socket>();
  let accepted = 0;
  let closed = false;
  const server = createServer((inner) => {
    keep(sockets, inner);
    accepted += 1;
    const all = [...ready];
    const first = accepted % Math.max(1, all.length);
    forward(inner, [...all.slice(first), ...all.slice(0, first)], sockets);
  });
  const checking = ports.map(async (port) => {
    while (!closed) {
      (await isReady(port)) ? ready.add(port) : ready.delete(port);
      await sleep(INTERVAL);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    ready: () => [...ready],
    close: async () => {
      closed = true;
      server.close();
      for (const socket of sockets) {
        socket.destroy();
      }
      await Promise.all(checking);
    },
  };
}

/** Connects to the first port that accepts the connection. */
function forward(inner: Socket, [port, ...others]: readonly number[], sockets: Set<Socket>): void {
  if (port === undefined) {
    inner.destroy();
    return;
  }
  const outer = connect(port, '127.0.0.1');
  const retry = () => forward(inner, others, sockets);
  outer.once('error', retry);
  outer.once('connect', () => {
    outer.off('error', retry);
    keep(sockets, outer);
    inner.pipe(outer);
    outer.pipe(inner);
    inner.once('close', () => outer.destroy());
    outer.once('close', () => inner.destroy());
  });
}

function keep(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket);
  socket.on('error', () => {});
  socket.once('close', () => sockets.delete(socket));
}

function isReady(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  get({ port, path: '/readyz', host: '127.0.0.1', agent: false, timeout: 2_000 }, (response) => {
    response.resume();
    resolve(response.statusCode === 200);
  })
    .on('error', () => resolve(false))
    .on('timeout', () => resolve(false));
  return promise;
}
