import { randomUUID } from 'node:crypto';
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeader,
  type OutgoingHttpHeaders,
  type RequestListener,
  type Server,
  type ServerOptions,
  ServerResponse,
} from 'node:http';
import type { Duplex } from 'node:stream';
import { ownValue } from '../lib/own-value.ts';
import { headersOfEveryAnswer } from './headers.ts';
import { ownUrl, type Site } from './own-url.ts';
import { REQUEST_ID_HEADER, requestIdOf } from './request-id.ts';

/**
 * Milliseconds that what a client still sends is thrown away after its request was answered. A
 * connection that is closed with unread bytes is reset, and a reset can overtake the answer (RFC 9112
 * section 9.6).
 */
const LINGER = 5_000;

/**
 * Longest request line and headers together, in bytes. Above the default of Node.js, so that a request
 * that is too long for the next step gets an answer that names the parameter.
 */
const MAX_HEADER_SIZE = 80 * 1024;

/** Connections whose request may take as long as it takes. */
const patient = new WeakSet<Duplex>();
/** The answer that a connection is at, or was at last. */
const answers = new WeakMap<Duplex, ServerResponse>();

/**
 * Exempts a request from the server's limit for receiving one (five minutes in Node.js). The caller
 * sets another limit.
 */
export function mayTakeLong(request: IncomingMessage): void {
  patient.add(request.socket);
}

/** Options of Node.js's server, and of ours. */
export interface HttpServerOptions extends ServerOptions {
  /** Given: requests are refused or rewritten so that nothing after this sees another authority. */
  readonly site?: Site;
  /** Called for each answer to a request that the listener does not get. */
  readonly onUnreadable?: (request: UnreadableRequest) => void;
}

/** A request that was answered without the listener: it is malformed, too long or too slow. */
export interface UnreadableRequest {
  readonly status: number;
  /** Code of Node.js, or `target`: the request target is no path of this server. */
  readonly reason: string;
  /** Undefined if it is unknown. */
  readonly method?: string | undefined;
  /** As in the answer. */
  readonly requestId: string;
}

/**
 * Creates an HTTP server that can answer before it reads: `100 Continue` is sent when the body is
 * first read, so a request that is refused by its headers never sends its body; and the server
 * keeps reading for some seconds after the answer, so that a client that still sends gets to see
 * it.
 */
export function createHttpServer(
  listener: RequestListener,
  { site, onUnreadable = () => {}, ...options }: HttpServerOptions = {},
): Server {
  const headers = headersOfEveryAnswer(site?.issuer ?? '');
  const admit = site === undefined ? () => true : ownUrl(site);
  const withHeaders = {
    maxHeaderSize: MAX_HEADER_SIZE,
    ...options,
    ServerResponse: responseWith(headers),
  };
  const server = createServer(withHeaders, (request, response) => {
    answers.set(request.socket, response);
    response.once('finish', () => lingerFor(request));
    if (admit(request)) {
      listener(request, response);
    } else {
      refuseTarget(response);
      const { method } = request;
      onUnreadable({ status: 400, reason: 'target', method, requestId: requestIdOf(request) });
    }
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
  server.on('clientError', (error, socket) => {
    const answered = answerClientError(error, socket, headers);
    if (answered !== undefined) {
      onUnreadable(answered);
    }
  });
  server.on('connect', ({ method }, socket) => {
    const requestId = randomUUID();
    socket.on('error', () => socket.destroy());
    const answer = bareAnswer('400 Bad Request', { ...headers, [REQUEST_ID_HEADER]: requestId });
    socket.end(answer, () => socket.destroy());
    onUnreadable({ status: 400, reason: 'target', method, requestId });
  });
  return server;
}

/** Adds these headers and the ID of the request to every answer, also after others were removed. */
function responseWith(headers: Readonly<Record<string, string>>): typeof ServerResponse {
  const fields = Object.entries(headers);
  return class<Request extends IncomingMessage> extends ServerResponse<Request> {
    override writeHead(
      status: number,
      reason?: string | OutgoingHttpHeaders | OutgoingHttpHeader[],
      given?: OutgoingHttpHeaders | OutgoingHttpHeader[],
    ): this {
      for (const [name, value] of fields) {
        this.setHeader(name, value);
      }
      this.setHeader(REQUEST_ID_HEADER, requestIdOf(this.req));
      return typeof reason === 'string'
        ? super.writeHead(status, reason, given)
        : super.writeHead(status, reason);
    }
  };
}

/** Returns JSON that fits the errors of all our APIs. */
function errorBody(description: string): string {
  return JSON.stringify({
    detail: description,
    error: 'invalid_request',
    error_description: description,
  });
}

/** Without a page: no browser sends such a request. */
function refuseTarget(response: ServerResponse): void {
  const body = errorBody('The request target is not a path of this server.');
  response.writeHead(400, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
  });
  response.end(body);
}

function lingerFor(request: IncomingMessage): void {
  const { socket } = request;
  patient.delete(socket);
  if (request.complete || socket.destroyed) {
    return;
  }
  const timer = setTimeout(() => socket.destroy(), LINGER).unref();
  const over = () => {
    clearTimeout(timer);
    // The connection is kept for further requests: each would leave a listener.
    socket.off('close', over);
  };
  request.once('end', over);
  socket.once('close', over);
  request.resume();
}

/** Answers of Node.js without a request listener. */
const STATUS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/**
 * Answers as Node.js does it by itself, but for those who may take long.
 * @returns the answered request, unless the listener has it
 */
function answerClientError(
  error: NodeJS.ErrnoException,
  socket: Duplex,
  headers: Readonly<Record<string, string>>,
): UnreadableRequest | undefined {
  const { code = '' } = error;
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT' && patient.has(socket)) {
    return undefined;
  }
  const answer = answers.get(socket);
  const isAnswering = answer?.headersSent === true && !answer.writableFinished;
  const isWritten = socket.writable && !isAnswering;
  const requestId = randomUUID();
  const status = ownValue(STATUS, code) ?? '400 Bad Request';
  if (isWritten) {
    const body = code === 'HPE_HEADER_OVERFLOW' ? errorBody(TOO_LONG) : '';
    socket.write(bareAnswer(status, { ...headers, [REQUEST_ID_HEADER]: requestId }, body));
  }
  socket.destroy(error);
  const isListeners = answer !== undefined && !answer.writableFinished;
  return isWritten && !isListeners
    ? { status: Number.parseInt(status, 10), reason: code, requestId }
    : undefined;
}

const TOO_LONG = `The request line and headers may have ${MAX_HEADER_SIZE} bytes. Send a long authorization request by POST, or push it (RFC 9126).`;

function bareAnswer(status: string, headers: Readonly<Record<string, string>>, body = ''): string {
  const fields = Object.entries({
    ...headers,
    ...(body === '' ? {} : { 'Content-Type': 'application/json' }),
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
  });
  return `HTTP/1.1 ${status}\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`;
}
