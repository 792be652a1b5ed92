import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { logOf, queuedMails, withBrowsers } from '../support/account.ts';
import { PAGE_ENGINE_VARIABLES } from '../support/engines.ts';
import { putUser, type TestUser } from '../support/factories.ts';
import { callManagement, manage } from '../support/platform.ts';
import { pattern, says } from '../support/texts.ts';
import { obtainTokens } from '../support/tokens.ts';
import { type Page, describe as textOf, UserAgent } from '../support/user-agent.ts';

const PROFILE = '/account/profile';

for (const [engine, variables] of Object.entries(PAGE_ENGINE_VARIABLES)) {
  describe(`Profile page on ${engine}:`, () => {
    const { server, platform, people } = withBrowsers(variables);
    let user: TestUser;
    let agent: UserAgent;
    let users = 0;

    beforeEach(async () => {
      users += 1;
      user = await provide();
      agent = await people.signedIn(user, { 'accept-language': 'en' });
    });

    /** Sends the user as the platform does on each synchronization. */
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

    test('shows the platform’s values, where to change them, and the time in the user’s zone', async () => {
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

    test('a chosen language takes effect at once in pages, mails and application data', async () => {
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

    test('the footer changes the language on any page, keeps the page and the zone', async () => {
      await choose({ timezone: 'Asia/Tokyo' });
      const activity = '/account/activity?kind=sign_ins';
      const page = await agent.get(`${activity}&ui_locales=de`);
      const english = await agent.submit(page, { language: 'en' }, 'return_to');
      assert.equal(english.url.href, server.issuer + activity);
      assert.equal(languageOf(english), 'en');
      assert.deepEqual(selected(await agent.get(PROFILE)), ['en', 'Asia/Tokyo']);
      const missing = await agent.get('/nowhere');
      const elsewhere = { language: 'de', return_to: '//attacker.example/' };
      const back = await agent.submit(missing, elsewhere, 'return_to');
      assert.equal(back.url.href, server.issuer + PROFILE);
      assert.equal(languageOf(back), 'de');
    });

    test('the footer does not offer a language where that would lose a form or a new secret', async () => {
      const offersLanguages = (page: Page) => page.body.includes('action="/account/language"');
      const form = await agent.get('/account/applications/new');
      assert.ok(offersLanguages(form), textOf(form));
      const values = { name: '', redirect_uris: 'https://app.example.com/callback' };
      const refused = await agent.submit(form, values);
      assert.equal(refused.status, 400, textOf(refused));
      assert.ok(!offersLanguages(refused));
      const start = await agent.submit(refused, { name: 'Footer' });
      assert.match(start.body, /sds_/, textOf(start));
      assert.ok(!offersLanguages(start));
      assert.ok(offersLanguages(await agent.get(start.url)), 'the secret is gone');
    });

    test('a refused form of the footer leads back to its page', async () => {
      const page = await agent.get('/account/activity');
      const refused = await agent.submit(page, { language: 'en', csrf: 'x' }, 'return_to');
      assert.equal(refused.status, 403);
      const [, again] = /href="(\/account\/language[^"]*)"/.exec(refused.body) ?? [];
      assert.equal((await agent.get(again ?? '')).url.pathname, '/account/activity');
    });

    test('a chosen time zone takes effect at once in pages and mails', async () => {
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

    test('a chosen language and zone survive a PUT by the platform, and the API returns the platform’s values', async () => {
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

    test('choosing the platform’s setting restores the platform’s language and zone', async () => {
      await choose({ language: 'en', timezone: 'Asia/Tokyo' });
      const page = await choose({ language: 'platform', timezone: 'platform' });
      assert.equal(languageOf(page), 'de');
      assert.deepEqual(selected(page), ['platform', 'platform']);
      assert.match((await agent.get('/account/activity')).body, /Europe\/Berlin/);
    });

    test('choosing the browser’s setting uses the language of each browser', async () => {
      const page = await choose({ language: 'browser' });
      assert.equal(languageOf(page), 'en');
      assert.deepEqual(selected(page), ['browser', 'platform']);
      const german = new UserAgent(server, { 'accept-language': 'de' }, agent.cookies.copy());
      assert.equal(languageOf(await german.get(PROFILE)), 'de');
    });

    test('a change is logged with the names of changed fields, and a save without changes is not', async () => {
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

    test('an unknown language or zone is refused with an error, and the other field is kept', async () => {
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

    test('a chosen zone that the runtime no longer lists is kept', async () => {
      await server.database.db
        .updateTable('users')
        .set({ chosen_timezone: 'Atlantis/Capital' })
        .where('id', '=', user.id)
        .execute();
      const page = await choose({ language: 'en' });
      assert.equal(page.status, 200, textOf(page));
      assert.deepEqual(selected(page), ['en', 'Atlantis/Capital']);
    });

    test('a form from another origin, without a token or from a signed-out user changes nothing', async () => {
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

    test('a new user with the id of a deleted one has no chosen language or zone', async () => {
      await choose({ language: 'en', timezone: 'Asia/Tokyo' });
      await callManagement(server, 'DELETE', `/api/v1/users/${user.id}/`);
      await provide();
      agent = await people.signedIn(user, { 'accept-language': 'en' });
      assert.deepEqual(selected(await agent.get(PROFILE)), ['platform', 'platform']);
    });
  });
}
