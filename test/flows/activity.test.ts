import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { exportActivity } from '../../src/activity/pages/download-page.ts';
import { setApplicationActive } from '../../src/applications/change-state.ts';
import { registerApplication } from '../../src/applications/register.ts';
import { addSecret, deleteSecret } from '../../src/applications/secrets.ts';
import {
  acceptTransfer,
  declineTransfer,
  offerTransfer,
  withdrawTransfer,
} from '../../src/applications/transfer.ts';
import { openDatabase } from '../../src/db/database.ts';
import { inTransaction, type Tx } from '../../src/db/transaction.ts';
import { narrowGrant } from '../../src/grants/narrow.ts';
import { revokeGrant } from '../../src/grants/revoke.ts';
import { ACTIVITY, addEntries, entriesOf, FIREFOX, signedIn } from '../support/activity-log.ts';
import { createTestDatabase } from '../support/database.ts';
import { PAGE_ENGINE_VARIABLES } from '../support/engines.ts';
import {
  registerApplication as provisionApplication,
  putUser,
  reviewApplication,
} from '../support/factories.ts';
import { withPlatform } from '../support/fixture.ts';
import { authorize, signIn } from '../support/flow.ts';
import { manage } from '../support/platform.ts';
import { startServer } from '../support/server.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { pattern, says, scopeText, textFor } from '../support/texts.ts';
import { exchange, revoke } from '../support/tokens.ts';
import { showsForm, UserAgent } from '../support/user-agent.ts';

/** Longest time to wait for a condition, in milliseconds. */
const PATIENCE = 30_000;

