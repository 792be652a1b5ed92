import { sql } from 'kysely';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { FIREFOX, SAFARI } from '../account.ts';
import { manage } from '../platform.ts';
import type { TestServer } from '../server.ts';
import { UserAgent } from '../user-agent.ts';
import { allow, deny, signIn, tick } from './person.ts';
import type { Site } from './site.ts';
import { openWindow } from './window.ts';

/** Function that is called for each page, to check it or to take a picture. */
export type Look = (page: Page, name: string) => Promise<void>;

/** A browser and the options of its windows. */
export interface Traveller {
  readonly browser: Browser;
  readonly options: BrowserContextOptions;
  readonly look: Look;
}

/** Opens every page of the server; fails if one of them reports an error. */
export async function tourSite(traveller: Traveller, site: Site): Promise<void> {
  await tourErrors(traveller, site);
  await tourAsAda(traveller, site);
  await tourAsCleo(traveller, site);
  await tourAsMax(traveller, site);
  await endGrants(site.server);
}

/** Makes all sign-ins two hours old, which is too old for consent. */
export async function ageSignIns(server: TestServer): Promise<void> {
  await server.database.db
    .updateTable('sessions')
    .set({ authenticated_at: sql<Date>`now() - interval '2 hours'` })
    .execute();
}

/** Makes all sign-ins recent. */
export async function renewSignIns(server: TestServer): Promise<void> {
  await server.database.db
    .updateTable('sessions')
    .set({ authenticated_at: sql<Date>`now()` })
    .execute();
}

/** Makes every grant look as if it was last used some days ago. */
export async function ageGrants(server: TestServer, days: number): Promise<void> {
  await server.database.db
    .updateTable('grants')
    .set({
      created_at: sql<Date>`now() - make_interval(days => ${days}::int)`,
      last_used_at: sql<Date>`now() - make_interval(days => ${days}::int)`,
      last_used_ip: '2001:db8:1:2::3',
    })
    .execute();
}

/** Ends every grant, so that consent is asked for again. */
export async function endGrants(server: TestServer): Promise<void> {
  await server.database.db
    .updateTable('grants')
    .set({ revoked_at: sql<Date>`now()`, revocation_reason: 'revoked_by_user' })
    .where('revoked_at', 'is', null)
    .execute();
}

async function tourErrors({ browser, options, look }: Traveller, site: Site): Promise<void> {
  await using window = await openWindow(browser, site.server, options);
  const { page } = window;
  const evil = 'https://evil.example.com/';
  const pages = {
    landing: '/',
    'error-unknown-client': site.request({ ...site.boxOffice, clientId: 'nobody' }),
    'error-redirect-uri': site.request(site.boxOffice, { redirect_uri: evil }),
    'error-not-found': '/nothing/here',
    'over-expired': '/interaction/nothing-like-it',
    docs: '/docs',
    guide: '/docs/guide',
    changelog: '/docs/changelog',
    'guide-examples': '/docs/examples',
    'guide-browser-apps': '/docs/browser-apps',
    'guide-native-apps': '/docs/native-apps',
    'guide-servers': '/docs/servers',
    'guide-agents': '/docs/agents',
    'guide-services': '/docs/api-services',
    'guide-api': '/docs/api',
    'guide-api-section': '/docs/api/applications',
    'guide-api-found': '/docs/api?q=secrets',
    'guide-api-tour': '/docs/api/tour',
  };
  for (const [name, path] of Object.entries(pages)) {
    await page.goto(path);
    await look(page, name);
  }
  await page.goto('/login');
  await page.locator('[name=csrf]').evaluate((field) => field.setAttribute('value', 'x'));
  await signIn(page, site.ada);
  await look(page, 'error-csrf');
  window.assertQuiet();
}

async function tourAsAda({ browser, options, look }: Traveller, site: Site): Promise<void> {
  await using window = await openWindow(browser, site.server, options);
  const { page } = window;
  await page.goto(site.request(site.boxOffice));
  await look(page, 'login');
  await signIn(page, { ...site.ada, password: 'wrong' });
  await look(page, 'login-error');
  await signIn(page, site.ada);
  await look(page, 'consent-two');
  const consent = page.url();
  await tick(page, 'redstage');
  await allow(page);
  await page.goto(consent);
  await look(page, 'over-answered');
  await page.goto(site.request(site.seatmap, { scope: 'read write profile' }));
  await look(page, 'consent-unreviewed');
  await allow(page);
  await look(page, 'consent-error');
  await tick(page, 'redstage', 'bluehall');
  await allow(page);
  await page.goto(site.request(site.boxOffice, { scope: 'read write profile' }));
  await look(page, 'consent-again');
  await allow(page);
  await page.goto(site.request(site.boxOffice));
  await look(page, 'consent-again-nothing-new');
  await page.goto(site.request(site.boxOffice, { scope: 'profile' }));
  await look(page, 'consent-profile');
  await page.goto(site.request(site.longName));
  await look(page, 'consent-long-name');
  await tick(page, 'bluehall');
  await allow(page);
  await tourAuthorizations(page, look);
  await tourActivity(page, look);
  await tourAccount(page, site, look);
  await tourSignInPages(page, site, look);
  window.assertQuiet();
}

