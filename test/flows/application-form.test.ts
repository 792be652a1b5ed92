import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { putUser, registerApplication } from '../support/factories.ts';
import { withServer } from '../support/fixture.ts';
import { signIn } from '../support/flow.ts';
import { says } from '../support/texts.ts';
import {
  type FormValues,
  fill,
  findForm,
  offered,
  type Page,
  describe as textOf,
  UserAgent,
} from '../support/user-agent.ts';

const APPLICATIONS = '/account/applications';

describe('Form of an application', () => {
  const server = withServer();
  let agent: UserAgent;

  before(async () => {
    const user = await putUser(server, { id: 'dora', fullName: 'Dora Developer' });
    agent = new UserAgent(server);
    await signIn(agent, await agent.get('/login'), user);
  });

  const names = async () => {
    const rows = await server.database.db.selectFrom('applications').select('name').execute();
    return rows.map(({ name }) => name);
  };

  const stored = async () => {
    const { db } = server.database;
    const entries = await db.selectFrom('audit_events').select('id').execute();
    return { names: await names(), entries: entries.length };
  };

  /** Presses the button of the preview, which sends the form to a path of its own. */
  const preview = (page: Page, values: FormValues, by = agent) => {
    const [, path = ''] = /<button [^>]*formaction="([^"]+)"/.exec(page.body) ?? [];
    assert.equal(path, `${page.url.pathname}/preview`);
    const { origin } = page.url;
    const body = fill(findForm(page, ['redirect_uris']), values);
    return by.request(path, { method: 'POST', body, headers: { origin } });
  };

  test('preview: shows verdicts and what users will see, and registers nothing', async () => {
    const form = await agent.get(`${APPLICATIONS}/new`);
    const before = await stored();
    const page = await preview(form, {
      name: 'Night <b>Train</b>',
      redirect_uris: ['https://night.example.com/', '', 'http://night.example.com/'],
      scopes: ['read'],
      description: 'At night',
    });
    assert.equal(page.status, 200, textOf(page));
    assert.match(page.body, says('redirect_uri.http'));
    const verdict = (row: number) =>
      new RegExp(`<p class="([^"]*)" id="redirect_uri-${row}-verdict"`).exec(page.body)?.[1];
    assert.deepEqual([1, 2, 3].map(verdict), ['verdict', 'verdict', 'verdict bad']);
    const [, shown = ''] = /id="preview"([\s\S]*)<\/aside>/.exec(page.body) ?? [];
    for (const text of ['<bdi>Night &#60;b', 'Dora Developer', 'At night', '<bdi>night.example']) {
      assert.ok(shown.includes(text), `${text} in ${shown}`);
    }
    assert.doesNotMatch(page.body, /role="alert"/);
    assert.deepEqual(await stored(), before);
    // The page that came back saves, previews and may connect as the first one.
    assert.match(page.body, /<form [^>]*action="\/account\/applications\/new"/);
    assert.match(page.body, /formaction="\/account\/applications\/new\/preview"/);
    assert.match(page.headers.get('content-security-policy') ?? '', /connect-src 'self'/);
    assert.equal((await agent.get(page.url)).url.pathname, `${APPLICATIONS}/new`);
  });

  test('the path that registers ignores a field `preview`', async () => {
    const form = await agent.get(`${APPLICATIONS}/new`);
    const redirect_uris = 'https://app.example.com/';
    await agent.submit(form, { name: 'Registered', redirect_uris, preview: '1' }, 'name');
    assert.ok((await names()).includes('Registered'));
  });

  test('redirect URIs are accepted in rows and in lines', async () => {
    const uris = ['https://app.example.com/a', 'https://app.example.com/b'];
    for (const [name, redirect_uris] of [
      ['Rows', uris],
      ['Lines', uris.join('\r\n')],
    ] as const) {
      const form = await agent.get(`${APPLICATIONS}/new`);
      await agent.submit(form, { name, redirect_uris: [redirect_uris].flat() });
      const row = await server.database.db
        .selectFrom('applications')
        .select('redirect_uris')
        .where('name', '=', name)
        .executeTakeFirst();
      assert.deepEqual(row?.redirect_uris, uris);
    }
  });

  test('the rest of the form is open only if one of its fields is refused', async () => {
    const form = await agent.get(`${APPLICATIONS}/new`);
    assert.match(form.body, /<details class="more">/);
    const refused = await agent.submit(form, { name: '' });
    assert.match(refused.body, /<details class="more">/);
    const link = await agent.submit(form, { name: 'x', homepage_url: 'javascript:alert(1)' });
    assert.match(link.body, /<details class="more" open>/);
    assert.doesNotMatch(link.body, /href="javascript/);
  });

  test('preview of the settings changes nothing', async () => {
    const { clientId } = await registerApplication(server, { owner: 'dora', name: 'Stored' });
    const stranger = new UserAgent(server);
    const otto = await putUser(server, { id: 'otto' });
    await signIn(stranger, await stranger.get('/login'), otto);
    const csrf = offered(await stranger.get(`${APPLICATIONS}/new`), 'csrf');
    const form = await agent.get(`${APPLICATIONS}/${clientId}/edit`);
    assert.match(form.body, /id="preview"[\s\S]*Stored/);
    const before = await stored();
    const page = await preview(form, { name: 'Typed' });
    assert.equal(page.status, 200);
    assert.match(page.body, /id="preview"[\s\S]*Typed/);
    assert.match(page.body, new RegExp(`<form [^>]*action="${form.url.pathname}"`));
    assert.match(page.headers.get('content-security-policy') ?? '', /connect-src 'self'/);
    assert.equal((await agent.get(page.url)).url.pathname, form.url.pathname);
    const forged = await preview(form, { name: 'Typed', csrf: 'forged' });
    assert.equal(forged.status, 403);
    assert.equal((await preview(form, { name: 'Typed', csrf }, stranger)).status, 404);
    const visitor = new UserAgent(server);
    const login = await visitor.get('/login');
    const signedOut = await preview(form, { csrf: offered(login, 'csrf') }, visitor);
    assert.equal(signedOut.url.pathname, '/login');
    assert.deepEqual(await stored(), before);
  });

  test('a thousand rows are refused without a page of a thousand rows', async () => {
    const form = await agent.get(`${APPLICATIONS}/new`);
    const redirect_uris = Array.from({ length: 1000 }, (_, index) => `https://a.example/${index}`);
    const page = await agent.submit(form, { name: 'Many', redirect_uris });
    assert.equal(page.status, 400);
    assert.match(page.body, says('applications.error.redirect_uris.many', { given: 1000 }));
    assert.ok((page.body.match(/name="redirect_uris"/g)?.length ?? 0) <= 101);
  });
});
