import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';

/** axe-core without comments: the browser compiles half as much per page. */
const SOURCE = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

/** Options of `axe.run`. */
export interface AxeOptions {
  /** Tags or rules; all rules of WCAG 2.2 up to AA and best practices by default. */
  readonly runOnly?: readonly string[];
}

/** Loads axe-core into a page. */
export async function loadAxe(page: Page): Promise<void> {
  await page.evaluate(SOURCE);
}

/** Returns the violations that axe-core finds in a page, one line each. */
export function findViolations(page: Page, options: AxeOptions = {}): Promise<string[]> {
  // Without `resultTypes`, axe-core also describes every element that passes a rule.
  const all = JSON.stringify({ ...options, resultTypes: ['violations'] });
  return page.evaluate(`axe.run(document, ${all})
    .then(({ violations }) => violations.map(({ id, help, nodes }) =>
      id + ': ' + help + ' ' + nodes.map(({ target }) => target.join(' ')).join(', ')))`);
}
