import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import {
  createPlatform,
  putTeam,
  registerApplication,
  type TestApplication,
  type TestPlatform,
} from '../support/factories.ts';
import { authorizationUrl, challengeOf, decide, signIn } from '../support/flow.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { pattern, says, scopeText } from '../support/texts.ts';
import { introspect, type ObtainedTokens, obtainTokens, revoke } from '../support/tokens.ts';
import { type Page, showsForm, ticked, UserAgent } from '../support/user-agent.ts';

describe('an application that asks again', () => {
  let server: TestServer;
  let platform: TestPlatform;
  let application: TestApplication;

  before(async () => {
    server = await startServer();
    platform = await createPlatform(server);
  });
  after(() => server.close());

  beforeEach(async () => {
    application = await registerApplication(server, { owner: 'ben', name: 'Box Office Sync' });
  });

  /** What Ada has allowed before. */
  const allowed = (
    scope: string,
    organizers: readonly string[],
    parameters: Record<string, string> = {},
  ): Promise<ObtainedTokens> =>
    obtainTokens(server, { application, user: platform.ada, scope, organizers, parameters });

  const ask = async (
    scope: string,
    parameters: Record<string, string> = { prompt: 'consent' },
    user = platform.ada,
  ): Promise<{ agent: UserAgent; page: Page }> => {
    const agent = new UserAgent(server);
    const url = authorizationUrl(server, {
      response_type: 'code',
      client_id: application.clientId,
      redirect_uri: application.redirectUri,
      scope,
      code_challenge: challengeOf('v'.repeat(43)),
      code_challenge_method: 'S256',
      ...parameters,
    });
    const page = await signIn(agent, await agent.get(url), user);
    assert.ok(showsForm(page, 'decision'), 'the consent page is shown');
    return { agent, page };
  };

  it('is not told apart the first time', async () => {
    const { page } = await ask('read write');
    assert.doesNotMatch(
      page.body,
      pattern`${says('consent.again.title')}|class="badge"|${says('consent.organizers.earlier')}`,
    );
    assert.deepEqual(ticked(page, 'organizers'), []);
  });

  it('has what is new marked, says when it was last allowed, and ticks what it has', async () => {
    await allowed('read', ['redstage']);
    const { page } = await ask('read write profile', {});
    assert.match(page.body, says('consent.again.more'));
    assert.deepEqual(marked(page), [scopeText('write'), scopeText('profile')]);
    assert.deepEqual(ticked(page, 'organizers'), ['redstage']);
    assert.match(page.body, /Red Stage<\/bdi> <span class="earlier">/);
    assert.doesNotMatch(page.body, /Blue Hall<\/bdi> <span class="earlier">/);
  });

  for (const parameters of [{ prompt: 'consent' }, { approval_prompt: 'force' }]) {
    it(`is said to ask for nothing new: ${JSON.stringify(parameters)}`, async () => {
      await allowed('read write', ['bluehall']);
      const { page } = await ask('read write', parameters);
      assert.match(page.body, says('consent.again.same'));
      assert.deepEqual(marked(page), []);
      assert.deepEqual(ticked(page, 'organizers'), ['bluehall']);
    });
  }

  it('is said to ask for nothing new where it asks for less', async () => {
    await allowed('read write profile', ['bluehall']);
    const { page } = await ask('read');
    assert.match(page.body, says('consent.again.same'));
    assert.deepEqual(marked(page), []);
  });

  it('gets no organizer ticked that the user has joined since, not even an only one', async () => {
    await allowed('read', ['redstage', 'bluehall']);
    await putTeam(server, { organizer: 'greenarena', id: 'guests', members: ['ada'] });
    try {
      assert.deepEqual(ticked((await ask('read')).page, 'organizers'), ['bluehall', 'redstage']);
      await putTeam(server, { organizer: 'redstage', members: [] });
      const left = (await ask('read')).page;
      assert.deepEqual(ticked(left, 'organizers'), ['bluehall']);
      assert.doesNotMatch(left.body, /Red Stage/, 'it is not theirs any more');
      await putTeam(server, { organizer: 'bluehall', members: [] });
      assert.deepEqual(ticked((await ask('read')).page, 'organizers'), [], 'Green Arena alone');
    } finally {
      await putTeam(server, { organizer: 'greenarena', id: 'guests', members: [] });
      await putTeam(server, { organizer: 'redstage', members: ['ada'] });
      await putTeam(server, { organizer: 'bluehall', members: ['ada'] });
    }
  });

  it('is shown with the user’s own ticks after a mistake, and with what is new', async () => {
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

  it('gets a grant of its own: the earlier one stays as it was', async () => {
    const earlier = await allowed('read', ['redstage']);
    const { agent, page } = await ask('read write');
    const answer = await decide(agent, page, { organizers: ['bluehall'] });
    assert.ok(answer.leavesTo?.searchParams.get('code'));
    const { body } = await introspect(server, platform.resourceServer, earlier.accessToken);
    assert.equal(body.scope, 'read');
    assert.deepEqual(body.organizers, ['redstage']);
  });

  it('is compared with the last of several grants, once that one is revoked with the one before', async () => {
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

  it('is new again after a revocation', async () => {
    const { refreshToken } = await allowed('read write', ['redstage']);
    await revoke(server, application, refreshToken);
    const { page } = await ask('read write', {});
    assert.doesNotMatch(page.body, pattern`${says('consent.again.title')}|class="badge"`);
    assert.deepEqual(ticked(page, 'organizers'), []);
  });

  it('is not taken for another application of the same name, nor one user for another', async () => {
    await allowed('read write', ['redstage']);
    const { page } = await ask('read write', { prompt: 'consent' }, platform.ben);
    assert.doesNotMatch(page.body, says('consent.again.title'));
    application = await registerApplication(server, { owner: 'ben', name: 'Box Office Sync' });
    assert.doesNotMatch((await ask('read write')).page.body, says('consent.again.title'));
  });

  it('is compared each time it asks, where it is public', async () => {
    application = await registerApplication(server, { owner: 'ben', clientType: 'public' });
    await allowed('read', ['redstage']);
    const { page } = await ask('read', {});
    assert.match(page.body, says('consent.again.same'));
    assert.deepEqual(ticked(page, 'organizers'), ['redstage']);
  });
});

/** The first words of each scope that is marked as new. */
function marked(page: Page): string[] {
  const rows = page.body.matchAll(/class="badge">[\s\S]*?<bdi>([^<]+)<\/bdi>/g);
  return [...rows].map(([, words = '']) => words);
}
