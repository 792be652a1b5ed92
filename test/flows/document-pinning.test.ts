import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertionOf, type ClientKeyPair, makeKeyPair } from '../support/client-keys.ts';
import { describeDocuments, STALE } from '../support/document-fixture.ts';
import { type DocumentApplication, LOOPBACK } from '../support/document-site.ts';
import { putTeam } from '../support/factories.ts';
import { authorize, decide, signIn } from '../support/flow.ts';
import { says } from '../support/texts.ts';
import { exchange, refresh, type TokenAnswer } from '../support/tokens.ts';
import { showsForm, UserAgent } from '../support/user-agent.ts';

/** Results of what began before a document changed and ends after it. */
interface Outcome {
  /** *Allow* on a consent page that was open. */
  readonly allow: 'code' | 'page';
  /** Exchange of a code, and use of a refresh token, that were issued before. */
  readonly exchange: string;
  readonly refresh: string;
  /** A new request of a user who allowed the earlier document. */
  readonly next: 'asks' | 'does not ask' | 'is refused';
}

const SAME: Outcome = { allow: 'code', exchange: '200', refresh: '200', next: 'does not ask' };
const REFUSED = '400 invalid_grant';
const TRUST: Outcome = { allow: 'page', exchange: REFUSED, refresh: '200', next: 'asks' };
const UNSIGNED = '401 invalid_client';

/** Changes of a document, by the fields that become other ones. */
const CHANGES: Readonly<Record<string, readonly [fields: object, outcome: Outcome]>> = {
  'an unknown field': [{ software_version: '2' }, SAME],
  'another name': [{ client_name: 'Renamed Agent' }, { ...SAME, allow: 'page' }],
  'one more redirect path': [{ redirect_uris: [LOOPBACK, 'http://127.0.0.1/other'] }, SAME],
  'one more redirect host': [{ redirect_uris: [LOOPBACK, 'https://new.example/cb'] }, TRUST],
  'one more private scheme': [{ redirect_uris: [LOOPBACK, 'com.example.agent:/cb'] }, TRUST],
  'another redirect path': [
    { redirect_uris: ['http://127.0.0.1/elsewhere'] },
    { allow: 'page', exchange: REFUSED, refresh: '200', next: 'is refused' },
  ],
  'no key': [
    { token_endpoint_auth_method: 'none' },
    { ...TRUST, exchange: UNSIGNED, refresh: UNSIGNED },
  ],
};

describeDocuments('A document', (world) => {
  const setOf = ({ publicJwk }: ClientKeyPair) => ({ jwks: { keys: [publicJwk] } });
  const signedInAs = async (name: 'ada' | 'ben') => {
    const agent = new UserAgent(world.server);
    await signIn(agent, await agent.get('/login'), world.platform[name]);
    return agent;
  };
  const statusOf = ({ status, body }: TokenAnswer) => [status, body.error].join(' ').trim();

  /** Publishes a document, begins one of everything, changes the document, and ends it. */
  async function outcomeOf(
    path: string,
    fields: object,
    before: ClientKeyPair,
    later = before,
  ): Promise<Outcome> {
    const { server, platform, site, ada } = world;
    const original = { token_endpoint_auth_method: 'private_key_jwt', ...setOf(before) };
    const application: DocumentApplication = site.publish(path, original);
    const by = (key: ClientKeyPair) => assertionOf(server.issuer, application.clientId, key);
    const allow = () => authorize(server, { application, user: platform.ada, agent: ada });
    const tokens = await exchange(server, undefined, await allow(), await by(before));
    assert.equal(tokens.status, 200, JSON.stringify(tokens.body));
    const code = await allow();
    const ben = await signedInAs('ben');
    const page = await world.open(application, {}, ben);
    assert.ok(showsForm(page, 'decision'));

    site.publish(path, { ...original, ...fields });
    await world.setDocuments(STALE);
    await world.open(application, {}, await signedInAs('ben'));

    const token = String(tokens.body.refresh_token);
    const next = await world.open(application);
    return {
      allow: (await decide(ben, page)).leavesTo === undefined ? 'page' : 'code',
      exchange: statusOf(await exchange(server, undefined, code, await by(later))),
      refresh: statusOf(await refresh(server, undefined, token, await by(later))),
      next: showsForm(next, 'decision')
        ? 'asks'
        : next.leavesTo === undefined
          ? 'is refused'
          : 'does not ask',
    };
  }

  for (const [index, [name, [fields, outcome]]] of Object.entries(CHANGES).entries()) {
    test(`that gets ${name}: what was allowed before`, async () => {
      const key = await makeKeyPair();
      assert.deepEqual(await outcomeOf(`/pinned-${index}.json`, fields, key), outcome);
    });
  }

  test('that gets a redirect host while a page is open: the page allows nothing, a new one does', async () => {
    const { server, platform, site } = world;
    const original = {
      token_endpoint_auth_method: 'private_key_jwt',
      ...setOf(await makeKeyPair()),
    };
    const application = site.publish('/open.json', original);
    await authorize(server, { application, user: platform.ada, agent: world.ada });
    const permissions = ['can_change_orders'];
    const team = { organizer: 'greenarena', id: 'editors', permissions, members: ['ben'] };
    await putTeam(server, team);
    const ben = new UserAgent(server);
    const page = await signIn(ben, await world.open(application, {}, ben), platform.ben);
    assert.ok(showsForm(page, 'decision'));

    site.publish('/open.json', { ...original, redirect_uris: [LOOPBACK, 'https://new.example/'] });
    await world.setDocuments(STALE);
    await world.open(application);

    const answer = await decide(ben, page);
    assert.match(answer.body, says('over.title.application_changed'));
    const toNewHost = { ...application, redirectUri: 'https://new.example/' };
    const asked = await world.open(toNewHost, {}, ben);
    assert.ok(showsForm(asked, 'decision'), 'the earlier page has allowed nothing');
    assert.ok((await decide(ben, asked)).leavesTo);
    assert.ok((await world.open(toNewHost, {}, ben)).leavesTo, 'the user has seen this host');
  });

  test('that gets another key: the new one refreshes, and a code from before is refused', async () => {
    const [before, later] = [await makeKeyPair(), await makeKeyPair()];
    const changed = setOf(later);
    assert.deepEqual(await outcomeOf('/new-key.json', changed, before, later), TRUST);
    const old = { ...TRUST, exchange: UNSIGNED, refresh: UNSIGNED };
    assert.deepEqual(await outcomeOf('/old-key.json', changed, before), old);
  });
});
