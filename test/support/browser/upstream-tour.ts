import type { Page } from 'playwright-core';
import { registerApplication, reviewApplication, type TestApplication } from '../factories.ts';
import { authorizationUrl, requestOf } from '../flow.ts';
import { manage } from '../platform.ts';
import type { Behaviour } from '../upstream-behaviour.ts';
import type { UpstreamAccount } from '../upstream-provider.ts';
import { startUpstreamSite, type UpstreamSite } from '../upstream-site.ts';
import { startApplication } from './site.ts';
import { ageSignIns, type Traveller } from './tour.ts';
import { openWindow } from './window.ts';

/** The platform with its own login, a Stagedoor that uses it, and an application. */
export interface UpstreamWorld extends UpstreamSite {
  readonly boxOffice: TestApplication;
  /** An account at the platform without a user here. */
  readonly stranger: UpstreamAccount;
  /** Path of an authorization request. */
  readonly request: string;
}

/** Starts all three. No user has a language. */
export async function startUpstreamWorld(): Promise<UpstreamWorld> {
  const [site, application] = [await startUpstreamSite(), await startApplication()];
  const boxOffice = await registerApplication(site.server, {
    name: 'Box Office Sync',
    owner: site.platform.ben.id,
    redirectUris: [`${application.url}/callback`],
  });
  await reviewApplication(site.server, boxOffice.clientId);
  await manage(site.server, 'PATCH', `/api/v1/users/${site.platform.ada.id}/`, { locale: '' });
  const { pathname, search } = authorizationUrl(
    site.server,
    requestOf(boxOffice, { scope: 'read write', approval_prompt: 'force' }),
  );
  return {
    ...site,
    boxOffice,
    stranger: site.upstream.addAccount('platform|stranger', { email: 'stranger@example.com' }),
    request: pathname + search,
    close: async () => {
      await application.close();
      await site.close();
    },
  };
}

/** Fills in the sign-in page of the platform, and waits for the next page of Stagedoor. */
export async function signInAtPlatform(page: Page, account: UpstreamAccount): Promise<void> {
  await page.getByRole('heading', { name: 'Sign in to the platform' }).waitFor();
  await page.getByLabel('E-mail').fill(account.email);
  await page.getByLabel('Password').fill(account.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('Stagedoor', { exact: true }).waitFor();
}

/** Behaviour of the platform that causes each of the error pages. */
const WRONGS: Readonly<Record<string, Behaviour>> = {
  refused: { authorizationError: 'access_denied' },
  unavailable: { authorizationError: 'temporarily_unavailable' },
  misconfigured: { authorizationError: 'unauthorized_client' },
  expired: { tokenAnswer: { status: 400, body: { error: 'invalid_grant' } } },
  invalid: { foreignKey: true },
  clock: { claims: (claims) => ({ ...claims, iat: (claims.iat ?? 0) - 600 }) },
  'not-fresh': { claims: (claims) => ({ ...claims, auth_time: 0 }) },
};

/** Opens every page about the upstream login; fails if one of them reports an error. */
export async function tourUpstream(traveller: Traveller, world: UpstreamWorld): Promise<void> {
  await tourRefusals(traveller, world);
  await tourSession(traveller, world);
}

async function tourRefusals(
  { browser, options, look }: Traveller,
  { server, upstream, ada, stranger }: UpstreamWorld,
): Promise<void> {
  await using window = await openWindow(browser, server, options);
  const { page } = window;
  await page.goto('/account/authorizations');
  await signInAtPlatform(page, stranger);
  await look(page, 'upstream-unknown-user');
  await page.goto('/login/callback?code=x&state=x');
  await look(page, 'upstream-foreign');
  await page.goto('/account/authorizations');
  await signInAtPlatform(page, ada);
  for (const [name, behaviour] of Object.entries(WRONGS)) {
    await page.context().clearCookies({ name: 'stagedoor_session' });
    upstream.behaviour = behaviour;
    await page.goto('/account/authorizations');
    await look(page, `upstream-${name}`);
    upstream.behaviour = {};
  }
  await manage(server, 'PATCH', '/api/v1/users/ada/', { is_active: false });
  await page.goto('/account/authorizations');
  await look(page, 'upstream-deactivated');
  await manage(server, 'PATCH', '/api/v1/users/ada/', { is_active: true });
  window.assertQuiet();
}

async function tourSession(
  { browser, options, look }: Traveller,
  { server, ada, request }: UpstreamWorld,
): Promise<void> {
  await using window = await openWindow(browser, server, options);
  const { page } = window;
  const answered = page.waitForRequest((one) => one.url().includes('/login/callback?'));
  await page.goto('/account/applications/new');
  await signInAtPlatform(page, ada);
  await page.goto((await answered).url());
  await look(page, 'upstream-used');
  await ageSignIns(server);
  await page.goto(request);
  await look(page, 'upstream-consent-stale');
  await page.goto('/account/applications/new');
  await page.context().clearCookies({ name: 'stagedoor_session' });
  await page.locator('main form button[type=submit]').first().click();
  await look(page, 'upstream-sign-in-again');
  await page.goto('/account/password');
  await look(page, 'upstream-password');
  await page.goto('/account/sessions');
  await look(page, 'upstream-sessions');
  await page.goto('/account/authorizations');
  await page.goto('/logout');
  await page.locator('main button').click();
  await look(page, 'upstream-signed-out');
  window.assertQuiet();
}
