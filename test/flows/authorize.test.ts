import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { ENGINE_VARIABLES } from '../support/engines.ts';
import { putTeam, putUser, registerApplication, reviewApplication } from '../support/factories.ts';
import { prepared, withPlatform } from '../support/fixture.ts';
import { authorizationUrl, authorize, decide, requestOf, signIn } from '../support/flow.ts';
import { manage } from '../support/platform.ts';
import { says, scopeText } from '../support/texts.ts';
import { introspect, obtainTokens, revoke } from '../support/tokens.ts';
import { type Page, showsForm, describe as textOf, UserAgent } from '../support/user-agent.ts';

for (const [engine, variables] of Object.entries(ENGINE_VARIABLES)) {
  describe(`Authorizing an application, on ${engine}`, () => {
    const { server, platform } = withPlatform(variables);
    const publicApplication = prepared(() =>
      registerApplication(server, {
        owner: 'ben',
        clientType: 'public',
        redirectUris: ['http://127.0.0.1/callback'],
      }),
    );

    const requestUrl = (parameters: Record<string, string> = {}) =>
      authorizationUrl(server, requestOf(platform.application, { state: 'abc', ...parameters }));

    /** Signs Ada in and returns the consent page. */
    const toConsent = async (parameters: Record<string, string> = {}) => {
      const agent = new UserAgent(server);
      const login = await agent.get(requestUrl({ approval_prompt: 'force', ...parameters }));
      return { agent, page: await signIn(agent, login, platform.ada) };
    };

    it('the token opens the selected organizer and no other', async () => {
      const tokens = await obtainTokens(server, {
        application: platform.application,
        user: platform.ada,
        organizers: ['redstage'],
        parameters: { approval_prompt: 'force' },
      });
      const { body } = await introspect(server, platform.resourceServer, tokens.accessToken);
      assert.equal(body.active, true);
      assert.equal(body.scope, 'read write');
      assert.deepEqual(body.organizers, ['redstage']);
      assert.deepEqual(body.permissions, { redstage: ['can_view_orders', 'can_change_orders'] });
      assert.equal(tokens.authorization.parameters.state, tokens.authorization.state);
      assert.equal(tokens.authorization.parameters.iss, server.issuer);
    });

    it('the consent page shows the application, the scopes in words and the organizers', async () => {
      const { page } = await toConsent({ scope: 'read profile' });
      const text = page.body.replace(/<\/?strong>/g, '');
      assert.match(text, /Box Office Sync/);
      assert.match(text, /Ben Example/);
      assert.match(text, /app\.example\.com/);
      assert.ok(text.includes(scopeText('profile')));
      assert.match(text, /Red Stage/);
      assert.match(text, /Blue Hall/);
      assert.doesNotMatch(text, /Green Arena/);
    });

    it('a user can allow fewer scopes than requested, and the token response contains them', async () => {
      const tokens = await obtainTokens(server, {
        application: platform.application,
        user: platform.ada,
        scope: 'read write',
        scopes: ['read'],
        parameters: { approval_prompt: 'force' },
      });
      assert.equal(tokens.scope, 'read');
      const { body } = await introspect(server, platform.resourceServer, tokens.accessToken);
      assert.equal(body.scope, 'read');
    });

    it('a request for only the profile shows no organizers', async () => {
      const { page } = await toConsent({ scope: 'profile' });
      assert.doesNotMatch(page.body, /name="organizers"/);
      const tokens = await obtainTokens(server, {
        application: platform.application,
        user: platform.ada,
        scope: 'profile',
        parameters: { approval_prompt: 'force' },
      });
      const { body } = await introspect(server, platform.resourceServer, tokens.accessToken);
      assert.deepEqual(body.organizers, []);
    });

    it('denying redirects to the application with access_denied', async () => {
      const { parameters } = await authorize(server, {
        application: platform.application,
        user: platform.ada,
        decision: 'deny',
        parameters: { approval_prompt: 'force', state: 'xyz' },
      });
      assert.equal(parameters.error, 'access_denied');
      assert.equal(parameters.state, 'xyz');
      assert.equal(parameters.iss, server.issuer);
    });

    it('an organizer that the user is not a member of is refused, and the selection is kept', async () => {
      const { agent, page } = await toConsent();
      const again = await decide(agent, page, { organizers: ['redstage', 'greenarena'] });
      assert.equal(again.status, 400);
      assert.equal(await grantCount(), await grantCount());
      const ticked = again.forms
        .flatMap((form) => form.fields)
        .filter((field) => field.name === 'organizers' && field.checked)
        .map((field) => field.value);
      assert.deepEqual(ticked, ['redstage']);
    });

    it('allowing without organizer, without scope or with a scope that was not requested is refused', async () => {
      const { agent, page } = await toConsent({ scope: 'read' });
      const before = await grantCount();
      assert.equal((await decide(agent, page, { organizers: [] })).status, 400);
      assert.equal((await decide(agent, page, { scopes: [] })).status, 400);
      assert.equal((await decide(agent, page, { scopes: ['read', 'write'] })).status, 400);
      assert.equal(await grantCount(), before);
    });

    it('a confidential application with a matching grant gets a code without consent page', async () => {
      const application = await registerApplication(server, { owner: 'ben', name: 'Twice' });
      const first = await obtainTokens(server, {
        application,
        user: platform.ada,
        organizers: ['bluehall'],
      });
      const { agent } = first.authorization;
      const before = await grantCount();
      const second = await obtainTokens(server, { application, user: platform.ada, agent });
      assert.equal(second.authorization.sawConsent, false);
      assert.equal(await grantCount(), before);
      const { body } = await introspect(server, platform.resourceServer, second.accessToken);
      assert.deepEqual(body.organizers, ['bluehall']);
      const wider = await authorize(server, {
        application,
        user: platform.ada,
        agent,
        scope: 'read write profile',
      });
      assert.equal(wider.sawConsent, true, 'a wider request needs consent');
    });

    it('after a revocation, consent is asked for unless an older grant covers the request', async () => {
      const application = await registerApplication(server, { owner: 'ben', name: 'Thrice' });
      const options = { application, user: platform.ada };
      const older = await obtainTokens(server, { ...options, scope: 'read' });
      const { agent } = older.authorization;
      const newer = await obtainTokens(server, { ...options, agent });
      await revoke(server, application, newer.accessToken);
      const wide = await authorize(server, { ...options, agent, decision: 'deny' });
      assert.equal(wide.sawConsent, true, 'the scopes of the ended grant need consent');
      const narrow = await authorize(server, { ...options, agent, scope: 'read' });
      assert.equal(narrow.sawConsent, false, 'the older one still covers this');
    });

    for (const parameters of [{ prompt: 'consent' }, { approval_prompt: 'force' }]) {
      it(`${JSON.stringify(parameters)} always shows the consent page and creates a new grant`, async () => {
        const options = { application: platform.application, user: platform.ada };
        const { agent } = (await obtainTokens(server, options)).authorization;
        const before = await grantCount();
        const again = await obtainTokens(server, { ...options, agent, parameters });
        assert.equal(again.authorization.sawConsent, true);
        assert.equal(await grantCount(), before + 1);
      });
    }

    it('a public application always shows the consent page and must use PKCE', async () => {
      const options = {
        application: publicApplication,
        user: platform.ada,
        parameters: { redirect_uri: 'http://127.0.0.1:50123/callback' },
      };
      const { agent } = (await obtainTokens(server, options)).authorization;
      const again = await obtainTokens(server, { ...options, agent });
      assert.equal(again.authorization.sawConsent, true);
      const { parameters } = await authorize(server, { ...options, agent, pkce: false });
      assert.equal(parameters.error, 'invalid_request');
    });

    it('a user without organizers gets an explanation and can only deny', async () => {
      const cleo = await putUser(server, { id: 'cleo' });
      const agent = new UserAgent(server);
      const page = await signIn(agent, await agent.get(requestUrl()), cleo);
      assert.equal(page.status, 200);
      const values = page.forms
        .flatMap((form) => form.fields)
        .filter((field) => field.name === 'decision')
        .map((field) => field.value);
      assert.deepEqual(values, ['deny']);
      assert.equal((await decide(agent, page, { decision: 'allow' })).status, 400);
      assert.equal(
        (await decide(agent, page, { decision: 'deny' })).leavesTo?.host,
        'app.example.com',
      );
    });

    it('organizers are checked again when the form is posted', async () => {
      await putTeam(server, { organizer: 'greenarena', id: 'guests', members: ['ada'] });
      const { agent, page } = await toConsent();
      assert.match(page.body, /Green Arena/);
      await putTeam(server, { organizer: 'greenarena', id: 'guests', members: [] });
      const answer = await decide(agent, page, { organizers: ['greenarena'] });
      assert.equal(answer.status, 400);
    });

    it('grant, log entry and mail are written together', async () => {
      const before = await counts();
      await obtainTokens(server, {
        application: platform.application,
        user: platform.ada,
        parameters: { approval_prompt: 'force' },
      });
      const after = await counts();
      assert.deepEqual(after, {
        grants: before.grants + 1,
        events: before.events + 1,
        mails: before.mails + 1,
      });
    });

    it('a sign-in older than one hour: the form asks for the password once', async () => {
      const { agent, page } = await toConsent();
      assert.equal(showsForm(page, 'password'), false);
      await server.database.db
        .updateTable('sessions')
        .set({ authenticated_at: new Date(Date.now() - 2 * 3_600_000) })
        .execute();
      const asked = await decide(agent, page);
      assert.equal(asked.status, 400);
      assert.ok(showsForm(asked, 'password'), 'the form was posted too late');
      const { password } = platform.ada;
      const half = { decision: 'allow', password, organizers: [], scopes: ['read'] };
      const again = await agent.submit(asked, half, 'decision');
      assert.equal(again.status, 400, 'no organizer');
      assert.equal(showsForm(again, 'password'), false, 'the password was right');
      const answer = await decide(agent, again, { organizers: ['redstage'] });
      assert.ok(answer.leavesTo?.searchParams.get('code'), textOf(answer));
    });

    it('the same form posted three times at once: one grant', async () => {
      const { agent, page } = await toConsent();
      const before = await grantCount();
      const answers = await Promise.all([1, 2, 3].map(() => decide(agent, page)));
      assert.equal(await grantCount(), before + 1);
      for (const answer of answers) {
        assert.ok(answer.status < 500, textOf(answer));
      }
    });

    it('going back after an answer, or posting the form again, shows an explanation', async () => {
      const { agent, page } = await toConsent();
      await decide(agent, page);
      const back = await agent.get(page.url);
      assert.equal(back.status, 410);
      assert.match(back.body, /Box Office Sync/);
      assert.equal((await decide(agent, page)).status, 410);
      assert.equal((await agent.get('/interaction/nothing-like-it')).status, 410);
    });

    it('two tabs of one browser complete separate requests', async () => {
      const agent = new UserAgent(server);
      const [one, two] = [
        await agent.get(requestUrl({ state: 'one', approval_prompt: 'force' })),
        await agent.get(requestUrl({ state: 'two', approval_prompt: 'force' })),
      ];
      const consentOne = await signIn(agent, one, platform.ada);
      const consentTwo = await signIn(agent, two, platform.ada);
      assert.equal((await decide(agent, consentOne)).leavesTo?.searchParams.get('state'), 'one');
      assert.equal((await decide(agent, consentTwo)).leavesTo?.searchParams.get('state'), 'two');
    });

    it('signing in as another user starts the request again', async () => {
      const { agent, page } = await toConsent();
      const [, link] = /href="([^"]*prompt=login[^"]*)"/.exec(page.body) ?? [];
      assert.ok(link, 'the page offers to switch accounts');
      const login = await agent.get(link.replaceAll('&amp;', '&'));
      const consent = await signIn(agent, login, platform.ben);
      assert.match(consent.body, /Green Arena/);
      assert.doesNotMatch(consent.body, /Red Stage/);
      assert.equal((await agent.get(page.url)).status, 403, 'Ada’s page is closed');
    });

    it('accepts the request by POST', async () => {
      const agent = new UserAgent(server);
      const url = requestUrl();
      const page = await agent.request(url.pathname, { method: 'POST', body: url.searchParams });
      assert.ok(showsForm(page, 'email', 'password'), textOf(page));
    });

    describe('Request that can’t return to the application', () => {
      const cases: Record<string, Record<string, string>> = {
        'an unknown client': { client_id: 'nobody' },
        'a client id with a NUL': { client_id: 'a\0b' },
        'no client': { client_id: '' },
        'another redirect URI': { redirect_uri: 'https://evil.example.com/callback' },
        'a longer redirect URI': { redirect_uri: 'https://app.example.com/callback/x' },
        'no redirect URI': { redirect_uri: '' },
      };
      for (const [name, parameters] of Object.entries(cases)) {
        it(`${name}: explained on a page, never redirected`, async () => {
          const page = await new UserAgent(server).get(requestUrl(parameters));
          assert.equal(page.status, 400, textOf(page));
          assert.equal(page.leavesTo, undefined);
          assert.match(page.headers.get('content-type') ?? '', /text\/html/);
        });
      }
    });

    describe('Invalid request of a known application', () => {
      const cases: Record<string, [Record<string, string>, string]> = {
        'another response type': [{ response_type: 'token' }, 'unsupported_response_type'],
        'a hybrid response type': [{ response_type: 'code id_token' }, 'unsupported_response_type'],
        'an unknown scope': [{ scope: 'read admin' }, 'invalid_scope'],
        'PKCE plain': [{ code_challenge_method: 'plain' }, 'invalid_request'],
        'no PKCE': [{ code_challenge: '', code_challenge_method: '' }, 'invalid_request'],
        'an unknown prompt': [{ prompt: 'dance' }, 'invalid_request'],
        'prompt=none': [{ prompt: 'none' }, 'login_required'],
        'a NUL in login_hint': [{ login_hint: 'a\0' }, 'invalid_request'],
        'a request object': [{ request: 'e30.e30.' }, 'request_not_supported'],
      };
      const reviewed = prepared(() => registerApplication(server, { owner: 'ben' }));

      before(async () => {
        await reviewApplication(server, reviewed.clientId);
      });
      for (const [name, [parameters, error]] of Object.entries(cases)) {
        it(`${name}: returns to the application with ${error}`, async () => {
          const client_id = reviewed.clientId;
          const page = await new UserAgent(server).get(requestUrl({ client_id, ...parameters }));
          assert.ok(page.leavesTo, textOf(page));
          // The error of an implicit request is in the fragment.
          const answer = new URLSearchParams(page.leavesTo.search || page.leavesTo.hash.slice(1));
          assert.equal(answer.get('error'), error);
          assert.equal(answer.get('state'), 'abc');
          assert.equal(answer.get('iss'), server.issuer);
        });
      }
    });

    it('a scope that the application did not register is invalid_scope', async () => {
      const application = await registerApplication(server, { owner: 'ben', scopes: ['read'] });
      await reviewApplication(server, application.clientId);
      const options = { application, user: platform.ada };
      const asked = await authorize(server, { ...options, scope: 'write' });
      assert.equal(asked.parameters.error, 'invalid_scope');
      const tokens = await obtainTokens(server, { ...options, agent: asked.agent });
      assert.equal(tokens.scope, 'read', 'the default is the registered scopes');
    });

    it('a suspended application is refused, and works again after it is resumed', async () => {
      const application = await registerApplication(server, { owner: 'ben' });
      const path = `/api/v1/applications/${application.clientId}`;
      await manage(server, 'POST', `${path}/suspend/`, { reason: 'abuse' });
      const url = requestUrl({
        client_id: application.clientId,
        redirect_uri: application.redirectUri,
      });
      const page = await new UserAgent(server).get(url);
      assert.equal(page.status, 400);
      assert.equal(page.leavesTo, undefined);
      await manage(server, 'POST', `${path}/resume/`, {});
      const back: Page = await new UserAgent(server).get(url);
      assert.ok(showsForm(back, 'email', 'password'), textOf(back));
    });

    it('an internal error shows a page, and the application gets no response', async () => {
      const { db } = server.database;
      const agent = new UserAgent(server);
      await signIn(agent, await agent.get('/login'), platform.ada);
      await db.schema.alterTable('interactions').renameTo('gone').execute();
      try {
        const page = await agent.get(requestUrl({ approval_prompt: 'force' }));
        assert.equal(page.status, 500);
        assert.equal(page.leavesTo, undefined);
        assert.match(
          page.body,
          says('error.internal.title'),
          'the page names the server as the cause',
        );
        assert.doesNotMatch(page.body, /interactions|relation/);
      } finally {
        await db.schema.alterTable('gone').renameTo('interactions').execute();
      }
      assert.equal((await agent.get(requestUrl({ approval_prompt: 'force' }))).status, 200);
    });

    async function grantCount(): Promise<number> {
      return (await counts()).grants;
    }

    async function counts() {
      const { db } = server.database;
      const count = (rows: unknown[]) => rows.length;
      return {
        grants: count(await db.selectFrom('grants').select('id').execute()),
        events: count(
          await db
            .selectFrom('audit_events')
            .select('id')
            .where('action', '=', 'stagedoor.user.oauth.authorized')
            .execute(),
        ),
        mails: count(
          await db
            .selectFrom('mail_outbox')
            .select('id')
            .where('kind', '=', 'authorized')
            .execute(),
        ),
      };
    }
  });
}
