import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { browsers, logOf, queuedMails } from '../support/account.ts';
import { ENGINE_VARIABLES } from '../support/engines.ts';
import { createPlatform, putUser, type TestPlatform, type TestUser } from '../support/factories.ts';
import { callManagement, manage } from '../support/platform.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { pattern, says } from '../support/texts.ts';
import { obtainTokens } from '../support/tokens.ts';
import { type Page, describe as textOf, UserAgent } from '../support/user-agent.ts';

const PROFILE = '/account/profile';

for (const [engine, variables] of Object.entries(ENGINE_VARIABLES)) {
  describe(`The profile, on ${engine},`, () => {
    let server: TestServer;
    let platform: TestPlatform;
    let user: TestUser;
    let agent: UserAgent;
    let users = 0;
    let people: ReturnType<typeof browsers>;

    before(async () => {
      server = await startServer({ ...variables, TRUST_PROXY: '1' });
      platform = await createPlatform(server);
      people = browsers(server);
    });
    after(() => server.close());
    beforeEach(async () => {
      users += 1;
      user = await provide();
      agent = await people.signedIn(user, { 'accept-language': 'en' });
    });

    /** As the platform sends it, again and again. */
    const provide = (id = `user${users}`) =>
      putUser(server, { id, locale: 'de-informal', timezone: 'Europe/Berlin' });

    const choose = async (values: Record<string, string>) =>
      agent.submit(await agent.get(PROFILE), values, 'timezone');

    const languageOf = (page: Page) => page.headers.get('content-language');

    const selected = (page: Page) => {
      const fields = page.forms.flatMap(({ fields }) => fields);
      return [
        fields.find(({ name, checked }) => name === 'language' && checked)?.value,
        fields.find(({ name }) => name === 'timezone')?.value,
      ];
    };

    const asThePlatformReadsIt = async () => {
      const answer = await manage(server, 'GET', `/api/v1/users/${user.id}/`);
      return /"locale":.*"timezone":"[^"]*"/.exec(JSON.stringify(answer))?.[0];
    };

    const changes = async () =>
      (await logOf(server, user.id)).filter(({ action }) => action.includes('preferences'));

    test('shows what the platform says, where to change it, and the time in the user’s zone', async () => {
      const page = await agent.get(PROFILE);
      assert.equal(page.status, 200, textOf(page));
      assert.ok(page.body.includes(user.email));
      assert.match(page.body, says('account.profile.owned', {}, 'de'));
      assert.deepEqual(selected(page), ['platform', 'platform']);
      assert.match(
        page.body,
        says('account.profile.language.platform', { language: 'Deutsch' }, 'de'),
      );
      assert.match(
        page.body,
        says('account.profile.timezone.platform', { timezone: 'Europe/Berlin' }, 'de'),
      );
      const now = new Intl.DateTimeFormat('de-DE', {
        dateStyle: 'medium',
        timeZone: 'Europe/Berlin',
      }).format(new Date());
      assert.ok(page.body.includes(now));
    });

    test('takes a language at once: for pages, mails, and applications', async () => {
      const page = await choose({ language: 'en' });
      assert.equal(languageOf(page), 'en');
      assert.match(page.body, says('account.profile.saved'));
      assert.equal(languageOf(await agent.get('/account/activity')), 'en');
      await people.signedIn(user);
      const [mail] = await queuedMails(server, 'new_device', user.email);
      assert.equal(mail?.locale, 'en');
      const tokens = await obtainTokens(server, {
        application: platform.application,
        user,
        scope: 'profile',
      });
      const me = await fetch(`${server.issuer}/api/v1/me`, {
        headers: { authorization: `Bearer ${tokens.accessToken}` },
      });
      assert.match(await me.text(), /"locale": ?"en"/);
      const [authorized] = await queuedMails(server, 'authorized', user.email);
      assert.equal(authorized?.locale, 'en');
    });

    test('takes a time zone at once: for pages and mails', async () => {
      const page = await choose({ timezone: 'Pacific/Auckland' });
      assert.match(
        page.body,
        says('account.profile.timezone.now', { timezone: '<bdi>Pacific/Auckland</bdi>' }, 'de'),
      );
      assert.match((await agent.get('/account/activity')).body, /Pacific\/Auckland/);
      await people.signedIn(user);
      const [mail] = await queuedMails(server, 'new_device', user.email);
      assert.equal(mail?.data.timezone, 'Pacific/Auckland');
    });

    test('keeps the choice when the platform sends its own again, which reads its own', async () => {
      await choose({ language: 'en', timezone: 'Asia/Tokyo' });
      const answer = await callManagement(server, 'PUT', `/api/v1/users/${user.id}/`, {
        email: user.email,
        full_name: 'Another Name',
        locale: 'de',
        timezone: 'Europe/Vienna',
      });
      assert.equal(answer.status, 200);
      assert.equal(await asThePlatformReadsIt(), '"locale":"de","timezone":"Europe/Vienna"');
      const list = await manage(server, 'GET', `/api/v1/users/?email=${user.email}`);
      assert.match(JSON.stringify(list), /Europe\/Vienna/);
      await callManagement(server, 'PATCH', `/api/v1/users/${user.id}/`, {
        timezone: 'Asia/Seoul',
      });
      await callManagement(server, 'PATCH', `/api/v1/users/${user.id}/`, { is_active: true });
      assert.equal(await asThePlatformReadsIt(), '"locale":"de","timezone":"Asia/Seoul"');
      const page = await agent.get(PROFILE);
      assert.equal(languageOf(page), 'en');
      assert.deepEqual(selected(page), ['en', 'Asia/Tokyo']);
      assert.match(
        page.body,
        says('account.profile.timezone.platform', { timezone: 'Asia/Seoul' }),
      );
    });

    test('goes back to what the platform says', async () => {
      await choose({ language: 'en', timezone: 'Asia/Tokyo' });
      const page = await choose({ language: 'platform', timezone: 'platform' });
      assert.equal(languageOf(page), 'de');
      assert.deepEqual(selected(page), ['platform', 'platform']);
      assert.match((await agent.get('/account/activity')).body, /Europe\/Berlin/);
    });

    test('lets the browser decide', async () => {
      const page = await choose({ language: 'browser' });
      assert.equal(languageOf(page), 'en');
      assert.deepEqual(selected(page), ['browser', 'platform']);
      const german = new UserAgent(server, { 'accept-language': 'de' }, agent.cookies.copy());
      assert.equal(languageOf(await german.get(PROFILE)), 'de');
    });

    test('is logged by the names of what was changed, and only where something was', async () => {
      await choose({});
      assert.deepEqual(await changes(), []);
      await choose({ timezone: 'Asia/Tokyo' });
      await choose({ timezone: 'Asia/Tokyo' });
      await choose({ language: 'en', timezone: 'UTC' });
      assert.deepEqual(
        (await changes()).map(({ actor, data }) => [actor, data]),
        [
          [`user:${user.id}`, { changed: ['timezone'] }],
          [`user:${user.id}`, { changed: ['locale', 'timezone'] }],
        ],
      );
      const { body } = await agent.get('/account/activity');
      assert.match(body, says('activity.preferences_changed'));
      assert.match(
        body,
        pattern`${says('activity.field.locale')}, ${says('activity.field.timezone')}`,
      );
    });

    test('refuses what it does not offer, says so, and loses nothing of the rest', async () => {
      await choose({ timezone: 'Asia/Tokyo' });
      for (const timezone of ['Mars/Olympus', '', '+01:00', 'europe/berlin', 'x\0', '\ud800']) {
        const page = await choose({ language: 'en', timezone });
        assert.equal(page.status, 400, textOf(page));
        assert.match(page.body, says('account.profile.error.timezone', {}, 'de'));
        assert.deepEqual(selected(page), ['en', 'Asia/Tokyo']);
      }
      for (const language of ['fr', '', 'constructor', '__proto__']) {
        const page = await choose({ language, timezone: 'Asia/Seoul' });
        assert.equal(page.status, 400, textOf(page));
        assert.match(page.body, says('account.profile.error.language', {}, 'de'));
        assert.deepEqual(selected(page), ['platform', 'Asia/Seoul']);
      }
      assert.deepEqual(selected(await agent.get(PROFILE)), ['platform', 'Asia/Tokyo']);
    });

    test('keeps a chosen zone that this machine no longer lists', async () => {
      await server.database.db
        .updateTable('users')
        .set({ chosen_timezone: 'Atlantis/Capital' })
        .where('id', '=', user.id)
        .execute();
      const page = await choose({ language: 'en' });
      assert.equal(page.status, 200, textOf(page));
      assert.deepEqual(selected(page), ['en', 'Atlantis/Capital']);
    });

    test('changes nothing by a form from elsewhere, without a token, or signed out', async () => {
      const fields = { language: 'en', timezone: 'UTC' };
      const page = await agent.get(PROFILE);
      const csrf = /name="csrf" value="([^"]+)"/.exec(page.body)?.[1] ?? '';
      const post = (who: UserAgent, extra: object, headers: Record<string, string> = {}) =>
        who.request(PROFILE, {
          method: 'POST',
          body: new URLSearchParams({ ...fields, ...extra }),
          headers,
        });
      assert.equal((await post(agent, {})).status, 403);
      assert.equal(
        (await post(agent, { csrf }, { origin: 'https://evil.example.com' })).status,
        403,
      );
      const stranger = people.open();
      const login = await stranger.get('/login');
      const theirs = /name="csrf" value="([^"]+)"/.exec(login.body)?.[1] ?? '';
      assert.equal((await post(stranger, { csrf: theirs })).url.pathname, '/login');
      assert.equal((await agent.request(PROFILE, { method: 'PUT' })).status, 405);
      assert.deepEqual(await changes(), []);
    });

    test('goes with the user: who gets the id again has chosen nothing', async () => {
      await choose({ language: 'en', timezone: 'Asia/Tokyo' });
      await callManagement(server, 'DELETE', `/api/v1/users/${user.id}/`);
      await provide();
      agent = await people.signedIn(user, { 'accept-language': 'en' });
      assert.deepEqual(selected(await agent.get(PROFILE)), ['platform', 'platform']);
    });
  });
}
