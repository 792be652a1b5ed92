import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { maxAgeOf } from '../../src/fetch/max-age.ts';
import type { Limits } from '../../src/limits/limits.ts';
import { makeCertificate } from '../support/certificate.ts';
import {
  type CountingHost,
  failureOf,
  fetcherFor,
  INSIDE,
  OUTSIDE,
  openLimits,
  startHost,
} from '../support/fetch-hosts.ts';

const HOST = 'client.example';

describe('The fetcher', () => {
  let inside: CountingHost;
  let outside: CountingHost;
  let limits: Limits;
  const closing: (() => Promise<void>)[] = [];
  const url = (path: string, host = HOST) => `https://${host}:${outside.port}${path}`;

  before(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'stagedoor-fetch-'));
    const [from, until] = [-1, 1].map((days) => new Date(Date.now() + days * 86_400_000));
    assert.ok(from && until);
    const certificate = makeCertificate(folder, { name: `*.${HOST},DNS:${HOST}`, from, until });
    setDefaultCACertificates([...getCACertificates('default'), certificate.cert]);
    inside = await startHost(INSIDE, { certificate });
    outside = await startHost(OUTSIDE, { port: inside.port, certificate });
    const [opened, close] = await openLimits();
    limits = opened;
    closing.push(close, inside.close, outside.close, () => rm(folder, { recursive: true }));
  });
  after(async () => {
    for (const close of closing) {
      await close();
    }
  });

  test('gets a document over https and sends nothing of the caller', async () => {
    let sent: IncomingHttpHeaders = {};
    outside.serve('/app?v=1', (request, response) => {
      sent = request.headers;
      response.setHeader('Content-Type', 'Application/JSON; charset=utf-8');
      response.setHeader('Cache-Control', 'public, max-age=900').end('{"a":"ä"}');
    });
    const fetched = await fetcherFor({ port: outside.port }).get(url('/app?v=1'));
    const expected = { body: '{"a":"ä"}', contentType: 'application/json', maxAge: 900 };
    assert.deepEqual(fetched, expected);
    assert.deepEqual(sent, {
      accept: 'application/json, application/*+json;q=0.9',
      'accept-encoding': 'identity',
      'user-agent': 'Stagedoor',
      host: `${HOST}:${outside.port}`,
      connection: 'close',
    });
  });

  test('a name whose address changes after the check: the checked address is used', async () => {
    const before = inside.connections();
    let looks = 0;
    const resolve = async () => {
      looks += 1;
      return [looks === 1 ? OUTSIDE : INSIDE];
    };
    const fetcher = fetcherFor({ port: outside.port, resolve });
    assert.equal((await fetcher.get(url('/rebinding'))).body, '{"reached":true}');
    assert.ok(outside.requests.includes('/rebinding'));
    assert.equal((await failureOf(fetcher.get(url('/again')))).code, 'fetch_refused');
    assert.equal(inside.connections(), before);
  });

  test('a certificate for another name: no document', async () => {
    const fetcher = fetcherFor({ port: outside.port });
    const { code } = await failureOf(fetcher.get(url('/wrong-name', 'other.example')));
    assert.equal(code, 'fetch_failed');
    assert.ok(!outside.requests.includes('/wrong-name'));
  });

  test('a name without addresses and one that nobody answers for: no document', async () => {
    const empty = fetcherFor({ port: outside.port, resolve: async () => [] });
    assert.equal((await failureOf(empty.get(url('/none')))).code, 'fetch_failed');
    const silent = fetcherFor({ port: outside.port, resolve: () => new Promise(() => {}) });
    const since = performance.now();
    assert.equal((await failureOf(silent.get(url('/silent')))).code, 'fetch_failed');
    assert.ok(performance.now() - since < 10_000);
  });

  test('the same address at once: one request; another at that host waits for its turn', async () => {
    let open = 0;
    let most = 0;
    for (const path of ['/turn-a', '/turn-b']) {
      outside.serve(path, (_, response) => {
        open += 1;
        most = Math.max(most, open);
        setTimeout(() => {
          open -= 1;
          response.setHeader('Content-Type', 'application/json').end('{}');
        }, 100);
      });
    }
    const fetcher = fetcherFor({ port: outside.port });
    const paths = ['/turn-a', '/turn-a', '/turn-b', '/turn-a', '/turn-b'];
    await Promise.all(paths.map((path) => fetcher.get(url(path))));
    const requests = outside.requests.filter((path) => path.startsWith('/turn-'));
    assert.deepEqual(requests, ['/turn-a', '/turn-b']);
    assert.equal(most, 1);
  });

  test('a failure is kept: the next one at that address causes no request', async () => {
    outside.serve('/broken', (_, response) => response.writeHead(500).end());
    const fetcher = fetcherFor({ port: outside.port });
    const first = await failureOf(fetcher.get(url('/broken')));
    assert.deepEqual(await failureOf(fetcher.get(url('/broken'))), first);
    assert.equal(outside.requests.filter((path) => path === '/broken').length, 1);
  });

  test('21 new addresses of a person in a day: the last causes no request', async () => {
    const fetcher = fetcherFor({ port: outside.port, limits });
    const before = outside.requests.length;
    for (let n = 0; n < 20; n += 1) {
      await fetcher.get(url('/new', `a${n}.${HOST}`), { person: 'ada' });
    }
    const last = fetcher.get(url('/new', `last.${HOST}`), { person: 'ada' });
    assert.equal((await failureOf(last)).code, 'fetch_limited');
    assert.equal(outside.requests.length, before + 20);
    await fetcher.get(url('/new', `ben.${HOST}`), { person: 'ben' });
  });

  test('invented addresses at a host use up the budget of new ones, not of known ones', async () => {
    const fetcher = fetcherFor({ port: outside.port, limits });
    const host = `busy.${HOST}`;
    for (let n = 0; n < 60; n += 1) {
      await fetcher.get(url(`/invented-${n}`, host), { person: `person-${n % 6}` });
    }
    const next = fetcher.get(url('/invented', host), { person: 'carl' });
    assert.equal((await failureOf(next)).code, 'fetch_limited');
    await fetcher.get(url('/known', host));
  });

  test('lists: denied hosts never, others than allowed hosts never, with subdomains', async () => {
    const denying = fetcherFor({ port: outside.port, settings: { fetchDenyHosts: [HOST] } });
    const allowing = fetcherFor({
      port: outside.port,
      settings: { fetchAllowHosts: [HOST], fetchDenyHosts: [`bad.${HOST}`] },
    });
    assert.equal((await failureOf(denying.get(url('/l')))).code, 'fetch_refused');
    assert.equal((await failureOf(denying.get(url('/l', `a.${HOST}`)))).code, 'fetch_refused');
    await allowing.get(url('/l', `a.${HOST}`));
    assert.equal((await failureOf(allowing.get(url('/l', `bad.${HOST}`)))).code, 'fetch_refused');
    assert.equal((await failureOf(allowing.get(url('/l', `not${HOST}`)))).code, 'fetch_refused');
  });
});

test('The time to keep a document is read from its headers, within 5 minutes and a day', () => {
  const now = Date.parse('2026-11-26T12:00:00Z');
  const CASES: readonly (readonly [IncomingHttpHeaders, number])[] = [
    [{}, 300],
    [{ 'cache-control': 'max-age=600' }, 600],
    [{ 'cache-control': 'public, MAX-AGE="700"' }, 700],
    [{ 'cache-control': 's-maxage=900' }, 300],
    [{ 'cache-control': 'max-age=1' }, 300],
    [{ 'cache-control': 'max-age=9999999' }, 86_400],
    [{ 'cache-control': 'no-store, max-age=600' }, 300],
    [{ 'cache-control': 'max-age=600, no-cache' }, 300],
    [{ 'cache-control': 'max-age=-5' }, 300],
    [{ expires: 'Thu, 26 Nov 2026 12:20:00 GMT' }, 1_200],
    [{ expires: '0' }, 300],
    [{ expires: 'Thu, 26 Nov 2026 12:20:00 GMT', 'cache-control': 'max-age=400' }, 400],
  ];
  for (const [headers, seconds] of CASES) {
    assert.equal(maxAgeOf(headers, now), seconds, JSON.stringify(headers));
  }
});
