import assert from 'node:assert/strict';
import axe from 'axe-core';
import type { BrowserContextOptions, Page } from 'playwright-core';

/** What pages are looked at on. Contrast is another one in the dark. */
export const SCREENS = {
  'a phone': { viewport: { width: 375, height: 667 } },
  'a wide screen in the dark': { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
} as const satisfies Record<string, BrowserContextOptions>;

/** What everybody can do with a page, on a phone and with a screen reader; fails where they can't. */
export async function assertSound(page: Page, name: string): Promise<void> {
  const outline = await page.locator('body').ariaSnapshot();
  assert.deepEqual(nameless(outline), [], `${name}: everything to use has a name`);
  assert.deepEqual(wrongHeadings(outline), [], `${name}: headings`);
  assert.match(outline, /^ *- main:/m, `${name}: the content is marked as such`);
  assert.equal(await page.evaluate(TOO_WIDE), false, `${name}: nobody has to scroll sideways`);
  assert.deepEqual(await page.evaluate(DOUBLE_IDS), [], `${name}: ids`);
  assert.notEqual(await page.title(), '', `${name}: the tab has a title`);
  assert.match((await page.locator('html').getAttribute('lang')) ?? '', /^(en|de)$/, name);
  await page.evaluate(axe.source);
  assert.deepEqual(await page.evaluate(AXE), [], `${name}: axe-core`);
}

/** The rules of WCAG 2.2 up to AA, and what axe-core calls best practice. */
const AXE = `axe.run(document).then(({ violations }) => violations.map(({ id, help, nodes }) =>
  id + ': ' + help + ' ' + nodes.map(({ target }) => target.join(' ')).join(', ')))`;

// Text, since the browser's types are not those of Node.
const TOO_WIDE = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';
const DOUBLE_IDS = `[...document.querySelectorAll('[id]')].map((one) => one.id)
  .filter((id, index, ids) => ids.indexOf(id) !== index)`;

/** Controls that a screen reader could only call "button" or "text box". */
function nameless(outline: string): string[] {
  return outline
    .split('\n')
    .filter((line) =>
      /^ *- (button|checkbox|link|searchbox|textbox|radio|combobox)\b(?! ")/.test(line),
    );
}

/** One heading of the first level, and none that skips a level on the way down. */
function wrongHeadings(outline: string): string[] {
  const levels = [...outline.matchAll(/- heading (?:"[^"]*" )?.*?\[level=(\d)\]/g)].map(levelOf);
  const skips = levels.filter((level, index) => level > (levels[index - 1] ?? 0) + 1);
  const first = levels.filter((level) => level === 1).length;
  return [
    ...(first === 1 ? [] : [`${first} of the first level`]),
    ...skips.map((level) => `one of level ${level} under none of the level above`),
  ];
}

function levelOf([, level]: RegExpExecArray): number {
  return Number(level);
}
