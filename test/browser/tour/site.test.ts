import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { tourDevelopers } from '../../support/browser/developer-tour.ts';
import { chromiumPath, openBrowser } from '../../support/browser/launch.ts';
import { type Site, startSite } from '../../support/browser/site.ts';
import { assertSound } from '../../support/browser/soundness.ts';
import { tourSite } from '../../support/browser/tour.ts';

const skip = chromiumPath() === undefined && 'Chromium is not installed';

describe('Every page, on a phone, on a wide dark screen and for screen readers', { skip }, () => {
  let browser: Browser;
  let site: Site;

  before(async () => {
    browser = await openBrowser();
    site = await startSite();
  });
  after(async () => {
    await browser?.close();
    await site?.close();
  });

  it('pages for users and the documentation have no defects', async () => {
    await tourSite({ browser, options: {}, look: assertSound }, site);
  });

  it('pages for developers have no defects', async () => {
    await tourDevelopers({ browser, options: {}, look: assertSound }, site.server);
  });
});
