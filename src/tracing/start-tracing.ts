import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Middleware } from 'koa';
import type { TracingSettings } from '../config/tracing.ts';
import type { Logger } from '../lib/log.ts';
import { limitRepeatedLines } from '../lib/repeated-lines.ts';
import { VERSION } from '../lib/version.ts';
import { withTimeout } from '../operations/with-timeout.ts';
import { createSampler } from './samplers.ts';
import { createSpans, type Spans } from './spans.ts';
import { traceCalls } from './trace-calls.ts';
import { traceRequests } from './trace-requests.ts';
import { traceStatements } from './trace-statements.ts';
import { traceWork } from './trace-work.ts';

/** Traces that this process sends. */
export interface Tracing {
  /** Makes a span of each request. */
  readonly traceRequests: Middleware;
  /** Sends the last spans, and gives up after two seconds. */
  stop(): Promise<void>;
}

/** Milliseconds that the collector has at the end of the process. */
const LAST_EXPORT = 2_000;
/** Milliseconds in which failed exports are logged once. */
const QUIET = 60_000;

/**
 * Starts tracing. The exporter reads its settings (`OTEL_EXPORTER_OTLP_*`) from the environment. Only to be
 * imported if tracing is on: this module loads OpenTelemetry.
 */
export function startTracing(
  settings: TracingSettings,
  issuer: string,
  log: Pick<Logger, 'warn'>,
): Tracing {
  // Registered nowhere as a global: a process may run several servers, as tests do.
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': 'stagedoor',
      'service.version': VERSION,
      'process.pid': process.pid,
    }).merge(detectResources({ detectors: [envDetector] })),
    sampler: createSampler(settings),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: reportFailures(new OTLPTraceExporter(), log, (work) => spans.outside(work)),
      }),
    ],
  });
  const spans = createSpans(provider.getTracer('stagedoor', VERSION));
  const ends = [traceStatements(spans), traceCalls(spans), traceWork(spans)];
  return {
    traceRequests: traceRequests(spans, issuer),
    stop: async () => {
      for (const end of ends) {
        end();
      }
      await withTimeout(LAST_EXPORT, () => provider.shutdown());
    },
  };
}

/**
 * Logs failures, at most one a minute, and reports success, because the caller can do nothing. An export is
 * started by the request whose span ended last, and must not be traced as a part of it.
 */
function reportFailures(
  exporter: SpanExporter,
  log: Pick<Logger, 'warn'>,
  outside: Spans['outside'],
): SpanExporter {
  const limit = limitRepeatedLines(QUIET);
  return {
    export: (spans, done) =>
      outside(() =>
        exporter.export(spans, ({ code, error }) => {
          if (code !== 0) {
            limit('', (repeated) =>
              log.warn({ err: error, spans: spans.length, repeated }, 'Traces could not be sent'),
            );
          }
          done({ code: 0 });
        }),
      ),
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}
