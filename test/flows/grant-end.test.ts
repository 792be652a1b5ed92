import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sql } from 'kysely';
import { open } from '../support/authorizations.ts';
import { registerApplication, type TestApplication } from '../support/factories.ts';
import { withPlatform } from '../support/fixture.ts';
import { authorizationUrl, authorize, requestOf } from '../support/flow.ts';
import { manage } from '../support/platform.ts';
import { introspect, obtainTokens, refresh } from '../support/tokens.ts';
import type { UserAgent } from '../support/user-agent.ts';

const { server, platform } = withPlatform();

/** Ways in which a grant ends while its tokens are not expired yet. */
const ENDS: Readonly<Record<string, Partial<Record<'expires_at' | 'ends_at', string>>>> = {
  'it was unused for too long': { expires_at: '-1 second' },
  'the end date set by the user has passed': { ends_at: '-1 second' },
  both: { expires_at: '-1 second', ends_at: '-1 second' },
};

async function end({ clientId }: TestApplication, when: (typeof ENDS)[string]): Promise<void> {
  for (const [column, interval] of Object.entries(when)) {
    await sql`update grants set ${sql.ref(column)} = now() + ${interval}::interval
      where client_id = ${clientId}`.execute(server.database.db);
  }
}

let cases = 0;

async function tokens() {
  cases += 1;
  const application = await registerApplication(server, { owner: 'ben', name: `Ends ${cases}` });
  const obtained = await obtainTokens(server, { application, user: platform.ada });
  return { application, ...obtained };
}

describe('Grant that ended', () => {
  for (const [name, when] of Object.entries(ENDS)) {
    test(`its tokens, listings and earlier consent are invalid because ${name}`, async () => {
      const { application, accessToken, refreshToken, authorization } = await tokens();
      await end(application, when);
      const inactive = { active: false };
      const { resourceServer } = platform;
      assert.deepEqual((await introspect(server, resourceServer, accessToken)).body, inactive);
      assert.deepEqual((await introspect(server, application, accessToken)).body, inactive);
      assert.deepEqual((await introspect(server, application, refreshToken)).body, inactive);
      const bearer = { headers: { authorization: `Bearer ${accessToken}` } };
      assert.equal((await fetch(`${server.issuer}/api/v1/organizers/`, bearer)).status, 401);
      const refreshed = await refresh(server, application, refreshToken);
      assert.equal(refreshed.body.error_description, 'expired');
      await listsNothing(application, authorization.agent);
      const again = await authorize(server, {
        application,
        user: platform.ada,
        agent: authorization.agent,
      });
      assert.equal(again.sawConsent, true, 'consent is asked for again');
    });
  }

  test('introspection returns the end of the grant as `exp`', async () => {
    const { application, accessToken, refreshToken } = await tokens();
    await end(application, { expires_at: '10 minutes' });
    for (const token of [accessToken, refreshToken]) {
      const { body } = await introspect(server, application, token);
      const left = Number(body.exp) - Date.now() / 1000;
      assert.ok(left > 590 && left < 610, String(left));
    }
  });

  async function listsNothing({ clientId }: TestApplication, agent: UserAgent): Promise<void> {
    const page = await open(agent, '/account/authorizations');
    assert.ok(!page.body.includes(`>Ends ${cases}<`));
    const list = `/api/v1/grants/?application=${clientId}&active=`;
    assert.match(JSON.stringify(await manage(server, 'GET', `${list}true`)), /"count":0/);
    assert.match(JSON.stringify(await manage(server, 'GET', `${list}false`)), /"count":1/);
  }
});

describe('Authorization request with a response mode', () => {
  const MODES = { query: false, fragment: true, form_post: true } as const;
  for (const [response_mode, asks] of Object.entries(MODES)) {
    test(`${response_mode}: the consent page is ${asks ? 'shown' : 'skipped'} the second time`, async () => {
      const { application, authorization } = await tokens();
      const { agent } = authorization;
      const url = authorizationUrl(server, requestOf(application, { state: 's', response_mode }));
      const page = await agent.get(url);
      assert.equal(/name="decision"/.test(page.body), asks);
      if (!asks) {
        assert.ok(page.leavesTo?.searchParams.get('code'));
        return;
      }
      url.searchParams.set('prompt', 'none');
      const silent = await agent.get(url);
      const sent = silent.leavesTo?.hash ?? silent.body;
      assert.match(sent, /consent_required/);
      const answer = await agent.submit(
        page,
        { decision: 'allow', organizers: ['redstage'] },
        'decision',
      );
      const code = answer.leavesTo?.hash ?? answer.body;
      assert.match(code, /code=|name="code"/);
    });
  }
});
