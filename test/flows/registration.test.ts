import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { mayRegister } from '../../src/applications/register.ts';
import { updateOwnApplication } from '../../src/applications/update.ts';
import { readConfig } from '../../src/config/config.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import {
  registerApplication,
  reviewApplication,
  type TestApplication,
} from '../support/factories.ts';
import { withPlatform } from '../support/fixture.ts';
import { authorizationUrl, authorize, decide, requestOf, signIn } from '../support/flow.ts';
import { manage } from '../support/platform.ts';
import { startPlatform } from '../support/platform-server.ts';
import { says } from '../support/texts.ts';
import { obtainTokens, refresh } from '../support/tokens.ts';
import { type Page, showsForm, UserAgent } from '../support/user-agent.ts';

const { server, platform } = withPlatform({ REGISTRATION: 'approval' });

const review = ({ clientId }: TestApplication) => reviewApplication(server, clientId);

/** Opens the request as Ada, up to the consent page. */
async function openAsAda(
  application: TestApplication,
  agent: UserAgent,
  parameters: Readonly<Record<string, string>> = {},
): Promise<Page> {
  const page = await agent.get(authorizationUrl(server, requestOf(application, parameters)));
  return showsForm(page, 'email', 'password') ? signIn(agent, page, platform.ada) : page;
}

const grantsOf = async (application: TestApplication) =>
  (
    await server.database.db
      .selectFrom('grants')
      .select('user_id')
      .where('client_id', '=', application.clientId)
      .execute()
  ).map((row) => row.user_id);

describe('With REGISTRATION=approval, an unreviewed application', () => {
  test('works for its owner', async () => {
    const application = await registerApplication(server, { owner: 'ben' });
    const tokens = await obtainTokens(server, { application, user: platform.ben });
    assert.ok(tokens.accessToken);
  });

  test('shows other users an explanation and never redirects them', async () => {
    const application = await registerApplication(server, { owner: 'ben' });
    const agent = new UserAgent(server);
    const page = await openAsAda(application, agent);
    assert.equal(page.status, 403);
    assert.match(page.body, says('over.title.awaits_review'));
    assert.ok(!showsForm(page, 'decision'));
    const again = await openAsAda(application, agent, { prompt: 'consent' });
    assert.match(again.body, says('over.title.awaits_review'));
    assert.equal(again.leavesTo, undefined);
  });

  test('shows the explanation in German', async () => {
    const application = await registerApplication(server, { owner: 'ben' });
    await manage(server, 'PATCH', '/api/v1/users/ada/', { locale: 'de' });
    const page = await openAsAda(application, new UserAgent(server));
    await manage(server, 'PATCH', '/api/v1/users/ada/', { locale: 'en' });
    assert.match(page.body, says('over.title.awaits_review', {}, 'de'));
  });

  test('without an owner is refused, too', async () => {
    const orphan = await registerApplication(server, { owner: 'ben' });
    await manage(server, 'PATCH', `/api/v1/applications/${orphan.clientId}/`, { owner: null });
    assert.match(
      (await openAsAda(orphan, new UserAgent(server))).body,
      says('over.title.awaits_review'),
    );
  });

  test('works for everybody after an operator reviewed it', async () => {
    const application = await registerApplication(server, { owner: 'ben' });
    await review(application);
    const result = await authorize(server, { application, user: platform.ada });
    assert.ok(result.parameters.code);
  });
});

describe('With REGISTRATION=approval, an application that lost its review', () => {
  const lose = async () => {
    const application = await registerApplication(server, { owner: 'ben' });
    await review(application);
    const tokens = await obtainTokens(server, { application, user: platform.ada });
    const { agent } = tokens.authorization;
    const open = await openAsAda(application, agent, { prompt: 'consent' });
    await inTransaction(server.database.db, (tx) =>
      updateOwnApplication(tx, 'user:ben', application.clientId, new Date(), {
        redirectUris: [application.redirectUri, 'https://other.example.com/'],
      }),
    );
    return { application, tokens, agent, open };
  };

  test('answers to consent pages opened before are refused until the next review', async () => {
    const { application, agent, open } = await lose();
    for (const decision of ['allow', 'deny'] as const) {
      const answer = await decide(agent, open, { decision });
      assert.equal(answer.status, 403);
      assert.equal(answer.leavesTo, undefined);
      assert.match(answer.body, says('over.title.awaits_review'));
    }
    assert.deepEqual(await grantsOf(application), ['ada']);
    await review(application);
    assert.ok((await decide(agent, open)).leavesTo?.searchParams.get('code'));
  });

  test('existing grants give no new code, but their refresh tokens still work', async () => {
    const { application, tokens, agent } = await lose();
    const page = await openAsAda(application, agent);
    assert.match(page.body, says('over.title.awaits_review'));
    assert.equal((await refresh(server, application, tokens.refreshToken)).status, 200);
    await review(application);
    const after = await openAsAda(application, agent);
    assert.ok(after.leavesTo?.searchParams.get('code'));
  });
});

describe('REGISTRATION setting', () => {
  test('lets active users register unless it is "closed"; the default is "open"', () => {
    for (const [REGISTRATION, expected] of [
      ['', true],
      ['open', true],
      ['approval', true],
      ['closed', false],
    ] as const) {
      const config = readConfig({ REGISTRATION });
      assert.equal(mayRegister(config, { isActive: true }), expected, REGISTRATION);
      assert.equal(mayRegister(config, { isActive: false }), false);
    }
    assert.throws(() => readConfig({ REGISTRATION: 'on' }), /REGISTRATION must be open, approval/);
  });

  test('with "open", unreviewed applications work for everybody', async () => {
    const { server: open, platform: own } = await startPlatform();
    try {
      const { application, ada } = own;
      const result = await authorize(open, { application, user: ada });
      assert.ok(result.parameters.code);
    } finally {
      await open.close();
    }
  });
});
