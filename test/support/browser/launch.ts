import { accessSync, constants } from 'node:fs';
import { type Browser, type BrowserServer, chromium } from 'playwright-core';

/** Address of the browser that the runner has started. */
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
 * Where Debian puts Chromium: without the parts of it that show windows, where that is installed,
 * since it opens a page in a third of the time.
 */
const PATHS = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];

/** Where Chromium is: `CHROMIUM_PATH`, else where Debian puts it; undefined when not there. */
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
 * Connects to the browser of this run; closing the connection leaves it to the other tests. A test
 * skips itself if there is none:
 * `describe('…', { skip: chromiumPath() === undefined && 'Chromium is not installed' }, …)`.
 */
export function openBrowser(): Promise<Browser> {
  return chromium.connect(process.env[BROWSER_VARIABLE] ?? '');
}
