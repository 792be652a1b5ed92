import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sql } from 'kysely';
import { NAMELESS } from '../../src/applications/safe-name.ts';
import { readDocument } from '../../src/client-documents/read-document.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import { notifyExpiring } from '../../src/grants/notify-expiring.ts';
import { revokeGrant } from '../../src/grants/revoke.ts';
import { withDocuments } from '../support/document-fixture.ts';
import { registerApplication, reviewApplication } from '../support/factories.ts';
import { decide, signIn } from '../support/flow.ts';
import { says } from '../support/texts.ts';
import { obtainTokens } from '../support/tokens.ts';
import { UserAgent } from '../support/user-agent.ts';

const { server, platform, site, ada, open, connect } = withDocuments({
  PLATFORM_NAME: 'Ticket Harbor',
});
/** Lets an operator review a registered application with a name. */
const review = async (name: string) => {
  const { clientId } = await registerApplication(server, { owner: 'ben', name });
  await reviewApplication(server, clientId);
};
const headingOf = (name: string) => says('consent.heading', { application: `<bdi>${name}</bdi>` });

test('A document with the name of the platform is shown by its host and can be allowed', async () => {
  const application = site.publish('/platform.json', { client_name: 'Ticket Harbor Sync' });
  const page = await open(application);
  assert.match(page.body, headingOf(site.host));
  assert.ok((await decide(ada, page)).leavesTo);
});

describe('A document with a name that is reviewed for another application later', () => {
  test('is shown by its host on the next consent page, also after a sign-in', async () => {
    const application = site.publish('/known.json', { client_name: 'Curtain Call' });
    await connect(application);
    await review('Curtain Call');
    assert.doesNotMatch((await ada.get('/account/authorizations')).body, /Curtain Call/);
    const agent = new UserAgent(server);
    const page = await signIn(agent, await open(application, {}, agent), platform.ben);
    assert.match(page.body, headingOf(site.host));
    assert.match((await open(application)).body, headingOf(site.host));
  });

  test('cannot be allowed on a page that shows the name; a new request shows the host', async () => {
    const application = site.publish('/pinned.json', { client_name: 'Stage Manager' });
    const page = await open(application);
    assert.match(page.body, headingOf('Stage Manager'));
    await review('Stage Manager');
    const answer = await decide(ada, page);
    assert.match(answer.body, says('over.title.application_changed'));
    const [, restart = ''] = /href="([^"]*\/authorize\?[^"]*)"/.exec(answer.body) ?? [];
    const again = await ada.get(restart.replaceAll('&amp;', '&'));
    assert.match(again.body, headingOf(site.host));
    assert.ok((await decide(ada, again)).leavesTo);
  });
});

test('A self-registered app whose name is reviewed for another one is shown as unnamed', async () => {
  const redirectUri = 'http://127.0.0.1:33418/callback';
  const response = await fetch(`${server.issuer}/api/v1/oauth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ client_name: 'Seatmap Pro', redirect_uris: [redirectUri] }),
  });
  const clientId: string = Object(await response.json()).client_id;
  const application = { clientId, clientSecret: undefined, redirectUri };
  await connect(application);
  assert.match((await open(application)).body, headingOf('Seatmap Pro'));
  await review('Seatmap Pro');
  assert.doesNotMatch((await ada.get('/account/authorizations')).body, /Seatmap Pro/);
  assert.match((await open(application)).body, headingOf(NAMELESS));
  assert.ok((await connect(application)).accessToken);
  const list = await ada.get('/account/authorizations');
  assert.ok(list.body.includes(NAMELESS));
});

describe('The host of a document', () => {
  test('is part of each mail about an authorization', async () => {
    const { db } = server.database;
    const application = site.publish('/mail.json', { client_name: 'Mail Agent' });
    const { clientId } = application;
    const revoke = async (reason: 'reuse_detected' | 'leaked' | 'revoked_by_operator') => {
      await obtainTokens(server, { application, user: platform.ada, agent: ada });
      await sql`update grants set expires_at = now() + interval '1 day'
        where client_id = ${clientId}`.execute(db);
      await notifyExpiring(db, server.config, 100);
      const grants = await db
        .selectFrom('grants')
        .select('id')
        .where('client_id', '=', clientId)
        .where('revoked_at', 'is', null)
        .execute();
      for (const { id } of grants) {
        await inTransaction(db, (tx) => revokeGrant(tx, id, { reason, actor: 'system' }));
      }
    };
    await revoke('reuse_detected');
    await revoke('leaked');
    await revoke('revoked_by_operator');
    const { rows } = await sql<{ kind: string; host: string }>`
      select distinct kind, data -> 'application' ->> 'documentHost' as host from mail_outbox
      where data -> 'application' ->> 'name' = 'Mail Agent' order by kind`.execute(db);
    const kinds = [
      'access_ending',
      'authorized',
      'leaked',
      'reuse_detected',
      'revoked_by_operator',
    ];
    assert.deepEqual(
      rows,
      kinds.map((kind) => ({ kind, host: site.host })),
    );
  });
});

describe('Links of a document', () => {
  const read = (links: object) => {
    const clientId = 'https://agent.example.com/client.json';
    const document = {
      client_id: clientId,
      redirect_uris: ['https://agent.example.com/cb'],
      ...links,
    };
    const rules = { scopes: [], customSchemes: [] };
    return readDocument(rules, clientId, { body: JSON.stringify(document), maxAge: 300 });
  };

  test('to its own host, a subdomain and a parent domain are kept', () => {
    const copy = read({
      client_uri: 'https://agent.example.com/',
      policy_uri: 'https://docs.agent.example.com/privacy',
      tos_uri: 'https://example.com/terms',
    });
    assert.deepEqual(
      [copy.homepageUrl, copy.privacyPolicyUrl, copy.termsUrl],
      [
        'https://agent.example.com/',
        'https://docs.agent.example.com/privacy',
        'https://example.com/terms',
      ],
    );
  });

  test('to other hosts are dropped', () => {
    const copy = read({
      client_uri: 'https://claude.ai/',
      policy_uri: 'https://notexample.com/privacy',
      tos_uri: 'https://other.example.com/terms',
    });
    assert.deepEqual([copy.homepageUrl, copy.privacyPolicyUrl, copy.termsUrl], [null, null, null]);
  });
});
