import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { z } from 'zod';
import { fillSteps } from '../../../src/site/examples.ts';
import type { Issuer } from '../platform.ts';
import { organizersOf } from './organizers-of.ts';
import type { PageSite } from './pages.ts';
import type { Program } from './program.ts';

/** A library in a page of a browser. */
export interface BrowserProgram extends Pick<Program, 'library' | 'settings'> {
  /** Text for the name of the test. */
  readonly steps: string;
  /** Path of the redirect URI. */
  readonly path: string;
  readonly run: (visit: Visit) => Promise<void>;
}

/** A page of a website, and the user in front of it. */
export interface Visit {
  readonly server: Issuer;
  readonly site: PageSite;
  readonly page: Page;
  readonly values: Readonly<Record<'issuer' | 'client_id' | 'redirect_uri' | 'scope', string>>;
  /** Signs in and allows the access in a window that shows the server. */
  readonly connect: (page: Page) => Promise<void>;
}

// Text, since the browser's types are not those of Node.
const USER = `sessionStorage[Object.keys(sessionStorage).find((key) => key.startsWith('oidc.user:'))]`;
const EXPIRE = `${USER} = JSON.stringify({ ...JSON.parse(${USER}), expires_at: 1 })`;

function oidcClient(way: 'redirect' | 'popup'): BrowserProgram {
  const path = `/oidc-client-${way}`;
  return {
    library: 'oidc-client-ts',
    settings: [],
    steps: `connects by ${way}, calls the API, refreshes and revokes`,
    path,
    async run({ server, site, page, values, connect }) {
      site.put(path, fillSteps('browser-app.html', values).join());
      const output = page.locator('#output');
      const storedToken = async () =>
        z.string().parse(await page.evaluate(`JSON.parse(${USER}).access_token`));
      await page.goto(values.redirect_uri);
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
      const first = await storedToken();
      assert.deepEqual(await organizersOf(server, first), ['redstage']);

      await page.evaluate(EXPIRE);
      await page.locator('#load').click();
      await page.waitForFunction(`JSON.parse(${USER}).expires_at > 1`);
      const second = await storedToken();
      assert.equal(await organizersOf(server, first), 401);
      assert.deepEqual(await organizersOf(server, second), ['redstage']);

      await page.locator('#disconnect').click();
      await output.getByText('Not connected').waitFor();
      assert.equal(await organizersOf(server, second), 401);
    },
  };
}

const appAuth: BrowserProgram = {
  library: '@openid/appauth',
  settings: ["response_mode: 'fragment'", 'extras'],
  steps: 'connects, calls the API, refreshes and revokes',
  path: '/appauth',
  async run({ server, site, page, values, connect }) {
    site.put('/appauth', readPage('appauth.html', values));
    const output = page.locator('#output');
    const shownToken = async () => /sda_\w+/.exec(await output.innerText())?.[0] ?? '';
    await page.goto(values.redirect_uri);
    await page.waitForFunction(`document.title === 'ready'`);
    await page.locator('#connect').click();
    await connect(page);
    await output.getByText(/^authorization_code .*"sub":"ada"/).waitFor();
    const first = await shownToken();

    await page.locator('#refresh').click();
    await output.getByText(/^refresh_token .*"sub":"ada"/).waitFor();
    const second = await shownToken();
    assert.equal(await organizersOf(server, first), 401);
    assert.deepEqual(await organizersOf(server, second), ['redstage']);

    await page.locator('#revoke').click();
    await output.getByText('revoked', { exact: true }).waitFor();
    assert.equal(await organizersOf(server, second), 401);
  },
};

const swaggerUi: BrowserProgram = {
  library: 'swagger-ui-dist',
  settings: ['usePkceWithAuthorizationCodeGrant: true', 'oauth2RedirectUrl'],
  steps: 'connects in a popup and calls the API',
  path: '/node_modules/swagger-ui-dist/oauth2-redirect.html',
  async run({ site, page, values, connect }) {
    site.put('/swagger-ui', readPage('swagger-ui.html', values));
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
    await page.locator('.live-responses-table').getByText('redstage').first().waitFor();
  },
};

export const BROWSER_PROGRAMS: readonly BrowserProgram[] = [
  oidcClient('redirect'),
  oidcClient('popup'),
  appAuth,
  swaggerUi,
];

function readPage(name: string, values: Readonly<Record<string, string>>): string {
  const text = readFileSync(join(import.meta.dirname, 'pages', name), 'utf8');
  return text.replace(/\{\{(\w+)\}\}/g, (_, key: string) => values[key] ?? '');
}
