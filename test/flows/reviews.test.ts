import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sql } from 'kysely';
import { z } from 'zod';
import { setReviewQuestion } from '../../src/applications/review-store.ts';
import { addSecret, listSecrets } from '../../src/applications/secrets.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import {
  putUser,
  registerApplication,
  reviewApplication,
  type TestApplication,
} from '../support/factories.ts';
import { prepared, withPlatform } from '../support/fixture.ts';
import { authorizationUrl, requestOf, signedIn } from '../support/flow.ts';
import { callManagement, manage } from '../support/platform.ts';
import { says } from '../support/texts.ts';
import { obtainTokens, refresh } from '../support/tokens.ts';
import { type FormValues, type Page, showsForm } from '../support/user-agent.ts';

const { server, platform } = withPlatform({ REGISTRATION: 'approval' });
const ada = prepared(() => signedIn(server, platform.ada));
const ben = prepared(() => signedIn(server, platform.ben));

const answer = z.object({
  version: z.number(),
  owner: z.string().nullable(),
  reviewed_at: z.string().nullable(),
});
const pathOf = ({ clientId }: TestApplication) => `/api/v1/applications/${clientId}/`;
const read = async (application: TestApplication) =>
  answer.parse(await manage(server, 'GET', pathOf(application)));
const post = (application: TestApplication, body?: unknown) =>
  callManagement(server, 'POST', `${pathOf(application)}review/`, body);

/** Registers an application of Ben and reviews it. */
async function reviewed(): Promise<TestApplication> {
  const application = await registerApplication(server, { owner: 'ben' });
  await reviewApplication(server, application.clientId);
  assert.ok((await read(application)).reviewed_at);
  return application;
}

/** Opens the consent page as Ada, who does not own the application. */
function consent({ clientId, redirectUri }: TestApplication): Promise<Page> {
  return ada.get(authorizationUrl(server, requestOf({ clientId, redirectUri })));
}

/** Edits an application on the page, as its owner. */
async function edit({ clientId }: TestApplication, values: FormValues): Promise<void> {
  const page = await ben.get(`/account/applications/${clientId}/edit`);
  const saved = await ben.submit(page, values);
  assert.match(saved.body, says('applications.notice.saved'));
}

const CALLBACK = 'https://app.example.com/callback';

describe('Review ends when the owner changes', () => {
  const changes: Record<string, FormValues> = {
    'the name': { name: 'Box Office Pro' },
    'the description': { description: 'Sells your data.' },
    'the homepage': { homepage_url: 'https://elsewhere.example/' },
    'the privacy policy': { privacy_policy_url: 'https://app.example.com/privacy' },
    'the terms': { terms_url: 'https://app.example.com/terms' },
    'a redirect URI': { redirect_uris: `${CALLBACK}\nhttps://elsewhere.example/` },
    'the order of redirect URIs': { redirect_uris: `https://b.example/\n${CALLBACK}` },
    'the scopes to fewer': { scopes: ['read'] },
    'the PKCE requirement': { require_pkce: [], name: 'Box Office Sync' },
  };
  for (const [what, values] of Object.entries(changes)) {
    test(what, async () => {
      const application = await reviewed();
      const before = await read(application);
      await edit(application, values);
      const now = await read(application);
      assert.equal(now.reviewed_at, null);
      assert.equal(now.version, before.version + 1);
      const page = await consent(application);
      assert.match(page.body, says('over.title.awaits_review'));
      assert.doesNotMatch(page.body, /value="allow"/);
    });
  }

  test('the scopes to more; changing them back does not restore it', async () => {
    const application = await registerApplication(server, { owner: 'ben', scopes: ['read'] });
    await reviewApplication(server, application.clientId);
    await edit(application, { scopes: ['read', 'write', 'profile'] });
    assert.equal((await read(application)).reviewed_at, null);
    await edit(application, { scopes: ['read'] });
    assert.equal((await read(application)).reviewed_at, null);
    await reviewApplication(server, application.clientId);
    assert.match((await consent(application)).body, /value="allow"/);
  });
});