for (const [engine, overrides] of Object.entries(PAGE_ENGINE_VARIABLES)) {
  describe(`Activity log on ${engine}:`, () => {
    const { server, platform } = withPlatform(overrides);

    const doing = <T>(work: (tx: Tx) => Promise<T>) => inTransaction(server.database.db, work);

    it('shows a user every event of an authorization, from consent to its end', async () => {
      const { ada, application } = platform;
      const agent = new UserAgent(server, { 'user-agent': FIREFOX });
      const request = { application, user: ada, agent, parameters: { prompt: 'consent' } };
      const origin = { ip: '192.0.2.7', userAgent: FIREFOX };
      const allow = async () => {
        const tokens = await exchange(server, application, await authorize(server, request));
        const { id } = await server.database.db
          .selectFrom('grants')
          .select('id')
          .where('user_id', '=', ada.id)
          .orderBy('created_at', 'desc')
          .limit(1)
          .executeTakeFirstOrThrow();
        return { id, token: tokens.body.refresh_token ?? '' };
      };

      await authorize(server, { ...request, decision: 'deny', scope: 'profile' });
      const first = await allow();
      const narrowing = {
        grantId: first.id,
        userId: ada.id,
        scopes: ['read'],
        organizers: ['redstage'],
        endsAt: new Date('2099-05-01T10:00:00Z'),
        origin,
      };
      assert.equal(
        await doing((tx) => narrowGrant(tx, server.config.scopes, narrowing)),
        'narrowed',
      );
      await doing((tx) =>
        revokeGrant(tx, first.id, { reason: 'revoked_by_user', actor: 'user:ada', origin }),
      );
      const second = await allow();
      await revoke(server, application, second.token);
      const third = await allow();
      await doing((tx) =>
        revokeGrant(tx, third.id, { reason: 'revoked_by_operator', actor: 'operator:support' }),
      );
      const once = await authorize(server, request);
      await exchange(server, application, once);
      await exchange(server, application, once);
      const other = await provisionApplication(server, { owner: 'ben', name: 'Short Lived' });
      await authorize(server, { ...request, application: other });
      await manage(server, 'DELETE', `/api/v1/applications/${other.clientId}/`);

      const page = await agent.get(ACTIVITY);
      assert.equal(page.status, 200);
      const story = entriesOf(page).reverse();
      const allowed = textFor('activity.authorized', { application: 'Box Office Sync' });
      assert.deepEqual(
        story.map(({ sentence }) => sentence),
        [
          textFor('activity.user_created'),
          textFor('activity.signed_in'),
          textFor('activity.denied', { application: 'Box Office Sync' }),
          allowed,
          textFor('activity.narrowed', { application: 'Box Office Sync' }),
          textFor('activity.revoked_by_user', { application: 'Box Office Sync' }),
          allowed,
          textFor('activity.revoked_by_client', { application: 'Box Office Sync' }),
          allowed,
          textFor('activity.revoked_by_operator', { application: 'Box Office Sync' }),
          allowed,
          textFor('activity.reuse_detected', { application: 'Box Office Sync' }),
          textFor('activity.authorized', { application: 'Short Lived' }),
          textFor('activity.application_deleted', { application: 'Short Lived' }),
        ],
      );
      const read = scopeText('read');
      const write = scopeText('write');
      assert.equal(
        story[2]?.details,
        `${textFor('activity.detail.asked')} ${scopeText('profile')}`,
      );
      assert.equal(
        story[3]?.details,
        `${textFor('activity.detail.scopes')} ${read} ${write} ${textFor('activity.detail.organizers')} Blue Hall Red Stage`,
      );
      assert.equal(
        story[4]?.details,
        `${textFor('activity.detail.removed_scopes')} ${write} ${textFor('activity.detail.removed_organizers')} Blue Hall ${textFor('activity.detail.ends_at')} 1 May 2099, 10:00`,
      );
      assert.match(story[0]?.facts ?? '', pattern`${says('activity.by.operator')}$`);
      assert.match(story[1]?.facts ?? '', /\d\d:\d\d Firefox on Linux Address (127|::1)/);
      assert.match(story[5]?.facts ?? '', /Firefox on Linux Address 192\.0\.2\.7$/);
      assert.match(
        story[7]?.facts ?? '',
        pattern`${says('activity.by.application')} ${says('activity.address')}`,
      );
      assert.doesNotMatch(story[7]?.facts ?? '', /device/);
      assert.match(story[9]?.facts ?? '', pattern`\d\d:\d\d ${says('activity.by.operator')}$`);
      assert.match(story[13]?.facts ?? '', pattern`${says('activity.by.operator')}$`);
      assert.doesNotMatch(page.body, /operator:support|revoked_by/);
    });

    it('shows sign-ins, wrong passwords and account changes in the user’s language', async () => {
      const user = await putUser(server, { id: 'dora', fullName: 'Dora Beispiel' });
      const stranger = new UserAgent(server);
      await signIn(stranger, await stranger.get('/login'), { ...user, password: 'guess' });
      const agent = await signedIn(server, user);
      await agent.submit(await agent.get('/logout'), {}, 'csrf');
      await manage(server, 'PATCH', `/api/v1/users/${user.id}/`, {
        locale: 'de-informal',
        timezone: 'Europe/Berlin',
      });
      await manage(server, 'PATCH', `/api/v1/users/${user.id}/`, { password: 'another password' });
      await putUser(server, { id: 'dora', email: 'dora@example.org', locale: 'de', password: 'x' });
      const page = await (
        await signedIn(server, { ...user, email: 'dora@example.org', password: 'x' })
      ).get(ACTIVITY);
      const story = entriesOf(page).reverse();
      assert.deepEqual(
        story.map(({ sentence }) => sentence),
        [
          textFor('activity.user_created', {}, 'de'),
          textFor('activity.sign_in_failed', {}, 'de'),
          textFor('activity.signed_in', {}, 'de'),
          textFor('activity.signed_out.you', {}, 'de'),
          textFor('activity.user_changed', {}, 'de'),
          textFor('activity.password_changed', {}, 'de'),
          textFor('activity.user_changed', {}, 'de'),
          textFor('activity.signed_in.new_device', {}, 'de'),
        ],
      );
      assert.match(
        story[1]?.facts ?? '',
        pattern`${says('mail.device.unknown', {}, 'de')} ${says('activity.address', {}, 'de')}`,
      );
      assert.equal(
        story[4]?.details,
        inGerman('activity.detail.changed', 'activity.field.locale', 'activity.field.timezone'),
      );
      assert.match(story[4]?.facts ?? '', pattern`${says('activity.by.operator', {}, 'de')}$`);
      assert.equal(
        story[6]?.details,
        `${inGerman(
          'activity.detail.changed',
          'activity.field.email',
          'activity.field.fullName',
          'activity.field.locale',
          'activity.field.timezone',
          'activity.field.password',
        )} ${inGerman('activity.detail.email_before')} dora@example.com ${inGerman('activity.detail.email_after')} dora@example.org`,
      );
    });

    it('shows an owner every event of their applications', async () => {
      const owner = await putUser(server, { id: 'olga', fullName: 'Olga Owner' });
      await putUser(server, { id: 'finn' });
      const origin = { ip: '2001:db8::1', userAgent: FIREFOX };
      const { application } = await doing((tx) =>
        registerApplication(
          tx,
          'user:olga',
          {
            ownerId: 'olga',
            name: 'Seatmap',
            redirectUris: ['https://app.example.com/callback'],
            scopes: ['read'],
          },
          origin,
        ),
      );
      const { clientId } = application;
      const path = `/api/v1/applications/${clientId}/`;
      await reviewApplication(server, clientId);
      await doing((tx) => setApplicationActive(tx, 'user:olga', clientId, false, origin));
      await doing((tx) => setApplicationActive(tx, 'user:olga', clientId, true, origin));
      const { id, clientSecret } = await doing((tx) =>
        addSecret(tx, 'user:olga', clientId, { label: 'Backup', expiresAt: null }, origin),
      );
      await doing((tx) => deleteSecret(tx, 'user:olga', clientId, id, origin));
      await manage(server, 'POST', `${path}suspend/`, { reason: 'Too many\nrequests' });
      await manage(server, 'POST', `${path}resume/`);
      await manage(server, 'PATCH', path, { name: 'Seatmap Pro', is_active: false });
      const offer = () =>
        doing((tx) => offerTransfer(tx, 'user:olga', clientId, 'olga', 'finn@example.com', origin));
      await offer();
      await doing((tx) => withdrawTransfer(tx, 'user:olga', clientId, origin));
      await offer();
      await doing((tx) => declineTransfer(tx, 'user:finn', 'finn', clientId, origin));
      await offer();
      await doing((tx) => acceptTransfer(tx, 'user:finn', 'finn', clientId, origin));
      await manage(server, 'PATCH', path, { owner: 'olga' });
      await manage(server, 'DELETE', path);

      const agent = await signedIn(server, owner);
      const story = entriesOf(await agent.get(`${ACTIVITY}?kind=applications`)).reverse();
      const lastFour = clientSecret.slice(-4);
      const changed = textFor('activity.changed', { application: 'Seatmap Pro' });
      const offered = textFor('activity.transfer_offered.you', { application: 'Seatmap Pro' });
      assert.deepEqual(
        story.map(({ sentence, details }) => [sentence, details]),
        [
          [
            textFor('activity.registered.you', { application: 'Seatmap' }),
            `${textFor('activity.detail.client_type')} ${textFor('applications.type.confidential.short')}`,
          ],
          [textFor('activity.reviewed', { application: 'Seatmap' }), ''],
          [textFor('activity.disabled.you', { application: 'Seatmap' }), ''],
          [textFor('activity.enabled.you', { application: 'Seatmap' }), ''],
          [
            textFor('activity.secret_added.you', { application: 'Seatmap' }),
            `Secret Backup …${lastFour}`,
          ],
          [
            textFor('activity.secret_deleted.you', { application: 'Seatmap' }),
            `Secret Backup …${lastFour}`,
          ],
          [
            textFor('activity.suspended', { application: 'Seatmap' }),
            `${textFor('activity.detail.reason')} Too many requests`,
          ],
          [textFor('activity.resumed', { application: 'Seatmap' }), ''],
          [
            changed,
            `${textFor('activity.detail.changed')} ${textFor('activity.field.name')}, ${textFor('activity.field.isActive')} ${textFor('activity.detail.review')} ${textFor('activity.detail.review_reset')}`,
          ],
          [offered, `${textFor('activity.detail.offered_to')} finn@example.com`],
          [textFor('activity.transfer_withdrawn.you', { application: 'Seatmap Pro' }), ''],
          [offered, `${textFor('activity.detail.offered_to')} finn@example.com`],
          [textFor('activity.transfer_declined', { application: 'Seatmap Pro' }), ''],
          [offered, `${textFor('activity.detail.offered_to')} finn@example.com`],
          [textFor('activity.transfer_accepted', { application: 'Seatmap Pro' }), ''],
          [changed, `${textFor('activity.detail.changed')} ${textFor('activity.field.ownerId')}`],
          [textFor('activity.deleted', { application: 'Seatmap Pro' }), ''],
        ],
      );
      assert.match(story[4]?.facts ?? '', /Firefox on Linux Address 2001:db8::1$/);
      assert.match(story[12]?.facts ?? '', pattern`\d\d:\d\d ${says('activity.by.other')}$`);
      const finn = await signedIn(server, {
        id: 'finn',
        email: 'finn@example.com',
        password: 'the password of finn',
      });
      assert.deepEqual(
        entriesOf(await finn.get(`${ACTIVITY}?kind=applications`)).map(({ sentence }) => sentence),
        [
          changed,
          textFor('activity.transfer_accepted.you', { application: 'Seatmap Pro' }),
          textFor('activity.transfer_declined.you', { application: 'Seatmap Pro' }),
        ],
        'a new owner set by an operator is shown with the former owner',
      );
    });

    it('shows times in the user’s time zone, with the exact time as machine-readable attribute', async () => {
      const { db } = server.database;
      const user = await putUser(server, { id: 'tomo', timezone: 'Asia/Tokyo' });
      await sql`update users set created_at = now() - interval '30 years' where id = 'tomo'`.execute(
        db,
      );
      await sql`
        insert into audit_events (action, actor, user_id, happened_at)
        values ('stagedoor.user.signed_out', 'user:tomo', 'tomo', '2026-01-31T23:30:00Z')
      `.execute(db);
      const { body } = await (await signedIn(server, user)).get(ACTIVITY);
      assert.match(body, /<time datetime="2026-01-31T23:30:00\.000Z">1 Feb 2026, 08:30<\/time>/);
      assert.match(body, says('activity.timezone', { timezone: '<bdi>Asia/Tokyo</bdi>' }));
    });

    it('shows only the user’s own entries, not those of a deleted user with the same id', async () => {
      const gina = await putUser(server, { id: 'gina' });
      await signedIn(server, gina);
      await addEntries(server, 'gina', 3);
      const stranger = new UserAgent(server);
      const asked = await stranger.get(`${ACTIVITY}?kind=account`);
      assert.ok(showsForm(asked, 'email', 'password'));
      const back = await signIn(stranger, asked, platform.ben);
      assert.equal(`${back.url.pathname}${back.url.search}`, `${ACTIVITY}?kind=account`);
      const ben = await stranger.get(ACTIVITY);
      assert.doesNotMatch(ben.body, /App 1/);
      assert.doesNotMatch((await stranger.get(`${ACTIVITY}.json`)).body, /gina/);

      await manage(server, 'DELETE', '/api/v1/users/gina/');
      const namesake = await putUser(server, { id: 'gina', email: 'regina@example.com' });
      const agent = await signedIn(server, namesake);
      assert.deepEqual(
        entriesOf(await agent.get(ACTIVITY)).map(({ sentence }) => sentence),
        [textFor('activity.signed_in'), textFor('activity.user_created')],
      );
      const { body } = await agent.get(`${ACTIVITY}.json`);
      assert.equal(JSON.parse(body).length, 2);
    });

    it('shows entries of unknown actions, and hostile names as escaped text', async () => {
      const user = await putUser(server, { id: 'hugo' });
      const agent = await signedIn(server, user);
      const name = '<img src=x onerror=alert(1)>\u202e"&';
      await sql`
        insert into audit_events (action, actor, user_id, client_id, user_agent, data) values
        ('stagedoor.user.teleported', 'user:hugo', 'hugo', null, '<b>', '{"to": "<i>Mars</i>"}'),
        ('stagedoor.user.oauth.authorized', 'user:hugo', 'hugo', '<script>', '<b>',
          ${JSON.stringify({
            application: name,
            scopes: ['<b>'],
            organizers: [{ slug: 'x', name: 'שלום <b>' }],
          })}::jsonb)
      `.execute(server.database.db);
      const page = await agent.get(ACTIVITY);
      assert.equal(page.status, 200);
      assert.match(
        page.body,
        says('activity.unknown', { action: '<bdi>stagedoor.user.teleported</bdi>' }),
      );
      assert.doesNotMatch(page.body, /<img src=x|<b>|<i>|<script>|\u202e/);
      assert.match(page.body, /<bdi>&#60;img src=x onerror=alert\(1\)&#62; &#34;&#38;<\/bdi>/);
      assert.equal((await agent.get(`${ACTIVITY}?application=%3Cscript%3E`)).status, 200);
      const { body } = await agent.get(`${ACTIVITY}.json`);
      assert.equal(JSON.parse(body)[0].application.name, name);
    });

    it('downloads completely as JSON, for its user only', async () => {
      const user = await putUser(server, { id: 'ida' });
      const agent = await signedIn(server, user);
      await addEntries(server, user.id, 1203);
      const answer = await agent.get(`${ACTIVITY}.json`);
      assert.equal(answer.status, 200);
      assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
      assert.match(
        answer.headers.get('content-disposition') ?? '',
        /^attachment; filename="activity-\d{4}-\d\d-\d\d\.json"$/,
      );
      assert.equal(answer.headers.get('cache-control'), 'no-store');
      const entries: Record<string, unknown>[] = JSON.parse(answer.body);
      assert.equal(entries.length, 1205);
      const ids = entries.map(({ id }) => Number(id));
      assert.deepEqual(
        ids,
        [...new Set(ids)].sort((a, b) => b - a),
        'each entry once, newest first',
      );
      const { id, happened_at: happenedAt, ...newest } = entries[0] ?? {};
      assert.match(String(id), /^\d+$/);
      assert.match(String(happenedAt), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      assert.deepEqual(newest, {
        action: 'stagedoor.user.oauth.denied',
        sentence: textFor('activity.denied', { application: 'App 1' }),
        actor: 'user:ida',
        application: { client_id: 'app-1', name: 'App 1' },
        grant_id: null,
        ip: null,
        user_agent: null,
        data: { application: 'App 1', scopes: ['read'], n: 1203 },
      });
      assert.deepEqual(
        entries.slice(-2).map(({ action, actor }) => [action, actor]),
        [
          ['stagedoor.user.signed_in', 'user:ida'],
          ['stagedoor.directory.user.changed', 'operator'],
        ],
      );
      const sizes: number[] = [];
      for await (const batch of exportActivity(server.database.db, { userId: user.id })) {
        sizes.push(batch.length);
      }
      assert.deepEqual(sizes, [500, 500, 205], 'at most 500 at once');

      const stranger = await new UserAgent(server).get(`${ACTIVITY}.json`);
      assert.ok(showsForm(stranger, 'email', 'password'));
      assert.equal(stranger.url.searchParams.get('return_to'), ACTIVITY);
    });
  });
}

describe('Download of the activity log', () => {
  it('a lost database connection aborts the response', async () => {
    const database = await createTestDatabase();
    const proxy = await startTcpProxy(Number(new URL(database.url).port));
    const throughProxy = new URL(database.url);
    throughProxy.port = String(proxy.port);
    const server = await startServer({ DATABASE_URL: throughProxy.href });
    try {
      const user = await putUser(server, { id: 'ada' });
      const agent = await signedIn(server, user);
      // More than the buffers between the server and a client that does not read.
      await sql`
        insert into audit_events (action, actor, user_id, data)
        select 'stagedoor.user.signed_in', 'user:ada', 'ada',
          jsonb_build_object('filler', repeat(md5(n::text), 320))
        from generate_series(1, 2000) n
      `.execute(server.database.db);
      const url = new URL(`${ACTIVITY}.json`, server.issuer);
      const answer = await fetch(url, { headers: { cookie: agent.cookies.header(url) } });
      assert.equal(answer.status, 200);
      await proxy.cut();
      await assert.rejects(answer.text(), 'the client notices the incomplete log');
    } finally {
      await server.close();
      await proxy.close();
      await database.drop();
    }
  });
});

describe('Download of the activity log with a failing query', () => {
  it('is an error page, not a file', async () => {
    const server = await startServer();
    try {
      const user = await putUser(server, { id: 'ada' });
      const agent = await signedIn(server, user);
      await sql`alter table audit_events rename to elsewhere`.execute(server.database.db);
      const answer = await agent.get(`${ACTIVITY}.json`);
      assert.equal(answer.status, 500);
      assert.equal(answer.headers.get('content-disposition'), null);
      assert.match(answer.headers.get('content-type') ?? '', /^text\/html/);
    } finally {
      await server.close();
    }
  });
});

describe('Server with LOG_RETENTION_DAYS', () => {
  it('deletes older entries when it starts, and keeps the others', async () => {
    const { url, drop } = await createTestDatabase();
    const database = await openDatabase({ url, dataDir: '', connections: 1 });
    const { db } = database;
    await sql`
      insert into audit_events (action, actor, user_id, happened_at)
      select 'stagedoor.user.signed_in', 'user:ada', 'ada', now() - days * interval '1 day'
      from unnest(array[400, 61, 59, 0]) days
    `.execute(db);
    const server = await startServer({ DATABASE_URL: url, LOG_RETENTION_DAYS: '60' });
    try {
      const left = async () => (await db.selectFrom('audit_events').select('id').execute()).length;
      for (const until = Date.now() + PATIENCE; (await left()) > 2 && Date.now() < until; ) {
        await delay(50);
      }
      assert.equal(await left(), 2);
    } finally {
      await server.close();
      await database.close();
      await drop();
    }
  });
});

/** Returns a label and the values that follow it, in German. */
function inGerman(label: string, ...values: readonly string[]): string {
  const [head, ...rest] = [label, ...values].map((key) => textFor(key, {}, 'de'));
  return `${head} ${rest.join(', ')}`.trim();
}
