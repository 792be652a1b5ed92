import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  type Tracer,
  trace,
} from '@opentelemetry/api';

/** Spans of this server: one for each request, with those of the work for it below. */
export interface Spans {
  /** Begins the span of a request. */
  beginRequest(name: string, parent: Context, attributes: Attributes): Span;
  /** Runs the work of a request. */
  within<T>(request: Span, work: () => T): T;
  /** Runs work that belongs to no request. */
  outside<T>(work: () => T): T;
  /**
   * Begins the span of a call to another server. Undefined if the call belongs to no request, or to one
   * that has ended or is not sampled.
   */
  beginCall(name: string, attributes: Attributes): Span | undefined;
}

/** Creates the spans. The request is found by the asynchronous context, as a logger would find it. */
export function createSpans(tracer: Tracer): Spans {
  const storage = new AsyncLocalStorage<Context>();
  return {
    beginRequest: (name, parent, attributes) =>
      tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, parent),
    within: (request, work) => storage.run(trace.setSpan(ROOT_CONTEXT, request), work),
    outside: (work) => storage.exit(work),
    beginCall: (name, attributes) => {
      const context = storage.getStore();
      const request = context && trace.getSpan(context);
      return request?.isRecording() === true
        ? tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }, context)
        : undefined;
    },
  };
}
