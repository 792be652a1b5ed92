import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  registerApplication,
  reviewApplication,
  type TestApplication,
  type TestPlatform,
} from '../support/factories.ts';
import { authorizationUrl, requestOf, signIn } from '../support/flow.ts';
import { until } from '../support/outbox.ts';
import { manage } from '../support/platform.ts';
import { startPlatform } from '../support/platform-server.ts';
import type { TestServer } from '../support/server.ts';
import { says } from '../support/texts.ts';
import { postForm } from '../support/tokens.ts';
import { type Page, showsForm, describe as textOf, UserAgent } from '../support/user-agent.ts';

/** Failing requests and the error that the application gets for each. */
const FAILING: Readonly<Record<string, readonly [Record<string, string>, string]>> = {
  'response_type=token': [{ response_type: 'token' }, 'unsupported_response_type'],
  'a hybrid response type': [{ response_type: 'code id_token' }, 'unsupported_response_type'],
  'no PKCE': [{ code_challenge: '', code_challenge_method: '' }, 'invalid_request'],
  'PKCE plain': [{ code_challenge_method: 'plain' }, 'invalid_request'],
  'an unknown prompt': [{ prompt: 'dance' }, 'invalid_request'],
  'prompt=none with another': [{ prompt: 'none login' }, 'invalid_request'],
  'an unknown scope': [{ scope: 'read admin' }, 'invalid_scope'],
  'a malformed scope': [{ scope: 'read\\write' }, 'invalid_scope'],
  'an unknown response mode': [{ response_mode: 'dance' }, 'unsupported_response_mode'],
  'a request object': [{ request: 'e30.e30.' }, 'request_not_supported'],
  'a foreign request_uri': [{ request_uri: 'https://e.example/' }, 'request_uri_not_supported'],
  'an unknown pushed request': [
    { request_uri: 'urn:ietf:params:oauth:request_uri:nothing' },
    'invalid_request_uri',
  ],
  'a registration': [{ registration: '{}' }, 'registration_not_supported'],
  'a control character': [{ login_hint: 'a\u0001' }, 'invalid_request'],
  'a wrong dpop_jkt': [{ dpop_jkt: 'x' }, 'invalid_request'],
  'response_mode=fragment': [{ response_mode: 'fragment', prompt: 'dance' }, 'invalid_request'],
  'response_mode=form_post': [{ response_mode: 'form_post', prompt: 'dance' }, 'invalid_request'],
};

let server: TestServer;
let platform: TestPlatform;
/** Browsers in which Ada, and Ben as owner of the applications, are signed in. */
let ada: UserAgent;
let ben: UserAgent;

