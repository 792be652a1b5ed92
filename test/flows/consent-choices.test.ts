import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { sql } from 'kysely';
import { countStatements } from '../support/count-statements.ts';
import {
  putTeam,
  putUser,
  registerApplication,
  type TestApplication,
  type TestUser,
} from '../support/factories.ts';
import { withPlatform } from '../support/fixture.ts';
import { authorizationUrl, decide, requestOf, signIn } from '../support/flow.ts';
import { mailsTo } from '../support/mail-folder.ts';
import { says, textFor } from '../support/texts.ts';
import { introspect, obtainTokens, refresh } from '../support/tokens.ts';
import {
  type FormValues,
  findForm,
  offered,
  type Page,
  showsForm,
  describe as textOf,
  ticked,
  UserAgent,
} from '../support/user-agent.ts';

const DAY = 86_400_000;
const EDITOR = ['can_view_orders', 'can_change_orders'];

describe('Choices on the consent page', () => {
  const { server, platform } = withPlatform({
    PERMISSIONS: 'can_view_orders,can_change_orders,can_scan_tickets,orders:read',
    PERMISSION_TEXTS: '{"orders:read": {"en": "read all orders"}}',
  });
  let application: TestApplication;
  let user: TestUser;
  let users = 0;

  beforeEach(async () => {
    users += 1;
    user = await putUser(server, { id: `user${users}` });
    application = await registerApplication(server, { owner: 'ben', clientType: 'public' });
  });

  const join = (
    organizer: string,
    permissions: readonly string[] = EDITOR,
    limitEvents?: readonly string[],
  ) =>
    putTeam(server, {
      organizer,
      id: `${user.id}-${permissions.length}`,
      permissions,
      members: [user.id],
      ...(limitEvents && { limitEvents }),
    });

  /** Opens the consent page in a new browser. */
  const ask = async (scope = 'read write profile'): Promise<{ agent: UserAgent; page: Page }> => {
    const agent = new UserAgent(server);
    const url = authorizationUrl(server, requestOf(application, { scope }));
    const page = await signIn(agent, await agent.get(url), user);
    assert.ok(showsForm(page, 'decision'), textOf(page));
    return { agent, page };
  };

  /** Posts only these fields, as a script does. */
  const post = (agent: UserAgent, page: Page, fields: FormValues): Promise<Page> => {
    const body = new URLSearchParams();
    const csrf = findForm(page, ['csrf']).fields.find(({ name }) => name === 'csrf')?.value ?? '';
    for (const [name, value] of Object.entries({ csrf, decision: 'allow', ...fields })) {
      for (const one of [value].flat()) {
        body.append(name, one);
      }
    }
    const headers = { origin: new URL(server.issuer).origin };
    return agent.request(page.url, { method: 'POST', body, headers });
  };

  const tokensFor = (scope: string, organizers: readonly string[]) =>
    obtainTokens(server, { application, user, scope, organizers });

  const isActive = async ({ accessToken }: { readonly accessToken: string }) =>
    (await introspect(server, platform.resourceServer, accessToken)).body.active;

  const grants = () =>
    server.database.db
      .selectFrom('grants')
      .select(['id', 'scopes', 'ends_at', 'revocation_reason'])
      .where('user_id', '=', user.id)
      .orderBy('created_at')
      .execute();

  const entries = () =>
    server.database.db
      .selectFrom('audit_events')
      .select(['action', 'grant_id', 'data'])
      .where('user_id', '=', user.id)
      .where('action', 'in', ['stagedoor.user.oauth.authorized', 'stagedoor.user.oauth.revoked'])
      .orderBy('id')
      .execute();

  const assertRefused = async (page: Page, error: RegExp) => {
    assert.equal(page.status, 400, textOf(page));
    assert.match(page.body, error);
  };

  describe('permissions of the user', () => {
    it('are listed under each organizer, with those for some events', async () => {
      await join('redstage', ['can_view_orders', 'can_scan_tickets', 'orders:read']);
      await join('bluehall', ['can_view_orders']);
      await join('bluehall', EDITOR, ['fair']);
      await join('greenarena', []);
      const { page } = await ask();
      const edit = textFor('consent.may.some', { permission: 'edit orders' });
      for (const list of [
        'view orders, scan tickets, and read all orders',
        `view orders and ${edit}`,
      ]) {
        assert.ok(page.body.includes(textFor('consent.may', { list })), list);
      }
      assert.match(page.body, says('consent.may.nothing'));
    });

    it('that only allow viewing disable scopes that write, and such a form is refused', async () => {
      await join('redstage', ['can_view_orders', 'orders:read']);
      const { agent, page } = await ask();
      assert.deepEqual(ticked(page, 'scopes'), ['read', 'profile']);
      assert.match(page.body, /value="write"[^>]* disabled/);
      const choice = { scopes: ['read', 'write'], organizers: ['redstage'] };
      const refused = await post(agent, page, choice);
      await assertRefused(refused, says('consent.error.scopes.empty'));
      assert.deepEqual(await grants(), []);
      await join('bluehall');
      const allowed = await post(agent, refused, choice);
      assert.ok(allowed.leavesTo?.searchParams.get('code'), textOf(allowed));
    });

    it('of a user without any do not disable a scope: the platform may state none', async () => {
      await join('redstage', []);
      const { page } = await ask();
      assert.deepEqual(ticked(page, 'scopes'), ['read', 'write', 'profile']);
      assert.doesNotMatch(page.body, says('consent.may.nothing'));
    });

    it('of a user without organizers leave the profile, alone', async () => {
      const { agent, page } = await ask('read profile');
      assert.deepEqual(ticked(page, 'scopes'), ['profile']);
      const refused = await post(agent, page, { scopes: ['read', 'profile'] });
      await assertRefused(refused, says('consent.error.scopes.empty'));
      const allowed = await decide(agent, refused, { scopes: ['profile'] });
      assert.ok(allowed.leavesTo?.searchParams.get('code'), textOf(allowed));
      assert.deepEqual(
        (await grants()).map(({ scopes }) => scopes),
        [['profile']],
      );
    });
  });

  describe('the only organizer', () => {
    it('is selected and named in the button', async () => {
      await join('redstage');
      const { page } = await ask();
      assert.deepEqual(ticked(page, 'organizers'), ['redstage']);
      const organizer = '<bdi>Red Stage</bdi>';
      assert.ok(page.body.includes(`>${textFor('consent.allow.only', { organizer })}</button>`));
    });

    it('is neither, if the user joined it after an earlier consent', async () => {
      await join('redstage');
      await tokensFor('read', ['redstage']);
      await putTeam(server, { organizer: 'redstage', id: `${user.id}-2`, members: [] });
      await join('bluehall');
      const { page } = await ask();
      assert.deepEqual(ticked(page, 'organizers'), []);
      assert.doesNotMatch(page.body, /<bdi>Blue Hall<\/bdi><\/button>/);
    });
  });

  describe('an end', () => {
    beforeEach(() => join('redstage'));

    it('is not set by default, nor by a form without the field', async () => {
      const page = await ask();
      assert.ok((await decide(page.agent, page.page)).leavesTo);
      const script = await ask();
      const choice = { scopes: 'read', organizers: 'redstage', previous: 'keep' };
      assert.ok((await post(script.agent, script.page, choice)).leavesTo);
      assert.deepEqual(
        (await grants()).map(({ ends_at }) => ends_at),
        [null, null],
      );
    });

    for (const [ends, days] of [
      ['30_days', 30],
      ['1_day', 1],
    ] as const) {
      it(`${ends} bounds the grant and is in log and mail`, async () => {
        const { agent, page } = await ask();
        const started = Date.now();
        const answer = await agent.submit(page, { decision: 'allow', ends }, 'decision');
        assert.ok(answer.leavesTo, textOf(answer));
        const end = (await grants())[0]?.ends_at ?? assert.fail();
        const late = end.getTime() - started - days * DAY;
        assert.ok(late >= 0 && late < 60_000, String(late));
        assert.equal((await entries())[0]?.data.ends_at, end.toISOString());
        const [mail] = await mailsTo(server, user.email);
        assert.match(mail?.text ?? '', says('mail.label.ends'));
      });
    }

    it('is the end of the tokens, and of their refreshes', async () => {
      const tokens = await tokensFor('read', ['redstage']);
      const id = (await grants())[0]?.id ?? '';
      const soon = new Date(Date.now() + 60_000);
      const { db } = server.database;
      await db.updateTable('grants').set({ ends_at: soon }).where('id', '=', id).execute();
      const { body } = await refresh(server, application, tokens.refreshToken);
      assert.ok(Number(body.expires_in) <= 60, JSON.stringify(body));
    });

    for (const ends of ['2020-01-01', '2999-12-31', '-1_day', '31_days', 'constructor', 'never ']) {
      it(`${JSON.stringify(ends)} is refused`, async () => {
        const { agent, page } = await ask();
        const answer = await agent.submit(page, { decision: 'allow', ends }, 'decision');
        assert.equal(answer.status, 400);
        assert.deepEqual(await grants(), []);
      });
    }
  });

  describe('earlier authorizations', () => {
    beforeEach(async () => {
      await join('redstage');
      await join('bluehall');
    });
    const ALL = ['redstage', 'bluehall'];

    const less = {
      scopes: { scopes: ['read'], organizers: ALL },
      organizers: { scopes: ['read', 'write', 'profile'], organizers: ['redstage'] },
      time: { scopes: ['read', 'write', 'profile'], organizers: ALL, ends: '1_day' },
    };
    for (const [what, choice] of Object.entries(less)) {
      it(`that allow more ${what} are replaced, with one mail and a log entry each`, async () => {
        const first = await tokensFor('read write profile', ALL);
        const second = await tokensFor('read write profile', ALL);
        const { agent, page } = await ask();
        const answer = await agent.submit(page, { decision: 'allow', ...choice }, 'decision');
        assert.ok(answer.leavesTo, textOf(answer));
        assert.deepEqual([await isActive(first), await isActive(second)], [false, false]);
        const refused = await refresh(server, application, first.refreshToken);
        assert.equal(refused.body.error_description, 'replaced');
        const reasons = (await grants()).map(({ revocation_reason }) => revocation_reason);
        assert.deepEqual(reasons, ['replaced', 'replaced', null]);
        const replaced = (await grants()).slice(0, 2).map(({ id }) => id);
        const log = (await entries()).slice(2);
        const ended = log.filter(({ action }) => action.endsWith('revoked'));
        assert.deepEqual(sorted(ended.map(({ grant_id }) => grant_id)), sorted(replaced));
        assert.deepEqual(sorted(log.at(-1)?.data.replaced), sorted(replaced));
        assert.equal(log.at(-1)?.data.replaced_count, 2);
        const mails = await server.database.db
          .selectFrom('mail_outbox')
          .select('data')
          .where('recipient', '=', user.email)
          .where('kind', '=', 'authorized')
          .execute();
        assert.deepEqual(mails.map(({ data }) => data.replaced).sort(), [0, 0, 2]);
      });
    }

    it('are kept if the user says so', async () => {
      const tokens = await tokensFor('read write', ALL);
      const { agent, page } = await ask();
      await decide(agent, page, { scopes: ['read'], previous: 'keep' });
      assert.equal(await isActive(tokens), true);
      assert.equal((await entries()).length, 2);
    });

    it('are replaced by a form that does not say', async () => {
      const tokens = await tokensFor('read write', ALL);
      const { agent, page } = await ask();
      const answer = await post(agent, page, { scopes: 'read', organizers: ALL });
      assert.ok(answer.leavesTo, textOf(answer));
      assert.equal(await isActive(tokens), false);
    });

    for (const previous of ['replace', 'keep']) {
      it(`stay if they allow no more, on two devices, also with previous=${previous}`, async () => {
        const tokens = await tokensFor('read write', ['redstage']);
        const { agent, page } = await ask('read write');
        const values = { decision: 'allow', organizers: ALL, previous };
        assert.ok((await agent.submit(page, values, 'decision')).leavesTo);
        const again = await ask('read write');
        const same = { ...values, organizers: ALL };
        assert.ok((await again.agent.submit(again.page, same, 'decision')).leavesTo);
        assert.equal(await isActive(tokens), true);
        const reasons = (await grants()).map(({ revocation_reason }) => revocation_reason);
        assert.deepEqual(reasons, [null, null, null]);
      });
    }

    it('of other users and applications stay', async () => {
      const own = await tokensFor('read write', ALL);
      application = await registerApplication(server, { owner: 'ben', clientType: 'public' });
      const other = await tokensFor('read write', ALL);
      const { agent, page } = await ask();
      await decide(agent, page, { scopes: ['profile'], organizers: [] });
      assert.deepEqual([await isActive(own), await isActive(other)], [true, false]);
    });

    it('that were given in another tab meanwhile are asked about first', async () => {
      const { agent, page } = await ask();
      assert.deepEqual(offered(page, 'previous'), []);
      const tokens = await tokensFor('read write', ALL);
      const asked = await decide(agent, page, { scopes: ['read'], previous: 'replace' });
      await assertRefused(asked, says('consent.error.previous.changed'));
      assert.deepEqual(ticked(asked, 'previous'), ['replace']);
      assert.equal(await isActive(tokens), true);
      const answer = await decide(agent, asked, { scopes: ['read'] });
      assert.ok(answer.leavesTo, textOf(answer));
      assert.equal(await isActive(tokens), false);
    });

    it('that count again since the page was opened are asked about first', async () => {
      const tokens = await tokensFor('read write', ALL);
      await putTeam(server, { organizer: 'bluehall', id: `${user.id}-2`, members: [] });
      const { agent, page } = await ask('read write');
      await join('bluehall');
      const asked = await decide(agent, page, { scopes: ['read', 'write'] });
      await assertRefused(asked, says('consent.error.previous.changed'));
      assert.equal(await isActive(tokens), true);
      const choice = { scopes: ['read', 'write'], organizers: ['redstage'] };
      assert.ok((await decide(agent, asked, choice)).leavesTo);
      assert.equal(await isActive(tokens), false);
    });

    it('are replaced by consents at the same moment, one after the other', async () => {
      for (let round = 0; round < 5; round += 1) {
        const pages = [await ask(), await ask()];
        // Each allows something that the other does not.
        const choices = [{ scopes: ['read', 'write'], ends: '1_day' }, { scopes: ['read'] }];
        const answers = await Promise.all(
          pages.map(({ agent, page }, n) => post(agent, page, { organizers: ALL, ...choices[n] })),
        );
        // The one that was replaced before it got a code is asked once more.
        assert.ok(answers.some(({ leavesTo }) => leavesTo !== undefined));
        const live = (await grants()).filter(({ revocation_reason: reason }) => reason === null);
        assert.equal(live.length, 1);
      }
    });

    it('are replaced by the same statements, however many they are', async () => {
      await tokensFor('read write', ALL);
      const { db } = server.database;
      await sql`
        insert into grants (id, user_id, client_id, scopes, expires_at)
        select 'copy ' || n || user_id, user_id, client_id, scopes, expires_at
        from grants, generate_series(1, 300) n where user_id = ${user.id}
      `.execute(db);
      const { agent, page } = await ask();
      const requests = await countStatements(() => decide(agent, page, { scopes: ['read'] }));
      const texts = requests.flatMap((request) => request.texts);
      assert.ok(texts.length < 25, texts.join('\n'));
      const [last, ...earlier] = (await grants()).reverse();
      assert.equal(last?.revocation_reason, null);
      assert.ok(earlier.every(({ revocation_reason: reason }) => reason === 'replaced'));
      const ended = (await entries()).filter(({ action }) => action.endsWith('revoked'));
      assert.equal(new Set(ended.map(({ grant_id: id }) => id)).size, 301);
      assert.ok(ended.every(({ data }) => data.reason === 'replaced' && data.application));
      const { data } = (await entries()).at(-1) ?? assert.fail();
      assert.deepEqual([data.replaced_count, Object(data.replaced).length], [301, 20]);
      assert.match(
        (await agent.get('/account/activity')).body,
        says('activity.detail.replaced.count', { count: 301 }),
      );
    });

    it('stay if the form is refused or denied', async () => {
      const tokens = await tokensFor('read write', ALL);
      const { agent, page } = await ask();
      const foreign = { scopes: 'read', organizers: ['redstage', 'greenarena'] };
      await assertRefused(
        await post(agent, page, { ...foreign, previous: 'replace' }),
        says('consent.error.organizers.foreign'),
      );
      const odd = await post(agent, page, {
        scopes: 'read',
        organizers: 'redstage',
        previous: 'x',
      });
      assert.equal(odd.status, 400);
      await decide(agent, page, { scopes: ['read'], decision: 'deny' });
      assert.equal(await isActive(tokens), true);
      assert.equal((await grants()).length, 1);
    });

    it('are not live after a refresh at the same moment', async () => {
      for (let round = 0; round < 5; round += 1) {
        const tokens = await tokensFor('read write', ALL);
        const { agent, page } = await ask();
        const [answer, refreshed] = await Promise.all([
          decide(agent, page, { scopes: ['read'] }),
          refresh(server, application, tokens.refreshToken),
        ]);
        assert.ok(answer.leavesTo, textOf(answer));
        const accessToken = refreshed.body.access_token ?? tokens.accessToken;
        assert.equal(await isActive({ accessToken }), false);
        assert.equal(await isActive(tokens), false);
        const refreshToken = refreshed.body.refresh_token ?? tokens.refreshToken;
        assert.equal((await refresh(server, application, refreshToken)).status, 400);
      }
    });
  });
});

function sorted(list: unknown): unknown[] {
  assert.ok(Array.isArray(list), String(list));
  return list.toSorted();
}
