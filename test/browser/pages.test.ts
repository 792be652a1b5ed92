import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { z } from 'zod';
import { chromiumPath } from '../support/browser/launch.ts';
import { allow, signIn, tick } from '../support/browser/person.ts';
import { startSite } from '../support/browser/site.ts';
import { ageSignIns, endGrants } from '../support/browser/tour.ts';
import { openWindow, withBrowser } from '../support/browser/window.ts';
import { importDirectory } from '../support/bulk.ts';
import {
  putUser,
  registerApplication,
  type TestApplication,
  type TestUser,
} from '../support/factories.ts';
import { prepared } from '../support/fixture.ts';
import { pattern, says, scopeText, textFor } from '../support/texts.ts';

const skip = chromiumPath() === undefined && 'Chromium is not installed';
const AUTHORIZATIONS = '/account/authorizations';

describe('Pages in a real browser', { skip }, () => {
  const chromium = withBrowser();
  const site = prepared(startSite, (one) => one.close());

  // Consent is asked for in each test, also after a test that failed halfway.
  afterEach(() => endGrants(site.server));

  const open = (options?: BrowserContextOptions) =>
    openWindow(chromium.browser, site.server, options);

  const toConsent = async (page: Page, user: TestUser, application: TestApplication) => {
    await page.goto(site.request(application));
    await signIn(page, user);
    await page.getByRole('heading', { name: says('consent.heading') }).waitFor();
  };

  const cameBack = (page: Page) =>
    page.getByRole('heading', { name: 'Back with a code' }).waitFor();

  describe('authorized applications', () => {
    it('shows an empty list, then an authorization, and revokes it after a confirmation', async () => {
      await using window = await open();
      const { page } = window;
      await page.goto(AUTHORIZATIONS);
      await signIn(page, site.ada);
      await page.getByRole('heading', { name: textFor('authorizations.empty.title') }).waitFor();
      await page.goto(site.request(site.boxOffice));
      await tick(page, 'redstage');
      await allow(page);
      await cameBack(page);

      await page.goto(AUTHORIZATIONS);
      const grant = page.getByRole('listitem').filter({ hasText: 'Box Office Sync' });
      await grant.locator('summary').click();
      const text = await grant.innerText();
      assert.match(text, pattern`${scopeText('read')}[\s\S]*${scopeText('write')}[\s\S]*Red Stage`);
      assert.doesNotMatch(text, /Blue Hall/);
      const other = await window.newTab();
      await other.goto(AUTHORIZATIONS);

      const revoke = { name: says('authorizations.revoke_of') };
      await page.getByRole('link', revoke).click();
      await page.getByRole('link', { name: textFor('revoke.cancel') }).click();
      await page.getByRole('link', revoke).click();
      await page
        .getByRole('heading', {
          name: textFor('revoke.heading', { application: 'Box Office Sync' }),
        })
        .waitFor();
      assert.match(
        await page.getByRole('main').innerText(),
        pattern`${says('authorizations.organizers', { count: 1 })}\s+Red Stage`,
      );
      await page.getByRole('button', { name: textFor('revoke.submit') }).click();
      assert.match(
        await page.getByRole('status').innerText(),
        says('authorizations.notice.revoked'),
      );
      await page.getByRole('heading', { name: textFor('authorizations.empty.title') }).waitFor();

      await other.getByRole('link', revoke).click();
      assert.match(
        await other.getByRole('status').innerText(),
        says('authorizations.notice.already_revoked'),
      );
      window.assertQuiet();
    });

    it('shows 15 applications in 1,200 pixels, and disconnects any one in two actions', async () => {
      for (let n = 1; n <= 15; n += 1) {
        const { clientId } = await registerApplication(site.server, {
          name: `Application ${n}`,
          owner: site.cleo.id,
        });
        await site.server.database.db
          .insertInto('grants')
          .values({
            id: `many${n}`,
            user_id: site.cleo.id,
            client_id: clientId,
            scopes: ['read', 'write', 'profile'],
            expires_at: new Date(Date.now() + 86_400_000),
          })
          .execute();
      }
      await using window = await open({ viewport: { width: 1280, height: 900 } });
      const { page } = window;
      await page.goto(AUTHORIZATIONS);
      await signIn(page, site.cleo);
      await page.locator('.row').first().waitFor();
      const heights = await page.evaluate(`[document.documentElement.scrollHeight,
        ...[...document.querySelectorAll('.row:not([hidden])')].map((row) => row.offsetHeight)]`);
      const [whole = Infinity, ...rows] = z.array(z.number()).parse(heights);
      assert.equal(rows.length, 15);
      assert.ok(whole <= 1200 && rows.every((row) => row >= 64 && row <= 72), `${heights}`);
      const name = textFor('authorizations.revoke_of', { application: 'Application 7' });
      await page.getByRole('link', { name, exact: true }).click();
      await page.getByRole('button', { name: textFor('revoke.submit') }).click();
      await page.getByRole('checkbox').first().check();
      await page.locator('.row > details > summary').nth(10).focus();
      const row = await page.locator('.row').nth(10).boundingBox();
      const bar = await page.locator('.selection').boundingBox();
      assert.ok(row && bar && row.y + row.height <= bar.y, 'the bar does not cover the focus');
      await page.getByRole('checkbox').first().uncheck();
      await page.locator('.filter > summary').press('Enter');
      await page.locator('.filter select').first().press('Escape');
      assert.equal(await page.locator('.filter > summary:focus').count(), 1);
      await page.getByRole('searchbox').fill('application 1');
      assert.equal(await page.getByRole('checkbox', { name: /7/ }).count(), 0);
      assert.equal(await page.locator('.row:visible').count(), 7, '1 and 10 to 15');
      await page.getByRole('checkbox').first().check();
      await page.getByLabel(textFor('list.select_all')).check();
      await page.getByRole('button', { name: textFor('authorizations.revoke') }).click();
      await page.getByRole('heading', { name: textFor('selected.title', { count: 7 }) }).waitFor();
      window.assertQuiet();
    });

    it('removes an organizer by keyboard, without JavaScript', async () => {
      await using window = await open({ javaScriptEnabled: false });
      const { page } = window;
      await page.goto(site.request(site.boxOffice));
      await signIn(page, site.ada);
      await tick(page, 'redstage', 'bluehall');
      await allow(page);
      await page.goto(AUTHORIZATIONS);
      await page.locator('.row > details > summary').press('Enter');
      await page.getByRole('link', { name: says('authorizations.change_of') }).press('Enter');
      await page.getByRole('heading', { name: says('change.heading') }).waitFor();
      await page.getByRole('checkbox', { name: scopeText('write') }).press('Space');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Space');
      await page.getByLabel(textFor('change.end')).fill('2090-12-31');
      await page.getByRole('button', { name: textFor('change.submit') }).press('Enter');
      assert.match(
        await page.getByRole('status').innerText(),
        says('authorizations.notice.narrowed'),
      );
      await page.locator('.row > details > summary').press('Enter');
      const text = await page.getByRole('main').innerText();
      assert.match(
        text,
        pattern`${says('authorizations.organizers', { count: 1 })}\s+Red Stage[\s\S]*31 Dec 2090\s+${says('authorizations.ends.own')}`,
      );
      assert.doesNotMatch(text, pattern`Blue Hall|${scopeText('write')}`);
      window.assertQuiet();
    });

    it('allows selecting among 200 organizers', async () => {
      await using window = await open();
      const { page } = window;
      await toConsent(page, site.max, site.boxOffice);
      await page.getByRole('button', { name: textFor('consent.filter.all') }).click();
      await allow(page);
      await cameBack(page);
      await page.goto(AUTHORIZATIONS);
      await page.locator('.row > details > summary').click();
      await page.getByRole('link', { name: says('authorizations.change_of') }).click();
      const count = page.getByRole('status');
      assert.equal(await count.innerText(), counted(200, 200));
      await page.getByRole('button', { name: textFor('consent.filter.clear') }).click();
      await page.getByRole('searchbox', { name: textFor('consent.filter') }).fill('muller');
      await page.getByRole('button', { name: textFor('consent.filter.all') }).click();
      assert.equal(
        await count.innerText(),
        `${counted(1, 200)} · ${textFor('consent.filter.shown', { shown: 1 })}`,
      );
      await page.getByRole('button', { name: textFor('change.submit') }).click();
      await page.locator('.row > details > summary').click();
      await page
        .getByRole('heading', { name: textFor('authorizations.organizers', { count: 1 }) })
        .waitFor();

      await page.goto(site.request(site.boxOffice));
      assert.equal(await count.innerText(), counted(1, 200));
      const first = page.locator('#organizer-list').getByRole('checkbox').first();
      assert.equal(await first.isChecked(), true, 'selected organizers come first');
      await page.getByRole('searchbox').fill(textFor('consent.organizers.earlier'));
      await page.getByText(textFor('consent.filter.empty')).waitFor();
      window.assertQuiet();
    });

    it('signing out also signs out of the authorization endpoint', async () => {
      await using window = await open();
      const { page } = window;
      await page.goto(AUTHORIZATIONS);
      await signIn(page, site.ada);
      await page.goto(site.request(site.boxOffice));
      await page
        .getByRole('heading', {
          name: textFor('consent.heading', { application: 'Box Office Sync' }),
        })
        .waitFor();
      assert.equal(await page.getByRole('link', { name: textFor('layout.logout') }).count(), 0);
      await page.goto(AUTHORIZATIONS);
      await page.getByRole('link', { name: textFor('layout.logout') }).click();
      await page.getByRole('button', { name: textFor('logout.submit') }).click();
      await page.getByRole('heading', { name: textFor('signed_out.title') }).waitFor();
      await page.goto(site.request(site.boxOffice));
      await page.getByRole('heading', { name: textFor('login.title'), level: 1 }).waitFor();
      await page.goto(AUTHORIZATIONS);
      await page.getByRole('heading', { name: textFor('login.title'), level: 1 }).waitFor();
      window.assertQuiet();
    });
  });

  describe('consent page', () => {
    it('allows selecting among 200 organizers with a filter, one button for all shown ones, and a count', async () => {
      await using window = await open();
      const { page } = window;
      await toConsent(page, site.max, site.boxOffice);
      const count = page.getByRole('status');
      assert.equal(await count.innerText(), counted(0, 200));
      const filter = page.getByRole('searchbox', { name: textFor('consent.filter') });
      await filter.fill('cafe mull');
      const shown = page.locator('#organizer-list').getByRole('checkbox');
      assert.equal(await shown.count(), 1, 'the filter ignores accents');
      await page.getByRole('checkbox', { name: 'Café Müller' }).check();
      // In this field, Enter must not submit the form.
      await filter.press('Enter');
      await filter.fill('basel');
      const basel = await shown.count();
      assert.ok(basel > 1 && basel < 200);
      await page.getByRole('button', { name: textFor('consent.filter.all') }).click();
      assert.equal(
        await count.innerText(),
        `${counted(basel + 1, 200)} · ${textFor('consent.filter.shown', { shown: basel })}`,
      );
      await filter.fill('nowhere');
      await page.getByText(textFor('consent.filter.empty')).waitFor();
      await page.getByRole('button', { name: textFor('consent.filter.clear') }).click();
      await filter.fill('');
      assert.equal(await count.innerText(), counted(0, 200));
      await page.getByRole('checkbox', { name: 'Café Müller' }).check();
      await allow(page);
      await cameBack(page);
      await page.goto(AUTHORIZATIONS);
      await page.locator('.row > details > summary').click();
      await page
        .getByRole('heading', { name: textFor('authorizations.organizers', { count: 1 }) })
        .waitFor();
      window.assertQuiet();
    });

    for (const [locale, width, height, screens] of [
      ['en', 1280, 900, 1],
      ['en', 375, 740, 1.3],
      ['de', 1280, 900, 1],
      ['de', 375, 740, 1.3],
    ] as const) {
      const screen = `a screen of ${width}×${height}`;
      it(`fits ${screens} of ${screen} for two organizers (${locale})`, async () => {
        await using window = await open({ locale, viewport: { width, height } });
        const { page } = window;
        await page.goto(site.request(site.seatmap, { scope: 'read write profile' }));
        await signIn(page, site.ada);
        await tick(page, 'redstage');
        const summary = page.locator('#summary');
        assert.match(await summary.innerText(), /Red Stage|Rote Bühne/);
        const used = await page.evaluate<number>('document.documentElement.scrollHeight');
        assert.ok(used <= height * screens, `${used} pixels`);
        const deny = textFor('consent.deny', {}, locale);
        const bar = await page.getByRole('button', { name: deny }).boundingBox();
        assert.ok(bar && bar.y + bar.height <= height, 'the decision is in view');
        window.assertQuiet();
      });
    }

    it('selects no more organizers at once than a grant can have', async () => {
      const rita = await putUser(site.server, { id: 'rita', locale: '' });
      await importDirectory(
        site.server,
        Array.from({ length: 520 }, (_, n) => `many${n}`).flatMap((slug) => [
          { organizer: { slug, name: slug } },
          { team: { organizer: slug, id: 'staff', members: [rita.id] } },
        ]),
      );
      await using window = await open();
      const { page } = window;
      await toConsent(page, rita, site.boxOffice);
      await page.getByText(textFor('consent.organizers.limit', { limit: 500 })).waitFor();
      const count = page.getByRole('status');
      const filter = page.getByRole('searchbox', { name: textFor('consent.filter') });
      await filter.fill('many51');
      const tickAll = page.getByRole('button', { name: textFor('consent.filter.all') });
      await tickAll.click();
      assert.equal(
        await count.innerText(),
        `${counted(11, 520)} · ${textFor('consent.filter.shown', { shown: 11 })}`,
      );
      await filter.fill('');
      await tickAll.click();
      await tickAll.click();
      assert.equal(
        await count.innerText(),
        `${counted(500, 520)} · ${textFor('consent.filter.full', { limit: 500 })}`,
      );
      const [slug] = await page
        .locator('#organizer-list input:not(:checked)')
        .evaluateAll((boxes) => boxes.map((box) => box.getAttribute('value') ?? ''));
      const another = page.getByRole('checkbox', { name: slug ?? '', exact: true });
      await another.check();
      assert.equal(
        await count.innerText(),
        `${counted(501, 520)} · ${textFor('consent.filter.full', { limit: 500 })}`,
      );
      await allow(page);
      const alert = page.getByRole('alert');
      assert.match(
        await alert.innerText(),
        says('consent.error.organizers.too_many', { limit: 500 }),
      );
      assert.equal(
        await count.innerText(),
        `${counted(501, 520)} · ${textFor('consent.filter.full', { limit: 500 })}`,
      );
      await another.uncheck();
      await allow(page);
      await cameBack(page);
      window.assertQuiet();
    });

    it('shows missing choices at their place, and keeps the selection', async () => {
      await using window = await open();
      const { page } = window;
      await toConsent(page, site.ada, site.boxOffice);
      await page.getByRole('checkbox', { name: scopeText('write') }).uncheck();
      await allow(page);
      const alert = page.getByRole('alert');
      assert.match(await alert.innerText(), says('consent.error.title'));
      const focused = await page.evaluate('document.activeElement.getAttribute("role")');
      assert.equal(focused, 'alert', 'the alert has the focus');
      assert.match(page.url(), /\/interaction\//);
      await alert.getByRole('link', { name: says('consent.error.organizers.required') }).click();
      assert.match(page.url(), /#organizers$/);
      const group = page.getByRole('group', { name: textFor('consent.organizers') });
      assert.match((await group.getAttribute('aria-describedby')) ?? '', /organizers-error/);
      assert.equal(await page.getByRole('checkbox', { name: scopeText('read') }).isChecked(), true);
      assert.equal(
        await page.getByRole('checkbox', { name: scopeText('write') }).isChecked(),
        false,
      );
      await tick(page, 'bluehall');
      await allow(page);
      await cameBack(page);
      window.assertQuiet();
    });

    it('has no check boxes for a request with a single choice', async () => {
      await using window = await open();
      const { page } = window;
      await page.goto(site.request(site.boxOffice, { scope: 'profile' }));
      await signIn(page, site.ada);
      await page.getByText(scopeText('profile')).waitFor();
      assert.equal(await page.getByRole('checkbox').count(), 0);
      await allow(page);
      await cameBack(page);
      window.assertQuiet();
    });

    it('explains itself when the user goes back after answering', async () => {
      await using window = await open();
      const { page } = window;
      await toConsent(page, site.ada, site.boxOffice);
      await tick(page, 'redstage');
      await allow(page);
      await cameBack(page);
      await page.goBack();
      await page.getByRole('heading', { name: textFor('over.title.answered') }).waitFor();
      await page
        .getByRole('link', {
          name: textFor('link.application', { application: 'Box Office Sync' }),
        })
        .waitFor();
      await page.getByRole('link', { name: textFor('link.authorizations') }).click();
      await page
        .getByRole('heading', { name: textFor('authorizations.title'), level: 1 })
        .waitFor();
      window.assertQuiet();
    });

    it('asks for the password if the sign-in is old, and keeps the selection', async () => {
      await using window = await open();
      const { page } = window;
      await toConsent(page, site.ada, site.seatmap);
      assert.equal(await page.getByLabel(textFor('consent.password')).count(), 0);
      await ageSignIns(site.server);
      await page.reload();
      await page.getByRole('checkbox', { name: scopeText('write') }).uncheck();
      await tick(page, 'bluehall');
      const password = page.getByLabel(textFor('consent.password'));
      await password.fill('not the password');
      await allow(page);

      assert.match(await page.getByRole('alert').innerText(), says('consent.error.password.wrong'));
      assert.equal(await password.getAttribute('aria-invalid'), 'true');
      assert.match((await password.getAttribute('aria-describedby')) ?? '', /password-error/);
      assert.equal(await page.getByRole('checkbox', { name: 'Blue Hall' }).isChecked(), true);
      assert.equal(await page.getByRole('checkbox', { name: 'Red Stage' }).isChecked(), false);
      assert.equal(
        await page.getByRole('checkbox', { name: scopeText('write') }).isChecked(),
        false,
      );
      await password.fill(site.ada.password);
      await password.press('Enter');
      await cameBack(page);
      await page.goto(site.request(site.seatmap));
      assert.equal(await password.count(), 0, 'the sign-in was renewed');
      window.assertQuiet();
    });
  });

  it('error pages have a link to continue', async () => {
    await using window = await open();
    const { page } = window;
    for (const path of [
      site.request({ ...site.boxOffice, clientId: 'nobody' }),
      site.request(site.boxOffice, { redirect_uri: 'https://evil.example.com/' }),
      '/nothing/here',
    ]) {
      await page.goto(path);
      const main = page.getByRole('main');
      await main.getByRole('link', { name: textFor('link.authorizations') }).waitFor();
      await main.getByRole('link', { name: textFor('link.home') }).click();
      await page.getByRole('heading', { name: says('landing.title') }).waitFor();
    }
    window.assertQuiet();
  });

  it('cuts a name of 255 characters after four lines of a phone screen; the tooltip has all of it', async () => {
    await using window = await open({ viewport: { width: 375, height: 667 } });
    const { page } = window;
    await toConsent(page, site.ada, site.longName);
    const heading = page.getByRole('heading', { level: 1 });
    assert.match(
      await heading.innerText(),
      new RegExp(`^${textFor('consent.heading').replace('{application} ', '\\w{255}\\s')}$`),
    );
    assert.match(
      (await page.locator('header.application').getAttribute('title')) ?? '',
      /^\w{255}$/,
    );
    const box = await heading.boundingBox();
    assert.ok(box && box.height < 667 / 6, `${box?.height} pixels high`);
    window.assertQuiet();
  });
});

function counted(selected: number, total: number): string {
  return textFor('consent.filter.count', { selected, total });
}
