import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, get, type IncomingHttpHeaders } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { PGlite } from '@electric-sql/pglite';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import Koa from 'koa';
import { Kysely, sql } from 'kysely';
import { tracingSettings } from '../../src/config/tracing.ts';
import { EmbeddedDialect } from '../../src/db/embedded-dialect.ts';
import type { Schema } from '../../src/db/schema.ts';
import { announceStatement } from '../../src/db/statements.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import { createSpans } from '../../src/tracing/spans.ts';
import { startTracing } from '../../src/tracing/start-tracing.ts';
import { traceCalls } from '../../src/tracing/trace-calls.ts';
import { traceStatements } from '../../src/tracing/trace-statements.ts';
import { until } from '../support/outbox.ts';
import { startTraceReceiver } from '../support/trace-receiver.ts';

describe('Spans of calls to other servers', () => {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  const spans = createSpans(provider.getTracer('test'));
  const received: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    received.push(request.headers);
    if (request.url === '/broken') {
      response.destroy();
    } else {
      response.writeHead(request.url === '/missing' ? 404 : 200).end();
    }
  });
  let url: string;
  let end: () => void;
  before(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    assert.ok(address !== null && typeof address === 'object');
    url = `http://127.0.0.1:${address.port}`;
    end = traceCalls(spans);
  });
  after(() => {
    end();
    server.closeAllConnections();
    server.close();
  });

  /** Does the work for a request, and returns the spans of its calls. */
  const trace = async (work: () => Promise<unknown>) => {
    exporter.reset();
    received.length = 0;
    const request = spans.beginRequest('GET', ROOT_CONTEXT, {});
    await spans.within(request, work);
    request.end();
    return exporter.getFinishedSpans();
  };
  const download = async (path: string) => {
    const request = get(`${url}${path}`, { agent: false });
    const [response] = await once(request, 'response');
    response.resume();
    await once(response, 'end');
  };

  it('have the host and the status, and continue the trace at the login', async () => {
    const [call, request] = await trace(() => fetch(`${url}/token?code=secret`));
    assert.deepEqual(call?.attributes, {
      'http.request.method': 'GET',
      'server.address': '127.0.0.1',
      'http.response.status_code': 200,
    });
    assert.equal(call?.parentSpanContext?.spanId, request?.spanContext().spanId);
    const { traceId, spanId } = call?.spanContext() ?? {};
    assert.equal(received[0]?.traceparent, `00-${traceId}-${spanId}-01`);
  });

  it('send nothing of the trace to hosts of documents', async () => {
    const [call] = await trace(() => download('/missing'));
    assert.equal(call?.attributes['http.response.status_code'], 404);
    assert.equal(call?.attributes['server.address'], '127.0.0.1');
    assert.equal(call?.attributes['error.type'], '404');
    assert.equal(received[0]?.traceparent, undefined);
  });

  it('end if the connection breaks', async () => {
    for (const call of [() => fetch(`${url}/broken`), () => download('/broken')]) {
      const [span] = await trace(() => call().catch(() => undefined));
      assert.equal(span?.status.code, 2);
      assert.ok(span?.attributes['error.type']);
    }
  });

  it('are not made outside of a request, nor after its end', async () => {
    exporter.reset();
    await fetch(url);
    const request = spans.beginRequest('GET', ROOT_CONTEXT, {});
    request.end();
    await spans.within(request, () => fetch(url));
    assert.deepEqual(
      exporter.getFinishedSpans().map(({ kind }) => kind),
      [1],
    );
  });
});