describe('Review', () => {
  test('stays after an unchanged save, a suspension or a resumption', async () => {
    const application = await reviewed();
    const before = await read(application);
    await edit(application, { name: 'Box Office Sync' });
    const path = `/account/applications/${application.clientId}`;
    const settings = await ben.get(`${path}/edit`);
    const disable = settings.forms.find(({ action }) => action?.endsWith('/disable'));
    await ben.submit({ ...settings, forms: [disable ?? assert.fail()] });
    await manage(server, 'POST', `${pathOf(application)}suspend/`, { reason: 'Spam' });
    await manage(server, 'POST', `${pathOf(application)}resume/`);
    await manage(server, 'PATCH', pathOf(application), { is_active: true });
    assert.deepEqual(await read(application), before);
  });

  test('ends when an operator changes the application', async () => {
    const application = await reviewed();
    await manage(server, 'PATCH', pathOf(application), { name: 'Operator’s' });
    assert.equal((await read(application)).reviewed_at, null);
  });

  test('ends with a new owner, or when the owner is deleted', async () => {
    await manage(server, 'PUT', '/api/v1/users/tim/', { email: 'tim@example.com' });
    for (const owner of ['tim', null]) {
      const application = await reviewed();
      await manage(server, 'PATCH', pathOf(application), { owner });
      assert.equal((await read(application)).reviewed_at, null);
    }
    const orphan = await registerApplication(server, { owner: 'tim' });
    await reviewApplication(server, orphan.clientId);
    await manage(server, 'DELETE', '/api/v1/users/tim/');
    assert.equal((await read(orphan)).reviewed_at, null);
  });

  test('that ended leaves existing grants live', async () => {
    const application = await reviewed();
    const tokens = await obtainTokens(server, { application, user: platform.ada });
    await edit(application, { description: 'New.' });
    assert.equal((await refresh(server, application, tokens.refreshToken)).status, 200);
  });

  test('that ended is mentioned in the log entry of the change', async () => {
    const application = await reviewed();
    await edit(application, { description: 'New.' });
    const entry = await server.database.db
      .selectFrom('audit_events')
      .select('data')
      .where('client_id', '=', application.clientId)
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow();
    assert.equal(entry.data.review_reset, true);
  });
});

describe('Review call with', () => {
  const wrong: [string, unknown, number, RegExp][] = [
    ['no body', undefined, 400, /version.*required.*GET/],
    ['no version', {}, 400, /version.*required.*GET/],
    ['null', { version: null }, 400, /version/],
    ['a text', { version: '1' }, 400, /version/],
    ['a fraction', { version: 1.5 }, 400, /version/],
    ['more than the database holds', { version: 2 ** 40 }, 400, /version/],
    ['zero', { version: 0 }, 400, /version/],
    ['a later version', { version: 2 }, 412, /changed.*version 1/],
  ];
  for (const [what, body, status, message] of wrong) {
    test(`${what}: refused with ${status}`, async () => {
      const application = await registerApplication(server, { owner: 'ben' });
      const refused = await post(application, body);
      assert.equal(refused.status, status, JSON.stringify(refused.body));
      assert.match(JSON.stringify(refused.body).replaceAll('\\"', '"'), message);
      assert.equal((await read(application)).reviewed_at, null);
    });
  }

  test('a version that was changed since: 412, even if it was changed back', async () => {
    const application = await registerApplication(server, { owner: 'ben' });
    const { version } = await read(application);
    await edit(application, { redirect_uris: 'https://evil.example/callback' });
    assert.equal((await post(application, { version })).status, 412);
    await edit(application, { redirect_uris: CALLBACK });
    assert.equal((await post(application, { version })).status, 412);
    assert.equal((await read(application)).reviewed_at, null);
    assert.equal((await post(application, await read(application))).status, 200);
    assert.ok((await read(application)).reviewed_at);
  });

  test('an edit at the same time: the edited application is never reviewed', async () => {
    const application = await registerApplication(server, { owner: 'ben' });
    for (let round = 0; round < 5; round += 1) {
      const { version } = await read(application);
      const [{ status }] = await Promise.all([
        post(application, { version }),
        edit(application, { name: `Round ${round}` }),
      ]);
      assert.ok(status === 200 || status === 412, String(status));
      const now = await read(application);
      assert.deepEqual(now, { version: version + 1, owner: 'ben', reviewed_at: null });
    }
  });

  test('the same version again: nothing changes', async () => {
    const application = await registerApplication(server, { owner: 'ben' });
    const first = await post(application, { version: 1 });
    assert.equal(first.status, 200);
    assert.deepEqual((await post(application, { version: 1 })).body, first.body);
  });
});

