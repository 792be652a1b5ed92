import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, beforeEach, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { AUTHORIZATIONS, confirm, grantIds, open } from '../support/authorizations.ts';
import { startDocumentSite } from '../support/document-site.ts';
import { registerApplication } from '../support/factories.ts';
import { prepared, withPlatform } from '../support/fixture.ts';
import { decide, signIn } from '../support/flow.ts';
import { freePort } from '../support/free-port.ts';
import { buildKit } from '../support/guide/build-kit.ts';
import { readCode } from '../support/guide/read-guide.ts';
import { type RunningService, startService } from '../support/guide/run-service.ts';
import { type Agent, createAgent } from '../support/mcp/agent.ts';
import { startMcpSite } from '../support/mcp/site.ts';
import { credentialsOf } from '../support/platform.ts';
import { showsForm, describe as textOf, UserAgent } from '../support/user-agent.ts';

const REDIRECT_URI = 'http://127.0.0.1:33418/callback';

describe('The client of the MCP SDK at the demo MCP server', () => {
  let clientId: string;
  let browser: UserAgent;
  let agent: Agent;
  const { server, platform } = withPlatform({ FETCH_PRIVATE_HOSTS: '127.0.0.1' });
  const site = prepared(
    () => startMcpSite(server),
    (one) => one.close(),
  );

  before(async () => {
    ({ clientId } = await registerApplication(server, {
      owner: 'ben',
      clientType: 'public',
      redirectUris: ['http://127.0.0.1/callback'],
    }));
  });
  beforeEach(() => {
    browser = new UserAgent(server);
    agent = createAgent({ url: site.url, redirectUri: REDIRECT_URI, clientId, person: allow });
  });

  it('goes from the URL of the MCP server to the result of a tool', async () => {
    const { text } = await agent.call('list_organizers');
    assert.deepEqual(JSON.parse(text), [
      { slug: 'redstage', permissions: ['can_view_orders', 'can_change_orders'] },
    ]);
    assert.deepEqual(agent.requested, ['read']);
  });

  it('gets orders of the organizer that the user allowed, and a reason for the other', async () => {
    const allowed = await agent.call('list_orders', { organizer: 'redstage' });
    assert.equal(allowed.isError, false);
    assert.equal(JSON.parse(allowed.text).length, 2);
    const other = await agent.call('list_orders', { organizer: 'bluehall' });
    assert.equal(other.isError, true);
    assert.match(other.text, /did not allow the organizer "bluehall"/);
    assert.equal(agent.requested.length, 1);
  });

  it('requests one more scope for a tool that needs it, and keeps the first', async () => {
    await agent.call('list_organizers');
    const placed = await agent.call('place_order', { organizer: 'redstage' });
    assert.equal(placed.isError, false, placed.text);
    assert.deepEqual(agent.requested, ['read', 'read write']);
    assert.equal((await agent.call('list_orders', { organizer: 'redstage' })).isError, false);
    assert.equal(agent.requested.length, 2);
  });

  it('refreshes when its access token is refused, without the user', async () => {
    await agent.call('list_organizers');
    const before = agent.store.tokens;
    assert.ok(before);
    agent.store.tokens = { ...before, access_token: `${before.access_token}x` };
    await agent.call('list_organizers');
    assert.notEqual(agent.store.tokens?.refresh_token, before.refresh_token);
    assert.equal(agent.requested.length, 1);
  });

  it('asks the user again after the user revoked the access', async () => {
    await agent.call('list_organizers');
    await revokeEverything();
    await agent.call('list_organizers');
    assert.equal(agent.requested.length, 2);
  });

  it('goes the same way with the address of its metadata document', async () => {
    const documents = await startDocumentSite();
    try {
      const { clientId: address } = documents.publish('/agent.json');
      const own = createAgent({
        url: site.url,
        redirectUri: REDIRECT_URI,
        clientId: address,
        person: allow,
      });
      const placed = await own.call('place_order', { organizer: 'redstage' });
      assert.equal(placed.isError, false, placed.text);
      assert.deepEqual(own.requested, ['read', 'read write']);
    } finally {
      await documents.close();
    }
  });

  it('registers itself, and again if its client ID is refused', async () => {
    const own = createAgent({ url: site.url, redirectUri: REDIRECT_URI, person: allow });
    assert.equal((await own.call('list_orders', { organizer: 'redstage' })).isError, false);
    const first = own.store.client?.client_id;
    const { tokens } = own.store;
    assert.ok(first !== undefined && tokens !== undefined);
    own.store.client = { client_id: `${first.slice(0, -1)}_` };
    own.store.tokens = { ...tokens, access_token: 'sda_gone' };
    await own.call('list_organizers');
    assert.equal(own.store.client?.client_id, first);
    assert.equal(own.requested.length, 2);
  });

  it('shares one stored refresh token between two processes that refresh at once', async () => {
    await agent.call('list_organizers');
    const { tokens } = agent.store;
    assert.ok(tokens);
    const other = createAgent({
      url: site.url,
      redirectUri: REDIRECT_URI,
      clientId,
      person: allow,
    });
    for (const process of [agent, other]) {
      process.store.tokens = { ...tokens, access_token: `${tokens.access_token}x` };
    }
    const both = await Promise.all([agent, other].map((one) => one.call('list_organizers')));
    assert.deepEqual(both[0], both[1]);
    assert.deepEqual(agent.store.tokens, other.store.tokens);
    assert.deepEqual([agent.requested.length, other.requested.length], [1, 0]);
  });

  it('gets a token that no other API service accepts', async () => {
    await agent.call('list_organizers');
    const response = await fetch(new URL('/api/v1/organizers/', server.issuer), {
      headers: { authorization: `Bearer ${agent.store.tokens?.access_token}` },
    });
    assert.equal(response.status, 401);
  });

  it('connects to the MCP server of the guide', async () => {
    const kit = await mkdtemp(join(tmpdir(), 'stagedoor-kit-'));
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/mcp`;
    const code = readCode(await (await fetch(`${server.issuer}/docs/agents`)).text());
    let running: RunningService | undefined;
    try {
      await buildKit(kit);
      const script = (code.get('register-mcp') ?? '').replace('http://localhost:8000/mcp', url);
      const { stdout } = await promisify(execFile)('bash', ['-c', script], {
        env: { PATH: process.env.PATH ?? '', OPERATOR_TOKEN: server.operatorToken },
      });
      const { clientId: id, clientSecret = '' } = credentialsOf(JSON.parse(stdout));
      const service = {
        file: 'service.mjs',
        interpreter: process.execPath,
        code: code.get('service-mcp') ?? '',
      };
      const credentials = { STAGEDOOR_CLIENT_ID: id, STAGEDOOR_CLIENT_SECRET: clientSecret };
      running = await startService(service, kit, credentials, port);
      const own = createAgent({ url, redirectUri: REDIRECT_URI, clientId, person: allow });
      const { text } = await own.call('list_orders', { organizer: 'redstage' });
      assert.deepEqual(JSON.parse(text), [{ code: 'R1', organizer: 'redstage' }]);
      const { isError } = await own.call('list_orders', { organizer: 'bluehall' });
      assert.equal(isError, true);
      assert.equal((await fetch(url)).status, 401);
    } finally {
      await running?.stop();
      await rm(kit, { recursive: true, force: true });
    }
  });

  async function allow(link: URL): Promise<URL> {
    let page = await browser.get(link);
    if (showsForm(page, 'email', 'password')) {
      page = await signIn(browser, page, platform.ada);
    }
    page = await decide(browser, page, { organizers: ['redstage'] });
    assert.ok(page.leavesTo, textOf(page));
    return page.leavesTo;
  }

  async function revokeEverything(): Promise<void> {
    const page = await open(browser, AUTHORIZATIONS);
    for (const id of grantIds(page)) {
      await confirm(browser, await open(browser, `${AUTHORIZATIONS}/${id}/revoke`));
    }
  }
});
