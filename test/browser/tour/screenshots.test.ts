import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { startAgentWorld, tourAgents } from '../../support/browser/agent-tour.ts';
import { tourDevelopers } from '../../support/browser/developer-tour.ts';
import { chromiumPath } from '../../support/browser/launch.ts';
import { signIn, tick } from '../../support/browser/person.ts';
import { ELSEWHERE, startSite } from '../../support/browser/site.ts';
import { type Look, tourDemo, tourSite } from '../../support/browser/tour.ts';
import { startUpstreamWorld, tourUpstream } from '../../support/browser/upstream-tour.ts';
import { openWindow, withBrowser } from '../../support/browser/window.ts';
import { prepared, withServer } from '../../support/fixture.ts';

// Pictures of every page, to look at: SCREENSHOTS=test/browser/screenshots npm test --
// test/browser/tour/screenshots.test.ts
const FOLDER = process.env.SCREENSHOTS ?? '';

/** Margin of the picture for the README, in pixels. */
const MARGIN = 20;

const WIDTHS = [375, 1280];
const SCHEMES = ['light', 'dark'] as const;
const LOCALES = ['en-GB', 'de-DE'];

const skip =
  (FOLDER === '' && 'SCREENSHOTS names no folder') ||
  (chromiumPath() === undefined && 'Chromium is not installed');

describe('Screenshots', { skip }, () => {
  const chromium = withBrowser();
  const site = prepared(startSite, (one) => one.close());
  const demo = withServer({ DATABASE_URL: '', DEMO: '1' });
  const world = prepared(startUpstreamWorld, (one) => one.close());
  const agents = prepared(startAgentWorld, (one) => one.close());

  before(async () => {
    await mkdir(FOLDER, { recursive: true });
  });

  for (const width of WIDTHS) {
    for (const colorScheme of SCHEMES) {
      for (const locale of LOCALES) {
        const variant = `${width}-${colorScheme}-${locale.slice(0, 2)}`;
        const look: Look = async (page, name) => {
          const path = join(FOLDER, `${name}-${variant}.png`);
          await page.screenshot({ path, fullPage: true, animations: 'disabled' });
        };
        it(`of ${variant}`, async () => {
          const options = { viewport: { width, height: 800 }, colorScheme, locale };
          await tourSite({ ...chromium, options, look }, site);
          await tourDevelopers({ ...chromium, options, look }, site.server);
          await tourDemo({ ...chromium, options, look }, demo);
          await tourUpstream({ ...chromium, options, look }, world);
          await tourAgents({ ...chromium, options, look }, agents);
        });
      }
    }
  }

  it('of the consent page for the README: docs/consent.png', async () => {
    const options = { viewport: { width: 1280, height: 900 }, deviceScaleFactor: 1 };
    await using window = await openWindow(chromium.browser, site.server, options);
    const { page } = window;
    await page.goto(site.request(site.boxOffice, { redirect_uri: ELSEWHERE }));
    await signIn(page, site.ada);
    await tick(page, 'redstage');
    // Hides pointer and focus, which this test has left on the page.
    await page.mouse.move(0, 0);
    await page.evaluate('document.activeElement.blur()');
    const panel = await page.locator('.consent').boundingBox();
    assert.ok(panel);
    const clip = {
      x: panel.x - MARGIN,
      y: panel.y - MARGIN,
      width: panel.width + 2 * MARGIN,
      height: panel.height + 2 * MARGIN,
    };
    const path = join(FOLDER, 'consent.png');
    await page.screenshot({ path, clip, fullPage: true, animations: 'disabled' });
  });
});
