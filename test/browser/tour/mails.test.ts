import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { readConfig } from '../../../src/config/config.ts';
import { composeMail } from '../../../src/mail/compose-mail.ts';
import type { MailKind } from '../../../src/mail/mail.ts';
import { findViolations, loadAxe } from '../../support/browser/axe.ts';
import { chromiumPath } from '../../support/browser/launch.ts';
import { withBrowser } from '../../support/browser/window.ts';
import { hostile, MAIL_KINDS, MAILS } from '../../support/mails.ts';

const skip = chromiumPath() === undefined && 'Chromium is not installed';
// To look at the pictures: SCREENSHOTS=/tmp/mails npm test -- test/browser/tour/mails.test.ts
const FOLDER = process.env.SCREENSHOTS ?? '';
/** Screens with different contrast; the last two only for the pictures. */
const SCREENS = [
  { width: 375, colorScheme: 'light' },
  { width: 1280, colorScheme: 'dark' },
  ...(FOLDER === ''
    ? []
    : ([
        { width: 375, colorScheme: 'dark' },
        { width: 1280, colorScheme: 'light' },
      ] as const)),
] as const;
const LOCALES = ['en', 'de'];

const { scopes, platform } = readConfig({ DEMO: '0' });
const deps = { issuer: 'https://login.example.com', scopes, platform };
const LONGEST = 'Antidisestablishmentarianism'.repeat(10).slice(0, 255);

/** Each kind with usual and with hostile data. */
const SAMPLES: readonly { name: string; kind: MailKind; data: unknown }[] = [
  ...MAIL_KINDS.map((kind) => ({ name: kind, kind, data: MAILS[kind] })),
  ...MAIL_KINDS.map((kind) => ({ name: `${kind}-hostile`, kind, data: hostile(MAILS[kind]) })),
  {
    name: 'password_removed',
    kind: 'password_changed',
    data: { ...MAILS.password_changed, removed: true, origin: MAILS.authorized.origin },
  },
  {
    name: 'password_changed-by-user',
    kind: 'password_changed',
    data: { ...MAILS.password_changed, by: 'user', origin: MAILS.authorized.origin },
  },
  {
    name: 'password_removed-upstream',
    kind: 'password_changed',
    data: {
      ...MAILS.password_changed,
      removed: true,
      by: 'upstream',
      origin: MAILS.authorized.origin,
    },
  },
  {
    name: 'password_first',
    kind: 'password_changed',
    data: { ...MAILS.password_changed, first: true },
  },
  {
    name: 'email_changed-new',
    kind: 'email_changed',
    data: { ...MAILS.email_changed, isFormer: false },
  },
  ...(['linked', 'replaced', 'removed'] as const).map((change) => ({
    name: `identity_${change}-by-platform`,
    kind: 'identity_changed' as const,
    data: { ...MAILS.identity_changed, change, byEmail: false, origin: undefined },
  })),
  {
    name: 'new_device-upstream',
    kind: 'new_device',
    data: { ...MAILS.new_device, upstream: true },
  },
  {
    name: 'authorized-long',
    kind: 'authorized',
    data: {
      ...MAILS.authorized,
      application: {
        name: LONGEST,
        owner: LONGEST,
        reviewedHomepage: `https://${'a'.repeat(60)}.com/`,
      },
      scopes: ['read', 'write', 'profile'],
      organizers: Array.from({ length: 200 }, (_, i) => ({ slug: `o${i}`, name: `Hall ${i}` })),
    },
  },
  {
    name: 'application_suspended',
    kind: 'application_changed',
    data: {
      ...MAILS.application_changed,
      change: 'suspended',
      details: [],
      reason: 'It sends mails to ticket buyers that they did not ask for. Please write to us.',
      origin: undefined,
    },
  },
];

describe('Mails in a real browser', { skip }, () => {
  const chromium = withBrowser();

  before(async () => {
    if (FOLDER !== '') {
      await mkdir(FOLDER, { recursive: true });
    }
  });

  it('are readable on every screen and load nothing', async () => {
    const context = await chromium.browser.newContext({ reducedMotion: 'reduce' });
    const page = await context.newPage();
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await loadAxe(page);
    for (const { name, kind, data } of SAMPLES) {
      for (const locale of LOCALES) {
        const { html, text } = composeMail(deps, { kind, locale, data });
        await page.setContent(html);
        await onScreens(page, `${name}-${locale}`, assertReadable);
        if (FOLDER !== '') {
          await onScreens(page, `${name}-${locale}`, takePicture);
          await page.setContent(asText(text));
          await onScreens(page, `${name}-${locale}-text`, takePicture);
        }
      }
    }
    assert.deepEqual(requests, [], 'a mail loads no external resources');
    await context.close();
  });
});

/** Rules without those for landmarks: the page around a mail belongs to the mail program. */
const RULES = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] };
const TOO_WIDE = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';

async function onScreens(
  page: Page,
  name: string,
  look: (page: Page, name: string) => Promise<void>,
): Promise<void> {
  for (const { width, colorScheme } of SCREENS) {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme });
    await look(page, `${name}-${width}-${colorScheme}`);
  }
}

async function assertReadable(page: Page, name: string): Promise<void> {
  assert.equal(await page.evaluate(TOO_WIDE), false, `${name}: no sideways scrolling`);
  assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1, name);
  assert.deepEqual(await findViolations(page, RULES), [], `${name}: axe-core`);
}

async function takePicture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(FOLDER, `${name}.png`), fullPage: true });
}

/** Shows the text as most mail programs do. */
function asText(text: string): string {
  const escaped = text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
  return `<meta name="color-scheme" content="light dark"><pre style="white-space: pre-wrap; overflow-wrap: anywhere; font: 14px/1.4 monospace">${escaped}</pre>`;
}
