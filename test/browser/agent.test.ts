import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { chromiumPath } from '../support/browser/launch.ts';
import { allow, signIn, tick } from '../support/browser/person.ts';
import { startApplication } from '../support/browser/site.ts';
import { openWindow, withBrowser } from '../support/browser/window.ts';
import { prepared, withPlatform } from '../support/fixture.ts';
import { createAgent } from '../support/mcp/agent.ts';
import { startMcpSite } from '../support/mcp/site.ts';
import { says, textFor } from '../support/texts.ts';

const skip = chromiumPath() === undefined && 'Chromium is not installed';

describe('An agent in a real browser', { skip }, () => {
  const chromium = withBrowser();
  const { server, platform } = withPlatform();
  const site = prepared(
    () => startMcpSite(server),
    (one) => one.close(),
  );
  const receiver = prepared(startApplication, (one) => one.close());

  it('gets one of two organizers, and nothing after the user disconnected it', async () => {
    await using window = await openWindow(chromium.browser, server);
    const { page } = window;
    const agent = createAgent({
      url: site.url,
      redirectUri: `${receiver.url}/callback`,
      person: (link) => allowRedStage(page, link),
    });
    const own = await agent.call('list_orders', { organizer: 'redstage' });
    assert.equal(own.isError, false);
    const other = await agent.call('list_orders', { organizer: 'bluehall' });
    assert.match(other.text, /did not allow the organizer "bluehall"/);
    assert.equal(await statusOf(agent.store.tokens?.access_token), 406, 'the token is accepted');

    const revokeLink = textFor('authorizations.revoke_of', { application: 'SDK Agent' });
    await page.goto('/account/authorizations');
    await page.getByRole('heading', { name: 'SDK Agent' }).waitFor();
    await page.getByRole('link', { name: revokeLink }).click();
    await page.locator('main button[type=submit]').click();
    await page.getByText(says('authorizations.notice.revoked')).waitFor();
    assert.equal(await statusOf(agent.store.tokens?.access_token), 401);
    window.assertQuiet();
  });

  async function allowRedStage(page: Page, link: URL): Promise<URL> {
    await page.goto(link.href);
    await signIn(page, platform.ada);
    await page.getByRole('heading', { name: textFor('consent.dynamic.title') }).waitFor();
    await tick(page, 'redstage');
    await allow(page);
    await page.getByRole('heading', { name: 'Back with a code' }).waitFor();
    return new URL(page.url());
  }

  /** Sends a request that the MCP server refuses after it has accepted the token. */
  async function statusOf(token: string | undefined): Promise<number> {
    const response = await fetch(site.url, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{}',
    });
    await response.body?.cancel();
    return response.status;
  }
});
