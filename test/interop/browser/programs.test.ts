import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { z } from 'zod';
import { fillExample } from '../../../src/site/examples.ts';
import { chromiumPath, openBrowser } from '../../support/browser/launch.ts';
import { allow, signIn, tick } from '../../support/browser/person.ts';
import { openWindow } from '../../support/browser/window.ts';
import { createPlatform, registerApplication, type TestPlatform } from '../../support/factories.ts';
import { organizersOf } from '../../support/programs/organizers-of.ts';
import { type PageSite, startPages } from '../../support/programs/pages.ts';
import { startServer, type TestServer } from '../../support/server.ts';

const skip = chromiumPath() === undefined && 'Chromium is not installed';

// Text, since the browser's types are not those of Node.
const USER = `sessionStorage[Object.keys(sessionStorage).find((key) => key.startsWith('oidc.user:'))]`;
const EXPIRE = `${USER} = JSON.stringify({ ...JSON.parse(${USER}), expires_at: 1 })`;

describe('programs in a page of another origin', { skip }, () => {
  let server: TestServer;
  let platform: TestPlatform;
  let browser: Browser;
  let site: PageSite;

  before(async () => {
    browser = await openBrowser();
    server = await startServer();
    platform = await createPlatform(server);
    site = await startPages();
  });
  after(async () => {
    await browser?.close();
    site?.close();
    await server?.close();
  });

  for (const way of ['redirect', 'popup'] as const) {
    it(`oidc-client-ts connects by ${way}, calls the API, refreshes and revokes`, async () => {
      const app = await register(`/oidc-client-${way}`);
      site.put(app.path, fillExample('browser-app.html', app.values));
      await using window = await openWindow(browser, server);
      const { page } = window;
      const output = page.locator('#output');
      await page.goto(app.url);
      await output.getByText('Not connected').waitFor();
      if (way === 'redirect') {
        await page.locator('#connect').click();
        await connect(page);
      } else {
        const popup = page.waitForEvent('popup');
        await page.locator('#connect-in-window').click();
        await connect(await popup);
      }
      await output.getByText('"redstage"').waitFor();
      const first = await storedToken(page);
      assert.deepEqual(await organizersOf(server, first), ['redstage']);

      await page.evaluate(EXPIRE);
      await page.locator('#load').click();
      await page.waitForFunction(`JSON.parse(${USER}).expires_at > 1`);
      const second = await storedToken(page);
      assert.equal(await organizersOf(server, first), 401);
      assert.deepEqual(await organizersOf(server, second), ['redstage']);

      await page.locator('#disconnect').click();
      await output.getByText('Not connected').waitFor();
      assert.equal(await organizersOf(server, second), 401);
      window.assertQuiet();
    });
  }

  it('AppAuth-JS connects, calls the API, refreshes and revokes', async () => {
    const app = await register('/appauth');
    site.put(app.path, pageFor('appauth.html', app.values));
    await using window = await openWindow(browser, server);
    const { page } = window;
    const output = page.locator('#output');
    await page.goto(app.url);
    await page.waitForFunction(`document.title === 'ready'`);
    await page.locator('#connect').click();
    await connect(page);
    await output.getByText(/^authorization_code .*"sub":"ada"/).waitFor();
    const first = await shownToken(page);

    await page.locator('#refresh').click();
    await output.getByText(/^refresh_token .*"sub":"ada"/).waitFor();
    const second = await shownToken(page);
    assert.equal(await organizersOf(server, first), 401);
    assert.deepEqual(await organizersOf(server, second), ['redstage']);

    await page.locator('#revoke').click();
    await output.getByText('revoked', { exact: true }).waitFor();
    assert.equal(await organizersOf(server, second), 401);
    window.assertQuiet();
  });

  it('Swagger UI connects in a popup and calls the API', async () => {
    const app = await register('/node_modules/swagger-ui-dist/oauth2-redirect.html');
    site.put('/swagger-ui', pageFor('swagger-ui.html', app.values));
    await using window = await openWindow(browser, server);
    const { page } = window;
    await page.goto(`${site.origin}/swagger-ui`);
    await page.locator('.btn.authorize').first().click();
    const dialog = page.locator('.modal-ux');
    const popup = page.waitForEvent('popup');
    await dialog.locator('button.authorize').click();
    await connect(await popup);
    await dialog.getByText('Logout').waitFor();
    await dialog.locator('.btn-done').click();
    await page.locator('.opblock-summary-control').click();
    await page.getByRole('button', { name: 'Try it out' }).click();
    await page.getByRole('button', { name: 'Execute' }).click();
    const live = page.locator('.live-responses-table');
    await live.getByText('redstage').first().waitFor();
    window.assertQuiet();
  });

  /** Registers a public application whose redirect URI is a page of the website. */
  async function register(path: string) {
    const url = `${site.origin}${path}`;
    const { clientId } = await registerApplication(server, {
      owner: 'ben',
      clientType: 'public',
      redirectUris: [url],
    });
    const values = { issuer: server.issuer, client_id: clientId, redirect_uri: url };
    return { path, url, values: { ...values, scope: 'read profile' } };
  }

  /** Signs in and allows the access, in the window in which the application has opened the server. */
  async function connect(page: Page): Promise<void> {
    await signIn(page, platform.ada);
    await tick(page, 'redstage');
    await allow(page);
  }
});

function pageFor(name: string, values: Readonly<Record<string, string>>): string {
  const file = new URL(`../../support/programs/pages/${name}`, import.meta.url);
  return readFileSync(file, 'utf8').replace(
    /\{\{(\w+)\}\}/g,
    (_, key: string) => values[key] ?? '',
  );
}

async function storedToken(page: Page): Promise<string> {
  return z.string().parse(await page.evaluate(`JSON.parse(${USER}).access_token`));
}

async function shownToken(page: Page): Promise<string> {
  return /sda_\w+/.exec(await page.locator('#output').innerText())?.[0] ?? '';
}
