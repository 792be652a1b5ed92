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
  // After a click, the document may be empty still.
  await page.waitForLoadState();
  const before = page.viewportSize();
  await loadAxe(page);
  const isLarge = (await page.locator('*').count()) > LARGE;
  if (isLarge) {
    await assertStructure(page, name);
    for (const screen of SCREENS) {
      await assertFits(page, screen, name);
    }
    await page.evaluate(HIDE_REPEATED);
  }
  let checked: unknown;
  for (const screen of SCREENS) {
    const where = await assertFits(page, screen, name);
    const visible = await page.evaluate(VISIBLE);
    const isChecked = visible === checked;
    if (!isChecked && !isLarge) {
      await assertStructure(page, where);
    }
    const violations = await findViolations(page, isChecked ? { runOnly: VISUAL_RULES } : {});
    assert.deepEqual(violations, [], `${where}: axe-core`);
    checked = visible;
  }
  if (isLarge) {
    await page.evaluate(SHOW_REPEATED);
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  if (before !== null) {
    await page.setViewportSize(before);
  }
}

/** Shows the page on a screen, on which it must not scroll sideways. Returns the name of both. */
async function assertFits(
  page: Page,
  { name: screen, viewport, colorScheme }: (typeof SCREENS)[number],
  name: string,
): Promise<string> {
  await page.setViewportSize(viewport);
  // Without transitions, because colors during a transition are intermediate.
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  // One that has begun, for example under the pointer, goes on.
  await page.evaluate('document.getAnimations().forEach((one) => one.finish())');
  const where = `${name} on ${screen}`;
  assert.equal(await page.evaluate(TOO_WIDE), false, `${where}: no sideways scrolling`);
  return where;
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

/**
 * Number of elements from which on repeated parts are hidden while axe-core looks at a page: on long
 * guides and lists, it would take as long as on all other pages together.
 */
const LARGE = 300;

/**
 * Hides elements with a sibling of the same shape before them: names, attributes, classes and
 * styles of all elements inside, and whether they have a text. Keeps the cells of each table row.
 */
const HIDE_REPEATED = `(() => {
  const VALUES = ['class', 'style', 'type', 'role'];
  const attribute = ({ name, value }) => (VALUES.includes(name) ? name + '=' + value : name);
  const shape = (one) =>
    [one.tagName, ...[...one.attributes].map(attribute).sort(), one.textContent.trim() === ''] +
    '(' + [...one.children].map(shape) + ')';
  window.repeated = [...document.querySelectorAll('main :not(tr), main')].flatMap((parent) => {
    const seen = new Set();
    return [...parent.children].filter((child) => seen.size === seen.add(shape(child)).size);
  });
  for (const one of window.repeated) one.style.setProperty('display', 'none', 'important');
})()`;

/** Shows them again. No part of a page has a style of its own that sets `display`. */
const SHOW_REPEATED = `window.repeated.forEach((one) => one.style.removeProperty('display'))`;

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
