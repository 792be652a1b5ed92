import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { chromiumPath } from '../support/browser/launch.ts';
import { signIn } from '../support/browser/person.ts';
import { startSite } from '../support/browser/site.ts';
import { assertSound } from '../support/browser/soundness.ts';
import { startUpstreamWorld } from '../support/browser/upstream-tour.ts';
import { openWindow, withBrowser } from '../support/browser/window.ts';
import { canBlockCookies, openWithoutCookies } from '../support/browser/without-cookies.ts';
import { prepared } from '../support/fixture.ts';
import { textFor } from '../support/texts.ts';

const skip =
  (chromiumPath() === undefined || !canBlockCookies()) &&
  'no Chromium is installed that can block cookies';

describe('A real browser that blocks cookies', { skip }, () => {
  const chromium = withBrowser();
  const site = prepared(startSite, (one) => one.close());
  const world = prepared(startUpstreamWorld, (one) => one.close());

  const heading = (page: Page, key: string) =>
    page.getByRole('heading', { name: textFor(key), level: 1 }).waitFor();
  const wayOn = async (page: Page, key: string) =>
    (await page.getByRole('link', { name: textFor(key) }).getAttribute('href')) ?? '';
  const atConsent = (page: Page) => page.locator('[name=decision][value=allow]').waitFor();

  it('sign-in with a password: the page says so, and its link works in another browser', async () => {
    let link: string;
    {
      await using blocked = await openWithoutCookies(site.server.issuer);
      const { page } = blocked;
      await page.goto(site.request(site.boxOffice));
      await signIn(page, site.ada);
      await heading(page, 'error.cookies.title');
      await assertSound(page, 'page about cookies');
      link = await wayOn(page, 'link.open_again');
      await page.goto(link);
      await signIn(page, site.ada);
      await heading(page, 'error.cookies.title');
    }
    await using window = await openWindow(chromium.browser, site.server);
    await window.page.goto(link);
    await signIn(window.page, site.ada);
    await atConsent(window.page);

    await using other = await openWindow(chromium.browser, site.server);
    await other.page.goto(window.page.url());
    await heading(other.page, 'over.title.other_browser');
    await assertSound(other.page, 'page about another browser');
    window.assertQuiet();
    other.assertQuiet();
  });

  it('sign-in at the platform: the page says so before the user leaves for it', async () => {
    await using blocked = await openWithoutCookies(world.server.issuer);
    const { page } = blocked;
    await page.goto(world.request);
    await heading(page, 'error.cookies.title');
    assert.equal(new URL(page.url()).origin, world.server.issuer);
    assert.match(await wayOn(page, 'link.open_again'), /^\/login\?return_to=/);
  });
});