describe('List of one’s own applications', () => {
  test('with many can be filtered by state, with few has no filter', async () => {
    const user = await putUser(server, { id: 'list' });
    const owner = await signedIn(server, user);
    const names = ['Asked Back', 'Disabled', 'Failing', 'Reviewed', 'Suspended', 'Waiting'];
    const add = (name = '') => registerApplication(server, { owner: user.id, name });
    const applications = new Map<string, string>();
    for (const name of names.slice(0, 5)) {
      applications.set(name, (await add(name)).clientId);
    }
    const list = '/account/applications';
    const hasFilter = (page: Page) => page.body.includes('name="state"');
    assert.equal(hasFilter(await owner.get(list)), false);
    await add(names[5]);
    assert.equal(hasFilter(await owner.get(list)), true);

    const { db } = server.database;
    const of = (name: string) => applications.get(name) ?? assert.fail(name);
    await inTransaction(db, (tx) => setReviewQuestion(tx, of('Asked Back'), 'What is it?'));
    await manage(server, 'PATCH', `/api/v1/applications/${of('Disabled')}/`, { is_active: false });
    await reviewApplication(server, of('Reviewed'));
    await manage(server, 'POST', `/api/v1/applications/${of('Suspended')}/suspend/`, {
      reason: '',
    });
    await sql`
      insert into client_errors (client_id, endpoint, error, reason)
      values (${of('Failing')}, 'token', 'invalid_grant', 'other')
    `.execute(db);
    for (const [query, expected] of [
      ['state=in_review', ['Failing', 'Waiting']],
      ['state=active', ['Asked Back', 'Failing', 'Reviewed', 'Waiting']],
      ['state=reviewed', ['Reviewed']],
      ['state=not_reviewed', names.filter((name) => name !== 'Reviewed')],
      ['state=disabled', ['Disabled']],
      ['state=suspended', ['Suspended']],
      ['state=in_review&failing=true', ['Failing']],
      ['state=in_review&q=wait', ['Waiting']],
      ['state=suspended&q=wait', []],
      ['state=toString', names],
    ] as const) {
      const { body } = await owner.get(`${list}?${query}`);
      assert.deepEqual(
        names.filter((name) => body.includes(`<bdi>${name}</bdi></h2>`)),
        expected,
        query,
      );
    }
  });
});

