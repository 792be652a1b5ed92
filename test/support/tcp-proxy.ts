import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A proxy in front of another server, which a test can cut. */
export interface TcpProxy {
  readonly port: number;
  /** Closes all connections and refuses new ones. */
  cut(): Promise<void>;
  /** Forwards nothing and closes nothing. New connections are accepted and wait. */
  stall(): void;
  /** Restores normal forwarding; stalled data continues. */
  restore(): Promise<void>;
  /** Forwards new connections to other ports of 127.0.0.1. */
  forwardTo(...targets: Targets): void;
  close(): Promise<void>;
}

type Targets = readonly [number, ...number[]];

/** Forwards connections to ports of 127.0.0.1 in turn, until a test cuts or stalls them. */
export async function startTcpProxy(...first: Targets): Promise<TcpProxy> {
  let targets = first;
  const sockets = new Set<Socket>();
  let stalled = false;
  let accepted = 0;
  const server = createServer((inner) => {
    const outer = connect(targets[accepted % targets.length] ?? targets[0], '127.0.0.1');
    accepted += 1;
    for (const [from, to] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      sockets.add(from);
      from.setNoDelay();
      from.on('error', () => {});
      from.on('data', (data) => to.write(data));
      from.on('end', () => to.end());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      if (stalled) {
        from.pause();
      }
    }
  });
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  const cut = async () => {
    for (const socket of sockets) {
      socket.destroy();
    }
    if (server.listening) {
      server.close();
      await once(server, 'close');
    }
  };

  await listen(0);
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new Error('A listening server has no port.');
  }
  const { port } = address;
  return {
    port,
    cut,
    stall: () => {
      stalled = true;
      for (const socket of sockets) {
        socket.pause();
      }
    },
    restore: async () => {
      stalled = false;
      for (const socket of sockets) {
        socket.resume();
      }
      if (!server.listening) {
        await listen(port);
      }
    },
    forwardTo: (...others) => {
      targets = others;
    },
    close: cut,
  };
}
