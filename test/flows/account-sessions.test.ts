import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { sql } from 'kysely';
import { hashOf } from '../../src/lib/credentials.ts';
import { FIREFOX, isSignedIn, logOf, SAFARI, withBrowsers } from '../support/account.ts';
import { cleanUp } from '../support/clean-up.ts';
import { PAGE_ENGINE_VARIABLES } from '../support/engines.ts';
import { putUser, type TestUser } from '../support/factories.ts';
import { authorizationUrl, requestOf, signIn } from '../support/flow.ts';
import { callManagement } from '../support/platform.ts';
import { pattern, says, textFor } from '../support/texts.ts';
import { type Page, showsForm, describe as textOf, UserAgent } from '../support/user-agent.ts';

const SESSIONS = '/account/sessions';

for (const [engine, variables] of Object.entries(PAGE_ENGINE_VARIABLES)) {
  describe(`Session list on ${engine}`, () => {
    const { server, platform, people } = withBrowsers(variables);
    let user: TestUser;
    let users = 0;

    beforeEach(async () => {
      users += 1;
      user = await putUser(server, { id: `user${users}`, timezone: 'Europe/Berlin' });
    });

    const rows = () =>
      server.database.db
        .selectFrom('sessions')
        .select(['uid', 'id_hash'])
        .where('user_id', '=', user.id)
        .orderBy('created_at')
        .execute();

    /** Returns the text of each listed browser. */
    const listed = (page: Page) =>
      [...page.body.matchAll(/<li[^>]*>\s*<h2[\s\S]*?<\/li>/g)].map(([item]) =>
        item
          .replace(/<[^>]*>/g, ' ')
          .replace(/\s+/g, ' ')
          .trim(),
      );

    const endPaths = (page: Page) =>
      [...page.body.matchAll(/href="(\/account\/sessions\/(?!others)[\w-]+\/end)"/g)].map(
        ([, path = '']) => path,
      );

    const end = async (agent: UserAgent, path?: string) => {
      const list = await agent.get(SESSIONS);
      const confirm = await agent.get(path ?? endPaths(list)[0] ?? '');
      assert.ok(showsForm(confirm, 'csrf'), textOf(confirm));
      return agent.submit(confirm, {}, 'csrf');
    };

    const requestUrl = (parameters: Record<string, string> = {}) =>
      authorizationUrl(
        server,
        requestOf(platform.application, { scope: 'profile', ...parameters }),
      );

    test('shows device, network and times of each session', async () => {
      await people.signedIn(user, { 'user-agent': SAFARI, 'x-forwarded-for': '2001:db8:7:8::9' });
      const agent = await people.signedIn(user, { 'x-forwarded-for': '203.0.113.7' });
      const page = await agent.get(SESSIONS);
      const [own = '', other = '', ...more] = listed(page);
      assert.deepEqual(more, []);
      assert.match(
        own,
        pattern`^${says('mail.device.full', { browser: 'Firefox', system: 'Linux' })} ${says('account.sessions.this')} ${says('account.sessions.last_seen')} \d.* ${says('account.sessions.signed_in')} \d.* 203\.0\.113\.x`,
      );
      assert.match(
        other,
        pattern`^${says('mail.device.full', { browser: 'Safari', system: 'iOS' })} ${says('account.sessions.last_seen')} .* ${says('account.sessions.signed_in')} .* ${says('activity.address')}`,
      );
      assert.match(other, pattern`${says('account.sessions.end')}$`);
      assert.doesNotMatch(page.body, /203\.0\.113\.7|2001:db8:7:8/);
    });

    test('contains nothing that grants access to a session', async () => {
      const agent = await people.signedIn(user);
      await people.signedIn(user);
      const { body } = await agent.get(SESSIONS);
      const [cookie = ''] = agent.cookies.values('stagedoor_session');
      assert.ok(!body.includes(cookie));
      for (const { id_hash: hash } of await rows()) {
        for (const encoding of ['hex', 'base64', 'base64url'] as const) {
          assert.ok(!body.includes(Buffer.from(hash).toString(encoding)));
        }
      }
      const [path = ''] = endPaths(await agent.get(SESSIONS));
      const uid = path.split('/')[3] ?? '';
      const thief = people.open();
      thief.cookies.store(
        new URL(server.issuer),
        new Headers({ 'set-cookie': `stagedoor_session=${uid}; Path=/` }),
      );
      assert.equal(await isSignedIn(thief), false);
    });

    test('omits expired sessions, sessions of other users and sessions without a user', async () => {
      await people.signedIn(platform.ben);
      await people.open().get(requestUrl());
      await people.signedIn(user);
      await server.database.db
        .updateTable('sessions')
        .set({ expires_at: sql<Date>`now()` })
        .where('user_id', '=', user.id)
        .execute();
      const agent = await people.signedIn(user);
      const page = await agent.get(SESSIONS);
      assert.equal(listed(page).length, 1, textOf(page));
      assert.match(page.body, says('account.sessions.none'));
    });

    test('shows a session without stored sign-in data as an unknown device, which can be ended', async () => {
      const old = await people.signedIn(user);
      await server.database.db
        .deleteFrom('session_sign_ins')
        .where(
          'session_uid',
          'in',
          (await rows()).map(({ uid }) => uid),
        )
        .execute();
      assert.equal(await isSignedIn(old), true);
      const agent = await people.signedIn(user);
      assert.match(
        listed(await agent.get(SESSIONS))[1] ?? '',
        pattern`^${says('account.sessions.unknown')} ${says('account.sessions.last_seen')}`,
      );
      await end(agent);
      assert.equal(await isSignedIn(old), false);
    });

    test('shows a session with several ids once, and ends all of them', async () => {
      const twin = await people.signedIn(user);
      const [row] = await rows();
      assert.ok(row);
      await server.database.db
        .insertInto('sessions')
        .values({
          id_hash: hashOf('another-id-of-the-same-session'),
          uid: row.uid,
          user_id: user.id,
          authenticated_at: new Date(),
          expires_at: new Date(Date.now() + 3_600_000),
        })
        .execute();
      const agent = await people.signedIn(user);
      assert.equal(listed(await agent.get(SESSIONS)).length, 2);
      const page = await end(agent);
      assert.match(page.body, says('account.sessions.notice.ended'));
      assert.equal((await rows()).length, 1);
      assert.equal(await isSignedIn(twin), false);
    });

    test('ends one session at its next request, with a log entry, and no other session', async () => {
      const third = await people.signedIn(user);
      const other = await people.signedIn(user, { 'user-agent': SAFARI });
      const agent = await people.signedIn(user);
      const list = await agent.get(SESSIONS);
      const place = listed(list).findIndex((one) => one.startsWith('Safari')) - 1;
      const page = await end(agent, endPaths(list)[place]);
      assert.equal(page.url.search, '?notice=ended');
      assert.equal(await isSignedIn(other), false);
      assert.ok(showsForm(await other.get(requestUrl()), 'email', 'password'));
      assert.equal(await isSignedIn(agent), true);
      assert.equal(await isSignedIn(third), true);
      const entry = (await logOf(server, user.id)).at(-1);
      assert.equal(entry?.action, 'stagedoor.user.sessions_ended');
      assert.equal(entry.actor, `user:${user.id}`);
      assert.deepEqual(entry.data, { count: 1 });
      assert.equal(entry.user_agent, FIREFOX);
      assert.match((await agent.get('/account/activity')).body, says('activity.sessions_ended'));
    });

    test('ends all other sessions', async () => {
      const others = [await people.signedIn(user), await people.signedIn(user)];
      const stranger = await people.signedIn(platform.ben);
      const agent = await people.signedIn(user);
      const page = await end(agent, `${SESSIONS}/others/end`);
      assert.match(page.body, says('account.sessions.notice.ended_others'));
      assert.equal(listed(page).length, 1);
      for (const other of others) {
        assert.equal(await isSignedIn(other), false);
      }
      assert.equal(await isSignedIn(agent), true);
      assert.equal(await isSignedIn(stranger), true);
      assert.match(
        (await agent.get('/account/activity')).body,
        says('activity.sessions_ended', { count: 2 }),
      );
    });

    test('says that a session has already ended, also for a session of another user', async () => {
      const other = await people.signedIn(user);
      const agent = await people.signedIn(user);
      const [path = ''] = endPaths(await agent.get(SESSIONS));
      const confirm = await agent.get(path);
      await other.submit(await other.get('/logout'), {}, 'csrf');
      const again = await agent.submit(confirm, {}, 'csrf');
      assert.equal(again.url.search, '?notice=already_ended');
      assert.equal((await agent.get(path)).url.search, '?notice=already_ended');

      const ben = await people.signedIn(platform.ben);
      await people.signedIn(platform.ben);
      const foreigns = endPaths(await ben.get(SESSIONS));
      const csrf = /name="csrf" value="([^"]+)"/.exec((await agent.get('/logout')).body)?.[1] ?? '';
      const body = new URLSearchParams({ csrf });
      for (const target of [foreigns[0] ?? '', `${SESSIONS}/x/end`, `${SESSIONS}/%27/end`]) {
        const page = await agent.request(target, { method: 'POST', body });
        assert.match(page.body, says('account.sessions.notice.already_ended'), textOf(page));
        assert.equal((await agent.get(target)).url.search, '?notice=already_ended');
      }
      assert.deepEqual(endPaths(await ben.get(SESSIONS)), foreigns);
      const ended = (await logOf(server, user.id)).filter(({ action }) =>
        action.endsWith('sessions_ended'),
      );
      assert.deepEqual(ended, []);
    });

    test('does not end the current session, but links to sign-out', async () => {
      const agent = await people.signedIn(user);
      const [row] = await rows();
      const path = `${SESSIONS}/${row?.uid}/end`;
      assert.equal((await agent.get(path)).url.pathname, '/logout');
      const csrf = /name="csrf" value="([^"]+)"/.exec((await agent.get('/logout')).body)?.[1] ?? '';
      const body = new URLSearchParams({ csrf });
      const page = await agent.request(path, { method: 'POST', body });
      assert.equal(page.url.pathname, '/logout');
      assert.equal(await isSignedIn(agent), true);
    });

    test('by a form from another origin, without a token or from a signed-out user: ends nothing', async () => {
      const other = await people.signedIn(user);
      const agent = await people.signedIn(user);
      const [path = ''] = endPaths(await agent.get(SESSIONS));
      const csrf = /name="csrf" value="([^"]+)"/.exec((await agent.get(path)).body)?.[1] ?? '';
      const post = (body: Record<string, string>, headers: Record<string, string> = {}) =>
        agent.request(path, { method: 'POST', body: new URLSearchParams(body), headers });
      assert.equal((await post({})).status, 403);
      assert.equal((await post({ csrf: 'x' })).status, 403);
      assert.equal((await post({ csrf }, { origin: 'https://evil.example.com' })).status, 403);
      assert.equal((await people.open().get(path)).url.pathname, '/login');
      assert.equal(await isSignedIn(other), true);
    });

    test('a request in progress does not restore an ended session', async () => {
      for (let round = 0; round < 8; round += 1) {
        user = await putUser(server, { id: `${user.id}x` });
        const other = await people.signedIn(user);
        const agent = await people.signedIn(user);
        const list = await agent.get(SESSIONS);
        const confirm = await agent.get(`${SESSIONS}/others/end`);
        assert.equal(listed(list).length, 2, textOf(list));
        // Makes each request of the session write it again.
        await server.database.db
          .updateTable('sessions')
          .set({ expires_at: sql<Date>`now() + interval '5 minutes'` })
          .where('user_id', '=', user.id)
          .execute();
        const busy = [SESSIONS, '/account/profile', requestUrl(), requestUrl()];
        await Promise.all([
          ...busy.map((url) => new UserAgent(server, {}, other.cookies.copy()).get(url)),
          agent.submit(confirm, {}, 'csrf'),
        ]);
        assert.equal(listed(await agent.get(SESSIONS)).length, 1);
        assert.equal(await isSignedIn(other), false);
      }
    });

    test('an ended session stays invalid if its row is written again', async () => {
      const other = await people.signedIn(user);
      const [row] = await server.database.db
        .selectFrom('sessions')
        .select(['id_hash', 'uid', 'user_id', 'authenticated_at', 'expires_at'])
        .where('user_id', '=', user.id)
        .execute();
      const agent = await people.signedIn(user);
      await end(agent);
      assert.ok(row);
      await server.database.db
        .insertInto('sessions')
        .values({ ...row })
        .execute();
      assert.equal(await isSignedIn(other), false);
      assert.equal(listed(await agent.get(SESSIONS)).length, 1);
      await cleanUp(server, 'sessions', 'ended_sessions', 'ended_sign_ins', 'sign_ins');
      assert.equal((await rows()).length, 1);
      await server.database.db
        .updateTable('session_sign_ins')
        .set({ ended_at: sql<Date>`now() - interval '2 days'` })
        .where('session_uid', '=', row.uid)
        .execute();
      await cleanUp(server, 'sessions', 'ended_sessions', 'ended_sign_ins', 'sign_ins');
      const left = await server.database.db
        .selectFrom('session_sign_ins')
        .select('session_uid')
        .where('session_uid', '=', row.uid)
        .execute();
      assert.deepEqual(left, []);
      assert.equal(await isSignedIn(agent), true);
    });

    test('shows 50 of many sessions, and ends all others at once', async () => {
      // A statement can have 65,535 parameters. The embedded database runs in this process, which
      // must not block for longer than the keep-alive timeout.
      const count = engine === 'PostgreSQL' ? 70_000 : 2_000;
      const agent = await people.signedIn(user);
      await sql`
        insert into sessions (id_hash, uid, user_id, authenticated_at, expires_at)
        select sha256(convert_to(${user.id} || n, 'UTF8')), ${user.id} || '-session-' || n,
          ${user.id}, now(), now() + interval '1 day'
        from generate_series(1, ${count}::int) n
      `.execute(server.database.db);
      const page = await agent.get(SESSIONS);
      assert.equal(listed(page).length, 50);
      assert.match(listed(page)[0] ?? '', says('account.sessions.this'));
      assert.ok(
        page.body.includes(textFor('account.sessions.more', { count: count + 1 - 50 })),
        textOf(page),
      );
      const done = await end(agent, `${SESSIONS}/others/end`);
      assert.match(done.body, says('account.sessions.notice.ended_others'), textOf(done));
      assert.equal((await rows()).length, 1);
    });

    test('a user who was deactivated in between has no session', async () => {
      const agent = await people.signedIn(user);
      await callManagement(server, 'PATCH', `/api/v1/users/${user.id}/`, { is_active: false });
      assert.equal(await isSignedIn(agent), false);
      await callManagement(server, 'PATCH', `/api/v1/users/${user.id}/`, { is_active: true });
      assert.equal(await isSignedIn(agent), false);
    });

    test('a repeated sign-in continues the same session', async () => {
      const agent = await people.signedIn(user);
      const before = (await rows())[0]?.uid;
      await signIn(agent, await agent.get('/login?reason=recent'), user);
      const after = await rows();
      assert.deepEqual(
        after.map(({ uid }) => uid),
        [before],
      );
      assert.equal(listed(await agent.get(SESSIONS)).length, 1);
    });
  });
}
