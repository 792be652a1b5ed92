import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { TestUser } from '../support/factories.ts';
import { withPlatform } from '../support/fixture.ts';
import { authorizationUrl, challengeOf, signIn } from '../support/flow.ts';
import { says } from '../support/texts.ts';
import { type Page, describe as textOf, UserAgent } from '../support/user-agent.ts';

/** Longest time for background writes, in milliseconds. */
const PATIENCE = 8000;

describe('Page of a refused authorization request', () => {
  const { server, platform } = withPlatform();
  let url: URL;

  before(async () => {
    const { application } = platform;
    url = authorizationUrl(server, {
      response_type: 'code',
      client_id: application.clientId,
      redirect_uri: `${application.redirectUri}/`,
      scope: 'read nonsense',
      state: 'a-state-of-this-request',
      code_challenge: challengeOf('v'.repeat(43)),
      code_challenge_method: 'S256',
      client_secret: 'sds_S3CRET',
    });
  });

  async function open(user?: TestUser): Promise<{ agent: UserAgent; page: Page }> {
    const agent = new UserAgent(server);
    if (user !== undefined) {
      await signIn(agent, await agent.get('/login'), user);
    }
    const page = await agent.get(url);
    assert.equal(page.status, 400, textOf(page));
    assert.equal(page.leavesTo, undefined);
    return { agent, page };
  }

  test('its owner sees what differs, and checks the request with one click', async () => {
    const { agent, page } = await open(platform.ben);
    assert.match(page.body, says('insights.difference.trailing_slash'));
    assert.ok(page.body.includes(`<bdi>${platform.application.redirectUri}</bdi>`), textOf(page));
    assert.doesNotMatch(page.body, /S3CRET/);
    for (const [link] of page.body.matchAll(/(?:href|action)="[^"]*"/g)) {
      assert.doesNotMatch(link, /a-state-of|challenge/);
    }
    const checked = await agent.submit(page);
    assert.equal(checked.status, 200, textOf(checked));
    assert.match(checked.body, says('insights.difference.trailing_slash'));
    assert.match(checked.body, /a-state-of-this-request/);
    assert.match(checked.body, says('insights.reason.secret_in_url'));
    assert.match(checked.body, /nonsense/);
  });

  test('its owner finds it in the error log by the request ID', async () => {
    const { agent, page } = await open(platform.ben);
    const [, link = ''] = /href="([^"]*errors\?request_id=[\w-]+)"/.exec(page.body) ?? [];
    const until = Date.now() + PATIENCE;
    let log = await agent.get(link);
    while (!says('insights.difference.trailing_slash').test(log.body) && Date.now() < until) {
      await delay(50);
      log = await agent.get(link);
    }
    assert.equal(log.body.match(/<li class="panel">/g)?.length, 1, textOf(log));
    for (const other of ['nothing', '%00', '%F0%9F']) {
      const empty = await agent.get(`${link.split('=')[0]}=${other}`);
      assert.equal(empty.status, 200);
    }
    const missing = await agent.get(`${link}x`);
    assert.match(missing.body, says('insights.errors.missing'));
  });

  test('everybody else sees a request ID and no details', async () => {
    const [visitor, ada] = [await open(), await open(platform.ada)];
    for (const { page } of [visitor, ada]) {
      assert.match(page.body, says('error.redirect_uri.hint'));
      assert.match(page.body, says('error.request_id'));
      assert.doesNotMatch(page.body, says('insights.difference.trailing_slash'));
      assert.ok(!page.body.includes(`${platform.application.redirectUri}<`), textOf(page));
      assert.doesNotMatch(page.body, /\/account\/applications\//);
    }
    assert.match(visitor.page.body, says('error.owner.sign_in'));
    assert.doesNotMatch(ada.page.body, says('error.owner.sign_in'));
  });

  test('the owner who signs in from that page sees the details', async () => {
    const { agent, page } = await open();
    const [, link = ''] = /href="(\/login\?return_to=[^"]*)"/.exec(page.body) ?? [];
    const back = await signIn(agent, await agent.get(link), platform.ben);
    assert.match(back.body, says('insights.difference.trailing_slash'));
  });
});
