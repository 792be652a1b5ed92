import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import Router from '@koa/router';
import type { Middleware } from 'koa';
import { isUnreachable } from '../../src/db/unreachable.ts';
import { errorPage } from '../../src/http/error-page.ts';
import { errorResponses, reportBrokenAnswer } from '../../src/http/error-response.ts';
import { type ErrorCode, StagedoorError, ValidationError } from '../../src/lib/errors.ts';
import { createLog } from '../../src/lib/log.ts';
import { testRenderer } from '../support/renderer.ts';
import { pattern, says } from '../support/texts.ts';
import { startWebApp } from './web-app.ts';

const renderer = testRenderer();

/** Starts an application that uses `errorResponses`, and collects its log. */
async function start(...middleware: (Middleware | Router)[]) {
  const lines: string[] = [];
  const log = createLog('info', { write: (line: string) => lines.push(line) });
  const app = await startWebApp(errorResponses(errorPage(renderer, log), log), ...middleware);
  app.koa.on('error', reportBrokenAnswer(log));
  return { ...app, lines };
}

function throwing(error: unknown): Middleware {
  return () => {
    throw error;
  };
}

function withCode(code: string): Error {
  return Object.assign(new Error('it failed'), { code });
}

const statuses: Partial<Record<ErrorCode, number>> = {
  validation_failed: 400,
  unauthenticated: 401,
  forbidden: 403,
  csrf_failed: 403,
  not_found: 404,
  conflict: 409,
  gone: 410,
  method_not_allowed: 405,
  not_acceptable: 406,
  payload_too_large: 413,
  unsupported_media_type: 415,
  too_many_attempts: 429,
  unavailable: 503,
  mail_failed: 500,
};

for (const [code, status] of Object.entries(statuses)) {
  test(`${code}: ${status}, as a page and as JSON`, async () => {
    const known = Object.keys(statuses).find((one): one is ErrorCode => one === code);
    assert.ok(known !== undefined);
    await using app = await start(throwing(new StagedoorError(known, 'The "cause" – in short.')));
    const page = await fetch(`${app.url}/account/authorizations`);
    assert.equal(page.status, status);
    assert.match(page.headers.get('Content-Type') ?? '', /^text\/html/);
    assert.match(await page.text(), /<h1>[^<]+<\/h1>/);
    const api = await fetch(`${app.url}/api/v1/users/`, { headers: { Accept: 'text/csv' } });
    assert.equal(api.status, status);
    const detail = 'The "cause" – in short.';
    const internal = 'Something went wrong on this server. It has been logged.';
    assert.deepEqual(await api.json(), { detail: status === 500 ? internal : detail });
    const oauth = await fetch(`${app.url}/api/v1/oauth/token`, { method: 'POST' });
    assert.equal(oauth.status, status);
    const body = await oauth.text();
    const name = {
      429: 'temporarily_unavailable',
      500: 'server_error',
      503: 'temporarily_unavailable',
    }[status];
    assert.equal(JSON.parse(body).error, name ?? 'invalid_request');
    // RFC 6749 §5.2 allows neither quotation marks nor anything outside ASCII.
    assert.match(JSON.parse(body).error_description, /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/);
    assert.equal(oauth.headers.get('Retry-After'), status === 503 ? '5' : null);
    // Of failures that are alike, one a second.
    const lines = status >= 500 ? 1 : code === 'csrf_failed' ? 3 : 0;
    assert.equal(app.lines.length, lines);
  });
}

test('field errors: a JSON object of fields', async () => {
  const fields = { name: ['This field may not be blank.'] };
  await using app = await start(throwing(new ValidationError(fields)));
  const answer = await fetch(`${app.url}/api/v1/applications/`);
  assert.equal(answer.status, 400);
  assert.deepEqual(await answer.json(), fields);
});

test('unexpected error: logged, and the response contains no details', async () => {
  const error = Object.assign(new Error('secret table'), { detail: 'row (Lovelace, hash)' });
  await using app = await start(throwing(error));
  for (const path of ['/', '/api/v1/me', '/api/v1/oauth/token', '/.well-known/x']) {
    const answer = await fetch(`${app.url}${path}?code=wxyz`);
    assert.equal(answer.status, 500);
    assert.doesNotMatch(await answer.text(), /secret|node:|\.ts/);
  }
  assert.equal(app.lines.length, 1);
  assert.match(app.lines[0] ?? '', /"route":"other","request_id":"[\w-]{36}"/);
  const logged = app.lines.join('');
  assert.match(logged, /secret table/);
  assert.doesNotMatch(logged, /wxyz|Lovelace/);
});

test('any thrown value, even undefined: 500', async () => {
  for (const thrown of [undefined, null, 'text', 42, {}, Object.create(null)]) {
    await using app = await start(throwing(thrown));
    assert.equal((await fetch(app.url)).status, 500);
  }
});

test('4xx errors of Koa and oidc-provider: returned unchanged', async () => {
  await using koa = await start((ctx) => ctx.throw(400, 'Bad things'));
  const answer = await fetch(`${koa.url}/api/v1/x`);
  assert.equal(answer.status, 400);
  assert.deepEqual(await answer.json(), { detail: 'Bad things' });
  const protocol = Object.assign(new Error('invalid_client'), {
    status: 401,
    expose: true,
    error: 'invalid_client',
    error_description: 'client authentication failed',
  });
  await using provider = await start(throwing(protocol));
  const refused = await fetch(`${provider.url}/api/v1/oauth/introspect`);
  assert.equal(refused.status, 401);
  assert.deepEqual(await refused.json(), {
    error: 'invalid_client',
    error_description: 'client authentication failed',
  });
});

