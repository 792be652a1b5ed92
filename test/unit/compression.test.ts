import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { baseStyle, UNUSED } from '../../src/http/base-style.ts';
import { compressPages } from '../../src/http/compress.ts';
import { testRenderer } from '../support/renderer.ts';
import { startWebApp } from './web-app.ts';

const ROOT = join(import.meta.dirname, '../..');
const { assets } = testRenderer();

test('assets are compressed for those who accept it, each encoding with its own tag', async () => {
  await using app = await startWebApp(assets.serve);
  const get = (path: string, headers: Record<string, string>) => fetch(app.url + path, { headers });
  const style = assets.url('style.css');
  const plain = await get(style, { 'Accept-Encoding': 'identity' });
  const text = await plain.text();
  const tags = [plain.headers.get('ETag')];
  assert.equal(plain.headers.get('Content-Encoding'), null);
  for (const [accepted, encoding] of [
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip;q=1, br;q=0', 'gzip'],
  ] as const) {
    const answer = await get(style, { 'Accept-Encoding': accepted });
    assert.equal(answer.headers.get('Content-Encoding'), encoding);
    assert.equal(answer.headers.get('Vary'), 'Accept-Encoding');
    assert.ok(Number(answer.headers.get('Content-Length')) < text.length / 3);
    assert.equal(await answer.text(), text);
    const etag = answer.headers.get('ETag') ?? '';
    const headers = {
      'Accept-Encoding': accepted,
      'If-None-Match': etag,
      'Cache-Control': 'max-age=0',
    };
    assert.equal((await get(style, headers)).status, 304);
    tags.push(etag);
  }
  assert.equal(new Set(tags).size, 3);
});

describe('Pages are compressed', () => {
  const compressed = async (headers: Record<string, string>) => {
    await using app = await startWebApp(compressPages(), (ctx) => {
      ctx.type = 'html';
      ctx.body = `<p>${'text '.repeat(500)}</p>`;
    });
    const answer = await fetch(app.url, { headers: { 'Accept-Encoding': 'br', ...headers } });
    assert.equal(answer.headers.get('Vary'), 'Accept-Encoding');
    assert.equal((await answer.text()).length, 2507);
    return answer.headers.get('Content-Encoding') === 'br';
  };
  const Cookie = '__Host-stagedoor_session=abc';

  test('for visitors without cookies, whose pages have no secret', async () => {
    assert.ok(await compressed({ 'Sec-Fetch-Site': 'cross-site' }));
    assert.ok(!(await compressed({ 'Accept-Encoding': 'zstd' })));
  });

  test('with cookies only if no other site can have made the request', async () => {
    assert.ok(await compressed({ Cookie, 'Sec-Fetch-Site': 'same-origin' }));
    assert.ok(await compressed({ Cookie, 'Sec-Fetch-Site': 'none' }));
    assert.ok(!(await compressed({ Cookie, 'Sec-Fetch-Site': 'cross-site' })));
    assert.ok(!(await compressed({ Cookie, 'Sec-Fetch-Site': 'same-site' })));
    assert.ok(!(await compressed({ Cookie })));
  });
});

describe('Base style', () => {
  const views = globSync('views/**/*.eta', { cwd: ROOT }).map((file) => join(ROOT, file));
  const html = views.map((file) => readFileSync(file, 'utf8')).join('\n');

  test('lacks nothing that a page has', () => {
    const parts = [
      ...UNUSED.elements.map((name) => `<${name}[\\s>]`),
      ...UNUSED.classes.map((name) => `class="[^"]*(?<![\\w-])${name}(?![\\w-])`),
      // Blocks of code are named groups, and must not look like a group of buttons.
      ...UNUSED.attributes
        .filter((one) => one !== 'role=group')
        .map((one) => `\\s${one.replace('=', '="')}(?![\\w-])`),
    ];
    assert.ok(views.length > 50);
    assert.deepEqual(html.match(new RegExp(parts.join('|'), 'g')) ?? [], []);
  });

  test('is Pico CSS with its license, shorter by a half, and well-formed', () => {
    const css = baseStyle('p { color: var(--pico-mark-color) }');
    assert.match(css, /^\/\*![^/]*Pico CSS[^/]*\(https:[^)]*\)[^/]*MIT[^/]*\*\/:root\{/);
    assert.ok(css.length < 50_000);
    assert.match(css, /--pico-mark-color:/, 'our rules use it');
    assert.equal(css.match(/\{/g)?.length, css.match(/\}/g)?.length);
    assert.match(css, /@media \(prefers-reduced-motion:reduce\)/);
    for (const rule of ['button,', 'input:not([type=checkbox],[type=radio])', 'details summary']) {
      assert.ok(css.includes(rule), rule);
    }
    assert.doesNotMatch(css, /data-tooltip|--pico-switch|dialog>|\.dropdown|\[role=group\]/);
  });
});
