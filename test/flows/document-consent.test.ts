import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { describeDocuments } from '../support/document-fixture.ts';
import { registerApplication, reviewApplication } from '../support/factories.ts';
import { says } from '../support/texts.ts';
import { obtainTokens } from '../support/tokens.ts';
import { showsForm, UserAgent } from '../support/user-agent.ts';

describeDocuments('Consent for a document', (world) => {
  test('shows the host, that it is not reviewed, and that it runs on this computer', async () => {
    const page = await world.open(world.site.publish('/consent.json'));
    assert.match(page.body, /Ticket Agent/);
    assert.match(
      page.body,
      says('consent.described_at', { host: `<bdi>${world.site.host}</bdi>` }),
    );
    assert.match(page.body, says('consent.unreviewed.title'));
    assert.match(page.body, says('consent.local.title'));
    assert.match(page.body, says('consent.back.local', { host: '<bdi>127.0.0.1:51234</bdi>' }));
  });

  test('warns of programs on this device if this request returns there, not to a website', async () => {
    const website = 'https://agent.example/cb';
    const scheme = 'com.example.agent:/cb';
    const application = world.site.publish('/website.json', {
      redirect_uris: [website, 'http://127.0.0.1/callback', scheme],
    });
    const warns = async (redirectUri: string) =>
      says('consent.local.title').test((await world.open({ ...application, redirectUri })).body);
    assert.equal(await warns('http://127.0.0.1:7/callback'), true);
    assert.equal(await warns(scheme), true);
    assert.equal(await warns(website), false);
  });

  test('shows a name that looks like a reviewed one by its host', async () => {
    const known = await registerApplication(world.server, { owner: 'ben', name: 'Seatmap Studio' });
    await reviewApplication(world.server, known.clientId);
    for (const [path, name] of [
      ['/same.json', 'Seatmap Studio'],
      ['/similar.json', 'Seatrnap Studio'],
      ['/official.json', 'Official Seat Plan'],
      ['/hidden.json', 'Seat\u202eplan'],
    ] as const) {
      const page = await world.open(world.site.publish(path, { client_name: name }));
      assert.ok(showsForm(page, 'decision'), name);
      assert.match(
        page.body,
        says('consent.heading', { application: `<bdi>${world.site.host}</bdi>` }),
        name,
      );
    }
  });

  test('the application changes while the page is open: nothing is granted', async () => {
    const application = world.site.publish('/races.json');
    const page = await world.open(application);
    world.site.publish('/races.json', { client_name: 'Other Agent' });
    await sql`update interactions set candidate = jsonb_set(candidate, '{fetched,freshSeconds}', '0')
      where candidate is not null`.execute(world.server.database.db);
    const ben = new UserAgent(world.server);
    await obtainTokens(world.server, {
      application,
      user: world.platform.ben,
      agent: ben,
      scope: 'profile',
    });
    const answer = await world.ada.submit(
      page,
      { decision: 'allow', organizers: [], scopes: ['read'] },
      'decision',
    );
    assert.match(answer.body, says('over.title.application_changed'));
  });
});
