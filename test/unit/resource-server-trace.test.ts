import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingHttpHeaders } from 'node:http';
import { after, beforeEach, describe, test } from 'node:test';
import * as openTelemetry from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { ask, bearer, createKit } from '../support/kit/ask.ts';
import { type Answer, facts, json, useFakeIssuer } from '../support/kit/fake-issuer.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const TRACEPARENT = `00-${TRACE}-b7ad6b7169203331-01`;
const HEADERS = { ...bearer(), traceparent: TRACEPARENT, tracestate: 'vendor=1' };

const issuer = useFakeIssuer();
let sent: IncomingHttpHeaders[] = [];
const active: Answer = (request, ...rest) => {
  sent.push(request.headers);
  json({ ...facts(), iss: issuer.url })(request, ...rest);
};
beforeEach(() => {
  sent = [];
  issuer.answer(active);
});

describe('Introspection of a request in a trace', () => {
  for (const [name, headers] of Object.entries({
    'node:http': HEADERS,
    'headersDistinct of node:http': {
      authorization: [HEADERS.authorization],
      traceparent: [TRACEPARENT],
      tracestate: ['vendor=1'],
    },
    fetch: new Headers(HEADERS),
  })) {
    test(`passes the headers of ${name} on`, async () => {
      assert.equal((await ask(createKit(issuer), { headers })).status, 200);
      assert.equal(sent[0]?.traceparent, TRACEPARENT);
      assert.equal(sent[0]?.tracestate, 'vendor=1');
    });
  }

  test('passes them on with a cache, too', async () => {
    await ask(createKit(issuer, { cache: { entries: 10 } }), { headers: HEADERS });
    assert.equal(sent[0]?.traceparent, TRACEPARENT);
  });

  test('sends none if the request has none, or two', async () => {
    await ask(createKit(issuer));
    const twice = { ...bearer(), traceparent: [TRACEPARENT, TRACEPARENT] };
    await ask(createKit(issuer), { headers: twice });
    assert.deepEqual(
      sent.map(({ traceparent }) => traceparent),
      [undefined, undefined],
    );
  });

  test('is refused an openTelemetry that is not the module', () => {
    const options: object = { openTelemetry: openTelemetry.trace };
    assert.throws(() => createKit(issuer, options), /must be the module @opentelemetry\/api/);
  });
});

describe('Introspection by a service with OpenTelemetry', () => {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  const storage = new AsyncLocalStorage<openTelemetry.Context>();

  beforeEach(() => {
    exporter.reset();
    openTelemetry.trace.setGlobalTracerProvider(provider);
    openTelemetry.context.setGlobalContextManager(contextManager(storage));
    openTelemetry.propagation.setGlobalPropagator(PROPAGATOR);
  });
  after(() => {
    openTelemetry.trace.disable();
    openTelemetry.context.disable();
    openTelemetry.propagation.disable();
  });

  test('sends no header of its own: an instrumented fetch adds it', async () => {
    await ask(createKit(issuer), { headers: HEADERS });
    assert.equal(sent[0]?.traceparent, undefined);
  });

  test('is a client span below the span of the request', async () => {
    const kit = createKit(issuer, { openTelemetry });
    const request = provider.getTracer('service').startSpan('GET /orders');
    const context = openTelemetry.trace.setSpan(openTelemetry.ROOT_CONTEXT, request);
    await storage.run(context, () => ask(kit, { headers: HEADERS }));
    const [span] = exporter.getFinishedSpans();
    assert.equal(span?.name, 'POST /introspect');
    assert.equal(span?.kind, openTelemetry.SpanKind.CLIENT);
    assert.equal(span?.parentSpanContext?.spanId, request.spanContext().spanId);
    assert.deepEqual(span?.attributes, {
      'http.request.method': 'POST',
      'server.address': '127.0.0.1',
      'url.template': '/introspect',
      'http.response.status_code': 200,
    });
    const { traceId, spanId } = span?.spanContext() ?? {};
    assert.equal(sent[0]?.traceparent, `00-${traceId}-${spanId}-01`);
  });

  test('is below the sender of the request if the service made no span', async () => {
    await ask(createKit(issuer, { openTelemetry }), { headers: HEADERS });
    const [span] = exporter.getFinishedSpans();
    assert.equal(span?.spanContext().traceId, TRACE);
    assert.match(
      String(sent[0]?.traceparent),
      new RegExp(`^00-${TRACE}-${span?.spanContext().spanId}`),
    );
  });

  test('is a failed span if there is no answer', async () => {
    issuer.answer((_, response) => response.destroy());
    assert.equal((await ask(createKit(issuer, { openTelemetry }))).status, 503);
    const spans = exporter.getFinishedSpans();
    assert.ok(spans.length >= 1);
    for (const { status, attributes } of spans) {
      assert.equal(status.code, openTelemetry.SpanStatusCode.ERROR);
      assert.equal(attributes['error.type'], 'TypeError');
    }
  });
});

/** Writes and reads `traceparent`, as a service with OpenTelemetry does. */
const PROPAGATOR: openTelemetry.TextMapPropagator = {
  fields: () => ['traceparent'],
  inject: (context, carrier, setter) => {
    const { traceId, spanId } = openTelemetry.trace.getSpanContext(context) ?? {};
    setter.set(carrier, 'traceparent', `00-${traceId}-${spanId}-01`);
  },
  extract: (context, carrier, getter) => {
    const [, traceId = '', spanId = ''] = String(getter.get(carrier, 'traceparent')).split('-');
    const parent = { traceId, spanId, traceFlags: 1, isRemote: true };
    return openTelemetry.trace.setSpanContext(context, parent);
  },
};

function contextManager(
  storage: AsyncLocalStorage<openTelemetry.Context>,
): openTelemetry.ContextManager {
  const manager: openTelemetry.ContextManager = {
    active: () => storage.getStore() ?? openTelemetry.ROOT_CONTEXT,
    with: (context, work, self, ...args) =>
      storage.run(context, () => Reflect.apply(work, self, args)),
    bind: (_, target) => target,
    enable: () => manager,
    disable: () => manager,
  };
  return manager;
}