test('unreachable database: 503 with Retry-After', async () => {
  await using app = await start(throwing(withCode('57P01')));
  for (const path of ['/login', '/api/v1/users/', '/api/v1/oauth/introspect']) {
    const answer = await fetch(app.url + path);
    assert.equal(answer.status, 503);
    assert.equal(answer.headers.get('Retry-After'), '5');
  }
});

test('connection failures are distinguished from other errors', () => {
  for (const code of ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EPIPE', 'ETIMEDOUT']) {
    assert.ok(isUnreachable(withCode(code)), code);
  }
  for (const code of ['08006', '08P01', '57P01', '57P02', '57P03', '53300']) {
    assert.ok(isUnreachable(withCode(code)), code);
  }
  assert.ok(isUnreachable(new Error('timeout exceeded when trying to connect')));
  assert.ok(isUnreachable(new Error('Connection terminated unexpectedly')));
  assert.ok(isUnreachable(new Error('outer', { cause: withCode('08006') })));
  assert.ok(isUnreachable(new AggregateError([withCode('ECONNREFUSED')])));
  const circle = new Error('circle');
  circle.cause = circle;
  for (const error of [circle, withCode('23505'), withCode('ENOENT'), 'ECONNRESET', null]) {
    assert.ok(!isUnreachable(error));
  }
});

test('unknown path: 404 as a page, or as JSON below /api/', async () => {
  await using app = await start();
  const page = await fetch(`${app.url}/nowhere`, { headers: { 'Accept-Language': 'de' } });
  assert.equal(page.status, 404);
  assert.equal(page.headers.get('Content-Language'), 'de');
  assert.match(
    await page.text(),
    pattern`<html lang="de">[\s\S]*${says('error.not_found.title', {}, 'de')}`,
  );
  for (const path of ['/api/v1/nowhere', '/API/v1/nowhere', '/api']) {
    const api = await fetch(app.url + path);
    assert.equal(api.status, 404);
    assert.deepEqual(await api.json(), { detail: 'Not found.' });
  }
  const oauth = await fetch(`${app.url}/api/v1/oauth/nowhere`);
  assert.deepEqual(await oauth.json(), {
    error: 'invalid_request',
    error_description: 'Not found.',
  });
  const authorize = await fetch(`${app.url}/api/v1/oauth/authorize/gone`);
  assert.match(authorize.headers.get('Content-Type') ?? '', /html/);
  const head = await fetch(`${app.url}/nowhere`, { method: 'HEAD' });
  assert.equal(head.status, 404);
  assert.equal(await head.text(), '');
});

test('unsupported method: 405 with Allow', async () => {
  const router = new Router().get('/api/v1/users/', () => {}).get('/logout', () => {});
  await using app = await start(router);
  const api = await fetch(`${app.url}/api/v1/users/`, { method: 'DELETE' });
  assert.equal(api.status, 405);
  assert.equal(api.headers.get('Allow'), 'HEAD, GET');
  assert.deepEqual(await api.json(), { detail: "Method 'DELETE' not allowed." });
  const page = await fetch(`${app.url}/logout`, { method: 'DELETE' });
  assert.equal(page.status, 405);
  assert.match(await page.text(), says('error.method_not_allowed.title'));
});

test('responses of a handler with status 404 are unchanged', async () => {
  await using app = await start((ctx) => {
    ctx.status = 404;
    ctx.body = { results: [] };
  });
  assert.deepEqual(await (await fetch(`${app.url}/api/v1/x`)).json(), { results: [] });
});

test('headers and body of a failed handler do not appear in the error response', async () => {
  await using app = await start((ctx) => {
    ctx.set({ ETag: '"old"', 'Cache-Control': 'public', 'Content-Encoding': 'br' });
    ctx.body = Buffer.from('half');
    throw new StagedoorError('gone', 'It is over.');
  });
  const answer = await fetch(`${app.url}/api/v1/x`);
  assert.equal(answer.headers.get('ETag'), null);
  assert.equal(answer.headers.get('Cache-Control'), 'no-store');
  assert.deepEqual(await answer.json(), { detail: 'It is over.' });
});

/** Sends half of a response, and then calls `goOn`. */
function half(goOn: (stream: Readable) => void): Middleware {
  return (ctx) => {
    const stream = new Readable({ read: () => {} });
    stream.push('half');
    ctx.body = stream;
    goOn(stream);
  };
}

test('response aborted after headers were sent: logged, and the client sees an incomplete body', async () => {
  const error = new Error('The disk is gone.');
  await using app = await start(half((stream) => setTimeout(() => stream.destroy(error), 20)));
  await assert.rejects(async () => (await fetch(app.url)).text());
  for (const line of app.lines) {
    assert.match(line, /The disk is gone.*"msg":"Response aborted after headers were sent"/);
  }
  assert.notEqual(app.lines.length, 0);
});

test('client disconnects during a response: nothing is logged', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  await using app = await start(half((stream) => stream.once('close', resolve)));
  const socket = connect(app.port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  socket.once('data', () => socket.destroy());
  await promise;
  assert.deepEqual(app.lines, []);
});

test('names in an error message are shown as text', async () => {
  const error = new StagedoorError('conflict', '<script>alert(1)</script>');
  await using app = await start(throwing(error));
  const html = await (await fetch(app.url)).text();
  assert.ok(html.includes('&lt;script&gt;') && !html.includes('<script'));
});

test('malformed request lines get a response, and the server continues', async () => {
  await using app = await start();
  for (const target of ['http://[', '//', '/%', '/%00', '/\\..\\..', '*', 'http://[::1']) {
    const socket = connect(app.port, '127.0.0.1');
    socket.end(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    assert.match(await text(socket), /^HTTP\/1\.1 4\d\d /, target);
  }
});
