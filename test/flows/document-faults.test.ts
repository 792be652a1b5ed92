import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { sql } from 'kysely';
import { blockHost } from '../../src/client-documents/block-host.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import { pathOf, STALE, withDocuments } from '../support/document-fixture.ts';
import type { TestApplication } from '../support/factories.ts';
import { authorizationUrl, decide, requestOf } from '../support/flow.ts';
import { callManagement, manage } from '../support/platform.ts';
import { says } from '../support/texts.ts';
import { showsForm } from '../support/user-agent.ts';

const { server, site, ada, open, connect, setDocuments } = withDocuments();

// Each test has the whole budget of the user and of the host, and no host is blocked.
beforeEach(async () => {
  await sql`delete from rate_limits`.execute(server.database.db);
  await sql`delete from blocked_client_hosts`.execute(server.database.db);
});

const stateOf = async (application: TestApplication) =>
  Object((await callManagement(server, 'GET', pathOf(application))).body).state;
const requestsTo = (path: string) => site.requests.filter((one) => one === path).length;
const documentOf = ({ clientId }: TestApplication) =>
  server.database.db
    .selectFrom('client_documents')
    .selectAll()
    .where('client_id', '=', clientId)
    .executeTakeFirstOrThrow();
const BLOCK = '/api/v1/blocked-hosts/127.0.0.1/';

describe('A stopped application', () => {
  test('that nobody registered by hand cannot be deleted, because it would come back', async () => {
    const application = site.publish('/deleted.json');
    await connect(application);
    const path = pathOf(application);
    await manage(server, 'POST', `${path}suspend/`, { reason: 'Misused' });
    assert.equal((await callManagement(server, 'DELETE', path)).status, 409);
    await manage(server, 'POST', `${path}resume/`);
    await manage(server, 'PATCH', path, { is_active: false });
    assert.equal((await callManagement(server, 'DELETE', path)).status, 409);
    await manage(server, 'PATCH', path, { is_active: true });
    assert.equal((await callManagement(server, 'DELETE', path)).status, 204);
  });

  test('is not fetched again', async () => {
    const application = site.publish('/stopped.json');
    await connect(application);
    await manage(server, 'POST', `${pathOf(application)}suspend/`, { reason: 'Misused' });
    await setDocuments(STALE);
    const page = await open(application);
    assert.match(page.body, says('over.title.application_suspended'));
    assert.equal(requestsTo('/stopped.json'), 1);
  });
});

describe('An authorization request', () => {
  for (const path of ['/api/v1/oauth/authorize/', '/API/v1/oauth/AUTHORIZE/']) {
    test(`at ${path} fetches the document, too`, async () => {
      const application = site.publish('/slash.json');
      const url = authorizationUrl(server, requestOf(application));
      url.pathname = path;
      assert.ok(showsForm(await ada.get(url), 'decision'));
    });
  }
});

describe('A new fetch of a document', () => {
  test('counts only if its details are written, too', async (t) => {
    const { db } = server.database;
    const drop = () =>
      sql`alter table applications drop constraint if exists unwritten`.execute(db);
    t.after(drop);
    const application = site.publish('/unwritten.json');
    await connect(application);
    site.publish('/unwritten.json', { client_name: 'Renamed Agent' });
    await setDocuments(`${STALE}, fetched_at = 'epoch'`);
    await sql`alter table applications add constraint unwritten check (name <> 'Renamed Agent')`.execute(
      db,
    );
    assert.equal((await open(application)).status, 500);
    await drop();
    assert.equal((await documentOf(application)).fetched_at.getTime(), 0);
    await setDocuments(STALE);
    assert.match((await open(application)).body, /Renamed Agent/);
  });
});

describe('A block of a host', () => {
  test('while the consent page of an unknown document is open: nothing is granted', async () => {
    const application = site.publish('/blocked-open.json');
    const page = await open(application);
    await manage(server, 'PUT', BLOCK, { reason: 'Misused' });
    const answer = await decide(ada, page);
    assert.equal(answer.status, 403);
    assert.match(answer.body, says('error.client_document.title'));
    assert.equal(await stateOf(application), undefined);
  });

  test('at the same time as the consent: no active application is left', async () => {
    for (let round = 0; round < 5; round += 1) {
      const application = site.publish(`/blocked-race-${round}.json`);
      const page = await open(application);
      const blocked = inTransaction(server.database.db, async (tx) => {
        await blockHost(tx, 'system', '127.0.0.1', 'Misused');
        await sql`select pg_sleep(${round * 0.02})`.execute(tx);
      });
      await Promise.all([decide(ada, page), blocked]);
      assert.notEqual(await stateOf(application), 'active', `round ${round}`);
      await manage(server, 'DELETE', BLOCK);
    }
  });

  test('also stops a document whose application was resumed', async () => {
    const application = site.publish('/blocked-resumed.json');
    await connect(application);
    await manage(server, 'PUT', BLOCK, { reason: 'Misused' });
    await manage(server, 'POST', `${pathOf(application)}resume/`);
    const page = await open(application);
    assert.equal(page.status, 403);
    assert.ok(!showsForm(page, 'decision'));
  });

  test('is refused for a name with a dot at the end, which would never match', async () => {
    const path = '/api/v1/blocked-hosts/agent.example./';
    const answer = await callManagement(server, 'PUT', path, { reason: '' });
    assert.deepEqual([answer.status, Object.keys(Object(answer.body))], [400, ['host']]);
  });
});

// Last, because processes remember a limit that refuses.
describe('A fetch that our own limit refuses', () => {
  test('is no failure of the document', async () => {
    const application = site.publish('/limited.json');
    await connect(application);
    await setDocuments(STALE);
    await open(application);
    await sql`update rate_limits set points = 1000`.execute(server.database.db);
    await setDocuments(STALE);
    assert.ok(showsForm(await open(application), 'decision'));
    assert.equal(requestsTo('/limited.json'), 2);
    assert.equal((await documentOf(application)).failing_since, null);
  });
});
