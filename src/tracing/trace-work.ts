import { type Span, SpanStatusCode } from '@opentelemetry/api';
import {
  type BackgroundWork,
  TRACE_QUESTIONS,
  type TraceQuestion,
  WORK,
} from '../lib/background-work.ts';
import type { Spans } from './spans.ts';
import { parseTraceparent, traceHeaders } from './trace-context.ts';

/**
 * Makes a span of each mail that is sent and of each run of a scheduled job. A mail belongs to the trace of
 * the request that caused it.
 * @returns a function that ends it
 */
export function traceWork(spans: Spans): () => void {
  const underWay = new WeakMap<BackgroundWork, Span>();
  const unbind = spans.bindTo(WORK.start, (work: BackgroundWork) => {
    const span = spans.beginWork(work.name, parseTraceparent(work.cause));
    underWay.set(work, span);
    return span;
  });
  const onEnd = (message: unknown) => {
    // Node.js types the messages of all channels as unknown.
    const work = message as BackgroundWork & { readonly error?: unknown };
    const span = underWay.get(work)?.setAttributes(work.attributes);
    const failure = work.failure ?? ('error' in work ? typeOf(work.error) : undefined);
    if (failure !== undefined) {
      span?.setAttribute('error.type', failure).setStatus({ code: SpanStatusCode.ERROR });
    }
    span?.end();
  };
  const onQuestion = (message: unknown) => {
    const span = spans.current();
    if (span !== undefined) {
      const question = message as TraceQuestion;
      question.traceparent = traceHeaders(span).traceparent;
    }
  };
  WORK.asyncEnd.subscribe(onEnd);
  TRACE_QUESTIONS.subscribe(onQuestion);
  return () => {
    unbind();
    WORK.asyncEnd.unsubscribe(onEnd);
    TRACE_QUESTIONS.unsubscribe(onQuestion);
  };
}

function typeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '_OTHER';
}
