import { connect, type Socket } from 'node:net';

/** A connection on which a test sends raw HTTP. */
export interface RawRequest {
  readonly socket: Socket;
  /** Returns the response so far. */
  answer(): string;
  /** Resolves when the response matches; rejects after some seconds. */
  answers(pattern: RegExp): Promise<string>;
  /** Resolves when the server has closed the connection, with the way of closing. */
  readonly closed: Promise<'ended' | 'reset'>;
}

/** Timeout in milliseconds. */
const PATIENCE = 30_000;

/** Sends only the head of a request. */
export function sendHead(
  server: { readonly issuer: string },
  request: string,
  headers: Readonly<Record<string, string | number>>,
): RawRequest {
  const { hostname, port } = new URL(server.issuer);
  const socket = connect(Number(port), hostname);
  const fields = Object.entries({ host: `${hostname}:${port}`, ...headers });
  socket.write(
    `${request} HTTP/1.1\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
  );
  let text = '';
  let check = () => {};
  socket.on('data', (data) => {
    text += data;
    check();
  });
  const closed = new Promise<'ended' | 'reset'>((resolve) => {
    socket.on('end', () => resolve('ended'));
    socket.on('error', () => resolve('reset'));
    socket.on('close', () => resolve('reset'));
  });
  return {
    socket,
    answer: () => text,
    closed,
    answers: (pattern) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`Not answered: ${text}`)), PATIENCE);
        check = () => {
          if (pattern.test(text)) {
            clearTimeout(timer);
            resolve(text);
          }
        };
        check();
      }),
  };
}
