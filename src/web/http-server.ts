import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import type { Duplex } from 'node:stream';
import { ownValue } from '../own-value.ts';

/**
 * Milliseconds that what a client still sends is thrown away after its request was answered. A
 * connection that is closed with unread bytes is reset, and a reset can overtake the answer (RFC 9112
 * section 9.6).
 */
const LINGER = 5_000;

/** Connections whose request may take as long as it takes. */
const patient = new WeakSet<Duplex>();
/** The answer that a connection is at, or was at last. */
const answers = new WeakMap<Duplex, ServerResponse>();

/**
 * Takes a request from the limit that the server sets for receiving one (five minutes in Node.js).
 * Whoever calls this sets a limit of their own.
 */
export function mayTakeLong(request: IncomingMessage): void {
  patient.add(request.socket);
}

/**
 * An HTTP server that answers before it reads: `100 Continue` is sent when somebody begins to read the
 * body, so a request that is refused by its headers never sends it; and a client that sends on after
 * the answer is listened to for some seconds, so that it gets to see the answer.
 */
export function createHttpServer(listener: RequestListener, options: ServerOptions = {}): Server {
  const server = createServer(options, (request, response) => {
    answers.set(request.socket, response);
    response.once('finish', () => lingerFor(request));
    listener(request, response);
  });
  server.on('checkContinue', (request, response) => {
    const onListener = (event: string | symbol) => {
      if (event === 'readable' || event === 'data') {
        request.off('newListener', onListener);
        response.writeContinue();
      }
    };
    request.on('newListener', onListener);
    server.emit('request', request, response);
  });
  server.on('clientError', answerClientError);
  return server;
}

function lingerFor(request: IncomingMessage): void {
  const { socket } = request;
  patient.delete(socket);
  if (request.complete || socket.destroyed) {
    return;
  }
  const timer = setTimeout(() => socket.destroy(), LINGER).unref();
  const over = () => clearTimeout(timer);
  request.once('end', over);
  socket.once('close', over);
  request.resume();
}

/** The answers that Node.js gives where nobody listens. */
const STATUS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** As Node.js does it by itself, but for those who may take long. */
function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  const { code = '' } = error;
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT' && patient.has(socket)) {
    return;
  }
  const answer = answers.get(socket);
  const isAnswering = answer?.headersSent === true && !answer.writableFinished;
  if (socket.writable && !isAnswering) {
    socket.write(
      `HTTP/1.1 ${ownValue(STATUS, code) ?? '400 Bad Request'}\r\nConnection: close\r\n\r\n`,
    );
  }
  socket.destroy(error);
}
