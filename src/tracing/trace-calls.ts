import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { ClientRequest } from 'node:http';
import { type Span, SpanStatusCode } from '@opentelemetry/api';
import type { Spans } from './spans.ts';
import { traceHeaders } from './trace-context.ts';

/**
 * Messages of the channels of `fetch` and of `node:http`, each as far as it is used.
 * @see https://github.com/nodejs/undici/blob/main/docs/docs/api/DiagnosticsChannel.md
 * @see https://nodejs.org/api/diagnostics_channel.html#http
 */
interface CallMessage {
  readonly request: object;
  readonly response?: { readonly statusCode?: number };
  readonly error?: Error;
}

/** Request of `fetch`. */
interface FetchRequest {
  readonly origin?: string | URL;
  readonly method?: string;
  addHeader(name: string, value: string): void;
}

/**
 * Makes a span of each HTTP request that this server sends while it answers one or works in the background: to the platform's login
 * (by `fetch`, with the headers of the trace), and for documents of strangers (by `node:http`, without). It
 * ends with the headers of the response. Nothing of the URL but the host is in it.
 * @returns a function that ends it
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client
 */
export function traceCalls(spans: Spans): () => void {
  const underWay = new WeakMap<object, Span>();
  const begin = (request: object, method = 'GET', host = ''): Span | undefined => {
    const attributes = { 'http.request.method': method, 'server.address': host };
    const span = spans.beginCall(method, attributes);
    if (span !== undefined) {
      underWay.set(request, span);
    }
    return span;
  };
  const onFetch = ({ request }: CallMessage) => {
    // The type of this channel's requests.
    const sent = request as FetchRequest;
    const host = URL.parse(String(sent.origin))?.hostname;
    const span = begin(sent, sent.method, host);
    for (const [name, value] of Object.entries(span === undefined ? {} : traceHeaders(span))) {
      sent.addHeader(name, value);
    }
  };
  const onRequest = ({ request }: CallMessage) => {
    if (request instanceof ClientRequest) {
      begin(request, request.method, request.host);
    }
  };
  const onResponse = ({ request, response }: CallMessage) => {
    const status = response?.statusCode ?? 0;
    const span = underWay.get(request)?.setAttribute('http.response.status_code', status);
    if (status >= 400) {
      fail(span, String(status));
    }
    span?.end();
  };
  const onError = ({ request, error }: CallMessage) => {
    const span = underWay.get(request);
    fail(span, error !== undefined && 'code' in error ? String(error.code) : '_OTHER');
    span?.end();
  };
  return listen({
    'undici:request:create': onFetch,
    'undici:request:headers': onResponse,
    'undici:request:error': onError,
    'http.client.request.start': onRequest,
    'http.client.response.finish': onResponse,
    'http.client.request.error': onError,
  });
}

function fail(span: Span | undefined, type: string): void {
  span?.setAttribute('error.type', type).setStatus({ code: SpanStatusCode.ERROR });
}

function listen(listeners: Readonly<Record<string, (message: CallMessage) => void>>): () => void {
  const all = Object.entries(listeners).map(
    // Node.js types the messages of all channels as unknown.
    ([channel, on]) => [channel, (message: unknown) => on(message as CallMessage)] as const,
  );
  for (const [channel, on] of all) {
    subscribe(channel, on);
  }
  return () => {
    for (const [channel, on] of all) {
      unsubscribe(channel, on);
    }
  };
}
