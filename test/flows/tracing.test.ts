import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createResourceServer } from '@stagedoor/resource-server';
import { createPlatform } from '../support/factories.ts';
import { freePort } from '../support/free-port.ts';
import { until } from '../support/outbox.ts';
import { CHEAP_PASSWORDS } from '../support/passwords.ts';
import { startServer } from '../support/server.ts';
import { obtainTokens, postForm, refresh } from '../support/tokens.ts';
import {
  type ReceivedSpan,
  startTraceReceiver,
  type TraceReceiver,
} from '../support/trace-receiver.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';
const TRACEPARENT = `00-${TRACE}-${PARENT}-01`;

/** Starts a server that sends traces. The exporter reads the environment of the process. */
async function startTraced(endpoint: string, variables: Readonly<Record<string, string>> = {}) {
  Object.assign(process.env, { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...variables });
  const lines: string[] = [];
  const server = await startServer(
    { LOG_LEVEL: 'info', OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...variables },
    { passwordCost: CHEAP_PASSWORDS, logTo: { write: (line) => void lines.push(line) } },
  );
  return { server, lines };
}

describe('Traces', () => {
  let receiver: TraceReceiver;
  let lines: string[];
  let secrets: string[];
  let spans: readonly ReceivedSpan[];

  before(async () => {
    receiver = await startTraceReceiver();
    const traced = await startTraced(receiver.url, {
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-key=key-of-the-collector',
      SMTP_URL: `smtp://127.0.0.1:${await freePort()}`,
    });
    const { server } = traced;
    lines = traced.lines;
    const { application, resourceServer, ada } = await createPlatform(server);
    const tokens = await obtainTokens(server, { application, user: ada });
    const refreshed = await refresh(server, application, tokens.refreshToken);
    await until(() => lines.some((line) => line.includes('Mail delivery failed')));
    const kit = createResourceServer({
      issuer: server.issuer,
      clientId: resourceServer.clientId,
      clientSecret: resourceServer.clientSecret ?? '',
      timeout: 10_000,
    });
    const authorization = `Bearer ${refreshed.body.access_token}`;
    const headers = { authorization, traceparent: TRACEPARENT, tracestate: 'vendor=1' };
    await kit.verify({ method: 'GET', headers }, { organizer: null });
    secrets = [
      tokens.accessToken,
      tokens.refreshToken,
      tokens.authorization.parameters.code ?? '',
      tokens.authorization.codeVerifier ?? '',
      refreshed.body.access_token ?? '',
      refreshed.body.refresh_token ?? '',
      application.clientSecret ?? '',
      resourceServer.clientSecret ?? '',
      server.operatorToken,
      ada.password,
      ada.email,
      'key-of-the-collector',
    ];
    for (const secret of secrets) {
      const value = encodeURIComponent(secret);
      await fetch(`${server.issuer}/${value}?token=${value}`, {
        headers: { cookie: `a=${value}` },
      });
      await postForm(server, `/interaction/${value}`, application, { token: secret });
      await fetch(`${server.issuer}/login?return_to=${value}`, { method: 'POST', body: secret });
    }
    await server.close();
    spans = receiver.spans;
  });
  after(() => receiver.close());

  const textOf = (attributes: ReceivedSpan['attributes']) => String(attributes['db.query.text']);
  const introspection = () => {
    const found = spans.find(({ kind, traceId }) => kind === 2 && traceId === TRACE);
    assert.ok(found);
    return found;
  };

  it('have the request of an API, its introspection and the SQL statement in one tree', () => {
    const request = introspection();
    assert.equal(request.name, 'POST /api/v1/oauth/introspect');
    assert.equal(request.parentSpanId, PARENT);
    const children = spans.filter(({ parentSpanId }) => parentSpanId === request.spanId);
    // The first introspection opens a connection as well.
    const statement = children.find(({ attributes }) => !/set_config/.test(textOf(attributes)));
    assert.deepEqual([statement?.traceId, statement?.kind, statement?.name], [TRACE, 3, 'SELECT']);
    const { 'db.query.text': text, ...others } = statement?.attributes ?? {};
    assert.deepEqual(others, { 'db.system.name': 'postgresql', 'db.operation.name': 'SELECT' });
    assert.match(String(text), /from resource_server_secrets .*\n.*secret_hash = \$2/);
  });

  it('describe a request by the conventions for HTTP, and the server by its resource', () => {
    const { attributes, resource } = introspection();
    assert.deepEqual(attributes, {
      'http.request.method': 'POST',
      'url.scheme': 'http',
      'http.route': '/api/v1/oauth/introspect',
      'http.response.status_code': 200,
    });
    assert.equal(resource['service.name'], 'stagedoor');
    assert.equal(resource['deployment.environment.name'], 'test');
    assert.equal(receiver.headers['x-key'], 'key-of-the-collector');
  });

  it('have statements of a transaction below the request that sent them', () => {
    const token = spans.find(({ name }) => name === 'POST /api/v1/oauth/token');
    const decision = spans.find(({ name }) => name === 'POST /interaction/:uid');
    const below = (span: ReceivedSpan | undefined) =>
      spans.filter(({ parentSpanId }) => parentSpanId === span?.spanId).map(({ name }) => name);
    assert.ok(below(token).length >= 1, String(below(token)));
    for (const name of ['BEGIN', 'INSERT', 'COMMIT']) {
      assert.ok(below(decision).includes(name), String(below(decision)));
    }
  });

  it('have the mail of a consent in its trace, with the reason for which it was not taken', () => {
    const consent = spans.find(({ name }) => name === 'POST /interaction/:uid');
    const mail = spans.find(({ name }) => name === 'mail authorized');
    assert.deepEqual([mail?.traceId, mail?.parentSpanId], [consent?.traceId, consent?.spanId]);
    assert.equal(mail?.kind, 1);
    assert.equal(mail?.failed, true);
    assert.match(String(mail?.attributes['error.type']), /ECONNREFUSED/);
    const below = spans.filter(({ parentSpanId }) => parentSpanId === mail?.spanId);
    assert.deepEqual(
      below.map(({ name, kind }) => [name, kind]),
      [['UPDATE', 3]],
    );
  });

  it('have a trace of its own for each run of a job, with its statements', () => {
    const job = spans.find(({ name }) => name === 'job list_counters');
    assert.deepEqual([job?.kind, job?.parentSpanId], [1, undefined]);
    assert.equal(job?.attributes['stagedoor.job.name'], 'list_counters');
    assert.equal(typeof job?.attributes['stagedoor.job.rows'], 'number');
    const below = spans.filter(({ parentSpanId }) => parentSpanId === job?.spanId);
    assert.ok(below.length >= 2, String(below.length));
    assert.ok(below.every(({ attributes }) => attributes['db.query.text'] !== undefined));
  });

  it('have a span for each request, which its line in the log names', () => {
    const entries = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'Request');
    assert.ok(entries.length > 30, String(entries.length));
    const requests = spans.filter(({ kind }) => kind === 2);
    assert.deepEqual(
      entries.map(({ traceparent }) => traceparent).sort(),
      requests.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`).sort(),
    );
  });

  it('contain no secret and no address of a person, wherever a caller puts one', () => {
    assert.ok(receiver.text.length > 10_000);
    for (const secret of secrets) {
      assert.ok(secret.length > 5, secret);
      assert.ok(!receiver.text.includes(secret), secret);
      assert.ok(!receiver.text.includes(encodeURIComponent(secret)), secret);
    }
  });
});

describe('Traces and the collector', () => {
  it('are reported once if it is down, and requests are answered', async () => {
    const { server, lines } = await startTraced(`http://127.0.0.1:${await freePort()}`, {
      OTEL_EXPORTER_OTLP_TIMEOUT: '300',
    });
    for (let i = 0; i < 600; i += 1) {
      assert.equal((await fetch(`${server.issuer}/healthz`)).status, 200);
    }
    await server.close();
    const failures = lines.filter((line) => line.includes('Traces could not be sent'));
    assert.equal(failures.length, 1, lines.at(-1));
    assert.match(failures[0] ?? '', /ECONNREFUSED/);
  });

  it('delay the end of the server by two seconds at most if it does not answer', async () => {
    const receiver = await startTraceReceiver({ answers: false });
    const { server } = await startTraced(receiver.url, { OTEL_EXPORTER_OTLP_TIMEOUT: '20000' });
    assert.equal((await fetch(`${server.issuer}/healthz`)).status, 200);
    const start = performance.now();
    await server.close();
    const seconds = (performance.now() - start) / 1000;
    await receiver.close();
    assert.ok(seconds > 1.5 && seconds < 6, String(seconds));
  });

  it('are sent only for requests that the sampler takes', async () => {
    const receiver = await startTraceReceiver();
    const { server } = await startTraced(receiver.url, {
      OTEL_TRACES_SAMPLER: 'parentbased_always_off',
    });
    await fetch(`${server.issuer}/readyz`);
    await fetch(`${server.issuer}/readyz`, { headers: { traceparent: TRACEPARENT } });
    await server.close();
    const { spans } = receiver;
    await receiver.close();
    assert.deepEqual(
      spans.map(({ traceId }) => traceId),
      spans.map(() => TRACE),
    );
    assert.equal(spans.filter(({ kind }) => kind === 2).length, 1);
  });
});
