import { channel, tracingChannel } from 'node:diagnostics_channel';

/** Work that belongs to no request. */
export interface BackgroundWork {
  /** Name of the kind of work. */
  readonly name: string;
  /** Facts about it, without anything that a person chose. More may be added until it ends. */
  readonly attributes: Record<string, string | number>;
  /** `traceparent` of the request that caused it. */
  readonly cause?: string | undefined;
  /** Type of a failure that is not thrown. */
  failure?: string;
}

/** Question for the place in a trace at which code runs. */
export interface TraceQuestion {
  traceparent?: string;
}

/** Channel on which work is announced, for traces. */
export const WORK = tracingChannel<unknown, BackgroundWork>('stagedoor.work');
/** Channel of `TraceQuestion`: tracing answers by setting `traceparent`. */
export const TRACE_QUESTIONS = channel('stagedoor.trace-question');

/** Runs work and announces it. Costs nothing without a subscriber. */
export function runInBackground<T>(work: BackgroundWork, run: () => Promise<T>): Promise<T> {
  return WORK.hasSubscribers ? WORK.tracePromise(run, work) : run();
}

/** Returns the `traceparent` of the request or background work that runs; undefined without tracing. */
export function currentTraceparent(): string | undefined {
  const question: TraceQuestion = {};
  if (TRACE_QUESTIONS.hasSubscribers) {
    TRACE_QUESTIONS.publish(question);
  }
  return question.traceparent;
}
