import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { chromiumPath } from '../support/browser/launch.ts';
import { signIn } from '../support/browser/person.ts';
import { assertSound } from '../support/browser/soundness.ts';
import { openWindow, withBrowser } from '../support/browser/window.ts';
import { putUser, registerApplication, type TestApplication } from '../support/factories.ts';
import { prepared, withPlatform } from '../support/fixture.ts';
import { authorize } from '../support/flow.ts';
import { manage } from '../support/platform.ts';
import { textFor } from '../support/texts.ts';

const skip = chromiumPath() === undefined && 'Chromium is not installed';
const folder = process.env.SCREENSHOTS;

describe('Operator console in a real browser', { skip }, () => {
  let changed: TestApplication;
  const chromium = withBrowser();
  const { server, platform } = withPlatform();
  const operator = prepared(() => putUser(server, { id: 'olga', isOperator: true, locale: '' }));

  before(async () => {
    const owner = platform.ada.id;
    changed = await registerApplication(server, { owner, name: 'Seatmap Studio' });
    const path = `/api/v1/applications/${changed.clientId}/`;
    const { version } = Object(await manage(server, 'GET', path));
    await manage(server, 'POST', `${path}review/`, { version });
    await manage(server, 'PATCH', path, {
      name: `Seatmap ${'Studio'.repeat(20)}`,
      redirect_uris: ['https://elsewhere.example.com/a/very/long/address/of/a/callback'],
    });
    await authorize(server, { application: platform.application, user: platform.ada });
    await manage(server, 'POST', '/api/v1/operator-tokens/', { name: 'sync', rights: ['read'] });
  });

  const look = async (page: Page, name: string) => {
    if (folder !== undefined) {
      for (const [width, colorScheme] of [
        [1280, 'light'],
        [375, 'dark'],
      ] as const) {
        await page.setViewportSize({ width, height: 740 });
        await page.emulateMedia({ colorScheme });
        await page.screenshot({ path: join(folder, `${name}-${width}.png`), fullPage: true });
      }
    }
    await assertSound(page, name);
  };

  for (const locale of ['en', 'de']) {
    it(`pages are usable on both screens, in ${locale}`, async () => {
      await using window = await openWindow(chromium.browser, server, { locale });
      const { page } = window;
      await page.goto('/operator');
      await signIn(page, operator);
      const application = `/operator/applications/${changed.clientId}`;
      for (const [name, path] of [
        ['queue', '/operator'],
        ['application', application],
        ['users', '/operator/users'],
        ['user', '/operator/users/ada'],
        ['log', '/operator/log?kind=authorizations'],
        ['mails', '/operator/mails'],
        ['health', '/operator/health'],
        ['tokens', '/operator/tokens'],
        ['delete', `${application}/delete`],
      ] as const) {
        // The other lists have the same template, and German differs in the length of its words.
        if (locale === 'de' && !['queue', 'application', 'health'].includes(name)) {
          continue;
        }
        await page.goto(path);
        await look(page, `console-${name}-${locale}`);
      }
      window.assertQuiet();
    });
  }

  it('a review is approved in two actions from the queue, by keyboard and without scripts', async () => {
    await using window = await openWindow(chromium.browser, server, { javaScriptEnabled: false });
    const { page } = window;
    await page.goto('/operator');
    await signIn(page, operator);
    const review = new RegExp(`^${textFor('console.review')} ?:`);
    await page.getByRole('link', { name: review }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: textFor('console.approve'), exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.getByText(textFor('console.notice.reviewed')).waitFor();
  });
});
