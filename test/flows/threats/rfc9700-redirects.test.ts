import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { registerApplication } from '../../support/factories.ts';
import { decide } from '../../support/flow.ts';
import { manage } from '../../support/platform.ts';
import { findForm, showsForm, UserAgent } from '../../support/user-agent.ts';
import { assertGoesBack, assertStays, type Parameters, requestUrl, withWorld } from './world.ts';

/**
 * Threats of RFC 9700 that arrive with an authorization request. Suites are named after its
 * sections.
 */
const world = withWorld();

describe('RFC 9700 §4.11: open redirection', () => {
  for (const target of [
    '//evil.example',
    '/\\evil.example',
    'https://evil.example/',
    'https:evil.example',
    'javascript:alert(1)',
    '/\t/evil.example',
    '/..//evil.example',
    '/%2e%2e//evil.example',
    '///evil.example',
    '@evil.example',
  ]) {
    it(`sign-in never redirects to ${JSON.stringify(target)}`, async () => {
      const page = await world.agent.get(`/login?return_to=${encodeURIComponent(target)}`);
      assert.equal(page.leavesTo, undefined);
      assert.equal(page.url.origin, world.server.issuer);
    });
  }
});

describe('RFC 9700 §4.12: redirects that would repeat a POST', () => {
  const statusOf = async (agent: UserAgent, url: URL, body: URLSearchParams) => {
    const response = await fetch(url, {
      method: 'POST',
      body,
      headers: { cookie: agent.cookies.header(url), origin: world.server.issuer },
      redirect: 'manual',
    });
    return response.status;
  };
  const post = async (
    agent: UserAgent,
    page: Awaited<ReturnType<UserAgent['get']>>,
    marker: string,
    values: Record<string, string>,
  ) => {
    const form = findForm(page, [marker]);
    const body = new URLSearchParams(values);
    for (const { name, type, value } of form.fields) {
      if (type === 'hidden' && !body.has(name)) {
        body.append(name, value);
      }
    }
    return statusOf(agent, new URL(form.action ?? page.url, page.url), body);
  };

  it('a posted password gets a 303', async () => {
    const agent = new UserAgent(world.server);
    const page = await agent.get('/login');
    const { email, password } = world.ada;
    assert.equal(await post(agent, page, 'email', { email, password }), 303);
  });

  it('a posted consent gets a 303', async () => {
    const page = await world.open({ prompt: 'consent' }, world.agent);
    assert.ok(showsForm(page, 'decision'));
    assert.equal(await post(world.agent, page, 'decision', { decision: 'deny' }), 303);
  });

  it('a posted authorization request gets a 303', async () => {
    const url = requestUrl(world.server, world.reviewed);
    const target = new URL(url.pathname, url);
    assert.equal(await statusOf(new UserAgent(world.server), target, url.searchParams), 303);
  });
});

describe('RFC 9700 §4.11.2: no redirects to a suspended application', () => {
  const errors: Record<string, Parameters> = {
    'a valid request': {},
    'response_type=token': { response_type: 'token' },
    'no PKCE': { code_challenge: undefined, code_challenge_method: undefined },
    'an unknown prompt': { prompt: 'dance' },
    'prompt=none': { prompt: 'none' },
    'an unknown scope': { scope: 'admin' },
    'an unknown response mode': { response_mode: 'x' },
    'a request object': { request: 'e30.e30.' },
  };
  for (const [name, parameters] of Object.entries(errors)) {
    it(`${name}: a page, signed in or not`, async () => {
      const application = await registerApplication(world.server, { owner: 'ben' });
      await manage(world.server, 'POST', `/api/v1/applications/${application.clientId}/suspend/`, {
        reason: 'abuse',
      });
      for (const agent of [new UserAgent(world.server), world.agent]) {
        const url = requestUrl(world.server, application, parameters);
        assertStays(await agent.get(url));
      }
    });
  }

  it('a denial on an open consent page of it gets a page, too', async () => {
    const application = await registerApplication(world.server, { owner: 'ben' });
    const page = await world.agent.get(requestUrl(world.server, application));
    await manage(world.server, 'POST', `/api/v1/applications/${application.clientId}/suspend/`, {
      reason: 'abuse',
    });
    assertStays(await decide(world.agent, page, { decision: 'deny' }));
  });
});

describe('RFC 9700 §4.11.2: redirects to an unreviewed application for signed-in users only', () => {
  const errors: Record<string, [Parameters, string]> = {
    'prompt=none': [{ prompt: 'none' }, 'interaction_required'],
    'response_type=token': [{ response_type: 'token' }, 'unsupported_response_type'],
    'no PKCE': [{ code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
    'an unknown scope': [{ scope: 'admin' }, 'invalid_scope'],
  };
  for (const [name, [parameters, error]] of Object.entries(errors)) {
    it(`${name}: a page without a session, a redirect with one`, async () => {
      const url = requestUrl(world.server, world.native, parameters);
      assertStays(await new UserAgent(world.server).get(url));
      const page = await world.agent.get(url);
      assert.ok(page.leavesTo, 'redirects to the application');
      const answer = new URLSearchParams(page.leavesTo.search || page.leavesTo.hash.slice(1));
      if (error !== 'interaction_required') {
        assert.equal(answer.get('error'), error);
      }
    });
  }

  it('a reviewed application gets its errors directly', async () => {
    assertGoesBack(await world.open({ prompt: 'none' }), 'login_required');
  });
});
