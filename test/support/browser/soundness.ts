import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { findViolations, loadAxe } from './axe.ts';

/** Screens on which pages are checked. Contrast differs in dark mode. */
const SCREENS = [
  { name: 'a phone', viewport: { width: 375, height: 667 }, colorScheme: 'light' },
  { name: 'a wide dark screen', viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
] as const;

/** Checks a page on both screens: layout, structure for screen readers, contrast. */
export async function assertSound(page: Page, name: string): Promise<void> {
  const before = page.viewportSize();
  await loadAxe(page);
  let checked: unknown;
  for (const { name: screen, viewport, colorScheme } of SCREENS) {
    await page.setViewportSize(viewport);
    // Without transitions, because colors during a transition are intermediate.
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const where = `${name} on ${screen}`;
    assert.equal(await page.evaluate(TOO_WIDE), false, `${where}: no sideways scrolling`);
    const visible = await page.evaluate(VISIBLE);
    const isChecked = visible === checked;
    if (!isChecked) {
      await assertStructure(page, where);
    }
    const violations = await findViolations(page, isChecked ? { runOnly: VISUAL_RULES } : {});
    assert.deepEqual(violations, [], `${where}: axe-core`);
    checked = visible;
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  if (before !== null) {
    await page.setViewportSize(before);
  }
}

async function assertStructure(page: Page, name: string): Promise<void> {
  const outline = await page.locator('body').ariaSnapshot();
  assert.deepEqual(nameless(outline), [], `${name}: everything to use has a name`);
  assert.deepEqual(wrongHeadings(outline), [], `${name}: headings`);
  assert.match(outline, /^ *- main:/m, `${name}: the content has a main landmark`);
  assert.deepEqual(await page.evaluate(DOUBLE_IDS), [], `${name}: ids`);
  assert.notEqual(await page.title(), '', `${name}: the tab has a title`);
  assert.match((await page.locator('html').getAttribute('lang')) ?? '', /^(en|de)$/, name);
}

/**
 * Rules of axe-core that depend on sizes and colors. The others have the same results on both
 * screens if both show the same elements.
 */
const VISUAL_RULES = ['color-contrast', 'link-in-text-block', 'scrollable-region-focusable'];

// Strings, because the types of Node do not include those of browsers.
const TOO_WIDE = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';
const VISIBLE = `[...document.querySelectorAll('*')].map((one) =>
  Number(one.checkVisibility({ visibilityProperty: true }))).join('')`;
const DOUBLE_IDS = `[...document.querySelectorAll('[id]')].map((one) => one.id)
  .filter((id, index, ids) => ids.indexOf(id) !== index)`;

/** Returns the controls without an accessible name. */
function nameless(outline: string): string[] {
  return outline
    .split('\n')
    .filter((line) =>
      /^ *- (button|checkbox|link|searchbox|textbox|radio|combobox)\b(?! ")/.test(line),
    );
}

/** Returns headings that skip a level, and additional ones of the first level. */
function wrongHeadings(outline: string): string[] {
  // YAML quotes a line if the name contains a colon.
  const levels = [...outline.matchAll(/- '?heading (?:"[^"]*" )?.*?\[level=(\d)\]/g)].map(levelOf);
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
