import { accessSync, constants } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

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

/**
 * Starts Chromium; undefined when it is not installed, and then the test skips itself:
 * `test('…', { skip: chromiumPath() === undefined && 'Chromium is not installed' }, …)`.
 */
export async function launchBrowser(): Promise<Browser | undefined> {
  const executablePath = chromiumPath();
  return executablePath === undefined
    ? undefined
    : chromium.launch({ executablePath, args: FLAGS });
}