describe('Spans of the embedded database', () => {
  it('are its statements, without values, and the begin and end of a transaction', async () => {
    const exporter = new InMemorySpanExporter();
    const processor = new SimpleSpanProcessor({ exporter });
    const provider = new TracerProvider({ spanProcessors: [processor] });
    const spans = createSpans(provider.getTracer('test'));
    const end = traceStatements(spans);
    const dialect = new EmbeddedDialect({ pglite: await PGlite.create() });
    const db = new Kysely<Schema>({ dialect });
    const request = spans.beginRequest('GET', ROOT_CONTEXT, {});
    await spans.within(request, async () => {
      await sql`select ${'secret'}::text`.execute(db);
      await inTransaction(db, (tx) => sql`select ${'secret'}::int`.execute(tx)).catch(() => {});
      await inTransaction(db, async () => {});
    });
    request.end();
    await db.destroy();
    end();
    const found = exporter.getFinishedSpans().slice(0, -1);
    assert.deepEqual(
      found.map(({ name }) => name),
      ['SELECT', 'BEGIN', 'SELECT', 'ROLLBACK', 'BEGIN', 'COMMIT'],
    );
    assert.equal(found[0]?.attributes['db.query.text'], 'select $1::text');
    assert.equal(found[2]?.attributes['error.type'], '22P02');
    assert.ok(
      found.every((span) => span.parentSpanContext?.spanId === request.spanContext().spanId),
    );
  });
});

describe('Exports of traces', () => {
  it('are no calls of the request during which a batch is full', async () => {
    const receiver = await startTraceReceiver();
    Object.assign(process.env, { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
    const settings = tracingSettings({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
    const tracing = startTracing(settings, 'http://localhost', { warn: () => {} });
    const app = new Koa().use(tracing.traceRequests).use(async (ctx) => {
      for (let i = 0; i < 600; i += 1) {
        announceStatement('select 1', Promise.resolve());
      }
      await until(() => receiver.spans.length > 0);
      ctx.body = 'done';
    });
    const server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    assert.ok(address !== null && typeof address === 'object');
    assert.equal((await fetch(`http://127.0.0.1:${address.port}`)).status, 200);
    await tracing.stop();
    server.closeAllConnections();
    server.close();
    await receiver.close();
    const names = new Set(receiver.spans.map(({ name }) => name));
    assert.deepEqual([...names].sort(), ['GET', 'SELECT']);
    assert.equal(receiver.spans.length, 601);
  });
});

describe('Settings of traces', () => {
  const URL = 'http://collector:4318';
  for (const [name, vars, isOn] of [
    ['off without variables', {}, false],
    ['on with a collector', { OTEL_EXPORTER_OTLP_ENDPOINT: URL }, true],
    ['on with a collector of traces', { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: URL }, true],
    ['on with the exporter', { OTEL_TRACES_EXPORTER: 'otlp' }, true],
    ['on with several exporters', { OTEL_TRACES_EXPORTER: 'console, otlp' }, true],
    ['off if disabled', { OTEL_EXPORTER_OTLP_ENDPOINT: URL, OTEL_SDK_DISABLED: 'TRUE' }, false],
    [
      'off without an exporter',
      { OTEL_EXPORTER_OTLP_ENDPOINT: URL, OTEL_TRACES_EXPORTER: 'none' },
      false,
    ],
  ] as const) {
    it(`are ${name}`, () => {
      const settings = tracingSettings(vars);
      assert.equal(settings.isOn, isOn);
      assert.deepEqual(settings.warnings, []);
    });
  }

  for (const [vars, isOn, warning] of [
    [{ OTEL_TRACES_EXPORTER: 'zipkin' }, false, /^OTEL_TRACES_EXPORTER/],
    [{ OTEL_TRACES_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, false, /PROTOCOL/],
    [{ OTEL_TRACES_EXPORTER: 'otlp', OTEL_TRACES_SAMPLER: 'jaeger' }, true, /SAMPLER is unknown/],
    [{ OTEL_TRACES_EXPORTER: 'otlp', OTEL_TRACES_SAMPLER_ARG: '5' }, true, /SAMPLER_ARG/],
  ] as const) {
    it(`warn of ${Object.entries(vars).at(-1)?.join('=')} and do not prevent the start`, () => {
      const settings = tracingSettings(vars);
      assert.equal(settings.isOn, isOn);
      assert.equal(settings.warnings.length, 1);
      assert.match(settings.warnings[0] ?? '', warning);
      assert.equal(settings.ratio, 1);
    });
  }
});
