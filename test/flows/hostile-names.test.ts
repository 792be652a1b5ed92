import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { createResourceServer } from '@stagedoor/resource-server';
import { grantIds, newestGrant, open } from '../support/authorizations.ts';
import { importDirectory } from '../support/bulk.ts';
import { registerApplication, type TestApplication } from '../support/factories.ts';
import { withPlatform } from '../support/fixture.ts';
import { authorizationUrl } from '../support/flow.ts';
import {
  INHERITED,
  INHERITED_OR_PROTO,
  putHostileDirectory,
} from '../support/hostile-directory.ts';
import { ask, bearer } from '../support/kit/ask.ts';
import { callManagement, manage } from '../support/platform.ts';
import { basic, introspect, obtainTokens, postForm, refresh } from '../support/tokens.ts';
import { describe as textOf, UserAgent } from '../support/user-agent.ts';

const VIEW = 'can_view_orders';
const SCOPES = Object.fromEntries(
  ['read', 'write', 'profile', ...INHERITED].map((name) => [
    name,
    { text: `The scope ${name}`, organizers: name !== 'profile' },
  ]),
);

describe('Directory with names of inherited object properties', () => {
  const { server, platform } = withPlatform({
    SCOPES: JSON.stringify(SCOPES),
    PERMISSIONS: [VIEW, 'can_change_orders', ...INHERITED_OR_PROTO].join(),
  });
  let application: TestApplication;
  const agent = () => new UserAgent(server);
  const tokens = (browser: UserAgent, scope: string) =>
    obtainTokens(server, {
      application,
      user: platform.ada,
      scope,
      agent: browser,
      parameters: { prompt: 'consent' },
      organizers: ['redstage', ...INHERITED],
    });

  before(async () => {
    await putHostileDirectory(server, { members: ['ada'], permissions: INHERITED_OR_PROTO });
    application = await registerApplication(server, {
      owner: 'ben',
      scopes: ['read', 'write', 'profile', ...INHERITED],
    });
  });

  it('introspection returns each name as an ordinary key', async () => {
    const { accessToken } = await tokens(agent(), `read ${INHERITED.join(' ')}`);
    const response = await fetch(`${server.issuer}/api/v1/oauth/introspect`, {
      method: 'POST',
      headers: {
        authorization: basic(
          platform.resourceServer.clientId,
          platform.resourceServer.clientSecret ?? '',
        ),
      },
      body: new URLSearchParams({ token: accessToken }),
    });
    const text = await response.text();
    assert.equal(response.status, 200, text);
    const { scope, organizers, permissions } = JSON.parse(text);
    assert.deepEqual(scope.split(' ').sort(), [...INHERITED, 'read'].sort());
    assert.deepEqual(organizers.sort(), [...INHERITED, 'redstage'].sort());
    assert.deepEqual(Object.keys(permissions).sort(), [...INHERITED, 'redstage'].sort());
    for (const slug of INHERITED) {
      assert.deepEqual(permissions[slug].sort(), [VIEW, ...INHERITED_OR_PROTO].sort(), slug);
    }
  });

  it('the bearer endpoints return them', async () => {
    const { accessToken } = await tokens(agent(), 'read profile');
    const headers = { authorization: `Bearer ${accessToken}` };
    const list = await fetch(`${server.issuer}/api/v1/organizers/`, { headers });
    assert.equal(list.status, 200);
    const { results } = JSON.parse(await list.text());
    const slugs = results.map(({ slug }: { slug: string }) => slug);
    assert.deepEqual(slugs.sort(), [...INHERITED, 'redstage'].sort());
    assert.equal((await fetch(`${server.issuer}/api/v1/me`, { headers })).status, 200);
  });

  it('the kit enforces them, with and without signed responses and cache', async () => {
    const { accessToken } = await tokens(agent(), 'read constructor');
    const { clientId, clientSecret = '' } = platform.resourceServer;
    for (const options of [
      {},
      { signedIntrospection: true },
      { cache: { entries: 10 } },
    ] as const) {
      const kit = createResourceServer({
        issuer: server.issuer,
        clientId,
        clientSecret,
        ...options,
      });
      const status = async (organizer: string, permission: string, scopes = ['read']) =>
        (
          await ask(kit, {
            headers: bearer(accessToken),
            requirement: { organizer, permission, scopes },
          })
        ).status;
      for (const slug of INHERITED) {
        assert.equal(await status(slug, VIEW, ['constructor']), 200);
        assert.equal(await status(slug, 'constructor'), 200);
        assert.equal(await status(slug, '__proto__'), 200);
        assert.equal(await status(slug, 'isPrototypeOf'), 403);
        assert.equal(await status('redstage', slug), 403);
        assert.equal(await status(slug, VIEW, ['toString']), 403);
      }
      assert.equal(await status('__proto__', VIEW), 403);
      assert.equal(await status('isPrototypeOf', VIEW), 403);
    }
  });

  it('a grant can be narrowed, refreshed, exported and revoked', async () => {
    const browser = agent();
    const before = await tokens(browser, `read ${INHERITED.join(' ')}`);
    const id = await newestGrant(server, application.clientId);
    const change = await open(browser, `/account/authorizations/${id}/change`);
    await browser.submit(
      change,
      { organizers: ['constructor', 'redstage'], scopes: ['read', 'toString'] },
      'organizers',
    );
    const { body } = await introspect(server, platform.resourceServer, before.accessToken);
    assert.deepEqual(body.scope?.split(' ').sort(), ['read', 'toString']);
    assert.deepEqual(body.organizers?.sort(), ['constructor', 'redstage']);
    const next = await refresh(server, application, before.refreshToken);
    assert.equal(next.status, 200);
    for (const path of ['/account/activity', '/account/activity.json', '/account/authorizations']) {
      const page = await browser.get(path);
      assert.equal(page.status, 200, textOf(page));
    }
    assert.ok(grantIds(await open(browser, '/account/authorizations')).includes(id));
    await manage(server, 'POST', `/api/v1/grants/${id}/revoke/`);
    const ended = await introspect(server, platform.resourceServer, next.body.access_token ?? '');
    assert.deepEqual(ended.body, { active: false });
  });

  it('the management API reads, imports, changes and deletes them', async () => {
    for (const id of INHERITED_OR_PROTO) {
      await manage(server, 'PATCH', `/api/v1/users/${id}/`, { full_name: 'Changed' });
      await manage(server, 'GET', `/api/v1/users/${id}/`);
      await manage(server, 'GET', `/api/v1/logentries/?user=${id}`);
      const log = await callManagement(server, 'GET', `/api/v1/logentries/?action=${id}`);
      assert.equal(log.status, 400);
    }
    for (const slug of INHERITED) {
      await manage(server, 'GET', `/api/v1/grants/?user=${slug}&organizer=${slug}`);
      await manage(server, 'GET', `/api/v1/directory/organizers/${slug}/teams/__proto__/`);
    }
    const refused = await importDirectory(server, [
      { constructor: {} },
      { organizer: { slug: '__proto__', name: 'x' } },
      { organizer: { slug: 'constructor', name: { constructor: 'x' } } },
      { team: { organizer: 'toString', id: 'x', permissions: ['isPrototypeOf'] } },
      { user: { id: 'constructor', email: 'constructor@example.org', toString: 1 } },
    ]);
    assert.deepEqual(
      refused.report.map(({ outcome }) => outcome),
      ['refused', 'refused', 'refused', 'refused', 'changed'],
    );
    for (const body of INHERITED_OR_PROTO.map((name) => `{"${name}": [1]}`)) {
      const answer = await fetch(`${server.issuer}/api/v1/applications/`, {
        method: 'POST',
        headers: {
          authorization: `Token ${server.operatorToken}`,
          'content-type': 'application/json',
        },
        body,
      });
      assert.equal(answer.status, 400);
    }
    for (const name of INHERITED_OR_PROTO) {
      const listed = await callManagement(server, 'GET', `/api/v1/users/?ordering=${name}`);
      assert.equal(listed.status, 400);
    }
  });

  it('OAuth parameters with such a name or value never cause a server error', async () => {
    const valid = {
      client_id: application.clientId,
      response_type: 'code',
      redirect_uri: application.redirectUri,
      scope: 'read',
    };
    const names = [
      'client_id',
      'response_type',
      'redirect_uri',
      'scope',
      'prompt',
      'response_mode',
      'code_challenge_method',
      'ui_locales',
      'display',
      'claims',
      'dpop_jkt',
      'request_uri',
    ];
    for (const value of INHERITED_OR_PROTO) {
      for (const name of [...names, value]) {
        const parameters = { ...valid, ...Object.fromEntries([[name, value]]) };
        const page = await agent().get(authorizationUrl(server, parameters));
        assert.ok(page.status < 500, `${name}=${value}: ${page.status}`);
      }
      for (const [endpoint, fields] of [
        ['token', ['grant_type', 'code', 'refresh_token', 'scope', 'redirect_uri', value]],
        ['revoke_token', ['token', 'token_type_hint', value]],
        ['introspect', ['token', 'token_type_hint', value]],
        ['par', ['response_type', 'scope', 'prompt', 'redirect_uri', value]],
      ] as const) {
        for (const field of fields) {
          const { status } = await postForm(server, endpoint, application, {
            grant_type: 'refresh_token',
            token: 'x',
            ...Object.fromEntries([[field, value]]),
          });
          assert.ok(status < 500, `${endpoint} ${field}=${value}: ${status}`);
        }
      }
    }
  });

  it('pages with such a path, query or field never cause a server error', async () => {
    const browser = agent();
    await tokens(browser, 'read');
    for (const value of INHERITED_OR_PROTO) {
      for (const path of [
        `/${value}`,
        `/assets/${value}`,
        `/assets/x.${value}`,
        `/docs/${value}`,
        `/login?reason=${value}&return_to=${value}&${value}=1`,
        `/interaction/${value}`,
        `/account/${value}`,
        `/account/activity?action=${value}&about=${value}&${value}=1`,
        `/account/applications/${value}`,
        `/account/applications/${application.clientId}/errors?endpoint=${value}&reason=${value}`,
        `/account/applications/${application.clientId}/check?url=${value}`,
        `/account/authorizations?sort=${value}`,
        `/account/authorizations/${value}/change`,
        `/account/sessions/${value}/end`,
        `/api/v1/${value}`,
      ]) {
        const page = await browser.request(path, { headers: { 'accept-language': value } });
        assert.ok(page.status < 500, `${path}: ${textOf(page)}`);
      }
    }
  });

  it('organizers and users with such names can be deleted', async () => {
    const { accessToken } = await tokens(agent(), 'read');
    await manage(server, 'DELETE', '/api/v1/users/valueOf/');
    await manage(server, 'DELETE', '/api/v1/directory/organizers/valueOf/');
    const { body } = await introspect(server, platform.resourceServer, accessToken);
    assert.equal(body.organizers?.includes('valueOf'), false);
    assert.equal(body.permissions && Object.hasOwn(body.permissions, 'valueOf'), false);
  });
});
