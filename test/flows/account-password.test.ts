import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { inTransaction } from '../../src/db/transaction.ts';
import { hashOf } from '../../src/lib/credentials.ts';
import { lockSessions } from '../../src/sessions/session-store.ts';
import { isSignedIn, logOf, queuedMails, withBrowsers } from '../support/account.ts';
import { PAGE_ENGINE_VARIABLES } from '../support/engines.ts';
import { putUser, type TestUser } from '../support/factories.ts';
import { authorizationUrl, requestOf, signIn } from '../support/flow.ts';
import { mailsTo } from '../support/mail-folder.ts';
import { manage } from '../support/platform.ts';
import { pattern, says, textFor } from '../support/texts.ts';
import { introspect, obtainTokens } from '../support/tokens.ts';
import { untilBlocked } from '../support/until-blocked.ts';
import { type Page, showsForm, describe as textOf, type UserAgent } from '../support/user-agent.ts';

const PASSWORD = '/account/password';
const BETTER = 'four unrelated words of mine';

for (const [engine, variables] of Object.entries(PAGE_ENGINE_VARIABLES)) {
  describe(`Changing one’s password, on ${engine}`, () => {
    const { server, platform, people } = withBrowsers(variables);
    let user: TestUser;
    let agent: UserAgent;
    let users = 0;

    beforeEach(async () => {
      users += 1;
      user = await putUser(server, { id: `user${users}`, fullName: 'Rosalind Franklin' });
      agent = await people.signedIn(user);
    });

    const form = (wanted: string, current = user.password, again = wanted) => ({
      current_password: current,
      new_password: wanted,
      new_password_again: again,
    });

    const change = async (who: UserAgent, values: Record<string, string>) =>
      who.submit(await who.get(PASSWORD), values);

    const canSignIn = async (password: string) => {
      const browser = people.open();
      const page = await signIn(browser, await browser.get('/login'), { ...user, password });
      return page.status === 200 && page.url.pathname === '/account/authorizations';
    };

    const changes = async () =>
      (await logOf(server, user.id)).filter(({ action }) => action.includes('password'));

    const requestUrl = () =>
      authorizationUrl(server, requestOf(platform.application, { scope: 'profile' }));

    test('ends all other sessions, renews this one, and shows the number', async () => {
      const others = [await people.signedIn(user), await people.signedIn(user)];
      const stolen = people.open({}, agent.cookies.copy());
      const before = agent.cookies.values('stagedoor_session');
      const page = await change(agent, form(BETTER));
      assert.match(page.body, says('account.password.changed.title'), textOf(page));
      assert.match(page.body, says('account.password.changed.others', { count: 2 }));
      assert.notDeepEqual(agent.cookies.values('stagedoor_session'), before);
      assert.equal(await isSignedIn(agent), true);
      for (const other of [...others, stolen]) {
        assert.equal(await isSignedIn(other), false);
      }
      assert.equal(await canSignIn(user.password), false);
      assert.equal(await canSignIn(BETTER), true);
    });

    test('is logged, and causes a mail with the origin', async () => {
      await change(agent, form(BETTER));
      const [entry, ...more] = await changes();
      assert.deepEqual(more, []);
      assert.equal(entry?.actor, `user:${user.id}`);
      assert.deepEqual(entry.data, { removed: false });
      assert.match(entry.ip ?? '', /^203\.0\./);
      const [mail] = await mailsTo(server, user.email, textFor('mail.password.changed.subject'));
      for (const part of [mail?.text ?? '', mail?.html ?? '']) {
        assert.match(part, says('mail.password.changed.by_user'));
        assert.match(
          part,
          pattern`${says('mail.device.full', { browser: 'Firefox', system: 'Linux' })}.* 203\.0\.`,
        );
        assert.doesNotMatch(part, says('mail.password.by'));
      }
      assert.match(
        (await agent.get('/account/activity')).body,
        says('activity.password_changed.you'),
      );
    });

    test('leaves authorizations of applications live, and says so', async () => {
      const tokens = await obtainTokens(server, {
        application: platform.application,
        user,
        scope: 'profile',
      });
      const page = await agent.get(PASSWORD);
      assert.match(page.body, says('account.password.grants'));
      assert.match(page.body, /href="\/account\/authorizations"/);
      await change(agent, form(BETTER));
      const { body } = await introspect(server, platform.resourceServer, tokens.accessToken);
      assert.equal(body.active, true);
    });

    test('requires the current password, and failures count toward the sign-in limit', async () => {
      for (let round = 0; round < 10; round += 1) {
        const page = await change(agent, form(BETTER, 'not it'));
        assert.equal(page.status, 400, textOf(page));
        assert.match(page.body, says('account.password.error.current.wrong'));
      }
      const refused = await change(agent, form(BETTER));
      assert.equal(refused.status, 429);
      assert.match(refused.body, says('account.password.error.current.throttled', { count: 60 }));
      assert.ok(Number(refused.headers.get('retry-after')) > 3500);
      const again = await signIn(agent, await agent.get('/login?reason=recent'), user);
      assert.equal(again.status, 429, 'the sign-in uses the same count');
      assert.equal(await canSignIn(user.password), true, 'in another browser');
      assert.deepEqual(await changes(), []);
      assert.deepEqual(await queuedMails(server, 'password_changed', user.email), []);
      assert.match(
        (await agent.get('/account/activity')).body,
        says('activity.sign_in_failed.password_change'),
      );
    });

    test('with an invalid new password shows the reason, without a failed attempt and without repeating it', async () => {
      const cases: [typed: Record<string, string>, told: RegExp][] = [
        [form(''), says('account.password.error.new.missing')],
        [form('7 chars'), says('account.password.error.new.short', { count: 8 })],
        [form('ß'.repeat(600)), says('account.password.error.new.long', { count: 1024 })],
        [form(`${BETTER}\n`), says('account.password.error.new.unprintable')],
        [form(user.email.toUpperCase()), says('account.password.error.new.personal')],
        [form('rosalindfranklin'), says('account.password.error.new.personal')],
        [form('Franklin1920'), says('account.password.error.new.personal')],
        [form('Stagedoor!'), says('account.password.error.new.personal')],
        [form('Password123!'), says('account.password.error.new.common')],
        [form('12345678'), says('account.password.error.new.common')],
        [form('aaaaaaaaaaaa'), says('account.password.error.new.common')],
        [form(user.password), says('account.password.error.new.same')],
        [form(BETTER, user.password, `${BETTER}.`), says('account.password.error.again.different')],
        [form(BETTER, ''), says('account.password.error.current.missing')],
      ];
      for (const [typed, told] of cases) {
        const page = await change(agent, typed);
        assert.equal(page.status, 400, textOf(page));
        assert.match(page.body, told);
        for (const field of page.forms.flatMap(({ fields }) => fields)) {
          assert.ok(field.type !== 'password' || field.value === '');
        }
        assert.ok(!page.body.includes(BETTER) && !page.body.includes(user.password));
      }
      assert.equal((await change(agent, form(BETTER))).status, 200);
    });

    test('requires no particular kinds of characters', async () => {
      for (const wanted of ['wolkenlos', '94 83 17 26', 'Ünïcödé – 漢字 🎟']) {
        const page = await change(agent, form(wanted));
        assert.match(page.body, says('account.password.changed.title'), textOf(page));
        user = { ...user, password: wanted };
      }
      assert.equal(await canSignIn(user.password.normalize('NFD')), true);
    });

    test('is explained to a user without a password', async () => {
      await server.database.db
        .updateTable('users')
        .set({ password_hash: null })
        .where('id', '=', user.id)
        .execute();
      const page = await agent.get(PASSWORD);
      assert.match(page.body, says('account.password.none.title'));
      assert.ok(!showsForm(page, 'new_password'));
      const csrf = /name="csrf" value="([^"]+)"/.exec((await agent.get('/logout')).body)?.[1] ?? '';
      const body = new URLSearchParams({ csrf, ...form(BETTER, '') });
      assert.equal((await agent.request(PASSWORD, { method: 'POST', body })).status, 409);
      assert.equal(await canSignIn(BETTER), false);
    });

    test('by a form from another origin, without a token or from a signed-out user: nothing changes', async () => {
      const { body: html } = await agent.get(PASSWORD);
      const csrf = /name="csrf" value="([^"]+)"/.exec(html)?.[1] ?? '';
      const post = (extra: object, headers: Record<string, string> = {}) =>
        agent.request(PASSWORD, {
          method: 'POST',
          body: new URLSearchParams({ ...form(BETTER), ...extra }),
          headers,
        });
      assert.equal((await post({})).status, 403);
      assert.equal((await post({ csrf }, { origin: 'https://evil.example.com' })).status, 403);
      assert.equal((await people.open().get(PASSWORD)).url.pathname, '/login');
      await agent.submit(await agent.get('/logout'), {}, 'csrf');
      const lost = await post({ csrf });
      assert.equal(lost.url.pathname, '/login', textOf(lost));
      assert.equal(await canSignIn(user.password), true);
    });

    test('twice at the same time: one succeeds', async () => {
      const page = await agent.get(PASSWORD);
      const wanted = ['the first of two words', 'the second of two words'];
      const answers = await Promise.all(wanted.map((one) => agent.submit(page, form(one))));
      const won = answers.filter(({ body }) => says('account.password.changed.title').test(body));
      assert.ok(won.length <= 1 || won.length === 2, answers.map(textOf).join('\n'));
      assert.equal((await changes()).length, 1);
      const good = await Promise.all(wanted.map(canSignIn));
      assert.deepEqual(good.filter(Boolean), [true]);
    });

    test('during sign-ins with the old password: no such session remains', async () => {
      for (let round = 0; round < 4; round += 1) {
        const old = user.password;
        const pages = await Promise.all(
          [people.open(), people.open(), people.open()].map(async (browser, index) => {
            const page = await browser.get(index === 2 ? requestUrl() : '/login');
            return { browser, page };
          }),
        );
        const wanted = `${BETTER} ${round}`;
        const [answer] = await Promise.all([
          change(agent, form(wanted)),
          ...pages.map(async ({ browser, page }, index) => {
            await new Promise((resolve) => setTimeout(resolve, index * 40));
            return signIn(browser, page, { ...user, password: old });
          }),
        ]);
        assert.match(answer.body, says('account.password.changed.title'), textOf(answer));
        for (const { browser } of pages) {
          assert.equal(await isSignedIn(browser), false);
        }
        user = { ...user, password: wanted };
      }
    });

    test('waits for a session that is being written, and ends it', async (t) => {
      if (engine !== 'PostgreSQL') {
        return t.skip('one connection: nothing is ever half written for others');
      }
      const { db } = server.database;
      const page = await agent.get(PASSWORD);
      const { promise: isWritten, resolve: hasWritten } = Promise.withResolvers<void>();
      const written = inTransaction(db, async (tx) => {
        await lockSessions(tx, user.id, 'begin');
        await tx
          .insertInto('sessions')
          .values({
            id_hash: hashOf(`late-${user.id}`),
            uid: `late-${user.id}`,
            user_id: user.id,
            authenticated_at: new Date(),
            expires_at: new Date(Date.now() + 3_600_000),
          })
          .execute();
        hasWritten();
        await untilBlocked(server.database);
      });
      await isWritten;
      const [answer] = await Promise.all([agent.submit(page, form(BETTER)), written]);
      assert.match(answer.body, says('account.password.changed.others'), textOf(answer));
      const late = await db
        .selectFrom('sessions')
        .select('uid')
        .where('uid', '=', `late-${user.id}`)
        .execute();
      assert.deepEqual(late, []);
    });

    test('ends the authorization request of a session with the old password', async () => {
      const browser = people.open();
      const login = await browser.get(requestUrl());
      // The response to the sign-in redirects to the request, which would continue.
      const waiting = await fetch(new URL(findAction(login), server.issuer), {
        method: 'POST',
        redirect: 'manual',
        headers: { cookie: browser.cookies.header(login.url) },
        body: new URLSearchParams({
          csrf: /name="csrf" value="([^"]+)"/.exec(login.body)?.[1] ?? '',
          email: user.email,
          password: user.password,
        }),
      });
      browser.cookies.store(login.url, waiting.headers);
      await change(agent, form(BETTER));
      const page = await browser.get(waiting.headers.get('location') ?? '');
      assert.ok(!showsForm(page, 'decision'), textOf(page));
      assert.equal(await isSignedIn(browser), false);
    });

    const findAction = (page: Page) =>
      page.forms.find(({ method }) => method === 'post')?.action ?? '';

    test('a password sent by the platform replaces the chosen one, and the user gets a mail', async () => {
      await change(agent, form(BETTER));
      await manage(server, 'PATCH', `/api/v1/users/${user.id}/`, { full_name: 'Rosalind' });
      assert.equal(await canSignIn(BETTER), true, 'a change without a password keeps it');
      await manage(server, 'PATCH', `/api/v1/users/${user.id}/`, { password: user.password });
      assert.equal(await canSignIn(BETTER), false);
      assert.equal((await queuedMails(server, 'password_changed', user.email)).length, 2);
    });

    test('that can’t be logged changes nothing', async () => {
      const other = await people.signedIn(user);
      const page = await agent.get(PASSWORD);
      await sqlRename('audit_events', 'audit_events_away');
      try {
        assert.equal((await agent.submit(page, form(BETTER))).status, 500);
      } finally {
        await sqlRename('audit_events_away', 'audit_events');
      }
      assert.equal(await isSignedIn(other), true);
      assert.equal(await canSignIn(user.password), true);
    });

    const sqlRename = async (from: string, to: string) => {
      const { db } = server.database;
      await db.schema.alterTable(from).renameTo(to).execute();
    };
  });
}
