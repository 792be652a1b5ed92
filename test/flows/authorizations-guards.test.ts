import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  AUTHORIZATIONS,
  ageGrant,
  grantIds,
  newestGrant,
  open,
  withAuthorizations,
} from '../support/authorizations.ts';
import { putOrganizer, putTeam, registerApplication } from '../support/factories.ts';
import { introspect } from '../support/tokens.ts';
import { describe as textOf, UserAgent } from '../support/user-agent.ts';

const HOSTILE = '"><script>alert(1)</script> \'onclick="x" <b>';

describe('Authorizations page: guards', () => {
  const { server, platform, user, application, allow, isActive } = withAuthorizations();

  it('shows hostile names as escaped text', async () => {
    await putOrganizer(server, 'hostile', HOSTILE);
    await putTeam(server, { organizer: 'hostile', members: [user.id] });
    const evil = await registerApplication(server, { owner: 'ben', name: HOSTILE });
    const { agent } = (await allow({ application: evil, scope: 'read' })).authorization;
    await allow({ agent, application: evil, scope: 'read write' });
    const id = await newestGrant(server, evil.clientId);
    await ageGrant(server, id, { granted: 40, used: null }, '"><script>');
    const pages = [
      AUTHORIZATIONS,
      `${AUTHORIZATIONS}/${id}/change`,
      `${AUTHORIZATIONS}/${id}/revoke`,
      `${AUTHORIZATIONS}/applications/${evil.clientId}/revoke`,
      `${AUTHORIZATIONS}/unused?days=30`,
    ];
    for (const path of pages) {
      const { body } = await open(agent, path);
      assert.doesNotMatch(body, /<script>|<b>/, path);
      assert.match(body, /&lt;script&gt;alert\(1\)|&#60;script&#62;alert\(1\)/, path);
    }
  });

  it('another user’s pages and applications without authorization are not found', async () => {
    const { authorization, accessToken } = await allow();
    const id = await newestGrant(server, application.clientId);
    const stranger = (await allow({ user: platform.ben, agent: new UserAgent(server) }))
      .authorization.agent;
    const own = await list(stranger);
    const others = await registerApplication(server, { owner: 'ben', name: 'Never allowed' });
    const paths = [
      `${id}/change`,
      `${id}/revoke`,
      'nobody/change',
      'nobody/revoke',
      "'--/revoke",
      `${'x'.repeat(5000)}/revoke`,
      `applications/${others.clientId}/revoke`,
      'applications/nobody/revoke',
    ];
    const [csrf = ''] = (await open(stranger, `${AUTHORIZATIONS}/${grantIds(own)[0]}/revoke`)).forms
      .flatMap(({ fields }) => fields)
      .filter(({ name }) => name === 'csrf')
      .map(({ value }) => value);
    assert.notEqual(csrf, '');
    for (const path of paths) {
      const url = `${AUTHORIZATIONS}/${path}`;
      assert.equal((await stranger.get(url)).status, 404, url);
      const body = new URLSearchParams({ csrf, scopes: 'read', organizers: 'redstage' });
      assert.equal((await stranger.request(url, { method: 'POST', body })).status, 404, url);
    }
    assert.equal(await isActive(accessToken), true);
    assert.equal(grantIds(await list(authorization.agent)).length, 1);
  });

  it('a form from another site or a signed-out user changes nothing', async () => {
    const { authorization, accessToken } = await allow();
    const { agent } = authorization;
    const id = await newestGrant(server, application.clientId);
    await ageGrant(server, id, { granted: 40, used: 40 });
    const paths = [
      `${AUTHORIZATIONS}/${id}/change`,
      `${AUTHORIZATIONS}/${id}/revoke`,
      `${AUTHORIZATIONS}/applications/${application.clientId}/revoke`,
      `${AUTHORIZATIONS}/unused`,
    ];
    for (const path of paths) {
      const asks = await open(agent, path);
      const forged = await agent.submit(asks, { csrf: 'forged', scopes: 'read' }, 'csrf');
      assert.equal(forged.status, 403, path);
      const nobody = new UserAgent(server);
      assert.equal((await nobody.get(path)).url.pathname, '/login', path);
      const [csrf = ''] = (await nobody.get('/login')).forms
        .flatMap(({ fields }) => fields)
        .filter(({ name }) => name === 'csrf')
        .map(({ value }) => value);
      const body = new URLSearchParams({ csrf, days: '30', scopes: 'read' });
      const posted = await nobody.request(path, { method: 'POST', body });
      assert.equal(posted.url.pathname, '/login', textOf(posted));
      assert.equal(posted.url.searchParams.get('return_to'), path);
    }
    assert.equal(await isActive(accessToken), true);
    const { body } = await introspect(server, platform.resourceServer, accessToken);
    assert.equal(body.scope, 'read write');
  });
});

const list = (agent: UserAgent) => open(agent, AUTHORIZATIONS);
