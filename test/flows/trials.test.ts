import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { challengeOf } from '../../src/trials/trial.ts';
import {
  registerApplication,
  type TestApplication,
  type TestPlatform,
} from '../support/factories.ts';
import { withPlatform } from '../support/fixture.ts';
import { authorize, decide, signIn } from '../support/flow.ts';
import { manage } from '../support/platform.ts';
import { says } from '../support/texts.ts';
import { type Page, describe as textOf, UserAgent } from '../support/user-agent.ts';

const AUTHORIZE = '/api/v1/oauth/authorize';

describe('Trial of an application by its owner', () => {
  const { server, platform } = withPlatform();
  /** Owned by Ben. */
  let application: TestApplication;
  let ben: UserAgent;

  beforeEach(async () => {
    application = await registerApplication(server, { owner: 'ben' });
    ben = await signedIn(platform.ben);
  });

  const signedIn = async (user: TestPlatform['ben']) => {
    const agent = new UserAgent(server);
    await signIn(agent, await agent.get('/login'), user);
    return agent;
  };

  const home = () => `/account/applications/${application.clientId}/try`;

  /** Starts a trial; returns the consent page. */
  const begin = async (agent = ben) => {
    const page = await agent.submit(await agent.get(home()), {}, 'csrf');
    assert.match(page.body, says('trials.consent.title'), textOf(page));
    return page;
  };

  /** Returns the authorization request that led to a page. */
  const requestTo = (page: Page) => {
    const url = page.visited.find(({ pathname }) => pathname === AUTHORIZE);
    assert.ok(url);
    return url;
  };

  const grants = () =>
    server.database.db
      .selectFrom('grants')
      .select(['revoked_at', 'revocation_reason'])
      .where('client_id', '=', application.clientId)
      .execute();

  for (const clientType of ['confidential', 'public'] as const) {
    it(`of a ${clientType} one shows every step, and leaves nothing`, async () => {
      application = await registerApplication(server, { owner: 'ben', clientType });
      const consent = await begin();
      assert.doesNotMatch(consent.body, /name="ends"/, 'it ends at once');
      const result = await decide(ben, consent);
      assert.match(result.body, says('trials.finished.title'), textOf(result));
      assert.doesNotMatch(result.body, /\/account\/language/, 'it is shown once');
      assert.match(result.body, /API_SERVICE_ID(&#x27;|&#39;|'):(&quot;|")\$API_SERVICE_SECRET/);
      for (const shown of ['"active": true', '"greenarena"', '"active": false', '"sda_']) {
        assert.ok(result.body.replaceAll('&quot;', '"').includes(shown), shown);
      }
      assert.doesNotMatch(result.body, /sd[ar]_\w{6}/, 'tokens are shortened');
      assert.deepEqual(
        (await grants()).map(({ revocation_reason: reason }) => reason),
        ['revoked_by_user'],
      );
      const secrets = await server.database.db
        .selectFrom('application_secrets')
        .select('last_used_at')
        .where('client_id', '=', application.clientId)
        .execute();
      assert.ok(secrets.every(({ last_used_at: used }) => used === null));
    });
  }

  it('denied: shows the answer, and is no failure of the application', async () => {
    const result = await decide(ben, await begin(), { decision: 'deny' });
    assert.match(result.body, says('trials.denied.title'), textOf(result));
    assert.match(result.body, /error=access_denied/);
    const errors = await ben.get(`/account/applications/${application.clientId}/errors`);
    assert.doesNotMatch(errors.body, /access_denied/);
  });

  it('works once: the redirect is refused afterwards, and so is its request', async () => {
    const consent = await begin();
    const result = await decide(ben, consent);
    const again = await ben.get(result.url);
    assert.equal(again.url.search, '?notice=over');
    await assertRefused(ben, requestTo(consent));
  });

  it('is refused to other users, browsers, sessions, and with other parameters', async () => {
    const consent = await begin();
    const url = requestTo(consent);
    await assertRefused(await signedIn(platform.ada), url);
    await assertRefused(await signedIn(platform.ben), url);
    for (const [name, value] of [
      ['state', 'another'],
      ['code_challenge', challengeOf({ verifier: 'w'.repeat(43) })],
    ] as const) {
      const changed = new URL(url);
      changed.searchParams.set(name, value);
      await assertRefused(ben, changed);
    }
    const other = await registerApplication(server, { owner: 'ben' });
    const changed = new URL(url);
    changed.searchParams.set('client_id', other.clientId);
    await assertRefused(ben, changed);
    const stray = await ben.get(`/account/applications/${application.clientId}/try/return?state=x`);
    assert.equal(stray.url.search, '?notice=over');
    // The trial itself goes on.
    const result = await decide(ben, consent);
    assert.match(result.body, says('trials.finished.title'), textOf(result));
  });

  it('does not open its redirect URI to pushed requests', async () => {
    const request = requestTo(await begin()).searchParams;
    const { clientId, clientSecret } = application;
    const response = await fetch(`${server.issuer}/api/v1/oauth/par`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
      body: request,
    });
    assert.equal(response.status, 400);
    assert.match(await response.text(), /redirect_uri/);
  });

  it('is not there for others than the owner', async () => {
    const ada = await signedIn(platform.ada);
    assert.equal((await ada.get(home())).status, 404);
    assert.equal((await ada.get(`${home()}/return?code=x`)).status, 404);
    const forged = await ben.request(home(), {
      method: 'POST',
      body: new URLSearchParams(),
      headers: { origin: server.issuer },
    });
    assert.equal(forged.status, 403);
  });

  it('leaves earlier authorizations alone, whatever is allowed', async () => {
    const earlier = await authorize(server, { application, user: platform.ben, agent: ben });
    assert.ok(earlier.parameters.code);
    await decide(ben, await begin(), { scopes: ['read'] });
    const live = (await grants()).filter(({ revoked_at: end }) => end === null);
    assert.equal(live.length, 1);
  });

  it('stops if the application gets another owner meanwhile', async () => {
    const consent = await begin();
    const path = `/api/v1/applications/${application.clientId}/`;
    await manage(server, 'PATCH', path, { owner: 'ada' });
    const stopped = await decide(ben, consent);
    assert.equal(stopped.leavesTo, undefined);
    assert.notEqual(stopped.status, 200, textOf(stopped));
    assert.deepEqual(await grants(), []);
  });

  it('given up in favor of another one: its authorization ends, too', async () => {
    const first = await begin();
    await begin();
    const late = await decide(ben, first);
    assert.equal(late.url.search, '?notice=over');
    assert.ok((await grants()).every(({ revoked_at: end }) => end !== null));
  });

  it('never exchanges a code that was meant for the application', async () => {
    const { parameters } = await authorize(server, {
      application,
      user: platform.ben,
      agent: ben,
    });
    const state = requestTo(await begin()).searchParams.get('state') ?? '';
    const query = new URLSearchParams({ ...parameters, state });
    const page = await ben.get(`${home()}/return?${query}`);
    assert.match(page.body, says('trials.refused.title'), textOf(page));
    const [grant] = await grants();
    assert.equal(grant?.revoked_at, null);
  });

  async function assertRefused(agent: UserAgent, url: URL): Promise<void> {
    const page = await agent.get(url);
    assert.equal(page.status, 400, textOf(page));
    assert.equal(page.leavesTo, undefined);
    assert.equal(page.url.pathname, AUTHORIZE);
  }
});
