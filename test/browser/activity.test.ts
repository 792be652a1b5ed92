import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { before, describe, it } from 'node:test';
import { chromiumPath } from '../support/browser/launch.ts';
import { signIn } from '../support/browser/person.ts';
import { openWindow, withBrowser } from '../support/browser/window.ts';
import { withPlatform } from '../support/fixture.ts';
import { authorize } from '../support/flow.ts';
import { says, textFor } from '../support/texts.ts';

const skip = chromiumPath() === undefined && 'Chromium is not installed';
const ACTIVITY = '/account/activity';

describe('Activity log in a real browser', { skip }, () => {
  const chromium = withBrowser();
  const { server, platform } = withPlatform();

  before(async () => {
    await authorize(server, { application: platform.application, user: platform.ada });
  });

  it('is linked from account pages, and can be filtered by keyboard without scripts', async () => {
    await using window = await openWindow(chromium.browser, server, { javaScriptEnabled: false });
    const { page } = window;
    await page.goto('/account/authorizations');
    await signIn(page, platform.ada);
    await page.getByRole('link', { name: textFor('activity.title') }).click();
    await page.getByRole('heading', { name: textFor('activity.title'), level: 1 }).waitFor();
    const entries = page.locator('.sentence');
    const sentence = page.getByText(
      textFor('activity.authorized', { application: 'Box Office Sync' }),
    );
    assert.equal(await sentence.count(), 1);

    await page.locator('.filter > summary').focus();
    await page.keyboard.press('Enter');
    await page.locator('[name=kind]').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.getByRole('button', { name: textFor('list.show') }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(`**${ACTIVITY}?application=&kind=sign_ins&*`);
    assert.equal(await sentence.count(), 0);
    const told = await entries.allInnerTexts();
    assert.ok(
      told.length >= 2 &&
        told.every((entry) => entry.startsWith(textFor('activity.signed_in').slice(0, -1))),
      `${told}`,
    );
    await page.getByRole('link', { name: textFor('list.clear') }).click();
    await sentence.waitFor();
    window.assertQuiet();
  });

  it('can be downloaded as a file', async () => {
    await using window = await openWindow(chromium.browser, server);
    const { page } = window;
    await page.goto(ACTIVITY);
    await signIn(page, platform.ada);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: says('activity.download') }).click(),
    ]);
    assert.match(download.suggestedFilename(), /^activity-\d{4}-\d\d-\d\d\.json$/);
    const entries: { action: string }[] = JSON.parse(await text(await download.createReadStream()));
    assert.ok(entries.some(({ action }) => action === 'stagedoor.user.oauth.authorized'));
    window.assertQuiet();
  });
});
