import assert from 'node:assert/strict';
import { before, describe, it, test } from 'node:test';
import { notifyExpiring } from '../../src/grants/notify-expiring.ts';
import { putOrganizer, putTeam, putUser, registerApplication } from '../support/factories.ts';
import { withServer } from '../support/fixture.ts';
import { authorizationUrl, requestOf, signIn } from '../support/flow.ts';
import { startServer } from '../support/server.ts';
import { obtainTokens } from '../support/tokens.ts';
import { UserAgent } from '../support/user-agent.ts';

const SCOPES = {
  'tickets:scan': {
    text: { en: 'Scan tickets at the door', de: 'Tickets am Einlass scannen' },
    writes: true,
  },
  'events:read': { text: { en: 'See events', de: ' ', fr: 'Voir' } },
  profile: { text: 'Who you are', organizers: false },
};

describe('Platform with its own SCOPES', () => {
  const server = withServer({
    SCOPES: JSON.stringify(SCOPES),
    DEFAULT_SCOPES: 'events:read',
  });
  before(async () => {
    await putOrganizer(server, 'redstage');
    await putUser(server, { id: 'ada', locale: 'de' });
    const permissions = ['can_change_orders'];
    await putTeam(server, { organizer: 'redstage', permissions, members: ['ada'] });
  });

  const ada = { id: 'ada', email: 'ada@example.com', password: 'the password of ada' };
  const register = () => registerApplication(server, { owner: 'ada', scopes: Object.keys(SCOPES) });

  it('metadata contains them, and other scopes are refused', async () => {
    const answer = await fetch(`${server.issuer}/.well-known/oauth-authorization-server`);
    const metadata: unknown = await answer.json();
    assert.ok(typeof metadata === 'object' && metadata !== null && 'scopes_supported' in metadata);
    assert.deepEqual(metadata.scopes_supported, ['tickets:scan', 'events:read', 'profile']);
    await assert.rejects(
      registerApplication(server, { owner: 'ada', scopes: ['read'] }),
      /\\?"read\\?" is not a valid choice/,
    );
  });

  it('the developer guide contains them, and no default scopes', async () => {
    const guide = await (await fetch(`${server.issuer}/docs/guide`)).text();
    assert.match(guide, /<code>tickets:scan<\/code>[\s\S]*Scan tickets at the door/);
    assert.match(guide, /<code>profile<\/code> alone/);
    assert.doesNotMatch(guide, /Neither includes the other/);
  });

  it('the consent page shows their texts in the user’s language, or in one with a text', async () => {
    const { clientId, redirectUri } = await register();
    const agent = new UserAgent(server);
    const login = await agent.get(
      authorizationUrl(
        server,
        requestOf({ clientId, redirectUri }, { scope: 'tickets:scan events:read profile' }),
      ),
    );
    const page = await signIn(agent, login, ada);
    assert.match(page.body, /Tickets am Einlass scannen/);
    assert.match(page.body, /See events/);
    assert.match(page.body, /Who you are/);
  });

  it('an application without a scope parameter gets the default, and can list organizers', async () => {
    const application = await register();
    const { accessToken } = await obtainTokens(server, { application, user: ada });
    const call = (path: string) =>
      fetch(server.issuer + path, { headers: { authorization: `Bearer ${accessToken}` } });
    const organizers = await call('/api/v1/organizers/');
    assert.equal(organizers.status, 200);
    assert.match(await organizers.text(), /"slug":"redstage"/);
    const me = await call('/api/v1/me');
    assert.equal(me.status, 403);
    assert.match(me.headers.get('www-authenticate') ?? '', /scope="profile"/);
  });

  it('notices about ending authorizations are sent only for scopes with `writes`', async () => {
    const { db } = server.database;
    await db.deleteFrom('grants').execute();
    for (const scope of ['events:read', 'tickets:scan']) {
      await obtainTokens(server, { application: await register(), user: ada, scope });
    }
    const inThreeDays = new Date(Date.now() + 3 * 86_400_000);
    await db.updateTable('grants').set({ expires_at: inThreeDays }).execute();
    await notifyExpiring(db, server.config, 100);
    const mails = await db
      .selectFrom('mail_outbox')
      .select('data')
      .where('kind', '=', 'access_ending')
      .execute();
    assert.deepEqual(
      mails.map(({ data }) => data.scopes),
      [['tickets:scan']],
    );
  });
});

test('A token of a server without scopes for organizers lists no organizers', async (t) => {
  const server = await startServer({
    SCOPES: '{"profile": {"text": "Who you are", "organizers": false}}',
    DEFAULT_SCOPES: 'profile',
  });
  t.after(() => server.close());
  await putUser(server, { id: 'ada' });
  const application = await registerApplication(server, { owner: 'ada', scopes: ['profile'] });
  const user = { id: 'ada', email: 'ada@example.com', password: 'the password of ada' };
  const { accessToken } = await obtainTokens(server, { application, user });
  const answer = await fetch(`${server.issuer}/api/v1/organizers/`, {
    headers: { authorization: `Bearer ${accessToken}` },
  });
  assert.equal(answer.status, 200);
  assert.deepEqual(JSON.parse(await answer.text()).results, []);
});
