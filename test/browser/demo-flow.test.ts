import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { chromiumPath } from '../support/browser/launch.ts';
import { endGrants } from '../support/browser/tour.ts';
import { openWindow, withBrowser } from '../support/browser/window.ts';
import { withServer } from '../support/fixture.ts';
import { scopeText, textFor } from '../support/texts.ts';

const skip = chromiumPath() === undefined && 'Chromium is not installed';

describe('Demo in a real browser', { skip }, () => {
  const chromium = withBrowser();
  const server = withServer({ DEMO: '1' });

  // Consent is asked for in each test, also after a test that failed halfway.
  afterEach(() => endGrants(server));

  const open = (options?: BrowserContextOptions) => openWindow(chromium.browser, server, options);

  /** Returns a demo user by first name, as the front page lists them. */
  const user = (name: 'ada' | 'ben') => {
    const found = server.demo?.users.find(({ email }) => email.startsWith(`${name}@`));
    assert.ok(found);
    return found;
  };

  /** Goes from the address in the terminal to the consent page of Ada: three of five actions. */
  const toConsent = async (page: Page) => {
    await page.goto(server.demo?.applicationUrl ?? '');
    await page.getByRole('link', { name: 'Connect' }).click();
    await page
      .getByRole('button', { name: textFor('login.demo.continue', { name: 'Ada' }) })
      .click();
    await page
      .getByRole('heading', { name: textFor('consent.heading', { application: 'Curtain Call' }) })
      .waitFor();
  };

  const revoke = async (page: Page) => {
    await page.getByRole('button', { name: 'Revoke' }).click();
    await page.getByRole('heading', { name: 'Disconnected' }).waitFor();
  };

  for (const javaScriptEnabled of [true, false]) {
    it(`the whole demo works ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async () => {
      await using window = await open({ javaScriptEnabled });
      const { page } = window;
      await toConsent(page);
      await page.getByRole('checkbox', { name: 'Red Stage' }).check();
      assert.equal(await page.getByRole('checkbox', { name: 'Blue Hall' }).isChecked(), false);
      await page.getByRole('button', { name: textFor('consent.allow') }).click();

      await page.getByRole('heading', { name: 'Connected', exact: true }).waitFor();
      assert.equal(new URL(page.url()).search, '', 'the code is removed from the address bar');
      assert.match(
        await step(page, 'Send the browser').innerText(),
        /\/authorize\n[\s\S]*code_challenge=/,
      );
      assert.match(await step(page, 'comes back with a code').innerText(), /code=\S{8}…\n/);
      const tokens = step(page, 'Exchange the code for tokens');
      assert.match(await tokens.innerText(), /200 OK[\s\S]*"access_token": "sda_[\s\S]*"sdr_/);
      const orders = step(page, 'Read the orders of Red Stage');
      await orders.locator('summary').click();
      assert.match(await orders.innerText(), /200 OK[\s\S]*\/introspect[\s\S]*"active": true/);
      assert.match(await step(page, 'Read the orders of Blue Hall').innerText(), /403 Forbidden/);

      await page.getByRole('button', { name: 'Refresh' }).click();
      assert.match(await step(page, 'with the old access token').innerText(), /401 Unauthorized/);
      assert.match(await step(page, 'with the new access token').innerText(), /200 OK/);

      await revoke(page);
      const last = step(page, 'Read the orders of Red Stage');
      await last.locator('summary').click();
      assert.match(await last.innerText(), /401 Unauthorized[\s\S]*"active": false/);

      await page.getByRole('link', { name: 'make a mistake' }).click();
      await page
        .getByRole('heading', { name: textFor('insights.refused.title'), level: 1 })
        .waitFor();
      window.assertQuiet();
    });
  }

  it('denying returns only access_denied to the application', async () => {
    await using window = await open();
    const { page } = window;
    await toConsent(page);
    await page.getByRole('checkbox', { name: 'Red Stage' }).check();
    await page.getByRole('button', { name: textFor('consent.deny') }).click();
    const alert = page.getByRole('alert');
    assert.match(await alert.innerText(), /Not connected[\s\S]*access_denied/);
    await page.getByRole('link', { name: 'Connect' }).click();
    await page
      .getByRole('heading', { name: textFor('consent.heading', { application: 'Curtain Call' }) })
      .waitFor();
    window.assertQuiet();
  });

  it('the demo can be completed by keyboard, with a visible focus', async () => {
    await using window = await open();
    const { page } = window;
    const { keyboard } = page;
    await page.goto('/');
    await tabTo(page, page.getByRole('link', { name: textFor('landing.demo.link') }));
    await keyboard.press('Enter');
    await tabTo(page, page.getByRole('link', { name: 'Connect' }));
    await keyboard.press('Enter');

    const ada = textFor('login.demo.continue', { name: 'Ada' });
    await tabTo(page, page.getByRole('button', { name: ada }));
    await keyboard.press('Enter');

    await tabTo(page, page.getByRole('checkbox', { name: scopeText('write') }));
    await keyboard.press('Space');
    await tabTo(page, page.getByRole('checkbox', { name: 'Red Stage' }));
    await keyboard.press('Space');
    await tabTo(page, page.getByRole('button', { name: textFor('consent.allow') }));
    await keyboard.press('Enter');

    await page.getByRole('heading', { name: 'Connected', exact: true }).waitFor();
    assert.match(await page.locator('dl').innerText(), /Red Stage\s+Scope\s+read$/);
    await tabTo(page, page.getByRole('button', { name: 'Revoke' }));
    await keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Disconnected' }).waitFor();
    window.assertQuiet();
  });

  it('pages use the language of the browser, and after sign-in that of the user', async () => {
    await using german = await open({ locale: 'de-AT' });
    await german.page.goto('/');
    await german.page.getByRole('link', { name: textFor('landing.demo.link', {}, 'de') }).click();
    await german.page.getByRole('link', { name: 'Verbinden' }).click();
    await german.page
      .getByRole('heading', { name: textFor('login.title', {}, 'de'), level: 1 })
      .waitFor();
    await german.page.getByLabel(textFor('login.email', {}, 'de')).waitFor();

    await using english = await open({ locale: 'en-GB' });
    const { page } = english;
    await page.goto(server.demo?.applicationUrl ?? '');
    await page.getByRole('link', { name: 'Connect' }).click();
    await page.getByLabel(textFor('login.email')).fill(user('ben').email);
    await page.getByLabel(textFor('login.password')).fill(user('ben').password);
    await page.getByRole('button', { name: textFor('login.submit') }).click();
    await page
      .getByRole('heading', {
        name: textFor('consent.heading', { application: 'Curtain Call' }, 'de'),
      })
      .waitFor();
    await page.getByRole('checkbox', { name: 'Grüne Arena' }).check();
    await page.getByRole('button', { name: textFor('consent.allow', {}, 'de') }).click();
    await page.getByRole('heading', { name: 'Connected', exact: true }).waitFor();
    await revoke(page);
    german.assertQuiet();
    english.assertQuiet();
  });
});

/** Returns the latest request that the demo application shows with this title. */
function step(page: Page, title: string): Locator {
  const heading = page.getByRole('heading', { name: title });
  return page.getByRole('listitem').filter({ has: heading }).last();
}

/**
 * Presses Tab until the target has the focus, and checks at each stop that the focus is visible.
 */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor();
  for (let stops = 0; stops < 40; stops += 1) {
    await page.keyboard.press('Tab');
    const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
    assert.notEqual(outline, 'none', 'the focus is visible');
    if ((await target.and(page.locator(':focus')).count()) === 1) {
      return;
    }
  }
  assert.fail(`Tab does not lead to ${target}`);
}
