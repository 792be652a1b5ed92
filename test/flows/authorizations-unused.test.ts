import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import {
  AUTHORIZATIONS,
  addGrants,
  ageGrant,
  confirm,
  grantIds,
  newestGrant,
  open,
  withAuthorizations,
  words,
} from '../support/authorizations.ts';
import { registerApplication } from '../support/factories.ts';
import { pattern, says, textFor } from '../support/texts.ts';
import { showsForm, type UserAgent } from '../support/user-agent.ts';

describe('Unused authorizations', () => {
  const { server, user, application, allow, isActive } = withAuthorizations();

  let agent: UserAgent;
  let old: string;
  let oldToken: string;
  let used: string;
  let neverUsed: string;

  beforeEach(async () => {
    const first = await allow({ scope: 'read' });
    agent = first.authorization.agent;
    oldToken = first.accessToken;
    old = await newestGrant(server, application.clientId);
    await ageGrant(server, old, { granted: 200, used: 100 });
    await allow({ agent, scope: 'read write' });
    used = await newestGrant(server, application.clientId);
    await ageGrant(server, used, { granted: 190, used: 3 });
    const idle = await registerApplication(server, { owner: 'ben', name: 'Idle Hands' });
    await allow({ agent, application: idle });
    neverUsed = await newestGrant(server, idle.clientId);
    await ageGrant(server, neverUsed, { granted: 40, used: null });
  });

  it('are shown before they are revoked, and only those are revoked', async () => {
    const link = `${AUTHORIZATIONS}/unused`;
    assert.ok((await open(agent, `${AUTHORIZATIONS}?unused=30`)).body.includes(`href="${link}"`));
    const asks = await open(agent, `${link}?days=30`);
    assert.match(
      words(asks),
      pattern`${says('unused.found', { time: textFor('unused.choice', { count: 30 }), number: 2 })} Idle Hands .* Sync`,
    );
    assert.match(
      words(await open(agent, `${link}?days=90`)),
      pattern`${says('unused.found', { time: textFor('unused.choice', { count: 90 }), number: 1 })} Sync`,
    );
    const days = await agent.submit(await open(agent, link), { days: '41' });
    assert.match(
      words(days),
      pattern`${says('unused.found', { time: textFor('unused.choice', { count: 41 }), number: 1 })} Sync`,
    );
    assert.equal(await isActive(oldToken), true, 'opening the page ends nothing');
    const done = await confirm(agent, asks);
    assert.match(words(done), says('authorizations.notice.revoked_unused'));
    assert.deepEqual(grantIds(done), [used]);
    assert.equal(await isActive(oldToken), false);
  });

  it('an authorization that was used after the page was shown is kept', async () => {
    const asks = await open(agent, `${AUTHORIZATIONS}/unused?days=90`);
    await ageGrant(server, old, { granted: 200, used: 0 });
    assert.match(words(await confirm(agent, asks)), says('authorizations.notice.none_unused'));
    assert.equal(await isActive(oldToken), true);
  });

  it('an authorization that was not on the page is not revoked without a second confirmation', async () => {
    const asks = await open(agent, `${AUTHORIZATIONS}/unused?days=90`);
    await ageGrant(server, used, { granted: 190, used: 91 });
    const again = await confirm(agent, asks);
    assert.equal(again.status, 409);
    assert.match(words(again), says('unused.meanwhile.text'));
    assert.equal(await isActive(oldToken), true);
    assert.match(words(await confirm(agent, again)), says('authorizations.notice.revoked_unused'));
    assert.deepEqual(grantIds(await list(agent)), [neverUsed]);
  });

  it('more than 100 are shown and revoked 100 at a time', async () => {
    await addGrants(server, user.id, application.clientId, 130);
    const asks = await open(agent, `${AUTHORIZATIONS}/unused?days=30`);
    assert.match(words(asks), says('unused.more', { count: 100 }));
    const others = await confirm(agent, asks);
    assert.equal(others.url.search, '?days=30');
    // Of 130, of which 100 are revoked, and the two from before.
    assert.match(words(others), says('unused.submit', { count: 32 }));
    const done = await confirm(agent, others);
    assert.match(words(done), says('authorizations.notice.revoked_unused'));
    assert.deepEqual(grantIds(done), [used]);
  });

  it('the page says that none exist, and has no form', async () => {
    const page = await open(agent, `${AUTHORIZATIONS}/unused?days=300`);
    assert.match(
      words(page),
      pattern`${says('unused.none.title')} ${says('unused.none.text', { time: textFor('unused.choice', { count: 300 }) })}`,
    );
    assert.ok(!showsForm(page, 'days', 'csrf'));
  });

  it('the page offers periods up to the lifetime of a refresh token', async () => {
    const page = await open(agent, `${AUTHORIZATIONS}/unused`);
    const choices = [7, 30, 90, 180, 365].map((count) => textFor('unused.choice', { count }));
    assert.ok(words(page).includes(choices.join(' ')));
    assert.match(words(page), says('unused.idle', { count: 400 }));
  });

  it('an invalid number of days is refused with an error', async () => {
    const asks = await open(agent, `${AUTHORIZATIONS}/unused?days=30`);
    for (const days of ['', '0', '-1', '1.5', 'x', '12345', '30\0', '9'.repeat(400)]) {
      const query = new URLSearchParams({ days });
      const page = await agent.get(`${AUTHORIZATIONS}/unused?${query}`);
      assert.equal(page.status, 400, days);
      assert.match(words(page), says('unused.error'));
      const posted = await agent.submit(asks, { days }, 'csrf');
      assert.equal(posted.status, 400, days);
    }
    assert.equal(grantIds(await list(agent)).length, 3);
  });
});

const list = (agent: UserAgent) => open(agent, AUTHORIZATIONS);
