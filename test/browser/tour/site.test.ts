import { describe, it } from 'node:test';
import { tourDevelopers } from '../../support/browser/developer-tour.ts';
import { chromiumPath } from '../../support/browser/launch.ts';
import { startSite } from '../../support/browser/site.ts';
import { assertSound } from '../../support/browser/soundness.ts';
import { tourSite } from '../../support/browser/tour.ts';
import { withBrowser } from '../../support/browser/window.ts';
import { prepared } from '../../support/fixture.ts';

const skip = chromiumPath() === undefined && 'Chromium is not installed';

describe('Every page, on a phone, on a wide dark screen and for screen readers', { skip }, () => {
  const chromium = withBrowser();
  const site = prepared(startSite, (one) => one.close());

  it('pages for users and the documentation have no defects', async () => {
    await tourSite({ ...chromium, options: {}, look: assertSound }, site);
  });

  it('pages for developers have no defects', async () => {
    await tourDevelopers({ ...chromium, options: {}, look: assertSound }, site.server);
  });
});
