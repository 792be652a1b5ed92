import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { AUTHORIZATIONS, confirm, newestGrant, open, words } from '../support/authorizations.ts';
import { PAGE_ENGINE_VARIABLES } from '../support/engines.ts';
import {
  putTeam,
  putUser,
  registerApplication,
  type TestApplication,
  type TestUser,
} from '../support/factories.ts';
import { withPlatform } from '../support/fixture.ts';
import { pattern, says, scopeText } from '../support/texts.ts';
import { introspect, type ObtainedTokens, obtainTokens, refresh } from '../support/tokens.ts';
import { findForm, offered, type Page, ticked, type UserAgent } from '../support/user-agent.ts';

const AUCKLAND = 'Pacific/Auckland';

for (const [engine, variables] of Object.entries(PAGE_ENGINE_VARIABLES)) {
  describe(`Changing an authorization, on ${engine}`, () => {
    const { server, platform } = withPlatform(variables);
    let application: TestApplication;
    let user: TestUser;
    let tokens: ObtainedTokens;
    let agent: UserAgent;
    let id: string;
    let path: string;
    let count = 0;

    beforeEach(async () => {
      count += 1;
      user = await putUser(server, { id: `user${count}`, timezone: AUCKLAND });
      const permissions = ['can_view_orders', 'can_change_orders'];
      await putTeam(server, {
        organizer: 'redstage',
        id: `${count}`,
        permissions,
        members: [user.id],
      });
      await putTeam(server, {
        organizer: 'bluehall',
        id: `${count}`,
        permissions,
        members: [user.id],
      });
      application = await registerApplication(server, { owner: 'ben', name: `Sync ${count}` });
      await allow('read write profile');
    });

    const allow = async (scope: string) => {
      tokens = await obtainTokens(server, { application, user, scope });
      agent = tokens.authorization.agent;
      id = await newestGrant(server, application.clientId);
      path = `${AUTHORIZATIONS}/${id}/change`;
    };

    const seen = async (token = tokens.accessToken) =>
      (await introspect(server, platform.resourceServer, token)).body;

    /** Sends the form with these fields instead of the shown ones. */
    const change = (page: Page, values: Record<string, string | readonly string[]>) =>
      agent.submit(page, values, 'end_date');

    const endsAt = async () => {
      const { ends_at } = await server.database.db
        .selectFrom('grants')
        .select('ends_at')
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
      return ends_at?.toISOString();
    };

    it('the page shows all scopes and organizers selected, and explains the consequences', async () => {
      const page = await open(agent, path);
      assert.deepEqual(ticked(page, 'scopes'), ['read', 'write', 'profile']);
      assert.deepEqual(ticked(page, 'organizers'), ['bluehall', 'redstage']);
      assert.match(words(page), says('change.intro'));
      assert.match(words(page), says('change.organizers.help'));
      assert.match(words(page), says('change.end.help', { timezone: 'Pacific/Auckland' }));
    });

    it('removing a scope and an organizer applies at once to live and later tokens', async () => {
      const page = await open(agent, path);
      const done = await change(page, { scopes: ['read', 'profile'], organizers: ['redstage'] });
      assert.match(words(done), says('authorizations.notice.narrowed'));
      assert.match(
        words(done),
        pattern`${says('authorizations.organizers', { count: 1 })} Red Stage`,
      );
      assert.doesNotMatch(words(done), pattern`${scopeText('write')}`);
      const now = await seen();
      assert.equal(now.scope, 'read profile');
      assert.deepEqual(now.organizers, ['redstage']);
      assert.deepEqual(Object.keys(now.permissions ?? {}), ['redstage']);
      const renewed = await refresh(server, application, tokens.refreshToken);
      assert.equal(renewed.body.scope, 'read profile');
      const later = await seen(renewed.body.access_token);
      assert.equal(later.scope, 'read profile');
      assert.deepEqual(later.organizers, ['redstage']);
      const repeated = await refresh(server, application, renewed.body.refresh_token ?? '', {
        scope: 'read write profile',
      });
      assert.equal(repeated.body.scope, 'read profile');
    });

    it('an unchanged form changes nothing', async () => {
      const done = await change(await open(agent, path), {});
      assert.match(words(done), says('authorizations.notice.unchanged'));
      assert.equal((await seen()).scope, 'read write profile');
    });

    it('an authorization with only the profile scope keeps it and has no organizers', async () => {
      const page = await open(agent, path);
      await change(page, { scopes: ['profile'], organizers: ['redstage'] });
      const now = await seen();
      assert.equal(now.scope, 'profile');
      assert.deepEqual(now.organizers, []);
      assert.deepEqual(offered(await open(agent, path), 'organizers'), []);
    });

    const nothings = {
      'no scope': { scopes: [] },
      'no organizer': { organizers: [] },
      'no scope, organizer or date': { scopes: [], organizers: [], end_date: 'x' },
    };
    for (const [name, values] of Object.entries(nothings)) {
      it(`with ${name}, the page asks before it revokes`, async () => {
        const asks = await change(await open(agent, path), values);
        assert.equal(asks.url.pathname, `${AUTHORIZATIONS}/${id}/revoke`);
        assert.match(
          words(asks),
          pattern`${says('revoke.nothing_left.title')} ${says('revoke.nothing_left.text')}`,
        );
        assert.ok(asks.body.includes(`href="${path}"`), 'the page links back');
        assert.equal((await seen()).scope, 'read write profile');
        assert.match(words(await confirm(agent, asks)), says('authorizations.notice.revoked'));
        assert.equal((await seen()).active, false);
      });
    }

    it('an end date means the end of that day in the user’s time zone', async () => {
      const done = await change(await open(agent, path), { end_date: '2097-12-31' });
      // In summer, Auckland is 13 hours ahead.
      assert.equal(await endsAt(), '2097-12-31T11:00:00.000Z');
      assert.match(
        words(done),
        pattern`${says('authorizations.ends')} 31 Dec 2097 ${says('authorizations.ends.own')}`,
      );
      assert.equal((await seen()).active, true);
      const page = await open(agent, path);
      assert.equal(endDate(page), '2097-12-31');
      await change(page, { end_date: '2097-06-30' });
      assert.equal(await endsAt(), '2097-06-30T12:00:00.000Z');
    });

    it('today is accepted as end date', async () => {
      const today = new Intl.DateTimeFormat('en-CA', { timeZone: AUCKLAND }).format(new Date());
      const done = await change(await open(agent, path), { end_date: today });
      assert.match(words(done), says('authorizations.notice.narrowed'));
      const end = Date.parse((await endsAt()) ?? '');
      assert.ok(end > Date.now() && end <= Date.now() + 25 * 3_600_000);
    });

    it('a past or invalid end date is refused, and the selection is kept', async () => {
      const page = await open(agent, path);
      const wrong = {
        '2020-01-01': says('change.error.end.past'),
        '0001-01-01': says('change.error.end.invalid'),
        '2097-02-29': says('change.error.end.invalid'),
        '2097-13-01': says('change.error.end.invalid'),
        '31.12.2097': says('change.error.end.invalid'),
        '20971-01-01': says('change.error.end.invalid'),
        '2097-01-01\0': says('change.error.end.invalid'),
        tomorrow: says('change.error.end.invalid'),
      };
      for (const [end_date, message] of Object.entries(wrong)) {
        const again = await change(page, { end_date, scopes: ['read'], organizers: ['redstage'] });
        assert.equal(again.status, 400, end_date);
        assert.match(words(again), message, end_date);
        assert.match(words(again), says('change.error.title'));
        assert.deepEqual(ticked(again, 'scopes'), ['read']);
        assert.deepEqual(ticked(again, 'organizers'), ['redstage']);
        assert.equal(endDate(again), end_date, 'the typed date is kept');
      }
      assert.equal((await seen()).scope, 'read write profile');
      assert.equal(await endsAt(), undefined);
    });

    it('a later end date, or removing an end date, is refused', async () => {
      await change(await open(agent, path), { end_date: '2090-06-30' });
      const page = await open(agent, path);
      const later = await change(page, { end_date: '2090-07-01' });
      assert.equal(later.status, 400);
      assert.match(words(later), says('change.error.end.later', { date: '30 Jun 2090' }));
      const none = await change(page, { end_date: '' });
      assert.equal(none.status, 400);
      assert.match(words(none), says('change.error.end.kept', { date: '30 Jun 2090' }));
      assert.equal(await endsAt(), '2090-06-30T12:00:00.000Z');
      await change(page, { end_date: '2090-06-30', scopes: ['read'] });
      assert.equal((await seen()).scope, 'read', 'the same day does not change the end');
    });

    it('a user who moved to another time zone keeps the exact end', async () => {
      await change(await open(agent, path), { end_date: '2090-06-30' });
      await putUser(server, { id: user.id, timezone: 'Pacific/Honolulu' });
      const done = await change(await open(agent, path), { scopes: ['read'] });
      assert.match(words(done), says('authorizations.notice.narrowed'));
      assert.equal(await endsAt(), '2090-06-30T12:00:00.000Z');
    });

    it('posting more scopes or organizers than granted is refused', async () => {
      await change(await open(agent, path), { scopes: ['read'], organizers: ['redstage'] });
      const page = await open(agent, path);
      const wider = [
        { scopes: ['read', 'write'] },
        { scopes: ['read', 'admin'] },
        { scopes: ['read\0'] },
        { organizers: ['redstage', 'bluehall'] },
        { organizers: ['greenarena'] },
        { organizers: ['redstage', '\0'] },
      ];
      for (const values of wider) {
        const again = await change(page, values);
        assert.equal(again.status, 409, JSON.stringify(values));
        assert.match(words(again), says('change.error.meanwhile.title'));
      }
      const now = await seen();
      assert.equal(now.scope, 'read');
      assert.deepEqual(now.organizers, ['redstage']);
    });

    it('a second tab shows what the first tab changed, and keeps its own selection', async () => {
      const [first, second] = [await open(agent, path), await open(agent, path)];
      await change(first, { organizers: ['redstage'] });
      const again = await change(second, { scopes: ['read', 'profile'] });
      assert.equal(again.status, 409);
      assert.match(
        words(again),
        pattern`${says('change.error.meanwhile.title')} ${says('change.error.meanwhile')}`,
      );
      assert.deepEqual(offered(again, 'organizers'), ['redstage']);
      assert.deepEqual(ticked(again, 'scopes'), ['read', 'profile']);
      assert.equal((await seen()).scope, 'read write profile');
      assert.match(words(await change(again, {})), says('authorizations.notice.narrowed'));
      assert.equal((await seen()).scope, 'read profile');
      const ended = await open(agent, path);
      await confirm(agent, await open(agent, `${AUTHORIZATIONS}/${id}/revoke`));
      assert.match(words(await change(ended, {})), says('authorizations.notice.already_revoked'));
    });

    it('the consent page marks the removed scope as new afterwards', async () => {
      await change(await open(agent, path), { scopes: ['read'], organizers: ['redstage'] });
      const url = new URL('/api/v1/oauth/authorize', server.issuer);
      url.search = new URLSearchParams({
        response_type: 'code',
        client_id: application.clientId,
        redirect_uri: application.redirectUri,
        scope: 'read write',
        code_challenge: 'c'.repeat(43),
        code_challenge_method: 'S256',
      }).toString();
      const page = await agent.get(url);
      assert.match(words(page), pattern`${says('consent.new')} : ${scopeText('write')}`);
      assert.deepEqual(ticked(page, 'organizers'), ['redstage']);
    });
  });
}

function endDate(page: Page): string | undefined {
  return findForm(page, ['end_date']).fields.find(({ name }) => name === 'end_date')?.value;
}
