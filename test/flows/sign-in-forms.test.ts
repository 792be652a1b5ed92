import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { CompiledQuery } from 'kysely';
import { withBrowsers } from '../support/account.ts';
import type { CookieJar } from '../support/cookie-jar.ts';
import { ENGINE_VARIABLES } from '../support/engines.ts';
import { reviewApplication } from '../support/factories.ts';
import { pattern, says } from '../support/texts.ts';
import { findForm, type Page, describe as textOf, type UserAgent } from '../support/user-agent.ts';

const ACCOUNT = '/account/authorizations';
const CSRF = 'stagedoor_csrf';

for (const [engine, variables] of Object.entries(ENGINE_VARIABLES)) {
  describe(`Sign-in forms, on ${engine}`, () => {
    const { server, platform, people, requestUrl } = withBrowsers(variables);
    const { open: newBrowser, signedIn } = people;

    before(() => reviewApplication(server, platform.application.clientId));

    const query = async (text: string): Promise<Record<string, unknown>[]> =>
      (await server.database.db.executeQuery<Record<string, unknown>>(CompiledQuery.raw(text)))
        .rows;

    describe('hostile input', () => {
      const hostile: Record<string, [string, number]> = {
        'NUL in the address': ['email=a%00@example.com&password=x', 401],
        'NUL in the password': ['email=ada@example.com&password=%00', 401],
        'control characters': ['email=%01%1f%7f%c2%85&password=%0d%0a', 401],
        'lone surrogates': ['email=%ED%A0%80@example.com&password=%ED%BF%BF', 401],
        'invalid UTF-8': ['email=%FF%FE%80&password=%C0%AF', 401],
        'invalid percent-encoding': ['email=%&password=%zz', 401],
        'no fields': ['', 401],
        'fields twice': ['email=a&email=b&password=x&password=y', 401],
        'a long address': [`email=${'a'.repeat(50_000)}@example.com&password=x`, 401],
        'a long password': [`email=ada@example.com&password=${'x'.repeat(50_000)}`, 401],
        SQL: ["email=' or 1=1; --&password=' or '1'='1", 401],
        '1 MB': [`email=a&password=${'x'.repeat(1_000_000)}`, 413],
      };
      for (const [name, [fields, status]] of Object.entries(hostile)) {
        it(`${name}: a page with ${status}`, async () => {
          for (const path of ['/login', requestUrl()]) {
            const agent = newBrowser();
            const page = await agent.get(path);
            const csrf = findForm(page, ['csrf']).fields.find((field) => field.name === 'csrf');
            const answer = await agent.request(page.url, {
              method: 'POST',
              body: `csrf=${csrf?.value}&${fields}`,
              headers: { 'content-type': 'application/x-www-form-urlencoded' },
            });
            assertPage(answer, status);
          }
        });
      }

      it('in another content type: a page with 415', async () => {
        const agent = newBrowser();
        for (const path of ['/login', requestUrl()]) {
          const page = await agent.get(path);
          for (const type of [
            'application/json',
            'multipart/form-data; boundary=x',
            'text/plain',
          ]) {
            const headers = { 'content-type': type };
            const init = { method: 'POST', body: '{"email":"a"}', headers };
            assertPage(await agent.request(page.url, init), 415);
          }
        }
      });

      it('in the query of the sign-in page: a page with 200', async () => {
        const agent = newBrowser();
        for (const value of ['%00', '%ED%A0%80', '%FF', '%', 'a'.repeat(5_000)]) {
          const page = await agent.get(`/login?return_to=/${value}&return_to=x&reason=${value}`);
          assertPage(page, 200);
        }
      });
    });

    describe('every form', () => {
      it('is accepted only from the browser that it was shown to', async () => {
        const stranger = newBrowser();
        const strangersToken = tokenOf(await stranger.get('/login'));
        const [strangersCookie = ''] = stranger.cookies.values(CSRF);

        for (const [name, { open, values }] of Object.entries(forms())) {
          const { agent, page } = await open();
          const before = await state();
          const attempts: Record<string, [Record<string, string | string[]>, CookieJar]> = {
            'no token': [{ csrf: [] }, agent.cookies],
            'an empty token': [{ csrf: '' }, agent.cookies],
            'a forged token': [{ csrf: 'A'.repeat(43) }, agent.cookies],
            'another browser’s token': [{ csrf: strangersToken }, agent.cookies],
            'another browser’s cookie': [{}, withCookie(agent.cookies, strangersCookie)],
            'a forged cookie': [{}, withCookie(agent.cookies, 'A'.repeat(43))],
            'no cookie': [{}, withCookie(agent.cookies, undefined)],
          };
          for (const [how, [fields, jar]] of Object.entries(attempts)) {
            const refused = await newBrowser({}, jar).submit(
              page,
              { ...values, ...fields },
              'csrf',
            );
            assertPage(refused, 403, `${name}: ${how}`);
            assert.match(
              refused.body,
              pattern`${says('error.old_form.title')}|${says('error.cookies.title')}`,
            );
          }
          assert.deepEqual(await state(), before, `${name} changed nothing`);
          const taken = await agent.submit(page, values, 'csrf');
          assert.ok(taken.status < 400, `${name}: ${textOf(taken)}`);
          assert.notDeepEqual(await state(), before, `${name} works`);
        }
      });

      it('is accepted only from this site', async () => {
        for (const [name, { open, values }] of Object.entries(forms())) {
          const { agent, page } = await open();
          const before = await state();
          const evil = { 'sec-fetch-site': 'cross-site', origin: 'null' };
          const elsewhere = { origin: 'https://evil.example.com' };
          for (const headers of [evil, elsewhere]) {
            const form = findForm(page, ['csrf']);
            const body = new URLSearchParams({ csrf: tokenOf(page) });
            for (const [field, value] of Object.entries(values)) {
              body.set(field, String(value));
            }
            const target = new URL(form.action ?? page.url, page.url);
            const refused = await agent.request(target, { method: 'POST', body, headers });
            assertPage(refused, 403, `${name}: ${JSON.stringify(headers)}`);
          }
          assert.deepEqual(await state(), before, `${name} changed nothing`);
        }
      });

      interface OpenForm {
        open(): Promise<{ agent: UserAgent; page: Page }>;
        readonly values: Record<string, string>;
      }

      function forms(): Record<string, OpenForm> {
        const { ada } = platform;
        const credentials = { email: ada.email, password: ada.password };
        const at = (path: string | URL) => async (agent: UserAgent) => ({
          agent,
          page: await agent.get(path),
        });
        return {
          'sign-in': { values: credentials, open: () => at('/login')(newBrowser()) },
          'sign-in for an application': {
            values: credentials,
            open: () => at(requestUrl())(newBrowser()),
          },
          consent: {
            values: { decision: 'allow', organizers: 'redstage' },
            open: async () => at(requestUrl({ prompt: 'consent' }))(await signedIn(ada)),
          },
          revoke: {
            values: {},
            open: async () => {
              const agent = await signedIn(ada);
              await allow(agent);
              const { body } = await agent.get(ACCOUNT);
              const [path] = /\/account\/authorizations\/\w+\/revoke/.exec(body) ?? [];
              assert.ok(path, 'the list links to the form');
              return at(path)(agent);
            },
          },
          'sign-out': { values: {}, open: async () => at('/logout')(await signedIn(ada)) },
        };
      }

      async function allow(agent: UserAgent): Promise<void> {
        const consent = await agent.get(requestUrl({ prompt: 'consent' }));
        const values = { decision: 'allow', organizers: 'redstage' };
        const { leavesTo } = await agent.submit(consent, values, 'decision');
        assert.ok(leavesTo?.searchParams.has('code'));
      }

      /** Returns what forms change: sessions of users, and grants. */
      const state = async () => [
        await query('select count(*)::int from sessions where user_id is not null'),
        await query('select id, revoked_at is null as live from grants order by id'),
      ];
    });
  });
}

function assertPage(page: Page, status: number, message = ''): void {
  assert.equal(page.status, status, `${message} ${textOf(page)}`);
  assert.match(page.headers.get('content-type') ?? '', /^text\/html/);
  assert.match(page.body, /<main /);
}

function tokenOf(page: Page): string {
  const field = findForm(page, ['csrf']).fields.find(({ name }) => name === 'csrf');
  return field?.value ?? '';
}

/** Returns the same cookies except for the CSRF cookie. */
function withCookie(cookies: CookieJar, value: string | undefined): CookieJar {
  const jar = cookies.copy();
  const header = `${CSRF}=${value ?? ''}; Path=/${value === undefined ? '; Max-Age=0' : ''}`;
  jar.store(new URL('http://localhost/'), new Headers({ 'set-cookie': header }));
  return jar;
}
