import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { chromiumPath } from '../support/browser/launch.ts';
import { allow, tick } from '../support/browser/person.ts';
import { ageSignIns, endGrants } from '../support/browser/tour.ts';
import { signInAtPlatform, startUpstreamWorld } from '../support/browser/upstream-tour.ts';
import { openWindow, withBrowser } from '../support/browser/window.ts';
import { prepared } from '../support/fixture.ts';
import { says, scopeText, textFor } from '../support/texts.ts';

const skip = chromiumPath() === undefined && 'Chromium is not installed';
const AUTHORIZATIONS = '/account/authorizations';

describe('Upstream login in a real browser', { skip }, () => {
  const chromium = withBrowser();
  const world = prepared(startUpstreamWorld, (one) => one.close());
  afterEach(async () => {
    world.upstream.behaviour = {};
    await endGrants(world.server);
  });

  const open = () => openWindow(chromium.browser, world.server);
  const cameBack = (page: Page) =>
    page.getByRole('heading', { name: 'Back with a code' }).waitFor();
  const atConsent = (page: Page) =>
    page
      .getByRole('heading', {
        name: textFor('consent.heading', { application: 'Box Office Sync' }),
      })
      .waitFor();

  it('an authorization request leads to the platform, to consent and back', async () => {
    await using window = await open();
    const { page } = window;
    await page.goto(world.request);
    assert.equal(new URL(page.url()).origin, world.upstream.issuer, 'another site');
    await signInAtPlatform(page, world.ada);
    await atConsent(page);
    await page.getByText('ada@example.com').waitFor();
    await tick(page, 'redstage');
    await allow(page);
    await cameBack(page);
    await page.goto(AUTHORIZATIONS);
    await page.getByRole('heading', { name: textFor('authorizations.title'), level: 1 }).waitFor();
    window.assertQuiet();
  });

  it('account pages work, and signing out requires a new sign-in', async () => {
    await using window = await open();
    const { page } = window;
    await page.goto('/account/applications');
    await signInAtPlatform(page, world.ada);
    assert.equal(new URL(page.url()).pathname, '/account/applications');
    await page.getByRole('link', { name: textFor('layout.logout') }).click();
    await page.getByRole('button', { name: textFor('logout.submit') }).click();
    await page.getByRole('heading', { name: textFor('signed_out.title') }).waitFor();
    await page.getByRole('link', { name: textFor('signed_out.again') }).click();
    await signInAtPlatform(page, world.ada);
    await page.getByRole('heading', { name: textFor('authorizations.title'), level: 1 }).waitFor();
    window.assertQuiet();
  });

  it('signing out at the platform, too, ends its session', async () => {
    await using window = await open();
    const { page } = window;
    await page.goto(AUTHORIZATIONS);
    await signInAtPlatform(page, world.ada);
    const other = await window.newTab();
    await other.goto(AUTHORIZATIONS);
    await page.goto('/logout');
    await page.getByRole('button', { name: textFor('logout.submit') }).click();
    await page.getByRole('link', { name: says('upstream.signed_out.link') }).click();
    await page.getByRole('button', { name: 'Yes, sign me out' }).click();
    await page.context().clearCookies({ name: 'stagedoor_ask_anew' });
    await other.goto(AUTHORIZATIONS);
    await other.getByRole('heading', { name: 'Sign in to the platform' }).waitFor();
  });

  it('confirming an old sign-in keeps the selection', async () => {
    await using window = await open();
    const { page } = window;
    await page.goto(world.request);
    await signInAtPlatform(page, world.ada);
    await atConsent(page);
    await ageSignIns(world.server);
    await page.reload();
    await page.getByRole('checkbox', { name: scopeText('write') }).uncheck();
    await tick(page, 'bluehall');
    assert.equal(await page.locator('[type=password]').count(), 0);
    await page.getByRole('button', { name: textFor('upstream.consent.confirm') }).click();
    await page.getByRole('button', { name: textFor('consent.allow') }).waitFor();
    const isTicked = (name: string) => page.getByRole('checkbox', { name }).isChecked();
    assert.equal(await isTicked(scopeText('read')), true);
    assert.equal(await isTicked(scopeText('write')), false);
    assert.equal(await isTicked('Blue Hall'), true);
    assert.equal(await isTicked('Red Stage'), false);
    await allow(page);
    await cameBack(page);
    window.assertQuiet();
  });

  it('a form posted after the session ended is not saved, and the browser’s policies allow the redirect', async () => {
    await using window = await open();
    const { page } = window;
    await page.goto('/account/applications/new');
    await signInAtPlatform(page, world.ada);
    await page.context().clearCookies({ name: 'stagedoor_session' });
    await page.locator('main form button[type=submit]').first().click();
    await page.getByRole('heading', { name: textFor('upstream.sign_in.title') }).waitFor();
    await page.getByRole('link', { name: says('upstream.sign_in.submit') }).click();
    await page.waitForURL('**/account/applications/new');
    window.assertQuiet();
  });

  it('an unknown user can choose another account and continue', async () => {
    await using window = await open();
    const { page } = window;
    await page.goto(world.request);
    await signInAtPlatform(page, world.stranger);
    await page.getByRole('heading', { name: textFor('upstream.unknown_user.title') }).waitFor();
    await page.getByRole('link', { name: textFor('upstream.link.other') }).click();
    await signInAtPlatform(page, world.ada);
    await atConsent(page);
    window.assertQuiet();
  });
});
