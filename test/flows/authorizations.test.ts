import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sql } from 'kysely';
import {
  AUTHORIZATIONS,
  addGrants,
  ageGrant,
  confirm,
  grantIds,
  newestGrant,
  open,
  withAuthorizations,
  words,
} from '../support/authorizations.ts';
import { countStatements } from '../support/count-statements.ts';
import { registerApplication } from '../support/factories.ts';
import { authorize } from '../support/flow.ts';
import { pattern, says, scopeText, textFor } from '../support/texts.ts';
import { refresh } from '../support/tokens.ts';
import { UserAgent } from '../support/user-agent.ts';

describe('Authorizations page', () => {
  const { server, platform, user, application, allow, isActive } = withAuthorizations();

  it('shows 50 grants per page, in the order of the whole list', async () => {
    const { agent } = (await allow()).authorization;
    const other = await registerApplication(server, { owner: 'ben', name: `App of ${user.id}` });
    const { clientId } = application;
    await sql`
      insert into grants (id, user_id, client_id, scopes, created_at, expires_at)
      select ${user.id} || 'g' || n, ${user.id},
        case when n <= 20 then ${other.clientId} else ${clientId} end, '{read}',
        now() - n * interval '1 minute', now() + interval '1 day'
      from generate_series(1, 119) n
    `.execute(server.database.db);
    const first = await open(agent, AUTHORIZATIONS);
    const second = await open(agent, `${AUTHORIZATIONS}?page=2`);
    const last = await open(agent, `${AUTHORIZATIONS}?page=3`);
    const listed = [first, second, last].map(grantIds);
    assert.deepEqual(
      listed.map((ids) => ids.length),
      [50, 50, 20],
    );
    const expected = Array.from({ length: 119 }, (_, n) => `${user.id}g${n + 1}`);
    const ids = listed.flat();
    assert.deepEqual(ids.slice(0, 20), expected.slice(0, 20));
    assert.deepEqual(ids.slice(21), expected.slice(20));
    assert.match(second.body, /href="\/account\/authorizations" rel="prev"/);
    assert.match(second.body, /href="\/account\/authorizations\?page=3" rel="next"/);
    assert.match(words(second), says('authorizations.page', { page: 2, pages: 3 }));
    // The button is about all grants of the application, also those on other pages.
    const all = { application: application.name, count: 100 };
    assert.match(second.body, says('authorizations.revoke_all_of', all));
    assert.equal(grantIds(await open(agent, `${AUTHORIZATIONS}?page=9`)).length, 20);
    const byDate = await open(agent, `${AUTHORIZATIONS}?sort=granted`);
    assert.match(byDate.body, /\?sort=granted&(amp;)?page=2" rel="next"/);
    const writing = await open(agent, `${AUTHORIZATIONS}?can=edit`);
    assert.deepEqual(grantIds(writing), [ids[20]]);
    assert.match(writing.body, says('authorizations.revoke_all_of', all));
    await sql`
      update grants set last_used_at = now() - interval '1 hour' where id = ${`${user.id}g119`}
    `.execute(server.database.db);
    const used = await open(agent, `${AUTHORIZATIONS}?sort=used`);
    assert.deepEqual(grantIds(used).slice(0, 3), [ids[20], `${user.id}g119`, ids[21]]);
    const usedLast = await open(agent, `${AUTHORIZATIONS}?sort=used&page=3`);
    assert.deepEqual(grantIds(usedLast), expected.slice(0, 20));
  });

  it('all grants of an application end by a few statements, each with its log entry', async () => {
    const { authorization, accessToken } = await allow();
    await addGrants(server, user.id, application.clientId, 120);
    const { agent } = authorization;
    const path = `${AUTHORIZATIONS}/applications/${application.clientId}/revoke`;
    const asks = await open(agent, path);
    assert.match(words(asks), says('revoke.application.more', { count: 71 }));
    assert.match(words(asks), says('revoke.application.submit', { count: 121 }));
    const [revocation] = await countStatements(() => confirm(agent, asks));
    const sent = revocation?.sendings ?? 0;
    assert.ok(sent > 0 && sent < 20, `${sent} statements`);
    assert.equal(await isActive(accessToken), false);
    assert.deepEqual(grantIds(await list(agent)), []);
    const { rows } = await sql<{ entries: number; grants: number; names: string[] }>`
      select count(*)::int as entries, count(distinct grant_id)::int as grants,
        array_agg(distinct data ->> 'application') as names
      from audit_events where user_id = ${user.id} and action = 'stagedoor.user.oauth.revoked'
        and ip is not null and data ->> 'reason' = 'revoked_by_user'
    `.execute(server.database.db);
    assert.deepEqual(rows, [{ entries: 121, grants: 121, names: [application.name] }]);
  });

  it('shows one entry per grant, not per token, with scopes in words', async () => {
    const tokens = await allow({ scope: 'read profile', organizers: ['redstage'] });
    const { agent } = tokens.authorization;
    const renewed = await refresh(server, application, tokens.refreshToken);
    assert.equal(renewed.status, 200);
    const again = await allow({ scope: 'read', agent, parameters: {} });
    assert.equal(again.authorization.sawConsent, false, 'the same grant, on a second device');
    const page = await open(agent, AUTHORIZATIONS);
    assert.equal(grantIds(page).length, 1);
    const text = words(page);
    assert.match(
      text,
      pattern`${application.name} Ben Example ${says('authorizations.can.view')} ${says('authorizations.can.profile')} ${says('authorizations.organizers.count', { count: 1 })} ${says('authorizations.used.today')} ${says('authorizations.homepage')} ${says('authorizations.granted_on')}`,
    );
    assert.match(
      text,
      pattern`${scopeText('read')} .*${scopeText('profile')} .*${says('authorizations.organizers', { count: 1 })} Red Stage`,
    );
    assert.doesNotMatch(text, pattern`${scopeText('write')}|Blue Hall`);
    assert.match(
      text,
      pattern`${says('authorizations.used')} \d+ \w+ 20\d\d, \d\d:\d\d ${says('authorizations.used.from', { network: '127.0.0.x' })}`,
    );
    assert.match(
      text,
      pattern`${says('authorizations.ends')} \d+ \w+ 20\d\d, \d\d:\d\d ${says('authorizations.ends.idle')}`,
    );
    assert.match(page.body, /href="https:\/\/app\.example\.com\/"/);
  });

  it('shows an empty state if there is no authorization', async () => {
    const { authorization } = await allow();
    const { agent } = authorization;
    const page = await open(agent, `${AUTHORIZATIONS}/${grantIds(await list(agent))[0]}/revoke`);
    assert.match(words(await confirm(agent, page)), says('authorizations.empty.title'));
  });

  it('shows an approximate network of the last use, and the end date with its origin', async () => {
    const { authorization } = await allow();
    const { agent } = authorization;
    const [id = ''] = grantIds(await list(agent));
    await ageGrant(server, id, { granted: 5, used: 2 }, '203.0.113.77');
    assert.match(
      words(await list(agent)),
      says('authorizations.used.from', { network: '203.0.113.x' }),
    );
    await ageGrant(server, id, { granted: 5, used: 2 }, '2001:db8:12:99::7');
    const page = await list(agent);
    assert.match(words(page), says('authorizations.used.from', { network: '2001:db8:12:…' }));
    assert.doesNotMatch(page.body, /:99|203\.0/);
    const ends = (endsAt: string) =>
      server.database.db
        .updateTable('grants')
        .set({ ends_at: new Date(endsAt), expires_at: new Date('2098-03-04T12:00:00Z') })
        .where('id', '=', id)
        .execute();
    await ends('2098-01-01T00:00:00Z');
    const sooner = words(await list(agent));
    assert.match(
      sooner,
      pattern`${says('authorizations.ends')} 31 Dec 2097 ${says('authorizations.ends.own')}`,
    );
    assert.doesNotMatch(sooner, says('authorizations.ends.idle_first'));
    await ends('2099-01-01T00:00:00Z');
    assert.match(
      words(await list(agent)),
      pattern`${says('authorizations.ends')} 31 Dec 2098 ${says('authorizations.ends.own')} ${says('authorizations.ends.idle_first', { date: '4 Mar 2098, 12:00' })}`,
    );
    await ageGrant(server, id, { granted: 5, used: null });
    assert.match(
      words(await list(agent)),
      pattern`${says('authorizations.used')} ${says('authorizations.unused')}`,
    );
  });

  it('groups grants by application, also if two applications have the same name', async () => {
    const { agent } = (await allow({ scope: 'read' })).authorization;
    await allow({ agent });
    const twin = await registerApplication(server, { owner: 'ben', name: application.name });
    await allow({ agent, application: twin });
    const page = await list(agent);
    assert.equal(grantIds(page).length, 3);
    assert.equal(page.body.match(/<h2>/g)?.length, 2);
    assert.equal(
      page.body.split(
        textFor('authorizations.revoke_all_of', { application: application.name, count: 2 }),
      ).length - 1,
      1,
    );
  });

  it('sorts by name, by date of consent and by last use', async () => {
    const days = { zebra: [30, 1], Äpfel: [10, 5], bravo: [20, null] } as const;
    let agent: UserAgent | undefined;
    for (const [name, [granted, used]] of Object.entries(days)) {
      const one = await registerApplication(server, { owner: 'ben', name });
      agent = (await allow({ application: one, ...(agent && { agent }) })).authorization.agent;
      await ageGrant(server, await newestGrant(server, one.clientId), { granted, used });
    }
    assert.ok(agent);
    const orders = {
      '': ['Äpfel', 'bravo', 'zebra'],
      '?sort=granted': ['Äpfel', 'bravo', 'zebra'],
      '?sort=used': ['zebra', 'Äpfel', 'bravo'],
      '?sort=nonsense': ['Äpfel', 'bravo', 'zebra'],
      '?sort=used&sort=name': ['Äpfel', 'bravo', 'zebra'],
    };
    for (const [query, names] of Object.entries(orders)) {
      const page = await open(agent, AUTHORIZATIONS + query);
      assert.deepEqual(
        [...page.body.matchAll(/<h2><bdi>(.*?)<\/bdi>/g)].map(([, name]) => name),
        names,
        query,
      );
      assert.equal(page.body.match(/value="(name|granted|used)" selected/g)?.length, 1);
    }
    const used = await open(agent, `${AUTHORIZATIONS}?sort=used`);
    assert.match(used.body, /value="used" selected/);
  });

  it('revoking one grant ends its tokens at once, can be repeated, and consent is asked for again', async () => {
    const tokens = await allow({ organizers: ['bluehall'] });
    const { agent } = tokens.authorization;
    const [id = ''] = grantIds(await list(agent));
    const asks = await open(agent, `${AUTHORIZATIONS}/${id}/revoke`);
    assert.match(words(asks), says('revoke.text'));
    assert.match(
      words(asks),
      pattern`${says('authorizations.organizers', { count: 1 })} Blue Hall`,
    );
    assert.equal(await isActive(tokens.accessToken), true, 'opening the page ends nothing');
    const done = await confirm(agent, asks);
    assert.match(
      words(done),
      says('authorizations.notice.revoked', { application: application.name }),
    );
    const other = await registerApplication(server, { owner: 'ben', name: 'Never connected' });
    const forged = await open(
      agent,
      `${done.url.pathname}?notice=revoked&application=${other.clientId}`,
    );
    assert.doesNotMatch(forged.body, /Never connected/);
    assert.equal(await isActive(tokens.accessToken), false);
    const renewed = await refresh(server, application, tokens.refreshToken);
    assert.equal(renewed.body.error_description, 'revoked_by_user');
    assert.match(words(await confirm(agent, asks)), says('authorizations.notice.already_revoked'));
    assert.match(
      words(await open(agent, `${AUTHORIZATIONS}/${id}/revoke`)),
      says('authorizations.notice.already_revoked'),
    );
    assert.match(
      words(await open(agent, `${AUTHORIZATIONS}/${id}/change`)),
      says('authorizations.notice.already_revoked'),
    );
    const again = await authorize(server, { application, user, agent });
    assert.equal(again.sawConsent, true);
  });

  it('revoking one of two grants of an application mentions the other, which stays live', async () => {
    const first = await allow({ scope: 'read' });
    const { agent } = first.authorization;
    const second = await allow({ agent });
    const id = await newestGrant(server, application.clientId);
    const asks = await open(agent, `${AUTHORIZATIONS}/${id}/revoke`);
    assert.match(words(asks), says('revoke.text.others', { count: 1 }));
    assert.match(
      words(await open(agent, `${AUTHORIZATIONS}/${id}/change`)),
      says('change.others', { count: 1 }),
    );
    assert.match(words(await confirm(agent, asks)), says('authorizations.notice.revoked_one'));
    assert.equal(await isActive(second.accessToken), false);
    assert.equal(await isActive(first.accessToken), true);
  });

  it('revoking an application ends all its grants, and no grant of another application', async () => {
    const first = await allow({ scope: 'read' });
    const { agent } = first.authorization;
    const second = await allow({ agent });
    const other = await registerApplication(server, { owner: 'ben', name: 'Other' });
    const kept = await allow({ agent, application: other });
    const path = `${AUTHORIZATIONS}/applications/${application.clientId}/revoke`;
    assert.ok((await list(agent)).body.includes(`href="${path}"`));
    const asks = await open(agent, path);
    assert.equal(words(asks).match(new RegExp(says('authorizations.granted_on'), 'g'))?.length, 2);
    assert.match(
      words(await confirm(agent, asks)),
      says('authorizations.notice.revoked_application'),
    );
    assert.equal(await isActive(first.accessToken), false);
    assert.equal(await isActive(second.accessToken), false);
    assert.equal(await isActive(kept.accessToken), true);
    assert.match(words(await confirm(agent, asks)), says('authorizations.notice.already_revoked'));
    assert.match(words(await open(agent, path)), says('authorizations.notice.already_revoked'));
    assert.equal((await authorize(server, { application, user, agent })).sawConsent, true);
  });

  it('finds applications by name and developer, ability, organizer and last use, combined', async () => {
    const register = (name: string, owner = 'ben') => registerApplication(server, { name, owner });
    const cafe = await register('Café Müller');
    const first = await allow({ application: cafe, scope: 'read write', organizers: ['redstage'] });
    const { agent } = first.authorization;
    await ageGrant(server, await newestGrant(server, cafe.clientId), { granted: 90, used: 31 });
    const reader = await register('Reader', 'ada');
    await allow({ agent, application: reader, scope: 'read', organizers: ['bluehall'] });
    const both = ['Café Müller', 'Reader'];
    const cases: Record<string, readonly string[]> = {
      '': both,
      'q=cafe': ['Café Müller'],
      'q=MULLER+ben': ['Café Müller'],
      'q=ada': ['Reader'],
      'q=nothing': [],
      'q=%00': both,
      'q=a&q=b': both,
      'can=edit': ['Café Müller'],
      'can=fly': both,
      'unused=30': ['Café Müller'],
      'unused=1': both,
      'organizer=bluehall': ['Reader'],
      'organizer=greenarena': both,
      'can=edit&unused=30&organizer=redstage&q=caf': ['Café Müller'],
      'can=edit&organizer=bluehall': [],
    };
    for (const [query, names] of Object.entries(cases)) {
      const { body } = await open(agent, `${AUTHORIZATIONS}?${query}`);
      const found = [...body.matchAll(/<h2><bdi>(.*?)<\/bdi>/g)].map(([, name]) => name);
      assert.deepEqual(found, names, query);
    }
    const narrowed = await open(agent, `${AUTHORIZATIONS}?can=edit&organizer=redstage`);
    assert.match(narrowed.body, /href="\/account\/authorizations\?can=edit"/, 'one filter less');
    assert.match(words(await open(agent, `${AUTHORIZATIONS}?q=nothing`)), says('list.none.title'));
  });

  it('disconnects several selected applications after a confirmation, and no others', async () => {
    const first = await allow({ scope: 'read' });
    const { agent } = first.authorization;
    const second = await allow({ agent });
    const other = await registerApplication(server, { owner: 'ben', name: 'Other' });
    const third = await allow({ agent, application: other });
    const kept = await registerApplication(server, { owner: 'ben', name: 'Kept' });
    const fourth = await allow({ agent, application: kept });
    const ben = await allow({ user: platform.ben, agent: new UserAgent(server) });
    const unrelated = await registerApplication(server, { owner: 'ben', name: 'Unrelated' });
    const page = await list(agent);
    assert.equal(page.body.match(/name="applications" value="[^"]+"/g)?.length, 3);
    const filtered = (await open(agent, `${AUTHORIZATIONS}?can=edit`)).body;
    const all = `${AUTHORIZATIONS}/applications/${application.clientId}/revoke`;
    assert.ok(filtered.includes(`"row-action danger" href="${all}"`), 'counts all grants');
    const values = [...filtered.matchAll(/name="applications" value="([^"]+)"/g)];
    const boxes = values.map(([, id]) => id).filter((id) => id !== kept.clientId);
    const query = new URLSearchParams(
      [...boxes, unrelated.clientId, "'\0"].map((id): [string, string] => [
        'applications',
        id ?? '',
      ]),
    );
    const asks = await open(agent, `${AUTHORIZATIONS}/disconnect?${query}`);
    assert.match(words(asks), says('selected.title', { count: 2 }));
    assert.equal(asks.body.match(/<h3><bdi>/g)?.length, 3, 'lists grants that the filter left out');
    assert.doesNotMatch(words(asks), /Kept/);
    assert.equal(await isActive(first.accessToken), true, 'opening the page ends nothing');
    const forged = await agent.submit(asks, { csrf: 'forged' }, 'csrf');
    assert.equal(forged.status, 403);
    assert.equal(await isActive(first.accessToken), true);
    const done = await agent.submit(
      asks,
      { applications: [...boxes.map(String), unrelated.clientId] },
      'csrf',
    );
    assert.match(words(done), says('authorizations.notice.revoked_selected'));
    for (const [{ accessToken }, active] of [
      [first, false],
      [second, false],
      [third, false],
      [fourth, true],
      [ben, true],
    ] as const) {
      assert.equal(await isActive(accessToken), active);
    }
    assert.match(words(await confirm(agent, asks)), says('authorizations.notice.already_revoked'));
    const none = await open(agent, `${AUTHORIZATIONS}/disconnect`);
    assert.match(words(none), says('authorizations.notice.none_selected'));
  });
});

const list = (agent: UserAgent) => open(agent, AUTHORIZATIONS);
