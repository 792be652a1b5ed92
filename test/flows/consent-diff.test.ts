import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { putTeam, registerApplication, type TestApplication } from '../support/factories.ts';
import { withPlatform } from '../support/fixture.ts';
import { authorizationUrl, decide, requestOf, signIn } from '../support/flow.ts';
import { pattern, says, scopeText } from '../support/texts.ts';
import { introspect, type ObtainedTokens, obtainTokens, revoke } from '../support/tokens.ts';
import { type Page, showsForm, ticked, UserAgent } from '../support/user-agent.ts';

describe('Consent page of an application that asks again', () => {
  const { server, platform } = withPlatform();
  let application: TestApplication;

  beforeEach(async () => {
    application = await registerApplication(server, { owner: 'ben', name: 'Box Office Sync' });
  });

  /** Allows the application in the name of Ada. */
  const allowed = (
    scope: string,
    organizers: readonly string[],
    parameters: Record<string, string> = {},
  ): Promise<ObtainedTokens> =>
    obtainTokens(server, {
      application,
      user: platform.ada,
      scope,
      organizers,
      parameters,
      previous: 'keep',
    });

  const ask = async (
    scope: string,
    parameters: Record<string, string> = { prompt: 'consent' },
    user = platform.ada,
  ): Promise<{ agent: UserAgent; page: Page }> => {
    const agent = new UserAgent(server);
    const url = authorizationUrl(server, requestOf(application, { scope, ...parameters }));
    const page = await signIn(agent, await agent.get(url), user);
    assert.ok(showsForm(page, 'decision'), 'the consent page is shown');
    return { agent, page };
  };

  it('the first request shows no comparison', async () => {
    const { page } = await ask('read write');
    assert.doesNotMatch(
      page.body,
      pattern`${says('consent.again.title')}|class="badge"|${says('consent.organizers.earlier')}`,
    );
    assert.deepEqual(ticked(page, 'organizers'), []);
  });

  it('new scopes are marked, the earlier consent is mentioned, and earlier organizers are selected', async () => {
    await allowed('read', ['redstage']);
    const { page } = await ask('read write profile', {});
    assert.match(page.body, says('consent.again.more'));
    assert.deepEqual(marked(page), [scopeText('write'), scopeText('profile')]);
    assert.deepEqual(ticked(page, 'organizers'), ['redstage']);
    assert.match(page.body, /Red Stage<\/bdi> <span class="earlier">/);
    assert.doesNotMatch(page.body, /Blue Hall<\/bdi> <span class="earlier">/);
  });

  for (const parameters of [{ prompt: 'consent' }, { approval_prompt: 'force' }]) {
    it(`${JSON.stringify(parameters)} with the same scopes says that nothing is new`, async () => {
      await allowed('read write', ['bluehall']);
      const { page } = await ask('read write', parameters);
      assert.match(page.body, says('consent.again.same'));
      assert.deepEqual(marked(page), []);
      assert.deepEqual(ticked(page, 'organizers'), ['bluehall']);
    });
  }

  it('fewer scopes say that nothing is new', async () => {
    await allowed('read write profile', ['bluehall']);
    const { page } = await ask('read');
    assert.match(page.body, says('consent.again.same'));
    assert.deepEqual(marked(page), []);
  });

  it('an organizer that the user joined later is not selected, even if it is the only one', async () => {
    await allowed('read', ['redstage', 'bluehall']);
    await putTeam(server, { organizer: 'greenarena', id: 'guests', members: ['ada'] });
    try {
      assert.deepEqual(ticked((await ask('read')).page, 'organizers'), ['bluehall', 'redstage']);
      await putTeam(server, { organizer: 'redstage', members: [] });
      const left = (await ask('read')).page;
      assert.deepEqual(ticked(left, 'organizers'), ['bluehall']);
      assert.doesNotMatch(left.body, /Red Stage/, 'Ada is no longer a member');
      await putTeam(server, { organizer: 'bluehall', members: [] });
      assert.deepEqual(ticked((await ask('read')).page, 'organizers'), [], 'Green Arena alone');
    } finally {
      await putTeam(server, { organizer: 'greenarena', id: 'guests', members: [] });
      const permissions = ['can_view_orders', 'can_change_orders'];
      await putTeam(server, { organizer: 'redstage', permissions, members: ['ada'] });
      await putTeam(server, { organizer: 'bluehall', members: ['ada'] });
    }
  });

  it('after an invalid form, the user’s own selection and the new scopes are shown', async () => {
    await allowed('read', ['redstage']);
    const { agent, page } = await ask('read write');
    const again = await decide(agent, page, { scopes: ['write'], organizers: [] });
    assert.equal(again.status, 400);
    assert.deepEqual(ticked(again, 'organizers'), []);
    assert.deepEqual(ticked(again, 'scopes'), ['write']);
    assert.deepEqual(marked(again), [scopeText('write')]);
    const third = await decide(agent, again, { scopes: [], organizers: ['bluehall'] });
    assert.deepEqual(ticked(third, 'organizers'), ['bluehall']);
    assert.deepEqual(ticked(third, 'scopes'), []);
  });

  it('a new consent creates a new grant, and an earlier grant that is kept is unchanged', async () => {
    const earlier = await allowed('read', ['redstage']);
    const { agent, page } = await ask('read write');
    const answer = await decide(agent, page, { organizers: ['bluehall'], previous: 'keep' });
    assert.ok(answer.leavesTo?.searchParams.get('code'));
    const { body } = await introspect(server, platform.resourceServer, earlier.accessToken);
    assert.equal(body.scope, 'read');
    assert.deepEqual(body.organizers, ['redstage']);
  });

  it('the comparison uses the latest live grant', async () => {
    await allowed('read', ['redstage']);
    const last = await allowed('read write', ['bluehall'], { prompt: 'consent' });
    const { page } = await ask('read write');
    assert.deepEqual(marked(page), []);
    assert.deepEqual(ticked(page, 'organizers'), ['bluehall']);
    await revoke(server, application, last.refreshToken);
    const before = (await ask('read write')).page;
    assert.deepEqual(marked(before), [scopeText('write')]);
    assert.deepEqual(ticked(before, 'organizers'), ['redstage']);
  });

  it('after a revocation, everything counts as new', async () => {
    const { refreshToken } = await allowed('read write', ['redstage']);
    await revoke(server, application, refreshToken);
    const { page } = await ask('read write', {});
    assert.doesNotMatch(page.body, pattern`${says('consent.again.title')}|class="badge"`);
    assert.deepEqual(ticked(page, 'organizers'), []);
  });

  it('grants of other users and of applications with the same name do not count', async () => {
    await allowed('read write', ['redstage']);
    const { page } = await ask('read write', { prompt: 'consent' }, platform.ben);
    assert.doesNotMatch(page.body, says('consent.again.title'));
    application = await registerApplication(server, { owner: 'ben', name: 'Box Office Sync' });
    assert.doesNotMatch((await ask('read write')).page.body, says('consent.again.title'));
  });

  it('a public application is compared at each request', async () => {
    application = await registerApplication(server, { owner: 'ben', clientType: 'public' });
    await allowed('read', ['redstage']);
    const { page } = await ask('read', {});
    assert.match(page.body, says('consent.again.same'));
    assert.deepEqual(ticked(page, 'organizers'), ['redstage']);
  });
});

/** Returns the first words of each scope that is marked as new. */
function marked(page: Page): string[] {
  const rows = page.body
    .replace(/<\/?strong>/g, '')
    .matchAll(/class="badge">[\s\S]*?<bdi>([^<]+)<\/bdi>/g);
  return [...rows].map(([, words = '']) => words);
}