async function tourAuthorizations(page: Page, look: Look): Promise<void> {
  const revoke = async (name: string) => {
    const row = page.locator('.row', { hasText: name });
    await row.locator('summary').first().click();
    await row.locator('.row-action').click();
  };
  await page.goto('/account/authorizations');
  await look(page, 'authorizations');
  await revoke('Antidis');
  await look(page, 'revoke-long-name');
  await page.goto('/account/authorizations');
  await revoke('Box Office');
  await look(page, 'revoke-application');
  await page.goto('/account/authorizations');
  for (const box of await page.locator('.row-check input').all()) {
    await box.check();
  }
  await look(page, 'authorizations-selected');
  await page.locator('.selection button').click();
  await look(page, 'revoke-selected');
  await page.goto('/account/authorizations?q=nothing&can=edit');
  await look(page, 'authorizations-none-found');
  await page.goto('/account/authorizations?sort=used');
  await revoke('Seatmap');
  await look(page, 'revoke');
  await page.locator('main button').click();
  await look(page, 'authorizations-revoked');
  await tourChange(page, look);
  await tourUnused(page, look);
}

async function tourChange(page: Page, look: Look): Promise<void> {
  const save = page.locator('main button[type=submit]');
  const day = page.locator('[name=end_date]');
  await page.locator('.row summary').last().click();
  await page.locator('a[href$="/change"]').last().click();
  await look(page, 'change');
  await day.fill('2020-01-01');
  await save.click();
  await look(page, 'change-error');
  const year = new Date().getFullYear();
  await day.fill(`${year + 2}-03-01`);
  await save.click();
  await look(page, 'authorizations-narrowed');
  await page.locator('.row summary').last().click();
  await page.locator('a[href$="/change"]').last().click();
  await look(page, 'change-end');
  await page
    .locator('[name=scopes]')
    .first()
    .evaluate((box) => box.setAttribute('value', 'gone'));
  await save.click();
  await look(page, 'change-meanwhile');
  for (const box of await page.locator('[name=scopes]').all()) {
    await box.uncheck();
  }
  await save.click();
  await look(page, 'revoke-nothing-left');
}

async function tourUnused(page: Page, look: Look): Promise<void> {
  await page.goto('/account/authorizations/unused?days=soon');
  await look(page, 'unused-error');
  await page.locator('[name=days]').fill('30');
  await page.locator('main button').click();
  await look(page, 'unused-none');
}

async function tourActivity(page: Page, look: Look): Promise<void> {
  await page.goto('/account/activity');
  await look(page, 'activity');
  await page.locator('.filter > summary').click();
  await page.locator('[name=kind]').selectOption('applications');
  await look(page, 'activity-filters');
  await page.locator('main form button').click();
  await look(page, 'activity-filtered-empty');
  await page.goto('/account/activity?cursor=1.1');
  await look(page, 'activity-beyond');
}

async function tourAccount(page: Page, site: Site, look: Look): Promise<void> {
  const save = page.locator('main form button[type=submit]');
  await page.goto('/account/profile');
  await look(page, 'profile');
  await page.locator('[name=timezone]').selectOption('Europe/Berlin');
  await save.click();
  await look(page, 'profile-saved');
  await page
    .locator('main [name=language]')
    .last()
    .evaluate((radio) => radio.setAttribute('value', 'fr'));
  await page.locator('main [name=language]').last().check();
  await save.click();
  await look(page, 'profile-error');
  await page.locator('[name=timezone]').selectOption('platform');
  await page.locator('main [name=language]').first().check();
  await save.click();
  await page.goto('/account/sessions');
  await look(page, 'sessions-one');
  await signInElsewhere(site);
  await page.goto('/account/sessions');
  await look(page, 'sessions');
  await page.locator('.sessions a').last().click();
  await look(page, 'sessions-end');
  await page.locator('main form button').click();
  await look(page, 'sessions-ended');
  await signInElsewhere(site);
  await page.goto('/account/sessions/others/end');
  await look(page, 'sessions-end-others');
  await tourPassword(page, site, look);
}

