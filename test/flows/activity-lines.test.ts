import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sql } from 'kysely';
import {
  ACTIVITY,
  addEntries,
  countOf,
  entriesOf,
  linesOf,
  linkOf,
  signedIn,
  textOf,
  walk,
} from '../support/activity-log.ts';
import { PAGE_ENGINE_VARIABLES } from '../support/engines.ts';
import { putUser, registerApplication } from '../support/factories.ts';
import { withPlatform } from '../support/fixture.ts';
import { manage } from '../support/platform.ts';
import { pattern, says, textFor } from '../support/texts.ts';
import { findForm } from '../support/user-agent.ts';

for (const [engine, overrides] of Object.entries(PAGE_ENGINE_VARIABLES)) {
  describe(`Lines of the activity log on ${engine}:`, () => {
    const { server, platform } = withPlatform(overrides);

    it('has 50 lines a page, and an invalid cursor shows the first page', async () => {
      const user = await putUser(server, { id: 'paula' });
      const agent = await signedIn(server, user);
      await addEntries(server, user.id, 118);
      const pages = await walk(agent, ACTIVITY);
      // 118 entries, plus the created account and the sign-in.
      assert.deepEqual(
        pages.map((page) => entriesOf(page).length),
        [50, 50, 20],
      );
      const [first, second, last] = pages.map((page) => `${page.url.pathname}${page.url.search}`);
      assert.deepEqual(
        pages.map((page) => linkOf(page, 'prev')),
        [undefined, first, second],
      );
      assert.equal(last?.split('_').length, 2);
      for (const odd of ['0', '-1', 'x', '1.', '.1', `1.1_${'9'.repeat(20)}.1`, '', '%00', '_']) {
        const page = await agent.get(`${ACTIVITY}?cursor=${odd}`);
        assert.deepEqual(entriesOf(page), entriesOf(pages[0] ?? page), odd);
      }
      const beyond = await agent.get(`${ACTIVITY}?cursor=1.1`);
      assert.match(beyond.body, says('activity.empty.page.title'));
      assert.match(beyond.body, /<a class="button outline" href="\/account\/activity">/);
    });

    it('folds equal entries of a day in a row, and shows each once on the way through all pages', async () => {
      const user = await putUser(server, { id: 'folke', timezone: 'Asia/Tokyo' });
      const agent = await signedIn(server, user);
      const { db } = server.database;
      await sql`update users set created_at = now() - interval '30 years' where id = 'folke'`.execute(
        db,
      );
      await sql`
        insert into audit_events (action, actor, user_id, client_id, happened_at, data)
        select 'stagedoor.user.oauth.revoked', 'user:folke', 'folke', 'app-1',
          '2026-02-01T12:00:00Z',
          jsonb_build_object('application', 'App 1', 'reason', 'replaced')
        from generate_series(1, 10050)
        union all
        select 'stagedoor.user.sign_in_failed', 'system', 'folke', null, time, '{}'
        from unnest(array['2026-01-31 14:00Z', '2026-01-31 14:59Z', '2026-01-31 15:01Z']::timestamptz[]) time
        union all
        select 'stagedoor.user.oauth.denied', 'user:folke', 'folke', 'app-' || n % 3 / 2,
          '2026-01-15T12:00:00Z'::timestamptz - n * interval '1 minute',
          jsonb_build_object('application', 'App ' || n % 3 / 2)
        from generate_series(1, 180) n
      `.execute(db);

      const first = await agent.get(ACTIVITY);
      const failed = textFor('activity.sign_in_failed');
      const heads = linesOf(first).map((html) => [
        textOf(/<span class="sentence">(.*?)<\/span>/.exec(html)?.[1] ?? ''),
        countOf(html),
      ]);
      assert.deepEqual(
        heads.slice(2, 5),
        [
          [textFor('activity.replaced', { application: 'App 1' }), 10_050],
          [failed, 1],
          [failed, 2],
        ],
        'a line ends with the day of the user',
      );
      assert.ok(heads.length === 50);

      for (const [query, count] of [
        ['', 10_235],
        ['?kind=sign_ins', 4],
        ['?application=app-1', 10_110],
        ['?from=2026-01-15&to=2026-01-15', 180],
        ['?kind=authorizations&from=2026-02-01', 10_050],
        ['?single=true&to=2026-01-31', 182],
      ] as const) {
        const pages = await walk(agent, `${ACTIVITY}${query}`);
        const counts = pages.flatMap((page) => linesOf(page).map(countOf));
        assert.equal(
          counts.reduce((sum, one) => sum + one, 0),
          count,
          query,
        );
        assert.ok(
          pages.every((page) => linesOf(page).length <= 50),
          query,
        );
        assert.equal(
          counts.every((one) => one === 1),
          query.includes('single'),
          query,
        );
      }

      const all = /<a href="([^"]*)">/.exec(
        linesOf(first)
          .find((html) => countOf(html) > 20)
          ?.split('</ol>')[1] ?? '',
      )?.[1];
      const singles = await agent.get(all?.replaceAll('&amp;', '&') ?? '');
      assert.equal(linesOf(singles).length, 50);
      assert.equal(entriesOf(singles)[0]?.sentence, heads[2]?.[0]);
      assert.match(singles.body, says('activity.filter.single'));
    });

    it('filters by application and kind on every page, and ignores unknown values', async () => {
      const user = await putUser(server, { id: 'fritz' });
      const agent = await signedIn(server, user);
      await addEntries(server, user.id, 120);
      const found = (query: string) => agent.get(`${ACTIVITY}${query}`);
      const page = await found('');
      const form = findForm(page, ['application', 'kind']);
      assert.equal(form.method, 'get');
      assert.match(page.body, /<option value="app-1">App 1<\/option>/);
      assert.doesNotMatch(page.body, /Box Office Sync/, 'no other applications');

      const chosen = await agent.submit(page, { application: 'app-1', kind: 'authorizations' });
      assert.equal(chosen.url.searchParams.get('application'), 'app-1');
      assert.deepEqual(linesOf(chosen).map(countOf), [60], 'equal once others are left out');
      assert.match(chosen.body, /<option value="app-1" selected>/);
      assert.match(chosen.body, /<option value="authorizations" selected>/);
      const pages = await walk(agent, `${chosen.url.pathname}${chosen.url.search}&single=true`);
      assert.match(
        linkOf(pages[0] ?? page, 'next') ?? '',
        /\?kind=authorizations&application=app-1&/,
      );
      assert.deepEqual(
        pages.map((one) => linesOf(one).length),
        [50, 10],
      );
      assert.ok(pages.flatMap(entriesOf).every(({ sentence }) => sentence.includes('App 1')));

      const kinds = {
        sign_ins: [textFor('activity.signed_in')],
        account: [textFor('activity.user_created')],
      };
      for (const [kind, sentences] of Object.entries(kinds)) {
        const told = entriesOf(await found(`?kind=${kind}`)).map(({ sentence }) => sentence);
        assert.deepEqual(told, sentences);
      }
      const nothing = await found('?kind=applications');
      assert.match(nothing.body, says('activity.empty.filtered.title'));
      assert.match(nothing.body, pattern`href="/account/activity">${says('list.clear')}`);
      const all = entriesOf(page);
      for (const unknown of [
        `?application=${platform.application.clientId}`,
        '?application=nobody&kind=nothing',
        '?kind=toString',
        '?kind=account&kind=sign_ins',
        '?application=%00%27%3B',
      ]) {
        assert.deepEqual(entriesOf(await found(unknown)), all, unknown);
      }
    });

    it('filters by organizer and by days in the user’s time zone, on the page and in downloads', async () => {
      const user = await putUser(server, { id: 'oskar', timezone: 'Pacific/Auckland' });
      const agent = await signedIn(server, user);
      const { db } = server.database;
      await sql`update users set created_at = now() - interval '30 years' where id = 'oskar'`.execute(
        db,
      );
      const { clientId } = platform.application;
      await sql`
        insert into grants (id, user_id, client_id, scopes, expires_at, revoked_at, revocation_reason)
        values ('oskars', 'oskar', ${clientId}, '{read}', now(), now(), 'revoked_by_user')
      `.execute(db);
      await sql`insert into grant_organizers values ('oskars', 'redstage')`.execute(db);
      const red = { organizers: [{ slug: 'redstage', name: 'Red Stage' }] };
      const entries = [
        ['2026-03-01T10:59:59Z', 'authorized', null, { application: 'A', ...red }],
        [
          '2026-03-01T11:00:00Z',
          'narrowed',
          null,
          { application: 'A', removed_organizers: red.organizers },
        ],
        [
          '2026-03-02T10:59:59Z',
          'revoked',
          'oskars',
          { application: 'A', reason: 'revoked_by_user' },
        ],
        ['2026-03-02T11:00:00Z', 'denied', null, { application: 'A' }],
      ] as const;
      for (const [at, action, grant, data] of entries) {
        await sql`
          insert into audit_events (happened_at, action, actor, user_id, grant_id, data)
          values (${at}, ${`stagedoor.user.oauth.${action}`}, 'user:oskar', 'oskar', ${grant},
            ${JSON.stringify(data)}::jsonb)
        `.execute(db);
      }
      const form = await agent.get(ACTIVITY);
      assert.match(form.body, /<option value="redstage">Red Stage<\/option>/);
      const expect = async (query: string, actions: readonly string[]) => {
        const page = await agent.get(`${ACTIVITY}?${query}`);
        const json = await agent.get(`${ACTIVITY}.json?${query}`);
        const csv = await agent.get(`${ACTIVITY}.csv?${query}`);
        const found = JSON.parse(json.body).map(({ action }: { action: string }) =>
          action.split('.').at(-1),
        );
        assert.deepEqual(found, actions, query);
        assert.equal(entriesOf(page).length, actions.length, query);
        assert.equal(csv.body.trim().split('\r\n').length, actions.length + 1, query);
        for (const download of [`${ACTIVITY}.json`, `${ACTIVITY}.csv`]) {
          assert.ok(page.body.includes(`${download}?`), query);
        }
        return page;
      };
      await expect('organizer=redstage', ['revoked', 'narrowed', 'authorized']);
      await expect('from=2026-03-02&to=2026-03-02', ['revoked', 'narrowed']);
      const page = await expect('from=2026-03-02&to=2026-03-01', [
        'revoked',
        'narrowed',
        'authorized',
      ]);
      assert.match(page.body, says('activity.filter.from.set', { day: '1 Mar 2026' }));
      await expect('organizer=redstage&to=2026-03-01', ['authorized']);
      for (const odd of [
        '2026-02-30',
        'x',
        '20260301',
        '%00',
        '2026-03-01&from=2026-03-02',
        '1969-12-31',
        '3000-01-01',
      ]) {
        const answer = await agent.get(`${ACTIVITY}?from=${odd}`);
        assert.equal(answer.status, 200, odd);
        assert.match(answer.body, says('activity.filter.invalid'), odd);
        assert.equal(entriesOf(answer).length, 6, odd);
      }
    });

    it('shows a warning also if a harmless change of the same account follows', async () => {
      const agent = await signedIn(server, await putUser(server, { id: 'wanda' }));
      await putUser(server, { id: 'wanda', email: 'other@example.com' });
      await putUser(server, { id: 'wanda', email: 'other@example.com', fullName: 'Wanda W.' });
      await putUser(server, { id: 'wanda', email: 'other@example.com', fullName: 'Wanda V.' });
      const changed = textFor('activity.user_changed');
      const page = await agent.get(ACTIVITY);
      const lines = linesOf(page).flatMap((html, at) =>
        entriesOf(page)[at]?.sentence === changed
          ? [[countOf(html), textOf(html).includes(textFor('activity.advice.identity'))]]
          : [],
      );
      assert.deepEqual(lines, [
        [2, false],
        [1, true],
      ]);
    });

    it('says what to do about an alarming entry, as long as it can be done', async () => {
      const user = await putUser(server, { id: 'alma' });
      const agent = await signedIn(server, user);
      const { clientId } = await registerApplication(server, { owner: 'alma', name: 'Own App' });
      const path = `/api/v1/applications/${clientId}/`;
      await manage(server, 'POST', `${path}suspend/`, { reason: 'Too many requests' });
      await sql`
        insert into audit_events (action, actor, user_id, client_id, data) values
        ('stagedoor.user.oauth.revoked', 'system', 'alma', 'x', '{"reason": "reuse_detected"}'),
        ('stagedoor.application.secret_deleted', 'system', 'alma', ${clientId}, '{"reason": "leaked"}'),
        ('stagedoor.application.secret_deleted', 'system', 'alma', 'another', '{"reason": "leaked"}')
      `.execute(server.database.db);
      const advised = async () =>
        linesOf(await agent.get(ACTIVITY)).flatMap((html) => {
          const [, tone, rest = ''] = /^ (\w+)"([\s\S]*)/.exec(html) ?? [];
          return tone === undefined
            ? []
            : [[tone, /class="advice">.*?href="([^"]*)"/.exec(rest)?.[1]]];
        });
      const reuse = ['alarm', '/account/authorizations'];
      const own = `/account/applications/${clientId}`;
      const leak = ['alarm', `${own}/credentials`];
      assert.deepEqual(await advised(), [leak, reuse, ['alarm', own]]);
      await manage(server, 'POST', `${path}resume/`);
      assert.deepEqual(await advised(), [leak, reuse]);
    });
  });
}
