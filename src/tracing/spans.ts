import { AsyncLocalStorage } from 'node:async_hooks';
import type { Channel } from 'node:diagnostics_channel';
import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  type Tracer,
  trace,
} from '@opentelemetry/api';

/** Spans of this server: one for each request and each background work, with those of the work for it below. */
export interface Spans {
  /** Begins the span of a request. `startTime` is in milliseconds of `performance.now()`. */
  beginRequest(name: string, parent: Context, attributes: Attributes, startTime?: number): Span;
  /** Runs the work of a request. */
  within<T>(request: Span, work: () => T): T;
  /** Runs work of which no span is made. */
  outside<T>(work: () => T): T;
  /** Begins the span of background work. */
  beginWork(name: string, parent: Context): Span;
  /**
   * Runs what announces itself on the channel within the span that `begin` returns.
   * @returns a function that ends it
   */
  bindTo<Message>(
    channel: Channel<unknown, Message>,
    begin: (message: Message) => Span,
  ): () => void;
  /**
   * Begins the span of a call to another server. Undefined if the call belongs to no request or background
   * work, or to one that has ended or is not sampled.
   */
  beginCall(name: string, attributes: Attributes): Span | undefined;
  /** Returns the span of the request or background work that runs. */
  current(): Span | undefined;
}

/** Creates the spans. The request is found by the asynchronous context, as a logger would find it. */
export function createSpans(tracer: Tracer): Spans {
  const storage = new AsyncLocalStorage<Context>();
  const current = () => {
    const context = storage.getStore();
    return context && trace.getSpan(context);
  };
  return {
    beginRequest: (name, parent, attributes, startTime) => {
      const start = startTime === undefined ? {} : { startTime };
      return tracer.startSpan(name, { kind: SpanKind.SERVER, attributes, ...start }, parent);
    },
    within: (request, work) => storage.run(trace.setSpan(ROOT_CONTEXT, request), work),
    outside: (work) => storage.exit(work),
    beginWork: (name, parent) => tracer.startSpan(name, {}, parent),
    bindTo: (channel, begin) => {
      channel.bindStore(storage, (message) => trace.setSpan(ROOT_CONTEXT, begin(message)));
      return () => channel.unbindStore(storage);
    },
    beginCall: (name, attributes) =>
      current()?.isRecording() === true
        ? tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }, storage.getStore())
        : undefined,
    current,
  };
}
