import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sql } from 'kysely';
import { dayOf } from '../../src/lib/format-date.ts';
import { withConsole, ZONE } from '../support/console.ts';
import { putUser } from '../support/factories.ts';
import { says, textFor } from '../support/texts.ts';
import { obtainTokens } from '../support/tokens.ts';

const { server, platform, people, console, register, entries } = withConsole();

describe('The log in the console', () => {
  const titles = async (query: string) => {
    const { body, status } = await console.get(`/operator/log?${query}`);
    assert.equal(status, 200, query);
    return [...body.matchAll(/<h2><bdi>(.*?)<\/bdi>/g)].map(([, title = '']) => title);
  };
  /** Follows the links to further pages. */
  const allTitles = async (query: string) => {
    const found: string[] = [];
    let path: string | undefined = `/operator/log?${query}`;
    while (path !== undefined) {
      const { body } = await console.get(path);
      found.push(...[...body.matchAll(/<h2><bdi>(.*?)<\/bdi>/g)].map(([, title = '']) => title));
      path = /href="([^"]+)" rel="next"/.exec(body)?.[1]?.replaceAll('&amp;', '&');
    }
    return found;
  };

  test('is filtered by user, application, operator, kind and day', async () => {
    const lea = await putUser(server, { id: 'lea', fullName: 'Lea Lustig' });
    const one = await register('Logged');
    await obtainTokens(server, { application: one, user: platform.ada });
    await people.signedIn(lea);
    const signedIn = textFor('console.log.signed_in', { user: 'Lea Lustig' });
    assert.deepEqual(await titles('user=lea&kind=sign_ins'), [signedIn]);
    assert.deepEqual(await titles(`user=${encodeURIComponent(lea.email)}&kind=sign_ins`), [
      signedIn,
    ]);
    assert.deepEqual(await titles('user=lea&kind=authorizations'), []);
    const [connected] = await titles(`application=${one.clientId}&kind=authorizations`);
    assert.match(connected ?? '', /Logged/);
    assert.ok(!(await titles(`application=${one.clientId}`)).includes(signedIn));
    assert.match((await titles('operator=user:olga')).join(), says('console.log.opened'));
    assert.deepEqual(await titles('operator=nobody'), []);
    // The days are those of the operator's time zone.
    const today = dayOf(new Date(), ZONE);
    assert.deepEqual(await titles(`user=lea&kind=sign_ins&since=${today}&until=${today}`), [
      signedIn,
    ]);
    assert.deepEqual(await titles('user=lea&until=2020-01-01'), []);
  });

  test('odd filters match nothing or are ignored, and are never an error', async () => {
    for (const query of [
      'user=%00',
      'user=a%0Ab',
      'user=%40',
      'application=%20a%20b',
      'kind=__proto__',
      'operator=%27',
      'since=2026-13-45&until=9999-99-99',
      'until=2999-12-31',
      'page=2&cursor=%7B',
      'page=7',
      'user=a&user=b',
    ]) {
      assert.equal((await console.get(`/operator/log?${query}`)).status, 200, query);
    }
  });

  test('each entry is on one page, forwards and backwards, with every kind of filter', async () => {
    const { db } = server.database;
    await sql`insert into audit_events (happened_at, action, actor, user_id, client_id, data)
      select now() - (n / 3) * interval '1 second',
        'stagedoor.' || (array['user.signed_in', 'user.oauth.denied'])[1 + n % 2],
        case n % 2 when 0 then 'user:many' else 'operator:many' end, 'many',
        'app-' || n % 2, jsonb_build_object('application', 'App ' || n)
      from generate_series(1, 120) n`.execute(db);
    for (const [query, expected] of [
      ['user=many', 120],
      ['user=many&kind=authorizations', 60],
      ['application=app-1', 60],
      ['application=app-1&user=many&kind=authorizations&operator=many', 60],
      ['operator=many', 60],
    ] as const) {
      const found = await allTitles(query);
      assert.equal(found.length, expected, query);
    }
    const denied = (await allTitles('kind=authorizations')).filter((one) => /App \d/.test(one));
    assert.equal(new Set(denied).size, 60);
    const first = await titles('user=many');
    const page = async (path: string, rel: string) => {
      const { body } = await console.get(path);
      return new RegExp(`href="([^"]+)" rel="${rel}"`).exec(body)?.[1]?.replaceAll('&amp;', '&');
    };
    const third = await page((await page('/operator/log?user=many', 'next')) ?? '', 'next');
    const second = await page(third ?? '', 'prev');
    const back = await page(second ?? '', 'prev');
    assert.deepEqual(await titles(back?.split('?')[1] ?? ''), first);
  });

  test('looks through 5,000 entries of an application for one page, and goes on from there', async () => {
    const { db } = server.database;
    await sql`insert into audit_events (happened_at, action, actor, client_id, data)
      select now() - n * interval '1 second',
        case n when 5001 then 'stagedoor.application.deleted' else 'stagedoor.application.changed' end,
        'system', 'busy', '{}'
      from generate_series(1, 5001) n`.execute(db);
    const query = 'application=busy&kind=sign_ins';
    const first = await console.get(`/operator/log?${query}`);
    assert.match(first.body, says('console.empty.searched'));
    const next = /href="([^"]+)" rel="next"/.exec(first.body)?.[1]?.replaceAll('&amp;', '&');
    const last = await console.get(next ?? '');
    assert.match(last.body, says('console.empty.rest'));
    assert.doesNotMatch(last.body, / rel="next"/);
    assert.deepEqual(await allTitles(query), []);
  });

  test('logs who read it with which filters, without e-mail addresses', async () => {
    await console.get('/operator/log?user=lea%40example.com&kind=sign_ins&since=2026-01-01');
    const [call] = (await entries('stagedoor.operator.called')).filter(
      ({ data }) => Object(data).filters?.since === '2026-01-01',
    );
    assert.deepEqual(Object(call?.data).filters, {
      user: 'lea',
      kind: 'sign_ins',
      since: '2026-01-01',
    });
    assert.equal(call?.actor, 'operator:user:olga');
  });
});
