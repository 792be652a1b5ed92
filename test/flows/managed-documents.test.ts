import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stagedoorHere } from '../support/command-line.ts';
import { describeDocuments, pathOf, STALE } from '../support/document-fixture.ts';
import { until } from '../support/outbox.ts';
import { callManagement, manage } from '../support/platform.ts';
import { says } from '../support/texts.ts';
import { basic, introspect, postForm } from '../support/tokens.ts';
import { showsForm } from '../support/user-agent.ts';

describeDocuments('The application of a document', (world) => {
  const cli = (...args: string[]) => {
    const { databaseUrl = '', dataDir } = world.server.config;
    return stagedoorHere({ DATABASE_URL: databaseUrl, DATA_DIR: dataDir }, args);
  };
  test('can be suspended and resumed by its URL-encoded address', async () => {
    const application = world.site.publish('/suspended.json');
    const tokens = await world.connect(application);
    const path = pathOf(application);
    const shown = Object(await manage(world.server, 'GET', path));
    assert.deepEqual([shown.kind, shown.owner], ['metadata_document', null]);
    await manage(world.server, 'POST', `${path}suspend/`, { reason: 'Misused' });
    const answer = await introspect(
      world.server,
      world.platform.resourceServer,
      tokens.accessToken,
    );
    assert.equal(answer.body.active, false);
    const page = await world.open(application);
    assert.equal(page.leavesTo, undefined);
    assert.ok(!showsForm(page, 'decision'));
    await manage(world.server, 'POST', `${path}resume/`);
    assert.ok(showsForm(await world.open(application), 'decision'));
  });

  test('is in the list by its kind, and its details cannot be changed', async () => {
    const application = world.site.publish('/listed.json');
    await world.connect(application);
    const list = await manage(
      world.server,
      'GET',
      '/api/v1/applications/?kind=metadata_document&ordering=-created_at',
    );
    assert.equal(Object(list).results[0].client_id, application.clientId);
    const answer = await callManagement(world.server, 'PATCH', pathOf(application), {
      name: 'Mine',
    });
    assert.deepEqual([answer.status, Object.keys(Object(answer.body))], [400, ['name']]);
    const disabled = await manage(world.server, 'PATCH', pathOf(application), { is_active: false });
    assert.equal(Object(disabled).state, 'disabled');
  });

  test('can be disconnected by the user on the page of all its authorizations', async () => {
    const application = world.site.publish('/disconnected.json', { client_name: 'Lonely Agent' });
    await world.connect(application);
    const path = `/account/authorizations/applications/${encodeURIComponent(application.clientId)}/revoke`;
    const page = await world.ada.submit(await world.ada.get(path), {});
    assert.equal(page.status, 200);
    // The notice names it, but no row.
    assert.match(page.body, /Lonely Agent<\/bdi> is disconnected/);
    assert.doesNotMatch(page.body, /<h2><bdi>Lonely Agent/);
  });

  test('is listed, shown and suspended on the command line by its address', async () => {
    const application = world.site.publish('/command-line.json');
    await world.connect(application);
    const list = await cli('application', 'list', '--documents', '--json');
    assert.equal(list.code, 0, list.err);
    const known: { client_id: string }[] = JSON.parse(list.out);
    assert.ok(known.some(({ client_id }) => client_id === application.clientId));
    const shown = await cli('application', 'show', application.clientId);
    assert.match(shown.out, /metadata_document/);
    const refused = { grant_type: 'refresh_token', refresh_token: 'wrong' };
    await postForm(world.server, 'token', application, refused);
    await until(async () =>
      (await cli('application', 'errors', application.clientId)).out.includes(
        'refresh_token_unknown',
      ),
    );
    const reason = ['--reason', 'Misused'];
    const suspended = await cli('application', 'suspend', application.clientId, ...reason);
    assert.equal(suspended.code, 0, suspended.err);
    const grants = await cli('grant', 'list', '--application', application.clientId, '--json');
    assert.equal(JSON.parse(grants.out).length, 1);
    const blocked = await cli('blocked-host', 'add', 'agent.example', ...reason);
    assert.equal(blocked.code, 0, blocked.err);
    assert.match((await cli('blocked-host', 'list')).out, /agent\.example/);
    assert.equal((await cli('blocked-host', 'delete', 'agent.example', '--yes')).code, 0);
  });

  test('has its changes in the feed, by its address', async () => {
    const application = world.site.publish('/changing.json');
    await world.connect(application);
    const before = await changesAfter();
    await manage(world.server, 'POST', `${pathOf(application)}suspend/`, { reason: 'Misused' });
    const { changes } = await changesAfter(before.cursor);
    assert.ok(changes.includes(`application:${application.clientId}`));
  });

  test('has its failed requests and failed fetches in the error log', async () => {
    const application = world.site.publish('/failing.json');
    await world.connect(application);
    const refused = await postForm(world.server, 'token', application, {
      grant_type: 'refresh_token',
      refresh_token: 'wrong',
    });
    assert.equal(refused.body.error, 'invalid_grant');
    world.site.answer('/failing.json', (_, response) => response.writeHead(404).end());
    await world.setDocuments(STALE);
    await world.open(application);
    const errors = async (query = '') =>
      Object(await manage(world.server, 'GET', `${pathOf(application)}errors/${query}`));
    await until(async () => (await errors()).count === 2);
    const [newest, oldest] = (await errors()).results;
    assert.deepEqual(
      [newest.endpoint, newest.error, newest.reason, newest.details],
      [
        'authorize',
        'invalid_client_metadata',
        'document_unavailable',
        { description: 'The host answered with status 404; 200 is needed.' },
      ],
    );
    assert.deepEqual([oldest.endpoint, oldest.reason], ['token', 'refresh_token_unknown']);
    assert.equal((await errors('?endpoint=token')).count, 1);
  });

  test('of a host that is blocked is suspended, and no other of the host is fetched', async () => {
    const application = world.site.publish('/blocked.json');
    await world.connect(application);
    await manage(world.server, 'PUT', '/api/v1/blocked-hosts/127.0.0.1/', { reason: 'Misused' });
    assert.equal(Object(await manage(world.server, 'GET', pathOf(application))).state, 'suspended');
    const page = await world.open(world.site.publish('/blocked-new.json'));
    assert.equal(page.status, 403);
    assert.match(page.body, says('error.client_document.title'));
    assert.ok(!world.site.requests.includes('/blocked-new.json'));
    await manage(world.server, 'DELETE', '/api/v1/blocked-hosts/127.0.0.1/');
    assert.ok(showsForm(await world.open(world.site.publish('/blocked-new.json')), 'decision'));
    assert.equal(Object(await manage(world.server, 'GET', pathOf(application))).state, 'suspended');
  });

  async function changesAfter(cursor?: string): Promise<{ changes: string[]; cursor: string }> {
    const { clientId, clientSecret = '' } = world.platform.resourceServer;
    const url = new URL('/api/v1/oauth/changes', world.server.issuer);
    if (cursor !== undefined) {
      url.searchParams.set('after', cursor);
    }
    const headers = { authorization: basic(clientId, clientSecret) };
    return Object(await (await fetch(url, { headers })).json());
  }
});
