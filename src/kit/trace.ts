import type { RequestHeaders } from './authorization-header.ts';

/**
 * The part of `@opentelemetry/api` that the kit uses: pass the whole module. The kit itself does not depend
 * on it.
 */
export interface OpenTelemetry {
  readonly context: { active(): TraceContext };
  readonly trace: {
    getTracer(name: string): {
      startSpan(name: string, options: SpanOptions, context: TraceContext): TraceSpan;
    };
    getSpan(context: TraceContext): object | undefined;
    setSpan(context: TraceContext, span: TraceSpan): TraceContext;
  };
  readonly propagation: {
    extract(context: TraceContext, carrier: object): TraceContext;
    inject(context: TraceContext, carrier: object): void;
  };
}

interface TraceContext {
  getValue(key: symbol): unknown;
  setValue(key: symbol, value: unknown): TraceContext;
  deleteValue(key: symbol): TraceContext;
}

interface TraceSpan {
  setAttribute(name: string, value: string | number): unknown;
  setStatus(status: { code: number }): unknown;
  end(): void;
}

interface SpanOptions {
  readonly kind: number;
  readonly attributes: Readonly<Record<string, string | number>>;
}

/**
 * Sends a request to the authorization server as a part of the trace to which an incoming request belongs.
 * @param send receives the headers that continue the trace
 */
export type SendTraced = (
  incoming: RequestHeaders,
  url: string,
  send: (headers: Record<string, string>) => Promise<Response>,
) => Promise<Response>;

/** Headers of W3C Trace Context. */
const NAMES = ['traceparent', 'tracestate'] as const;
/** The values of `SpanKind.CLIENT` and `SpanStatusCode.ERROR`. */
const CLIENT = 2;
const ERROR = 2;
/** Property of the global object in which `@opentelemetry/api` keeps what a service has set up. */
const SET_UP = Symbol.for('opentelemetry.js.api.1');

/**
 * Prepares traces: spans of the service's OpenTelemetry if it is given; otherwise the headers of the
 * incoming request are passed on.
 */
export function createSendTraced(openTelemetry: OpenTelemetry | undefined): SendTraced {
  if (openTelemetry !== undefined) {
    return withSpans(openTelemetry);
  }
  return (incoming, _url, send) => {
    // An instrumented `fetch` adds the headers, and a request with two of them belongs to no trace.
    const isInstrumented = SET_UP in globalThis;
    return send(isInstrumented ? {} : traceHeaders(incoming));
  };
}

function withSpans({ context, propagation, trace }: OpenTelemetry): SendTraced {
  return async (incoming, url, send) => {
    const active = context.active();
    const isTraced = trace.getSpan(active) !== undefined;
    const parent = isTraced ? active : propagation.extract(active, traceHeaders(incoming));
    const { hostname, pathname } = new URL(url);
    const attributes = {
      'http.request.method': 'POST',
      'server.address': hostname,
      'url.template': pathname,
    };
    const tracer = trace.getTracer('@stagedoor/resource-server');
    const span = tracer.startSpan(`POST ${pathname}`, { kind: CLIENT, attributes }, parent);
    const headers: Record<string, string> = {};
    propagation.inject(trace.setSpan(parent, span), headers);
    try {
      const response = await send(headers);
      span.setAttribute('http.response.status_code', response.status);
      if (!response.ok) {
        span.setStatus({ code: ERROR });
      }
      return response;
    } catch (error) {
      span.setAttribute('error.type', error instanceof Error ? error.name : '_OTHER');
      span.setStatus({ code: ERROR });
      throw error;
    } finally {
      span.end();
    }
  };
}

function traceHeaders(headers: RequestHeaders): Record<string, string> {
  const given = NAMES.map((name) => {
    const value = headers instanceof Headers ? headers.get(name) : headers[name];
    return [name, typeof value === 'string' ? value : value?.length === 1 ? value[0] : undefined];
  });
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}
