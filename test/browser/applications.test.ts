import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { HOSTILE_PAGES, makeHostile, shownCredentials } from '../support/browser/developer-tour.ts';
import { chromiumPath, openBrowser } from '../support/browser/launch.ts';
import { allow, signIn, tick } from '../support/browser/person.ts';
import { ageSignIns } from '../support/browser/tour.ts';
import { openWindow } from '../support/browser/window.ts';
import { ENGINE_VARIABLES } from '../support/engines.ts';
import {
  putOrganizer,
  putTeam,
  putUser,
  registerApplication,
  type TestApplication,
  type TestUser,
} from '../support/factories.ts';
import type { ClientCredentials } from '../support/platform.ts';
import { Program } from '../support/printed-example.ts';
import { RunningClient } from '../support/running-client.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { pattern, says, textFor } from '../support/texts.ts';
import { obtainTokens, refresh } from '../support/tokens.ts';

const skip = chromiumPath() === undefined && 'Chromium is not installed';
const APPLICATIONS = '/account/applications';
const { 'the embedded database': embedded } = ENGINE_VARIABLES;

describe('Pages of application developers in a real browser', { skip }, () => {
  let server: TestServer;
  let browser: Browser;
  let grace: TestUser;
  let hank: TestUser;
  let folder: string;
  /** Serves the redirect URI: a page without content. */
  let callback: Server;
  let callbackUrl: string;

  before(async () => {
    browser = await openBrowser();
    server = await startServer();
    callback = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html');
      response.end('<!doctype html><link rel="icon" href="data:,"><title>Back</title>Back');
    }).listen(0, '127.0.0.1');
    await once(callback, 'listening');
    const address = callback.address();
    assert.ok(address !== null && typeof address === 'object');
    callbackUrl = `http://127.0.0.1:${address.port}/callback`;
    folder = await mkdtemp(join(tmpdir(), 'stagedoor-portal-'));
    grace = await putUser(server, { id: 'grace', fullName: 'Grace Hopper', locale: '' });
    hank = await putUser(server, { id: 'hank', fullName: 'Hank Aaron', locale: '' });
    await putOrganizer(server, 'redstage', 'Red Stage');
    await putTeam(server, { organizer: 'redstage', members: ['grace', 'hank'] });
  });
  after(async () => {
    await browser?.close();
    await server?.close();
    callback?.close();
    callback?.closeAllConnections();
    await rm(folder, { recursive: true, force: true });
  });

  const open = (options?: BrowserContextOptions) => openWindow(browser, server, options);

  const openAs = async (user: TestUser, path: string, options?: BrowserContextOptions) => {
    const window = await open(options);
    await window.page.goto(path);
    await signIn(window.page, user);
    return window;
  };

  const register = async (page: Page, name: string, type = 'confidential') => {
    await page.goto(`${APPLICATIONS}/new`);
    await page.getByRole('textbox', { name: textFor('applications.field.name') }).fill(name);
    await page.locator(`[name=client_type][value=${type}]`).check();
    await page.locator('#redirect_uri-1').fill(callbackUrl);
    await page.getByRole('button', { name: textFor('applications.new.submit') }).click();
    await page
      .getByRole('heading', { name: textFor('applications.start.title.registered') })
      .waitFor();
    return shownCredentials(page);
  };

  const pathOf = ({ clientId }: ClientCredentials) => `${APPLICATIONS}/${clientId}`;

  const application = (name: string, owner = grace): Promise<TestApplication> =>
    registerApplication(server, { owner: owner.id, name });

  it('registering an application: each printed example obtains a token', async () => {
    await using window = await openAs(grace, APPLICATIONS);
    const { page } = window;
    await page.getByRole('heading', { name: textFor('applications.empty.title') }).waitFor();
    await page.getByRole('link', { name: textFor('applications.register') }).click();
    const { clientId, clientSecret } = await register(page, 'Night Train <b>Tickets</b>');
    assert.match(clientSecret ?? '', /^sds_/);
    const javascript = (await page.locator('#javascript').textContent()) ?? '';
    const curl = (await page.locator('#curl').textContent()) ?? '';
    assert.ok(!javascript.includes(clientSecret ?? '-') && !curl.includes(clientSecret ?? '-'));

    await page.reload();
    await page.getByText(says('applications.start.secret.gone')).waitFor();
    assert.equal(await page.locator('#client-secret').count(), 0);
    await page.goto(APPLICATIONS);
    const names = page.getByRole('link', { name: 'Night Train <b>Tickets</b>' });
    assert.equal(await names.count(), 1, 'registered once, with the entered name');

    const withSecret = javascript.replace('your client secret', clientSecret ?? '');
    await writeFile(join(folder, 'first-token.mjs'), withSecret);
    await using program = new Program(process.execPath, ['first-token.mjs'], folder);
    program.enter(await allowInBrowser(page, await program.url()));
    assert.match(
      await program.ended(),
      /200 \{[\s\S]*access_token: 'sda_[\s\S]*refresh_token: 'sdr_/,
    );

    const script = curl.replace('your client secret', clientSecret ?? '');
    await using shell = new Program('sh', ['-c', script], folder);
    const back = new URL(await allowInBrowser(page, await shell.url()));
    shell.enter(back.searchParams.get('code') ?? '');
    assert.match(await shell.ended(), /"access_token":"sda_/);
    await page.goto(`${APPLICATIONS}/${clientId}`);
    assert.match(
      await page.locator('.numbers').innerText(),
      pattern`${says('applications.users')}\s+1`,
    );
    window.assertQuiet();
  });

  it('a public application has no secret, and its example works without one', async () => {
    await using window = await openAs(grace, APPLICATIONS);
    const { page } = window;
    const { clientSecret } = await register(page, 'Pocket Programme', 'public');
    assert.equal(clientSecret, undefined);
    const script = (await page.locator('#curl').textContent()) ?? '';
    await using shell = new Program('sh', ['-c', script], folder);
    const back = new URL(await allowInBrowser(page, await shell.url()));
    shell.enter(back.searchParams.get('code') ?? '');
    assert.match(await shell.ended(), /"access_token":"sda_/);
    window.assertQuiet();
  });

  it('an invalid form names the error at each field, and keeps the entered values', async () => {
    await using window = await openAs(grace, `${APPLICATIONS}/new`);
    const { page } = window;
    await page
      .getByRole('textbox', { name: textFor('applications.field.name') })
      .fill('x'.repeat(300));
    await page.locator('.more > summary').click();
    await page.getByLabel(textFor('applications.field.homepage_url')).fill('javascript:alert(1)');
    const uris = [callbackUrl, '', 'http://evil.example.com/*', callbackUrl];
    for (const [index, uri] of uris.entries()) {
      if (index > 0) {
        await page.getByRole('button', { name: textFor('applications.redirect_uri.add') }).click();
      }
      await page.locator(`#redirect_uri-${index + 1}`).fill(uri);
    }
    for (const box of await page.locator('[name=scopes]').all()) {
      await box.uncheck();
    }
    await page.getByRole('button', { name: textFor('applications.new.submit') }).click();
    const alert = page.getByRole('alert');
    const summary = await alert.innerText();
    assert.match(summary, says('applications.error.text.long', { given: 300, limit: 255 }));
    assert.match(summary, says('applications.error.redirect_uris.line', { line: 3 }));
    assert.match(summary, says('applications.error.redirect_uris.twice', { first: 1 }));
    assert.match(summary, says('applications.error.url'));
    assert.match(summary, says('applications.error.scopes.none'));
    const focused = await page.evaluate('document.activeElement.getAttribute("role")');
    assert.equal(focused, 'alert', 'a screen reader reads it first');
    assert.equal(
      await page.getByRole('textbox', { name: textFor('applications.field.name') }).inputValue(),
      'x'.repeat(300),
    );
    assert.equal(
      await page
        .getByRole('textbox', { name: textFor('applications.field.name') })
        .getAttribute('aria-invalid'),
      'true',
    );
    assert.equal(
      await page.getByLabel(textFor('applications.field.homepage_url')).isVisible(),
      true,
    );
    assert.equal(await page.locator('#redirect_uri-3').inputValue(), uris[2]);
    assert.match(
      await page.locator('#redirect_uri-3-verdict').innerText(),
      says('redirect_uri.wildcard'),
    );
    await alert
      .getByRole('link', { name: says('applications.error.redirect_uris.line', { line: 3 }) })
      .click();
    assert.equal(await page.evaluate('document.activeElement.id'), 'redirect_uri-3');
    assert.match(
      await page.locator('#name-error').innerText(),
      says('applications.error.text.long'),
    );
    window.assertQuiet();
  });

  it('redirect URIs and preview are judged while they are typed', async () => {
    await using window = await openAs(grace, `${APPLICATIONS}/new`);
    const { page } = window;
    const posts: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST') {
        const sent = new URLSearchParams(request.postData() ?? '').getAll('redirect_uris');
        posts.push(`${new URL(request.url()).pathname} ${sent.length}`);
      }
    });
    await page.locator('#name').fill('Night <b>Train</b>');
    await page.locator('#redirect_uri-1').fill('http://night.example.com/callback');
    await page.getByText(says('redirect_uri.http')).waitFor();
    assert.equal(await page.locator('#redirect_uri-1').getAttribute('aria-invalid'), 'true');
    await page.locator('#preview').getByText('Night <b>Train</b>').waitFor();
    await page.locator('#redirect_uri-1').fill('https://night.example.com/callback');
    await page
      .locator('#redirect_uri-1-verdict')
      .getByText(textFor('applications.redirect_uri.valid'))
      .waitFor();
    assert.equal(await page.locator('#redirect_uri-1').getAttribute('aria-invalid'), null);
    await page.locator('#preview').getByText('night.example.com').waitFor();
    assert.match(page.url(), /\/new$/);
    // A process of the previous release must neither save a preview nor lose a row.
    assert.deepEqual([...new Set(posts)], [`${APPLICATIONS}/new/preview 1`]);
    await page.getByRole('button', { name: textFor('applications.redirect_uri.add') }).click();
    await page.locator('#redirect_uri-2').fill('https://night.example.com/second');
    await page.getByRole('button', { name: textFor('applications.new.submit') }).click();
    await page.waitForURL('**/start**');
    // A last preview may have been asked for after that.
    assert.deepEqual(
      new Set(posts),
      new Set([`${APPLICATIONS}/new/preview 1`, `${APPLICATIONS}/new 1`]),
    );
    window.assertQuiet();
  });

  it('a secret is replaced without a failed request of the running client', async () => {
    const client = await application('Box Office Sync');
    const { refreshToken } = await obtainTokens(server, { application: client, user: hank });
    const running = new RunningClient(server, client, refreshToken);
    await using window = await openAs(grace, `${pathOf(client)}/credentials`);
    const { page } = window;
    await page.getByText(says('applications.secrets.last')).waitFor();
    assert.equal(
      await page
        .getByRole('link', { name: pattern`^${says('applications.secret.delete.submit')}` })
        .count(),
      0,
    );
    await page.getByRole('link', { name: textFor('applications.secret.add') }).click();
    await page.getByLabel(textFor('applications.secret.label')).fill('from today on');
    await page.getByRole('button', { name: textFor('applications.secret.new.submit') }).click();
    await page
      .getByRole('heading', { name: textFor('applications.start.title.secret_added') })
      .waitFor();
    const { clientSecret } = await shownCredentials(page);
    assert.ok(clientSecret);
    running.client = { ...client, clientSecret };
    await running.next();
    await page.goto(`${pathOf(client)}/credentials`);
    const old = (client.clientSecret ?? '').slice(-4);
    await page
      .getByRole('link', { name: textFor('applications.secret.delete_of', { end: old }) })
      .click();
    await page.getByRole('button', { name: textFor('applications.secret.delete.submit') }).click();
    assert.match(
      await page.getByRole('status').first().innerText(),
      says('applications.notice.secret_deleted'),
    );
    await page.getByRole('heading', { name: 'from today on' }).waitFor();
    await running.next();
    await running.stop();
    assert.ok(running.requests > 2, `${running.requests} requests`);
    const refused = await refresh(server, client, running.token);
    assert.equal(refused.body.error, 'invalid_client', 'the old secret is refused immediately');
    window.assertQuiet();
  });

  it('disabling and enabling an application keeps its authorizations', async () => {
    const client = await application('Seatmap Studio');
    const { refreshToken } = await obtainTokens(server, { application: client, user: hank });
    await using window = await openAs(grace, `${pathOf(client)}/edit`);
    const { page } = window;
    await page.getByRole('button', { name: textFor('applications.disable') }).click();
    await page.getByRole('heading', { name: textFor('applications.disabled.title') }).waitFor();
    assert.notEqual((await refresh(server, client, refreshToken)).status, 200);
    await page.getByRole('button', { name: textFor('applications.enable') }).click();
    assert.match(
      await page.getByRole('status').first().innerText(),
      says('applications.notice.enabled'),
    );
    assert.equal((await refresh(server, client, refreshToken)).status, 200);
    window.assertQuiet();
  });

  it('the second of two tabs shows what the first one saved, and keeps its own values', async () => {
    const client = await application('Tab Test');
    await using window = await openAs(grace, `${pathOf(client)}/edit`);
    const { page } = window;
    const other = await window.newTab();
    await other.goto(`${pathOf(client)}/edit`);
    await page.getByRole('textbox', { name: textFor('applications.field.name') }).fill('First Tab');
    await page.getByRole('button', { name: textFor('applications.edit.submit') }).click();
    assert.match(
      await page.getByRole('status').first().innerText(),
      says('applications.notice.saved'),
    );
    await other
      .getByRole('textbox', { name: textFor('applications.field.name') })
      .fill('Second Tab');
    await other.locator('.more > summary').click();
    await other
      .getByLabel(textFor('applications.field.description'))
      .fill('Typed in the second tab');
    await other.getByRole('button', { name: textFor('applications.edit.submit') }).click();
    assert.match(await other.getByRole('alert').innerText(), says('applications.meanwhile.title'));
    assert.match(await other.locator('#name-meanwhile').innerText(), /First Tab/);
    assert.equal(
      await other.getByRole('textbox', { name: textFor('applications.field.name') }).inputValue(),
      'Second Tab',
    );
    assert.equal(
      await other.getByLabel(textFor('applications.field.description')).inputValue(),
      'Typed in the second tab',
    );
    await other.getByRole('button', { name: textFor('applications.edit.submit') }).click();
    await other.getByRole('heading', { name: 'Second Tab', level: 1 }).waitFor();
    window.assertQuiet();
  });

  it('a transfer that is accepted moves the application to the other owner', async () => {
    const client = await application('Handed Over');
    await using window = await openAs(grace, `${pathOf(client)}/transfer`);
    const { page } = window;
    await page.getByLabel(says('applications.transfer.email')).fill(grace.email);
    await page.getByRole('button', { name: textFor('applications.transfer.submit') }).click();
    assert.match(await page.getByRole('alert').innerText(), says('applications.error.email.own'));
    await page.getByLabel(says('applications.transfer.email')).fill(hank.email);
    await page.getByRole('button', { name: textFor('applications.transfer.submit') }).click();
    await page.getByText(textFor('applications.transfer.pending', { email: hank.email })).waitFor();

    await using second = await openAs(hank, APPLICATIONS);
    const hanks = second.page;
    await hanks
      .getByText(
        says('applications.transfers.text', { from: 'Grace Hopper', application: 'Handed Over' }),
      )
      .waitFor();
    await hanks.goto(pathOf(client));
    await hanks.getByRole('heading', { name: textFor('error.not_found.title') }).waitFor();
    await hanks.goto(APPLICATIONS);
    await hanks.getByRole('button', { name: says('applications.transfers.accept_of') }).click();
    assert.match(
      await hanks.getByRole('status').innerText(),
      says('applications.notice.transfer_accepted'),
    );
    await hanks.getByRole('link', { name: 'Handed Over' }).click();
    await hanks.getByRole('heading', { name: 'Handed Over', level: 1 }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: textFor('error.not_found.title') }).waitFor();
    window.assertQuiet();
    second.assertQuiet();
  });

  it('a transfer offer can be withdrawn', async () => {
    const client = await application('Kept');
    await using window = await openAs(grace, `${pathOf(client)}/transfer`);
    const { page } = window;
    await page.getByLabel(says('applications.transfer.email')).fill('nobody-here@example.com');
    await page.getByRole('button', { name: textFor('applications.transfer.submit') }).click();
    await page.getByText(says('applications.transfer.pending')).waitFor();
    await page.getByRole('button', { name: textFor('applications.transfer.withdraw') }).click();
    assert.match(
      await page.getByRole('status').first().innerText(),
      says('applications.notice.transfer_withdrawn'),
    );
    window.assertQuiet();
  });

  it('deleting requires the application’s name, and ends all its authorizations', async () => {
    const client = await application('Delete Me');
    const { refreshToken } = await obtainTokens(server, { application: client, user: hank });
    await using window = await openAs(grace, `${pathOf(client)}/delete`);
    const { page } = window;
    await page.getByText(textFor('applications.delete.users', { count: 1 })).waitFor();
    await page.getByLabel(says('applications.delete.type')).fill('Delete');
    await page.getByRole('button', { name: textFor('applications.delete.submit') }).click();
    assert.match(await page.getByRole('alert').innerText(), says('applications.error.delete'));
    await page.getByLabel(says('applications.delete.type')).fill('Delete Me');
    await page.getByRole('button', { name: textFor('applications.delete.submit') }).click();
    assert.match(await page.getByRole('status').innerText(), says('applications.notice.deleted'));
    assert.equal(await page.getByRole('link', { name: 'Delete Me' }).count(), 0);
    assert.equal((await refresh(server, client, refreshToken)).body.error, 'invalid_client');
    window.assertQuiet();
  });

  it('security settings require a recent sign-in, and the entered values are kept', async () => {
    const client = await application('Old Sign-in');
    await using window = await openAs(grace, `${pathOf(client)}/secrets/new`);
    const { page } = window;
    await page.getByLabel(textFor('applications.secret.label')).fill('typed before');
    await ageSignIns(server);
    await page.getByRole('button', { name: textFor('applications.secret.new.submit') }).click();
    assert.match(await page.getByRole('alert').innerText(), says('applications.sign_in.title'));
    assert.equal(
      await page.getByLabel(textFor('applications.secret.label')).inputValue(),
      'typed before',
    );
    const other = await window.newTab();
    await other.goto(`${pathOf(client)}/delete`);
    await other.getByRole('heading', { name: textFor('login.title_recent') }).waitFor();
    await other.getByLabel(textFor('login.password')).fill(grace.password);
    await other.getByRole('button', { name: textFor('login.submit_recent') }).click();
    await other
      .getByRole('heading', {
        name: textFor('applications.delete.heading', { application: 'Old Sign-in' }),
      })
      .waitFor();
    await page.getByRole('button', { name: textFor('applications.secret.new.submit') }).click();
    await page
      .getByRole('heading', { name: textFor('applications.start.title.secret_added') })
      .waitFor();
    window.assertQuiet();
  });

  it('copying the client id shows a confirmation', async () => {
    const client = await application('Copy That');
    await using window = await openAs(grace, pathOf(client), {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const { page } = window;
    await page.getByRole('button', { name: textFor('applications.copy.client_id') }).click();
    await page
      .locator('[role=status]')
      .filter({ hasText: textFor('applications.copy.done') })
      .waitFor();
    assert.equal(await page.evaluate('navigator.clipboard.readText()'), client.clientId);
    window.assertQuiet();
  });

  it('hostile names and texts are shown as text', async () => {
    const client = await application('Harmless');
    await makeHostile(server, client.clientId);
    await using window = await openAs(grace, APPLICATIONS);
    const { page } = window;
    for (const part of HOSTILE_PAGES) {
      await page.goto(`${pathOf(client)}${part}`);
      assert.equal(await page.locator('a[href^="javascript:"]').count(), 0);
      assert.equal(await page.locator('main img:not(.monogram)').count(), 0);
      assert.notEqual(await page.title(), 'hacked');
    }
    window.assertQuiet();
  });

  it('with REGISTRATION=closed, the page explains that only operators register applications', async () => {
    const closed = await startServer({ REGISTRATION: 'closed', ...embedded });
    try {
      const ivy = await putUser(closed, { id: 'ivy', locale: '' });
      await using window = await openWindow(browser, closed);
      const { page } = window;
      await page.goto(`${APPLICATIONS}/new`);
      await signIn(page, ivy);
      await page.getByText(says('applications.closed')).waitFor();
      assert.equal(
        await page.getByRole('link', { name: textFor('applications.register') }).count(),
        0,
      );
      const client = await registerApplication(closed, { owner: ivy.id, name: 'By the Operator' });
      await page.reload();
      await page.getByRole('link', { name: 'By the Operator' }).click();
      await page.goto(`${pathOf(client)}/credentials`);
      await page.getByRole('link', { name: textFor('applications.secret.add') }).click();
      await page.getByRole('button', { name: textFor('applications.secret.new.submit') }).click();
      await page
        .getByRole('heading', { name: textFor('applications.start.title.secret_added') })
        .waitFor();
      assert.equal((await shownCredentials(page)).clientId, client.clientId);
      window.assertQuiet();
    } finally {
      await closed.close();
    }
  });
});

/** Opens the URL of the example, allows the request if needed, and returns the redirect. */
async function allowInBrowser(page: Page, url: string): Promise<string> {
  await page.goto(url);
  if (page.url().includes('/interaction/')) {
    await tick(page, 'redstage');
    await allow(page);
    await page.waitForURL('**/callback?**');
  }
  return page.url();
}
