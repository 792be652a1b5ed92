import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { readConfig } from '../../src/config/config.ts';
import { checkPlatformName } from '../../src/health/checks.ts';
import { securityHeaders } from '../../src/http/headers.ts';
import { paletteOf, themeCss } from '../../src/http/theme.ts';
import { type Color, contrast } from '../../src/lib/color.ts';
import { composeMail } from '../../src/mail/compose-mail.ts';
import { testRenderer } from '../support/renderer.ts';
import { textFor } from '../support/texts.ts';
import { startWebApp } from './web-app.ts';

const folder = mkdtempSync(join(tmpdir(), 'stagedoor-logo-'));
after(() => rmSync(folder, { recursive: true }));

/** Writes a file and returns its path. */
function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><path fill="url(#a)" d="M0 0h9v9z"/></svg>';

const refused = (settings: Record<string, string>, message: RegExp) =>
  assert.throws(() => readConfig(settings), { code: 'configuration_invalid', message });

describe('Identity of the platform', () => {
  test('without settings is that of the program; the demo says that it is one', () => {
    assert.equal(readConfig({ DEMO: '0' }).platform.name, 'Stagedoor');
    assert.equal(readConfig({}).platform.name, 'Stagedoor Demo');
  });

  test('names the sender of mails, unless MAIL_FROM has a name', () => {
    const from = (settings: Record<string, string>) => readConfig(settings).mailFrom;
    const PLATFORM_NAME = 'Tickets, Inc.';
    assert.equal(from({ PLATFORM_NAME }), '"Tickets, Inc." <no-reply@localhost>');
    assert.equal(
      from({ PLATFORM_NAME, MAIL_FROM: 'a@b.example' }),
      '"Tickets, Inc." <a@b.example>',
    );
    assert.equal(from({ PLATFORM_NAME, MAIL_FROM: 'Box <a@b.example>' }), 'Box <a@b.example>');
  });

  test('a wrong value is refused with its variable and the reason', () => {
    refused({ PLATFORM_NAME: 'a\nb' }, /PLATFORM_NAME must be one line/);
    refused({ PLATFORM_NAME: 'x'.repeat(61) }, /PLATFORM_NAME must have at most 60/);
    refused({ SUPPORT_URL: 'javascript:alert(1)' }, /SUPPORT_URL must be an address/);
    refused({ PRIVACY_URL: 'mailto:a@b.example' }, /PRIVACY_URL must be an address/);
    assert.equal(
      readConfig({ SUPPORT_URL: 'mailto:a@b.example' }).platform.supportUrl,
      'mailto:a@b.example',
    );
  });

  test('an address is completed, so that it is no relative link', () => {
    const names = { SUPPORT_URL: 'supportUrl', IMPRINT_URL: 'imprintUrl' } as const;
    for (const [variable, field] of Object.entries(names)) {
      const { platform } = readConfig({ [variable]: 'https:example.com' });
      assert.equal(platform[field], 'https://example.com/');
    }
  });

  test('a logo is a small PNG, JPEG, WebP or safe SVG, by its content', () => {
    const extension = (content: string | Buffer) =>
      readConfig({ PLATFORM_LOGO: file('logo.png', content) }).platform.logo?.extension;
    assert.equal(extension(PNG), '.png');
    assert.equal(extension(`<?xml version="1.0"?>\n<!-- a -->\n${SVG}`), '.svg');
    const doctype =
      '<?xml version="1.0" standalone="no"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN"\n "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n<!-- a -->';
    assert.equal(extension(doctype + SVG), '.svg');
    const spaced = SVG.replace('url(#a)', "url( '#a' )");
    assert.equal(extension(spaced.replace('</svg>', '<use href=" #a"/></svg>')), '.svg');
    const entity = `<!DOCTYPE svg [<!ENTITY a "b">]>${SVG}`;
    refused({ PLATFORM_LOGO: file('entity.svg', entity) }, /without scripts, entities/);
    refused({ PLATFORM_LOGO: join(folder, 'missing.png') }, /PLATFORM_LOGO .*ENOENT/);
    refused({ PLATFORM_LOGO: file('page.png', '<html>') }, /PLATFORM_LOGO must be a PNG/);
    const large = file('large.png', Buffer.concat([PNG, Buffer.alloc(100 * 1024)]));
    refused({ PLATFORM_LOGO: large }, /at most 100 KiB/);
    for (const inside of [
      '<script>alert(1)</script>',
      '<a href="https://evil.example/">x</a>',
      '<image href="/account"/>',
      '<use xlink:href = "x.svg#a"/>',
      '<path fill="url(https://evil.example/)"/>',
      '<path fill="url( x.svg#a )"/>',
    ]) {
      const logo = file('unsafe.svg', SVG.replace('</svg>', `${inside}</svg>`));
      refused({ PLATFORM_LOGO: logo }, /without scripts/);
    }
  });
});

