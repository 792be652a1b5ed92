import { accessSync, constants } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';

/** Chromium with the settings of a desktop browser, which the headless shell ignores. */
const DESKTOP = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
/** Setting "Block all cookies". */
const BLOCKED = { profile: { default_content_setting_values: { cookies: 2 } } };

/** Tests if a browser is installed that can block cookies. */
export function canBlockCookies(): boolean {
  try {
    accessSync(DESKTOP, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Starts a browser that blocks all cookies, with one tab. */
export async function openWithoutCookies(
  baseURL: string,
): Promise<AsyncDisposable & { readonly page: Page }> {
  const folder = await mkdtemp(join(tmpdir(), 'stagedoor-browser-'));
  await mkdir(join(folder, 'Default'));
  await writeFile(join(folder, 'Default', 'Preferences'), JSON.stringify(BLOCKED));
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: DESKTOP,
    args: ['--no-sandbox', '--headless=new', '--disable-gpu'],
    baseURL,
    locale: 'en-GB',
  });
  return {
    page: await context.newPage(),
    [Symbol.asyncDispose]: async () => {
      await context.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