async function tourPassword(page: Page, { server, ada }: Site, look: Look): Promise<void> {
  const change = async (current: string, wanted: string) => {
    await page.locator('[name=current_password]').fill(current);
    await page.locator('[name=new_password]').fill(wanted);
    await page.locator('[name=new_password_again]').fill(wanted);
    await page.locator('main form button').click();
  };
  await page.goto('/account/password');
  await look(page, 'password');
  await change('', 'short');
  await look(page, 'password-error');
  await change(ada.password, 'four unrelated words of mine');
  await look(page, 'password-changed');
  // Restores the account for the following pages.
  await manage(server, 'PATCH', `/api/v1/users/${ada.id}/`, { password: ada.password });
  await page.goto('/account/password');
  await signIn(page, ada);
}

/** Signs Ada in in two other browsers. */
async function signInElsewhere({ server, ada }: Site): Promise<void> {
  for (const [agent, address] of [
    [SAFARI, '2001:db8:7:8::9'],
    [FIREFOX, '203.0.113.7'],
  ] as const) {
    const browser = new UserAgent(server, { 'user-agent': agent, 'x-forwarded-for': address });
    await browser.submit(await browser.get('/login'), { email: ada.email, password: ada.password });
  }
}

async function tourSignInPages(page: Page, site: Site, look: Look): Promise<void> {
  await page.goto(site.request(site.boxOffice, { prompt: 'login' }));
  await look(page, 'login-switch');
  await page.goto('/login?reason=recent');
  await look(page, 'login-recent');
  await ageSignIns(site.server);
  await page.goto(site.request(site.boxOffice));
  await look(page, 'consent-stale');
  await page.locator('[name=password]').fill('wrong');
  await allow(page);
  await look(page, 'consent-stale-error');
  await page.goto('/logout');
  await look(page, 'logout');
  await page.locator('main button').click();
  await look(page, 'signed-out');
}

async function tourAsCleo({ browser, options, look }: Traveller, site: Site): Promise<void> {
  await using window = await openWindow(browser, site.server, options);
  const { page } = window;
  await page.goto(site.request(site.boxOffice));
  await signIn(page, site.cleo);
  await look(page, 'consent-no-organizers');
  await page.goto('/account/authorizations');
  await look(page, 'authorizations-empty');
  window.assertQuiet();
}

async function tourAsMax({ browser, options, look }: Traveller, site: Site): Promise<void> {
  await using window = await openWindow(browser, site.server, options);
  const { page } = window;
  await page.goto(site.request(site.boxOffice));
  await signIn(page, site.max);
  await look(page, 'consent-many');
  await page.locator('#filter').fill('zur');
  await page.locator('[data-all]').click();
  await look(page, 'consent-many-filtered');
  await page.locator('#filter').fill('nothing');
  await look(page, 'consent-many-nothing');
  await allow(page);
  await page.goto('/account/authorizations');
  await page.locator('.row summary').first().click();
  await look(page, 'authorizations-many');
  await page.goto('/account/activity');
  await page.locator('.entry summary').first().click();
  await look(page, 'activity-many');
  await page.goto('/account/authorizations');
  await page.locator('.row summary').first().click();
  await page.locator('a[href$="/change"]').first().click();
  await look(page, 'change-many');
  await page.locator('#filter').fill('zur');
  await look(page, 'change-many-filtered');
  await page.goto(site.request(site.boxOffice));
  await look(page, 'consent-again-many');
  await ageGrants(site.server, 40);
  await page.goto('/account/authorizations/unused');
  await look(page, 'unused');
  await page.goto('/account/authorizations');
  await page.locator('.row summary').first().click();
  await page.locator('.row-action').first().click();
  await look(page, 'revoke-many');
  window.assertQuiet();
}

/** Opens every page of the demo application. */
export async function tourDemo(
  { browser, options, look }: Traveller,
  server: TestServer,
): Promise<void> {
  await using window = await openWindow(browser, server, options);
  const { page } = window;
  const [ada] = server.demo?.users ?? [];
  await page.goto('/');
  await look(page, 'landing-demo');
  await page.goto(server.demo?.applicationUrl ?? '');
  await look(page, 'demo-start');
  await page.locator('a[href="/connect"]').click();
  await signIn(page, { email: ada?.email ?? '', password: ada?.password ?? '' });
  await deny(page);
  await look(page, 'demo-denied');
  await page.locator('a[href="/connect"]').click();
  await tick(page, 'redstage');
  await allow(page);
  await look(page, 'demo-connected');
  for (const action of ['order', 'refresh', 'revoke']) {
    await page.locator(`form[action="/${action}"] button`).click();
    await look(page, `demo-${action}`);
  }
  await page.goto(`${server.demo?.applicationUrl}/nothing`);
  await look(page, 'demo-not-found');
  window.assertQuiet();
}
