import assert from 'node:assert/strict';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { Issuer } from '../platform.ts';

/** A browser window of its own: no cookies yet, one tab, and an ear for what goes wrong in it. */
export interface Window extends AsyncDisposable {
  readonly page: Page;
  /** Another tab, with the same cookies. */
  newTab(): Promise<Page>;
  /** Fails where a page has complained: errors of scripts, of the policy, of what was not found. */
  assertQuiet(): void;
}

/** Milliseconds: everything is on this machine, and the suite must not hang on what is missing. */
const PATIENCE = 8000;

/** Opens a window; addresses without a host are the server's. */
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
  // Chromium reports every page with an error status as a resource that could not be loaded.
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
