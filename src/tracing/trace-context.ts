import type { IncomingMessage } from 'node:http';
import {
  type Context,
  createTraceState,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { traceparentOf } from '../http/request-id.ts';

/**
 * Returns the context that a request was sent in; an empty one if it names none.
 * @see https://www.w3.org/TR/trace-context/
 */
export function readTraceContext(request: IncomingMessage): Context {
  const { tracestate } = request.headers;
  return parseTraceparent(
    traceparentOf(request),
    typeof tracestate === 'string' ? tracestate : undefined,
  );
}

/** Returns the context that a well-formed `traceparent` names. */
export function parseTraceparent(traceparent: string | undefined, tracestate?: string): Context {
  const [, traceId = '', spanId = '', flags = ''] = traceparent?.split('-') ?? [];
  const parent = {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED,
    isRemote: true,
    ...(tracestate === undefined ? {} : { traceState: createTraceState(tracestate) }),
  };
  return isSpanContextValid(parent) ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
}

/** Returns the headers by which another server continues the trace. */
export function traceHeaders(span: Span): { traceparent: string; tracestate?: string } {
  const { traceId, spanId, traceFlags, traceState } = span.spanContext();
  const traceparent = `00-${traceId}-${spanId}-0${traceFlags & TraceFlags.SAMPLED}`;
  const tracestate = traceState?.serialize();
  return tracestate ? { traceparent, tracestate } : { traceparent };
}
