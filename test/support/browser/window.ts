import assert from 'node:assert/strict';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { prepared } from '../fixture.ts';
import type { Issuer } from '../platform.ts';
import { openBrowser } from './launch.ts';

/** A new browser window without cookies, with one tab, which records errors. */
export interface Window extends AsyncDisposable {
  readonly page: Page;
  /** Opens another tab with the same cookies. */
  newTab(): Promise<Page>;
  /**
   * Fails if a page reported an error: of a script, of the content policy, or a missing resource.
   */
  assertQuiet(): void;
}

/** Timeout in milliseconds for one step, on a machine that does other things, too. */
const PATIENCE = 30_000;

/** Connects to the browser of this run, for the tests of a suite. */
export function withBrowser(): { readonly browser: Browser } {
  return prepared(
    async () => ({ browser: await openBrowser() }),
    ({ browser }) => browser.close(),
  );
}

/** Opens a window; URLs without a host are of the server. */
export async function openWindow(
  browser: Browser,
  server: Issuer,
  options: BrowserContextOptions = {},
): Promise<Window> {
  const context = await browser.newContext({
    baseURL: server.issuer,
    locale: 'en-GB',
    ...options,
  });
  context.setDefaultTimeout(PATIENCE);
  const complaints: string[] = [];
  context.on('page', (page) => listen(page, complaints));
  return {
    page: await context.newPage(),
    newTab: () => context.newPage(),
    assertQuiet: () => assert.deepEqual(complaints, []),
    [Symbol.asyncDispose]: () => context.close(),
  };
}

function listen(page: Page, complaints: string[]): void {
  // Chromium reports every page with an error status as a resource that failed to load.
  const refused = new Set<string>();
  page.on('response', (response) => {
    if (response.status() >= 400 && response.request().isNavigationRequest()) {
      refused.add(response.url());
    }
  });
  page.on('console', (message) => {
    const { url } = message.location();
    const expected = message.text().startsWith('Failed to load resource') && refused.has(url);
    if (['error', 'warning'].includes(message.type()) && !expected) {
      complaints.push(`${page.url()}: ${message.text()} ${url}`);
    }
  });
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`));
}