describe('Accent color', () => {
  test('that white text can’t be read on is refused, with one that works', () => {
    refused({ ACCENT_COLOR: 'red' }, /ACCENT_COLOR must be a color/);
    assert.throws(() => readConfig({ ACCENT_COLOR: '#FFCC00' }), /1\.5:1.*at least 4\.5:1/);
    try {
      readConfig({ ACCENT_COLOR: '#ffcc00' });
    } catch (error) {
      const [, better] = /works: (#\w{6})/.exec(String(error)) ?? [];
      assert.equal(readConfig({ ACCENT_COLOR: better ?? '' }).platform.accent, better);
    }
  });

  const accents: Color[] = ['#0d5c63', '#000000', '#767676', '#c00000', '#0000ff', '#6a4cff'];
  for (const accent of accents) {
    test(`${accent}: buttons, links and states have contrast on light and dark pages`, () => {
      const palette = paletteOf(accent);
      for (const at of [0, 1] as const) {
        const of = (name: keyof typeof palette) => palette[name][at];
        const grounds = (['page', 'card', 'code', 'hover', 'tint'] as const).map(of);
        for (const text of (['text', 'link', 'muted', 'heading'] as const).map(of)) {
          for (const ground of grounds) {
            assert.ok(contrast(text, ground) >= 4.5, `${text} on ${ground}`);
          }
        }
        assert.ok(contrast(of('onAccent'), of('accent')) >= 4.5, 'button');
        assert.ok(contrast(of('onAccent'), of('accentHover')) >= 4.5, 'button under the pointer');
        for (const state of ['danger', 'warning', 'success'] as const) {
          assert.ok(contrast(of(state), of(`${state}Tint`)) >= 4.5, state);
          assert.ok(contrast(of(state), of('card')) >= 4.5, state);
        }
        assert.ok(contrast(of('field'), of('card')) >= 3, 'border of a field');
        assert.ok(themeCss(palette).includes(`--pico-primary:${of('link')}`));
      }
    });
  }
});

describe('Platform without a name', () => {
  const mail = (locale: string, settings: Record<string, string>) =>
    composeMail(readConfig(settings), {
      kind: 'revoked_by_operator',
      locale,
      data: {
        at: '2026-11-27T12:00:00Z',
        timezone: 'UTC',
        application: { name: 'Seats', owner: null },
        scopes: [],
        organizers: [],
        grantedAt: '2026-11-27T12:00:00Z',
      },
    });

  test('is "the platform" in sentences, with a capital at the beginning', () => {
    const named = mail('en', { PLATFORM_NAME: 'eBox' });
    assert.match(named.subject, /^Disconnected by eBox: /);
    assert.match(named.text, /^eBox \(localhost:3000\) revoked/m);
    const english = mail('en', {});
    assert.match(english.subject, /^Disconnected by the platform: /);
    assert.match(english.text, /^The platform \(localhost:3000\) revoked/m);
    const german = mail('de', {});
    assert.match(german.subject, /^Durch die Plattform getrennt: /);
    assert.match(german.text, /^Die Plattform \(localhost:3000\) hat/m);
  });

  test('is a warning of the doctor in production', () => {
    const { platform } = readConfig({});
    assert.equal(checkPlatformName({ production: true, platform })[0]?.state, 'warn');
    assert.deepEqual(checkPlatformName({ production: false, platform }), []);
    const named = readConfig({ PLATFORM_NAME: 'Live' }).platform;
    assert.deepEqual(checkPlatformName({ production: true, platform: named }), []);
  });
});

test('a page has the name, the logo and the links of the platform; names are escaped', async () => {
  const { assets, ...renderer } = testRenderer({
    PLATFORM_NAME: 'Rock & Roll',
    PLATFORM_LOGO: file('logo.svg', SVG),
    IMPRINT_URL: 'https://example.com/imprint?a=1&b=2',
    ACCENT_COLOR: '#7a0000',
  });
  await using app = await startWebApp(securityHeaders(), assets.serve, (ctx) =>
    renderer.page(ctx, 'site/landing', { demo: undefined }),
  );
  const page = await (await fetch(app.url)).text();
  assert.match(page, /<title>[^<]* – Rock &#38; Roll<\/title>|– Rock &amp; Roll<\/title>/);
  assert.match(page, /href="https:\/\/example\.com\/imprint\?a=1&(amp|#38);b=2"/);
  assert.ok(page.includes(textFor('layout.runs_on')));
  assert.doesNotMatch(page, /style="|<style|undefined/);
  const logo = await fetch(app.url + assets.logoUrl);
  assert.equal(await logo.text(), SVG);
  assert.match(logo.headers.get('Content-Security-Policy') ?? '', /^default-src 'none'.*sandbox/);
  assert.equal(logo.headers.get('Content-Type'), 'image/svg+xml');
  const icon = await fetch(`${app.url}/favicon.ico`);
  assert.equal(icon.headers.get('Content-Type'), 'image/svg+xml');
  const style = await (await fetch(app.url + assets.url('style.css'))).text();
  assert.ok(style.includes('--pico-primary-background:#7a0000'));
  assert.notEqual(assets.url('style.css'), testRenderer().assets.url('style.css'));
});
