import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { chromiumPath, openBrowser } from '../../support/browser/launch.ts';
import { allow, signIn, tick } from '../../support/browser/person.ts';
import { openWindow } from '../../support/browser/window.ts';
import { registerApplication, type TestPlatform } from '../../support/factories.ts';
import { startPlatform } from '../../support/platform-server.ts';
import { BROWSER_PROGRAMS } from '../../support/programs/browser-programs.ts';
import { type PageSite, startPages } from '../../support/programs/pages.ts';
import type { TestServer } from '../../support/server.ts';

const skip = chromiumPath() === undefined && 'Chromium is not installed';

describe('programs in a page of another origin', { skip }, () => {
  let server: TestServer;
  let platform: TestPlatform;
  let browser: Browser;
  let site: PageSite;

  before(async () => {
    browser = await openBrowser();
    ({ server, platform } = await startPlatform());
    site = await startPages();
  });
  after(async () => {
    await browser?.close();
    site?.close();
    await server?.close();
  });

  for (const { library, steps, path, run } of BROWSER_PROGRAMS) {
    it(`${library} ${steps}`, async () => {
      const { clientId, redirectUri } = await registerApplication(server, {
        owner: 'ben',
        clientType: 'public',
        redirectUris: [site.origin + path],
      });
      const values = {
        issuer: server.issuer,
        client_id: clientId,
        redirect_uri: redirectUri,
        scope: 'read profile',
      };
      await using window = await openWindow(browser, server);
      await run({ server, site, page: window.page, values, connect });
      window.assertQuiet();
    });
  }

  async function connect(page: Page): Promise<void> {
    await signIn(page, platform.ada);
    await tick(page, 'redstage');
    await allow(page);
  }
});
