import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { registerApplication, type TestApplication } from '../support/factories.ts';
import { prepared, withPlatform } from '../support/fixture.ts';
import { authorizationUrl, decide, requestOf, signIn, VERIFIER } from '../support/flow.ts';
import { says } from '../support/texts.ts';
import { exchange, postForm, pushRequest } from '../support/tokens.ts';
import {
  offered,
  type Page,
  showsForm,
  describe as textOf,
  UserAgent,
} from '../support/user-agent.ts';

/** With the other parameters, just below 64 KiB. */
const LONG = 's'.repeat(65_000);

describe('long authorization requests', () => {
  const { server, platform } = withPlatform();
  const publicApplication = prepared(() =>
    registerApplication(server, { owner: 'ben', clientType: 'public' }),
  );

  const parametersOf = (application: TestApplication, state: string) =>
    requestOf(application, {
      state,
      nonce: 'n',
      scope: 'openid read',
      max_age: '3000',
      prompt: 'consent',
      // A client library may limit the length of a redirect.
      response_mode: 'form_post',
    });

  for (const [name, signedIn] of [
    ['a visitor', false],
    ['a signed-in user', true],
  ] as const) {
    it(`by GET, for ${name}: a page names the parameter that is too long`, async () => {
      const agent = new UserAgent(server);
      if (signedIn) {
        await signIn(agent, await agent.get('/login'), platform.ada);
      }
      for (const [parameter, named] of [
        ['state', 'state'],
        // Ignored, but it still makes the URL too long.
        ['nonce', 'nonce'],
        ['x y', 'A parameter'],
      ] as const) {
        const parameters = parametersOf(platform.application, 's');
        const sent = { ...parameters, [parameter]: 's'.repeat(20_000) };
        const page = await agent.get(authorizationUrl(server, sent));
        assert.equal(page.status, 400);
        assert.match(page.headers.get('content-type') ?? '', /text\/html/);
        assert.match(
          page.body,
          new RegExp(`${named} is too long for a URL \\(20000 characters\\)`),
        );
      }
    });
  }

  it('by GET, beyond the limit of all headers: 431 with the reason', async () => {
    const parameters = parametersOf(platform.application, 's'.repeat(100_000));
    const response = await fetch(authorizationUrl(server, parameters), { redirect: 'manual' });
    assert.equal(response.status, 431);
    const body: Record<string, unknown> = Object(await response.json());
    assert.equal(body.error, 'invalid_request');
    assert.match(String(body.error_description), /POST/);
  });

  /** Two ways that carry long requests. */
  const WAYS: Record<
    string,
    (
      agent: UserAgent,
      parameters: Record<string, string>,
      application: TestApplication,
    ) => Promise<Page>
  > = {
    POST: (agent, parameters) =>
      agent.request('/api/v1/oauth/authorize', {
        method: 'POST',
        body: new URLSearchParams(parameters),
      }),
    PAR: async (agent, parameters, application) =>
      agent.get(await pushRequest(server, application, parameters)),
  };

  for (const [way, send] of Object.entries(WAYS)) {
    for (const type of ['confidential', 'public'] as const) {
      const of = () => (type === 'public' ? publicApplication : platform.application);

      it(`by ${way}, ${type}: carried through sign-in, another account, and consent`, async () => {
        const application = of();
        const agent = new UserAgent(server);
        const login = await send(agent, parametersOf(application, LONG), application);
        assert.ok(showsForm(login, 'email', 'password'), textOf(login));
        const consent = await signIn(agent, login, platform.ada);
        assert.ok(showsForm(consent, 'decision'), textOf(consent));
        assert.deepEqual(offered(consent, 'scopes'), ['read']);

        const other = await agent.get(otherAccount(consent));
        assert.match(other.body, says('login.title_switch'));
        const again = await signIn(agent, other, platform.ben);
        assert.deepEqual(offered(again, 'organizers'), ['greenarena'], textOf(again));

        const answer = responseOf(await decide(agent, again));
        assert.equal(answer.state, LONG);
        const redeemed = await exchange(server, application, {
          parameters: { code: answer.code ?? '' },
          codeVerifier: VERIFIER,
          redirectUri: application.redirectUri,
        });
        assert.equal(redeemed.status, 200, JSON.stringify(redeemed.body));
      });
    }

    it(`by ${way}: an unknown scope is refused`, async () => {
      const { application } = platform;
      const parameters = { ...parametersOf(application, LONG), scope: 'read email' };
      if (way === 'PAR') {
        const { body } = await postForm(server, 'par', application, parameters);
        assert.equal(body.error, 'invalid_scope');
      } else {
        const agent = new UserAgent(server);
        await signIn(agent, await agent.get('/login'), platform.ada);
        const answer = responseOf(await send(agent, parameters, application));
        assert.equal(answer.error, 'invalid_scope');
      }
    });
  }

  it('by POST, beyond 64 KiB: 413 with the parameter', async () => {
    const agent = new UserAgent(server);
    const parameters = parametersOf(platform.application, 's'.repeat(70_000));
    const page = await agent.request('/api/v1/oauth/authorize', {
      method: 'POST',
      body: new URLSearchParams(parameters),
    });
    assert.equal(page.status, 413);
    assert.match(page.body, /state is too long/);
  });

  it('by PAR, of unknown length: accepted', async () => {
    const { application } = platform;
    const body = new URLSearchParams(parametersOf(application, LONG)).toString();
    const response = await fetch(`${server.issuer}/api/v1/oauth/par`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${btoa(`${application.clientId}:${application.clientSecret}`)}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: ReadableStream.from([Buffer.from(body)]),
      duplex: 'half',
    });
    assert.equal(response.status, 201, await response.text());
  });

  it('by PAR, beyond 64 KiB: 413 with the parameter, as JSON', async () => {
    const { application } = platform;
    for (const length of [66_000, 99_000]) {
      const parameters = parametersOf(application, 's'.repeat(length));
      const { status, body } = await postForm(server, 'par', application, parameters);
      assert.equal(status, 413);
      assert.equal(body.error, 'invalid_request');
      assert.match(String(body.error_description), /state is too long: .* 65536 characters/);
    }
    const parameters = parametersOf(application, 's'.repeat(200_000));
    const { status, body } = await postForm(server, 'par', application, parameters);
    assert.equal(status, 413);
    assert.match(String(body.error_description), /body may hold at most/);
  });

  it('by POST, for an unknown client: nothing is stored', async () => {
    const { db } = server.database;
    const count = () => db.selectFrom('pushed_authorization_requests').select('id_hash').execute();
    const before = await count();
    const parameters = { ...parametersOf(platform.application, LONG), client_id: 'nobody' };
    const page = await new UserAgent(server).request('/api/v1/oauth/authorize', {
      method: 'POST',
      body: new URLSearchParams(parameters),
    });
    assert.equal(page.status, 400);
    assert.equal((await count()).length, before.length);
  });

  it('anonymous long requests of one address are limited', async () => {
    const parameters = new URLSearchParams(parametersOf(publicApplication, LONG));
    const statuses = new Set<number>();
    for (let sent = 0; sent < 32; sent += 1) {
      const response = await fetch(`${server.issuer}/api/v1/oauth/authorize`, {
        method: 'POST',
        body: parameters,
        redirect: 'manual',
      });
      statuses.add(response.status);
    }
    assert.deepEqual([...statuses].sort(), [303, 429]);
  });

  /** The parameters of an authorization response in a form. */
  function responseOf(page: Page): Record<string, string> {
    const fields = page.forms.flatMap((form) => form.fields);
    return Object.fromEntries(fields.map(({ name, value }) => [name, value]));
  }

  /** The link of the consent page to another account. */
  function otherAccount(page: Page): string {
    const [, href] = /href="([^"]*prompt=login[^"]*)"/.exec(page.body) ?? [];
    assert.ok(href, textOf(page));
    assert.ok(href.length < 1_000, 'the request is not repeated in the link');
    return href.replaceAll('&amp;', '&');
  }
});
