import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { BrowserContext, Page } from 'playwright-core';

/** axe-core without comments: the browser compiles half as much per page. */
const SOURCE = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

/** Options of `axe.run`. */
export interface AxeOptions {
  /** Tags or rules; all rules of WCAG 2.2 up to AA and best practices by default. */
  readonly runOnly?: readonly string[];
}

/** Windows that load axe-core into each page. */
const prepared = new WeakSet<BrowserContext>();

/**
 * Loads axe-core into a page, and into all later ones of its window: an init script is sent to the
 * browser only once, and compiled from its cache.
 */
export async function loadAxe(page: Page): Promise<void> {
  const context = page.context();
  if (!prepared.has(context)) {
    prepared.add(context);
    await context.addInitScript(SOURCE);
    await page.evaluate(SOURCE);
  }
}

/** Returns the violations that axe-core finds in a page, one line each. */
export function findViolations(page: Page, options: AxeOptions = {}): Promise<string[]> {
  // Without `resultTypes`, axe-core also describes every element that passes a rule.
  const all = JSON.stringify({ ...options, resultTypes: ['violations'] });
  return page.evaluate(`axe.run(document, ${all})
    .then(({ violations }) => violations.map(({ id, help, nodes }) =>
      id + ': ' + help + ' ' + nodes.map(({ target }) => target.join(' ')).join(', ')))`);
}
