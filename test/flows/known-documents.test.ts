import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { describeDocuments, pathOf, STALE } from '../support/document-fixture.ts';
import { type DocumentApplication, LOOPBACK } from '../support/document-site.ts';
import { manage } from '../support/platform.ts';
import { says, textFor } from '../support/texts.ts';
import { refresh } from '../support/tokens.ts';
import { showsForm } from '../support/user-agent.ts';

describeDocuments('A known document', (world) => {
  const requestsTo = (path: string) => world.site.requests.filter((one) => one === path).length;

  test('is fetched again only when its copy is old', async () => {
    const application = world.site.publish('/fresh.json');
    await world.connect(application);
    await world.open(application);
    assert.equal(requestsTo('/fresh.json'), 1);
    await world.setDocuments(STALE);
    await Promise.all([world.open(application), world.open(application), world.open(application)]);
    assert.equal(requestsTo('/fresh.json'), 2);
  });

  test('with a new name shows it, and its review ends', async () => {
    const application = world.site.publish('/renamed.json');
    await world.connect(application);
    await reviewDocument(application);
    world.site.publish('/renamed.json', { client_name: 'Renamed Agent' });
    await world.setDocuments(STALE);
    const page = await world.open(application);
    assert.match(page.body, /Renamed Agent/);
    assert.match(page.body, says('consent.unreviewed.title'));
  });

  test('with other redirect hosts is told in the log and on the page, and its review ends', async () => {
    const client_name = 'Moving Agent';
    const application = world.site.publish('/moved.json', { client_name });
    await world.connect(application);
    await reviewDocument(application);
    world.site.publish('/moved.json', {
      client_name,
      redirect_uris: ['http://127.0.0.1/callback', 'https://new.example/cb'],
    });
    await world.setDocuments(STALE);
    const page = await world.open(application);
    assert.match(page.body, says('consent.unreviewed.title'));
    const [, ending = '|'] = textFor('consent.again.changed', { date: '|' }).split('|');
    assert.ok(page.body.includes(ending));
    const activity = await world.ada.get('/account/activity');
    assert.match(
      activity.body,
      says('activity.trust_changed', { application: '<bdi>Moving Agent</bdi>' }),
    );
  });

  test('that changes its redirect hosts again and again adds one entry a day to the log', async () => {
    const application = world.site.publish('/flips.json');
    await world.connect(application);
    const flip = async (host: string) => {
      world.site.publish('/flips.json', {
        redirect_uris: [LOOPBACK, `https://${host}.example/cb`],
      });
      await world.setDocuments(STALE);
      await world.open(application);
    };
    const entries = async () => {
      const { rows } = await sql`select from audit_events where client_id = ${application.clientId}
        and action = 'stagedoor.application.trust_changed'`.execute(world.server.database.db);
      return rows.length;
    };
    await sql`update applications set fingerprint = 'earlier'
      where client_id = ${application.clientId}`.execute(world.server.database.db);
    await world.setDocuments(STALE);
    await world.open(application);
    assert.equal(await entries(), 0, 'the grant is for these redirect hosts');
    await sql`insert into audit_events (happened_at, action, actor, user_id, client_id)
      values (now() - interval '2 days', 'stagedoor.application.trust_changed', 'system', 'ada',
        ${application.clientId})`.execute(world.server.database.db);
    for (const host of ['one', 'two', 'one', 'two']) {
      await flip(host);
    }
    assert.equal(await entries(), 2);
  });

  const BROKEN: Record<string, (application: string) => void> = {
    'is not found': (path) =>
      void world.site.answer(path, (_, response) => response.writeHead(404).end()),
    'is HTML': (path) =>
      void world.site.answer(path, (_, response) => {
        response.writeHead(200, { 'Content-Type': 'text/html' }).end('<p>Back soon</p>');
      }),
    'names another client': (path) =>
      void world.site.publish(path, { client_id: 'https://x.example/y' }),
  };
  for (const [name, breakIt] of Object.entries(BROKEN)) {
    test(`that ${name} now works on for seven days`, async () => {
      const path = `/broken/${encodeURIComponent(name)}.json`;
      const application = world.site.publish(path);
      const tokens = await world.connect(application);
      breakIt(path);
      await world.setDocuments(STALE);
      assert.ok(showsForm(await world.open(application), 'decision'));
      assert.equal((await refresh(world.server, application, tokens.refreshToken)).status, 200);
      await world.setDocuments("failing_since = now() - interval '6 days 23 hours'");
      assert.ok(showsForm(await world.open(application), 'decision'));
      await world.setDocuments("failing_since = now() - interval '7 days 1 minute'");
      const page = await world.open(application);
      assert.match(page.body, says('error.client_document.title'));
      world.site.publish(path);
      await world.setDocuments(`failing_since = null, ${STALE}`);
      assert.ok(showsForm(await world.open(application), 'decision'));
    });
  }

  async function reviewDocument(application: DocumentApplication): Promise<void> {
    const { version } = Object(await manage(world.server, 'GET', pathOf(application)));
    await manage(world.server, 'POST', `${pathOf(application)}review/`, { version });
    assert.match((await world.open(application)).body, says('consent.reviewed'));
  }
});