for (const REGISTRATION of ['open', 'approval'] as const) {
  describe(`Failing authorization request, with REGISTRATION=${REGISTRATION}`, () => {
    let unreviewed: TestApplication;
    let reviewed: TestApplication;
    let suspended: TestApplication;

    before(async () => {
      ({ server, platform } = await startPlatform({ REGISTRATION }));
      unreviewed = platform.application;
      [reviewed, suspended] = [await register(), await register()];
      await reviewApplication(server, reviewed.clientId);
      await reviewApplication(server, suspended.clientId);
      await manage(server, 'POST', `/api/v1/applications/${suspended.clientId}/suspend/`, {
        reason: 'abuse',
      });
      [ada, ben] = [new UserAgent(server), new UserAgent(server)];
      await signIn(ada, await ada.get('/login'), platform.ada);
      await signIn(ben, await ben.get('/login'), platform.ben);
    });
    after(() => server.close());

    for (const [name, [parameters, error]] of Object.entries(FAILING)) {
      test(name, async () => {
        const get = (application: TestApplication, agent = new UserAgent(server)) =>
          agent.get(requestUrl(application, parameters));
        staysHere(await get(suspended), 'suspended, without a session');
        staysHere(await get(suspended, ada), 'suspended, signed in');
        staysHere(await get(suspended, ben), 'suspended, its owner');
        staysHere(await post(suspended, parameters), 'suspended, posted');
        goesBack(await get(reviewed), error);
        goesBack(await post(reviewed, parameters), error);
        asksForSignIn(await get(unreviewed));
        asksForSignIn(await post(unreviewed, parameters));
        goesBack(await get(unreviewed, ben), error);
        if (REGISTRATION === 'approval') {
          staysHere(await get(unreviewed, ada), 'not reviewed, not its owner');
        } else {
          goesBack(await get(unreviewed, ada), error);
        }
      });
    }

    test('no redirect URI: the page does not claim that the application is suspended', async () => {
      for (const application of [reviewed, unreviewed]) {
        const url = requestUrl(application, {});
        url.searchParams.delete('redirect_uri');
        const page = await new UserAgent(server).get(url);
        staysHere(page, 'no redirect_uri');
        assert.match(page.body, /missing required parameter/, textOf(page));
        assert.doesNotMatch(page.body, says('over.title.application_suspended'));
      }
    });

    test('prompt=none: the error is returned to a reviewed application only', async () => {
      const silent = { prompt: 'none', approval_prompt: 'force' };
      const get = (application: TestApplication, agent = new UserAgent(server)) =>
        agent.get(requestUrl(application, silent));
      staysHere(await get(suspended, ada), 'suspended');
      goesBack(await get(reviewed), 'login_required');
      goesBack(await get(reviewed, ada), 'consent_required');
      asksForSignIn(await get(unreviewed));
      goesBack(await get(unreviewed, ben), 'consent_required');
      if (REGISTRATION === 'approval') {
        staysHere(await get(unreviewed, ada), 'not reviewed, not its owner');
      } else {
        goesBack(await get(unreviewed, ada), 'consent_required');
      }
    });

    test('after signing in, the error is returned to the application', async () => {
      const agent = new UserAgent(server);
      const page = await agent.get(requestUrl(unreviewed, { prompt: 'dance', state: 'a&b=c' }));
      const [, link] = /href="(\/login\?return_to=[^"]*)"/.exec(page.body) ?? [];
      assert.ok(link, textOf(page));
      const login = await agent.get(link.replaceAll('&amp;', '&'));
      const back = await signIn(agent, login, platform.ben);
      goesBack(back, 'invalid_request');
      assert.equal(back.leavesTo?.searchParams.get('state'), 'a&b=c');
    });

    test('error_uri leads the owner, and nobody else, to the entry in the error log', async () => {
      // Of others, the log is full for this minute.
      const application = await register();
      const failing = requestUrl(application, { scope: 'read admin' });
      const back = (await ben.get(failing)).leavesTo;
      const uri = new URL(back?.searchParams.get('error_uri') ?? '');
      assert.equal(uri.origin, server.issuer);
      let entry = await ben.get(uri);
      await until(async () => {
        entry = await ben.get(uri);
        return entry.body.includes('invalid_scope');
      });
      assert.match(entry.body, says('insights.reason.scope_unknown'), textOf(entry));
      assert.equal((await ada.get(uri)).status, 404);
      assert.equal((await new UserAgent(server).get(uri)).url.pathname, '/login');
      const fragment = requestUrl(application, { response_mode: 'fragment', prompt: 'dance' });
      const { hash } = (await ben.get(fragment)).leavesTo ?? new URL(server.issuer);
      assert.match(new URLSearchParams(hash.slice(1)).get('error_uri') ?? '', /request_id=/);
      const expected = await ben.get(requestUrl(application, { prompt: 'none' }));
      goesBack(expected, 'consent_required');
      assert.equal(expected.leavesTo?.searchParams.get('error_uri'), null);
    });

    test('a request pushed before the suspension is refused', async () => {
      const application = await register();
      const pushed = await postForm(server, 'par', application, {
        ...Object.fromEntries(requestUrl(application, { prompt: 'none' }).searchParams),
      });
      assert.equal(pushed.status, 201);
      const path = `/api/v1/applications/${application.clientId}`;
      await manage(server, 'POST', `${path}/suspend/`, { reason: 'abuse' });
      const request_uri = String(pushed.body.request_uri);
      const page = await ada.get(
        authorizationUrl(server, { client_id: application.clientId, request_uri }),
      );
      staysHere(page, 'pushed');
      const again = await postForm(server, 'par', application, {
        ...Object.fromEntries(requestUrl(application, {}).searchParams),
      });
      assert.equal(again.body.error, 'unauthorized_client');
    });

    test('the error is in the application’s error log, also without redirect', async () => {
      const application = await register();
      asksForSignIn(await new UserAgent(server).get(requestUrl(application, { prompt: 'dance' })));
      const deadline = Date.now() + 10_000;
      while ((await errorCount(application)) === 0 && Date.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      assert.equal(await errorCount(application), 1);
    });
  });
}

const register = () => registerApplication(server, { owner: 'ben' });

function requestUrl(application: TestApplication, parameters: Record<string, string>): URL {
  return authorizationUrl(server, requestOf(application, { state: 'abc', ...parameters }));
}

function post(application: TestApplication, parameters: Record<string, string>): Promise<Page> {
  const { pathname, searchParams: body } = requestUrl(application, parameters);
  return new UserAgent(server).request(pathname, { method: 'POST', body });
}

/** Asserts that the page neither redirects nor posts to the application. */
function staysHere(page: Page, what: string): void {
  assert.equal(page.leavesTo, undefined, `${what}: sent to ${page.leavesTo}`);
  assert.ok([400, 403].includes(page.status), `${what}: ${textOf(page)}`);
  assert.doesNotMatch(page.body, /action="https:/, what);
}

function asksForSignIn(page: Page): void {
  staysHere(page, 'not reviewed, without a session');
  assert.match(page.body, /href="\/login\?return_to=/, textOf(page));
  assert.ok(!showsForm(page, 'password'));
}

/**
 * Asserts that the error is in the query, in the fragment or in a form, as the request requires.
 */
function goesBack(page: Page, error: string): void {
  const [, posted] = /name="error" value="([^"]*)"/.exec(page.body) ?? [];
  const { search = '', hash = '' } = page.leavesTo ?? {};
  const sent = new URLSearchParams(search || hash.slice(1)).get('error') ?? posted;
  assert.equal(sent, error, textOf(page));
}

async function errorCount({ clientId }: TestApplication): Promise<number> {
  const rows = await server.database.db
    .selectFrom('client_errors')
    .select('id')
    .where('client_id', '=', clientId)
    .execute();
  return rows.length;
}
