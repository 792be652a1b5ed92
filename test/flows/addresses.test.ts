import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withPlatform } from '../support/fixture.ts';
import { signIn } from '../support/flow.ts';
import { textFor } from '../support/texts.ts';
import { UserAgent } from '../support/user-agent.ts';

describe('Addresses that people and programs guess', () => {
  const { server, platform } = withPlatform({
    PASSWORD_HELP_URL: 'https://example.com/reset',
  });

  it('lead to the pages of the account', async () => {
    for (const [path, to] of [
      ['/account', '/account/authorizations'],
      ['/.well-known/change-password', '/account/password'],
    ] as const) {
      const response = await fetch(server.issuer + path, { redirect: 'manual' });
      assert.equal(response.status, 303, path);
      assert.equal(response.headers.get('location'), to);
    }
  });

  it('robots may read the documentation only, and there is an icon', async () => {
    const robots = await (await fetch(`${server.issuer}/robots.txt`)).text();
    assert.match(robots, /^User-agent: \*\nAllow: \/\$\nAllow: \/docs\n[\s\S]*Disallow: \/\n$/);
    const icon = await fetch(`${server.issuer}/favicon.ico`);
    assert.equal(icon.headers.get('content-type'), 'image/svg+xml');
  });

  it('the sign-in page links to help with passwords', async () => {
    const page = await (await fetch(`${server.issuer}/login`)).text();
    assert.match(page, /href="https:\/\/example\.com\/reset"/);
    assert.ok(page.includes(textFor('login.help')));
  });

  it('error pages have the header of the signed-in user, with the current section marked', async () => {
    const agent = new UserAgent(server);
    await signIn(agent, await agent.get('/login'), platform.ada);
    const page = await agent.get('/account/applications/unknown');
    assert.equal(page.status, 404);
    assert.match(page.body, /href="\/logout"/);
    assert.match(page.body, /href="\/account\/applications" aria-current="true"/);
  });
});
