import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';

/** A span, as a collector gets it. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  /** 1: work in the background, 2: server, 3: client. */
  readonly kind: number;
  readonly failed: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly resource: Readonly<Record<string, unknown>>;
}

/** A collector of OpenTelemetry traces. */
export interface TraceReceiver {
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  /** Everything that was received. */
  readonly text: string;
  /** Headers of the last export. */
  readonly headers: IncomingHttpHeaders;
  close(): Promise<void>;
}

const attributes = z
  .array(z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) }))
  .transform((all) => Object.fromEntries(all.map((one) => [one.key, Object.values(one.value)[0]])));
const exported = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes }),
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.object({
              traceId: z.string(),
              spanId: z.string(),
              parentSpanId: z.string().optional(),
              name: z.string(),
              kind: z.number(),
              status: z.object({ code: z.number().optional() }),
              attributes,
            }),
          ),
        }),
      ),
    }),
  ),
});

/** Starts a collector for OTLP over HTTP in JSON; `answers: false` lets it accept and never answer. */
export async function startTraceReceiver({ answers = true } = {}): Promise<TraceReceiver> {
  const bodies: string[] = [];
  let headers: IncomingHttpHeaders = {};
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk);
    }
    if (request.url === '/v1/traces' && answers) {
      bodies.push(Buffer.concat(chunks).toString());
      headers = request.headers;
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return {
    url: `http://127.0.0.1:${address.port}`,
    get spans() {
      return bodies.flatMap(spansOf);
    },
    get text() {
      return bodies.join('\n');
    },
    get headers() {
      return headers;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function spansOf(body: string): ReceivedSpan[] {
  return exported.parse(JSON.parse(body)).resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map(({ parentSpanId, status, ...span }) => ({
        ...span,
        parentSpanId: parentSpanId || undefined,
        failed: status.code === 2,
        resource: resource.attributes,
      })),
    ),
  );
}
