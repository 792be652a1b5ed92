import type { Page } from 'playwright-core';
import { putUser, registerApplication, type TestUser } from '../factories.ts';
import { type ClientCredentials, manage } from '../platform.ts';
import type { TestServer } from '../server.ts';
import { deny, signIn } from './person.ts';
import { ageSignIns, type Look, renewSignIns, type Traveller } from './tour.ts';
import { openWindow } from './window.ts';

const APPLICATIONS = '/account/applications';

/** Pages below an application that show its name and texts. */
export const HOSTILE_PAGES = ['', '/credentials', '/edit', '/start', '/delete', '/transfer'];

/** The page of a developer, and the function that is called for each of its states. */
interface Desk {
  readonly server: TestServer;
  readonly page: Page;
  readonly look: Look;
  readonly developer: TestUser;
}

/** Opens every page of application developers; fails if one of them reports an error. */
export async function tourDevelopers(
  { browser, options, look }: Traveller,
  server: TestServer,
): Promise<void> {
  const id = `kim${Math.random().toString(36).slice(2)}`;
  const developer = await putUser(server, { id, fullName: 'Kim Novak', locale: '' });
  await using window = await openWindow(browser, server, options);
  const { page } = window;
  await page.goto(APPLICATIONS);
  await signIn(page, developer);
  const desk = { server, page, look, developer };
  const { clientId } = await tourRegistration(desk);
  await tourSettings(desk, clientId);
  await tourEnd(desk, clientId);
  await tourStates(desk, clientId);
  window.assertQuiet();
}

/** Returns the client ID, and the secret if the page shows one. */
export async function shownCredentials(page: Page): Promise<ClientCredentials> {
  const secret = page.locator('#client-secret');
  return {
    clientId: (await page.locator('#client-id').textContent()) ?? '',
    clientSecret: (await secret.count()) === 1 ? ((await secret.textContent()) ?? '') : undefined,
  };
}

/** Gives an application a name and texts that forms reject. */
export async function makeHostile(server: TestServer, clientId: string): Promise<void> {
  const nasty = `<img src=x onerror="document.title='hacked'">\u202eevil`;
  await server.database.db
    .updateTable('applications')
    .set({
      name: nasty,
      description: `${nasty}\n`.repeat(20),
      homepage_url: 'javascript:alert(1)',
    })
    .where('client_id', '=', clientId)
    .execute();
}

async function submit(page: Page): Promise<void> {
  await page.locator('main form:has(.decision) button[type=submit]').click();
}

/** Fills the rows of redirect URIs; without script, there are free ones. */
async function fillRedirectUris(page: Page, uris: readonly string[]): Promise<void> {
  for (const [index, uri] of uris.entries()) {
    const row = page.locator(`#redirect_uri-${index + 1}`);
    if ((await row.count()) === 0) {
      await page.locator('[data-add]').click();
    }
    await row.fill(uri);
  }
}

async function tourRegistration({ page, look }: Desk): Promise<ClientCredentials> {
  await look(page, 'empty');
  await page.goto(`${APPLICATIONS}/new`);
  await look(page, 'new');
  await fillRedirectUris(page, ['http://evil.example.com/*', 'foo:bar']);
  await submit(page);
  await look(page, 'new-error');
  await page.locator('#name').fill('Night Train Tickets');
  await page.locator('.more > summary').click();
  await page.locator('#description').fill('Sells what is left.\nAt night.');
  await page.locator('#homepage_url').fill('https://night-train.example.com/');
  await fillRedirectUris(page, [
    'https://night-train.example.com/callback',
    'http://127.0.0.1:8080/callback',
  ]);
  await submit(page);
  await look(page, 'registered');
  const credentials = await shownCredentials(page);
  await page.reload();
  await look(page, 'registered-reloaded');
  return credentials;
}

async function tourSettings({ server, page, look }: Desk, clientId: string): Promise<void> {
  const path = `${APPLICATIONS}/${clientId}`;
  await page.goto(`${path}/secrets/new`);
  await look(page, 'secret-new');
  await page.locator('#label').fill('staging server');
  const nextMonth = new Date(Date.now() + 31 * 86_400_000).toISOString().slice(0, 10);
  await page.locator('#expires_on').fill(nextMonth);
  await submit(page);
  await look(page, 'secret-added');
  await page.goto(path);
  await look(page, 'application');
  await page.goto(`${path}/credentials`);
  await look(page, 'credentials');
  await page.locator('a[href$="/delete"][href*="/secrets/"]').first().click();
  await look(page, 'secret-delete');
  for (const part of ['statistics', 'errors', 'check', 'try']) {
    await page.goto(`${path}/${part}`);
    await look(page, part);
  }
  await page.locator('form[action$="/try"] button').click();
  await look(page, 'try-consent');
  await deny(page);
  await look(page, 'try-denied');
  await page.goto(`${path}/edit`);
  await look(page, 'edit');
  await manage(server, 'PATCH', `/api/v1/applications/${clientId}/`, {
    redirect_uris: ['https://night-train.example.com/other'],
  });
  await submit(page);
  await look(page, 'edit-meanwhile');
}

async function tourEnd({ server, page, look }: Desk, clientId: string): Promise<void> {
  const path = `${APPLICATIONS}/${clientId}`;
  await page.goto(`${path}/transfer`);
  await look(page, 'transfer');
  await page.locator('#email').fill('not an address');
  await submit(page);
  await look(page, 'transfer-error');
  await page.locator('#email').fill('somebody@example.com');
  await submit(page);
  await look(page, 'application-offered');
  await page.goto(`${path}/delete`);
  await submit(page);
  await look(page, 'delete-error');
  await ageSignIns(server);
  await submit(page);
  await look(page, 'delete-sign-in');
  await renewSignIns(server);
}

/** Shows suspended and disabled applications, and one that another user offers. */
async function tourStates(desk: Desk, clientId: string): Promise<void> {
  const { server, page, look, developer } = desk;
  await manage(server, 'POST', `/api/v1/applications/${clientId}/suspend/`, {
    reason: 'Somebody complained about mails that they did not ask for.',
  });
  const long = await registerApplication(server, {
    owner: developer.id,
    name: 'Antidisestablishmentarianism'.repeat(10).slice(0, 255),
    clientType: 'public',
  });
  await manage(server, 'PATCH', `/api/v1/applications/${long.clientId}/`, { is_active: false });
  const owner = await putUser(server, { id: 'grace', fullName: 'Grace Hopper', locale: '' });
  const offered = await registerApplication(server, {
    owner: owner.id,
    name: 'Box Office <b>Sync</b>',
  });
  await server.database.db
    .insertInto('application_transfers')
    .values({
      client_id: offered.clientId,
      from_user_id: owner.id,
      to_user_id: developer.id,
      to_email: developer.email,
    })
    .execute();
  await page.goto(`${APPLICATIONS}/${clientId}`);
  await look(page, 'application-suspended');
  await page.goto(`${APPLICATIONS}/${long.clientId}`);
  await look(page, 'application-long-name');
  await page.goto(APPLICATIONS);
  await look(page, 'list');
  await page.goto('/account/activity');
  await look(page, 'activity-owner');
  await makeHostile(server, long.clientId);
  await page.goto(APPLICATIONS);
  await look(page, 'list-hostile');
  for (const part of HOSTILE_PAGES) {
    await page.goto(`${APPLICATIONS}/${long.clientId}${part}`);
    await look(page, `hostile${part.replace('/', '-')}`);
  }
}
