import { SpanStatusCode } from '@opentelemetry/api';
import type { Middleware } from 'koa';
import { routePattern } from '../http/route-pattern.ts';
import { waitingSince } from '../http/take-turns.ts';
import type { Spans } from './spans.ts';
import { readTraceContext, traceHeaders } from './trace-context.ts';

const METHODS: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
]);

/**
 * Makes a span of each request; goes before the middleware that logs it, whose line then names this span.
 * The attributes have nothing that a caller chose, neither of the URL nor of the body.
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server
 */
export function traceRequests(spans: Spans, issuer: string): Middleware {
  const scheme = { 'url.scheme': new URL(issuer).protocol.slice(0, -1) };
  return async (ctx, next) => {
    const method = METHODS.has(ctx.method) ? ctx.method : '_OTHER';
    const name = method === '_OTHER' ? 'HTTP' : method;
    const attributes = { 'http.request.method': method, ...scheme };
    const parent = readTraceContext(ctx.req);
    const span = spans.beginRequest(name, parent, attributes, waitingSince(ctx.req));
    Object.assign(ctx.req.headers, traceHeaders(span));
    // Koa answers an error that is thrown past here with 500.
    let status = 500;
    try {
      await spans.within(span, next);
      status = ctx.status;
    } finally {
      const route = routePattern(ctx);
      if (route !== 'other') {
        span.updateName(`${name} ${route}`).setAttribute('http.route', route);
      }
      span.setAttribute('http.response.status_code', status);
      if (status >= 500) {
        span.setAttribute('error.type', String(status)).setStatus({ code: SpanStatusCode.ERROR });
      }
      span.end();
    }
  };
}