describe('Application transfer', () => {
  test('removes the review, and the former owner’s secrets expire within 24 hours', async () => {
    const application = await reviewed();
    const { clientId } = application;
    const { refreshToken } = await obtainTokens(server, { application, user: platform.ada });
    const path = `/account/applications/${clientId}`;
    const form = await ben.get(`${path}/transfer`);
    assert.match(form.body, says('applications.transfer.intro'));
    await ben.submit(form, { email: 'ada@example.com' });
    const offer = await ada.get('/account/applications');
    assert.match(offer.body.replace(/<[^>]*>/g, ''), says('applications.transfers.text'));
    const accept = offer.forms.find(({ action }) => action?.endsWith(`${clientId}/accept`));
    assert.ok(accept);
    await ada.submit({ ...offer, forms: [accept] });

    assert.equal((await ben.get(path)).status, 404);
    assert.equal((await read(application)).reviewed_at, null);
    const refreshed = await refresh(server, application, refreshToken);
    assert.equal(refreshed.status, 200);
    const added = await ada.submit(await ada.get(`${path}/secrets/new`), { label: 'mine' });
    const [clientSecret = ''] = /sds_\w+/.exec(added.body) ?? [];
    const ends = await secretEnds(clientId);
    assert.deepEqual(
      ends.map((hours) => hours !== null && hours > 23.9 && hours <= 24),
      [true, false],
    );
    await server.database.db
      .updateTable('application_secrets')
      .set({ expires_at: sql<Date>`expires_at - interval '24 hours'` })
      .where('client_id', '=', clientId)
      .execute();
    const late = refreshed.body.refresh_token ?? '';
    assert.equal((await refresh(server, application, late)).status, 401);
    assert.equal((await refresh(server, { clientId, clientSecret }, late)).status, 200);
  });

  test('of a suspended application is refused to both users; an operator token may', async () => {
    const application = await reviewed();
    const state = (verb: 'suspend' | 'resume') =>
      manage(server, 'POST', `${pathOf(application)}${verb}/`, {});
    const path = `/account/applications/${application.clientId}`;
    const form = await ben.get(`${path}/transfer`);
    await state('suspend');
    const refused = await ben.submit(form, { email: 'ada@example.com' });
    assert.equal(refused.status, 409);
    for (const page of [refused, await ben.get(`${path}/transfer`)]) {
      assert.match(page.body, says('applications.transfer.suspended'));
      assert.ok(page.forms.every(({ action }) => action !== `${path}/transfer`));
    }
    const settings = await ben.get(`${path}/edit`);
    assert.match(settings.body, says('applications.transfer.suspended'));
    assert.ok(!settings.body.includes(`${path}/transfer"`));

    await state('resume');
    await ben.submit(form, { email: 'ada@example.com' });
    const offer = await ada.get('/account/applications');
    const accepting = (page: Page) =>
      page.forms.filter(({ action }) => action?.endsWith(`${application.clientId}/accept`));
    await state('suspend');
    const late = await ada.submit({ ...offer, forms: accepting(offer) });
    assert.match(late.body, says('applications.transfers.suspended'));
    assert.equal(accepting(late).length, 0);
    assert.equal((await read(application)).owner, 'ben');
    await manage(server, 'PATCH', pathOf(application), { owner: 'ada' });
    assert.equal((await read(application)).owner, 'ada');
  });

  test('by an operator does the same; secrets that end earlier keep their end; both users get a mail', async () => {
    const application = await reviewed();
    const { clientId } = application;
    const soon = new Date(Date.now() + 3_600_000);
    await inTransaction(server.database.db, (tx) =>
      addSecret(tx, 'user:ben', clientId, { label: '', expiresAt: soon }),
    );
    await server.database.db.deleteFrom('mail_outbox').execute();
    await manage(server, 'PATCH', pathOf(application), { owner: 'ada' });
    const [first = 0, second = 0] = await secretEnds(clientId);
    assert.ok(first !== null && first > 23.9 && first <= 24);
    assert.ok(second !== null && second < 1.1);
    const mails = await server.database.db
      .selectFrom('mail_outbox')
      .select(['recipient', 'data'])
      .orderBy('recipient')
      .execute();
    assert.deepEqual(
      mails.map(({ recipient, data }) => [recipient, data.change]),
      [
        ['ada@example.com', 'transferred_to_you'],
        ['ben@example.com', 'transferred_away'],
      ],
    );
  });
});

/** Returns in how many hours each secret of an application ends, oldest first. */
async function secretEnds(clientId: string): Promise<(number | null)[]> {
  const secrets = await listSecrets(server.database.db, clientId);
  return secrets.map(
    ({ expiresAt }) => expiresAt && (expiresAt.getTime() - Date.now()) / 3_600_000,
  );
}

describe('Consent page', () => {
  test('shows that an application is reviewed', async () => {
    const page = await consent(await reviewed());
    assert.match(page.body, says('consent.reviewed'));
    assert.doesNotMatch(page.body, says('consent.unreviewed.title'));
    assert.ok(showsForm(page, 'decision'));
  });
});
