import { accessSync, constants } from 'node:fs';
import { type Browser, type BrowserServer, chromium } from 'playwright-core';

/** Variable with the address of the browser that the runner started. */
export const BROWSER_VARIABLE = 'STAGEDOOR_TEST_BROWSER';

const FLAGS = [
  '--no-sandbox',
  '--headless',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Paths of Chromium on Debian. The headless shell is preferred, because it opens a page in a third
 * of the time.
 */
const PATHS = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];

/** Returns the path of Chromium: `CHROMIUM_PATH`, else one of `PATHS`; undefined if none exists. */
export function chromiumPath(): string | undefined {
  const { CHROMIUM_PATH } = process.env;
  return (CHROMIUM_PATH === undefined ? PATHS : [CHROMIUM_PATH]).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Starts Chromium for all tests of a run; undefined if it is not installed. */
export async function launchBrowser(): Promise<BrowserServer | undefined> {
  const executablePath = chromiumPath();
  return executablePath === undefined
    ? undefined
    : chromium.launchServer({ executablePath, args: FLAGS });
}

/**
 * Connects to the browser of this run. Closing the connection keeps it running for other tests. A
 * test is skipped if no browser is installed: `describe('…', { skip: chromiumPath() === undefined
 * && 'Chromium is not installed' }, …)`.
 */
export function openBrowser(): Promise<Browser> {
  return chromium.connect(process.env[BROWSER_VARIABLE] ?? '');
}
