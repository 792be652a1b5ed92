import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { z } from 'zod';

import { errorResponses, plainError } from '../../src/http/error-response.ts';
import { list, MAX_FORM_BYTES, parseForm, readForm, text } from '../../src/http/form.ts';
import { createLog } from '../../src/lib/log.ts';
import { readPosted } from '../../src/oidc/read-parameters.ts';
import { startWebApp, type WebApp } from './web-app.ts';

const FORM = 'application/x-www-form-urlencoded';

function start(): Promise<WebApp> {
  return startWebApp(errorResponses(plainError, createLog('silent')), async (ctx) => {
    ctx.body = [...(await readForm(ctx))];
  });
}

async function post(app: WebApp, body: string | Uint8Array<ArrayBuffer>, headers = {}) {
  const type = { 'Content-Type': FORM, ...headers };
  return fetch(app.url, { method: 'POST', headers: type, body });
}

/** Sends without Content-Length, so that the size is known only while reading. */
function postChunked(app: WebApp, chunks: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(
      app.url,
      { method: 'POST', headers: { 'Content-Type': FORM } },
      (answer) => {
        answer.resume();
        answer.once('end', () => resolve(answer.statusCode));
      },
    );
    sent.once('error', reject);
    for (let i = 0; i < chunks; i += 1) {
      sent.write('a'.repeat(1024));
    }
    sent.end();
  });
}

test('a form is read with repeated fields, umlauts and the given charset', async () => {
  await using app = await start();
  const body = 'organizers=a&organizers=b&name=M%C3%BCller+%26+Co&empty=';
  const answer = await post(app, body, { 'Content-Type': `${FORM}; charset=UTF-8` });
  assert.deepEqual(await answer.json(), [
    ['organizers', 'a'],
    ['organizers', 'b'],
    ['name', 'Müller & Co'],
    ['empty', ''],
  ]);
});

test('an empty form and one with invalid UTF-8 are read without an error', async () => {
  await using app = await start();
  assert.deepEqual(await (await post(app, '')).json(), []);
  const answer = await post(app, new Uint8Array([0x61, 0x3d, 0xff, 0xfe]));
  assert.deepEqual(await answer.json(), [['a', '\ufffd\ufffd']]);
});

test('any other content type is 415', async () => {
  await using app = await start();
  for (const type of ['application/json', 'multipart/form-data; boundary=x', 'text/plain', '']) {
    assert.equal((await post(app, 'a=b', { 'Content-Type': type })).status, 415, type);
  }
  assert.equal((await post(app, 'a=b', { 'Content-Encoding': 'gzip' })).status, 415);
});

test('a form of 100 KB is read, one more byte is 413', async () => {
  await using app = await start();
  const full = `a=${'b'.repeat(MAX_FORM_BYTES - 2)}`;
  assert.equal((await post(app, full)).status, 200);
  assert.equal((await post(app, `${full}b`)).status, 413);
});

test('a chunked form above the limit is 413', async () => {
  await using app = await start();
  assert.equal(await postChunked(app, 100), 200);
  assert.equal(await postChunked(app, 101), 413);
  assert.equal(await postChunked(app, 4096), 413);
});

test('a form of many names is not searched for each of them', () => {
  let searches = 0;
  class Form extends URLSearchParams {
    override getAll(name: string): string[] {
      searches += 1;
      return super.getAll(name);
    }
  }
  const form = new Form('organizers=a&name=&organizers=b&name=c&__proto__=d');
  for (let name = 0; name < 1_000; name += 1) {
    form.append(`f${name}`, '1');
  }
  const schema = z.object({ organizers: list, name: text, other: text });
  assert.deepEqual(parseForm(schema, form), { organizers: ['a', 'b'], name: '', other: '' });
  const { organizers, name, f999 } = readPosted(form);
  assert.deepEqual({ organizers, name, f999 }, { organizers: ['a', 'b'], name: 'c', f999: '1' });
  assert.equal(searches, 0);
});
