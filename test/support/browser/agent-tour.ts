import type { Page } from 'playwright-core';
import { type DocumentSite, LOOPBACK, startDocumentSite } from '../document-site.ts';
import type { TestApplication, TestPlatform } from '../factories.ts';
import { authorizationUrl, requestOf } from '../flow.ts';
import { manage } from '../platform.ts';
import { startPlatform } from '../platform-server.ts';
import type { TestServer } from '../server.ts';
import { allow, signIn, tick } from './person.ts';
import { startApplication } from './site.ts';
import type { Traveller } from './tour.ts';
import { openWindow } from './window.ts';

/** A server that agents connect to, and the host of their documents. */
export interface AgentWorld {
  readonly server: TestServer;
  readonly platform: TestPlatform;
  readonly site: DocumentSite;
  /** Agent with a document. */
  readonly documented: TestApplication;
  /** Agent that registered itself. */
  readonly dynamic: TestApplication;
  close(): Promise<void>;
}

/** Starts both. The user has no language. */
export async function startAgentWorld(): Promise<AgentWorld> {
  const [site, receiver] = [await startDocumentSite(), await startApplication()];
  const { server, platform } = await startPlatform({ FETCH_PRIVATE_HOSTS: '127.0.0.1' });
  await manage(server, 'PATCH', `/api/v1/users/${platform.ada.id}/`, { locale: '' });
  const { clientId } = site.publish('/agent.json', {
    client_name: 'Stage Assistant',
    redirect_uris: [LOOPBACK],
  });
  const redirectUri = `${receiver.url}/callback`.replace('localhost', '127.0.0.1');
  const response = await fetch(`${server.issuer}/api/v1/oauth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ client_name: 'Ticket Helper', redirect_uris: [redirectUri] }),
  });
  const registered: string = Object(await response.json()).client_id;
  return {
    server,
    platform,
    site,
    documented: { clientId, clientSecret: undefined, redirectUri },
    dynamic: { clientId: registered, clientSecret: undefined, redirectUri },
    close: async () => {
      await server.close();
      await receiver.close();
      await site.close();
    },
  };
}

/** Opens every page of a user who connects agents; fails if one of them reports an error. */
export async function tourAgents(
  { browser, options, look }: Traveller,
  { server, platform, site, documented, dynamic }: AgentWorld,
): Promise<void> {
  await using window = await openWindow(browser, server, options);
  const { page } = window;
  const request = (application: TestApplication) =>
    authorizationUrl(server, requestOf(application, { scope: 'read write' })).href;
  await page.goto(request(documented));
  await look(page, 'agent-sign-in');
  await signIn(page, platform.ada);
  await look(page, 'agent-consent-document');
  await connect(page);
  await page.goto(request(dynamic));
  await look(page, 'agent-consent-dynamic');
  await connect(page);
  await page.goto('/account/authorizations');
  await look(page, 'agent-authorizations');

  const unknown = { ...documented, clientId: site.address(`/unknown-${Date.now()}.json`) };
  await page.goto('about:blank');
  await page.setContent(`<a href="${request(unknown).replaceAll('&', '&amp;')}">Connect</a>`);
  await page.getByRole('link').click();
  await page.locator('main a.button').waitFor();
  await look(page, 'agent-foreign-link');
  await page.locator('main a.button').click();
  await page.locator('.developer').waitFor();
  await look(page, 'agent-unreachable');
  window.assertQuiet();
}

async function connect(page: Page): Promise<void> {
  await tick(page, 'redstage');
  await allow(page);
  await page.getByRole('heading', { name: 'Back with a code' }).waitFor();
}
