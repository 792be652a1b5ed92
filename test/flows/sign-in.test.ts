import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { CompiledQuery } from 'kysely';
import { withBrowsers } from '../support/account.ts';
import { ENGINE_VARIABLES } from '../support/engines.ts';
import { putUser, reviewApplication } from '../support/factories.ts';
import { signIn } from '../support/flow.ts';
import { says } from '../support/texts.ts';
import { type Page, showsForm, describe as textOf, type UserAgent } from '../support/user-agent.ts';

const ACCOUNT = '/account/authorizations';
const SESSION = 'stagedoor_session';

for (const [engine, variables] of Object.entries(ENGINE_VARIABLES)) {
  describe(`Sign-in, on ${engine}`, () => {
    const { server, platform, people, requestUrl } = withBrowsers(variables);
    const { open: newBrowser, signedIn } = people;

    before(() => reviewApplication(server, platform.application.clientId));

    const isSignedIn = async (agent: UserAgent) => {
      const page = await agent.get(ACCOUNT);
      assert.equal(page.status, 200, textOf(page));
      return page.url.pathname === ACCOUNT;
    };

    /** Returns the error of a silent request: `consent_required` if a user is signed in. */
    const silently = async (agent: UserAgent) => {
      const page = await agent.get(requestUrl({ prompt: 'none', scope: 'profile' }));
      return page.leavesTo?.searchParams.get('error');
    };

    const query = async (text: string): Promise<Record<string, unknown>[]> =>
      (await server.database.db.executeQuery<Record<string, unknown>>(CompiledQuery.raw(text)))
        .rows;

    describe('with a wrong password', () => {
      const attempt = (agent: UserAgent, page: Page, email: string, password = 'wrong') =>
        agent.submit(page, { email, password });

      it('unknown, inactive and known users get identical responses', async () => {
        const cleo = await putUser(server, { id: 'cleo', isActive: false });
        const agent = newBrowser();
        const login = await agent.get('/login');
        const wrong = await attempt(agent, login, platform.ada.email);
        const unknown = await attempt(agent, login, 'nobody@example.com');
        const inactive = await signIn(agent, login, cleo);
        const without = (page: Page, email: string) => page.body.replaceAll(email, 'E-MAIL');
        const told = without(wrong, platform.ada.email);
        assert.match(told, /E-MAIL/);
        for (const page of [wrong, unknown, inactive]) {
          assert.equal(page.status, 401);
        }
        assert.equal(without(unknown, 'nobody@example.com'), told);
        assert.equal(without(inactive, cleo.email), told);
        assert.deepEqual(agent.cookies.values(SESSION), []);
      });

      it('ten times, the browser is limited even with the right one, and others are not', async () => {
        const dora = await putUser(server, { id: 'dora' });
        const agent = newBrowser();
        const login = await agent.get('/login');
        for (let round = 0; round < 10; round += 1) {
          assert.equal((await attempt(agent, login, dora.email)).status, 401);
        }
        const flow = await agent.get(requestUrl());
        for (const page of [login, flow]) {
          const refused = await signIn(agent, page, dora);
          assert.equal(refused.status, 429);
          assert.match(refused.body, says('login.error.throttled', { count: 10 }));
          assert.match(refused.headers.get('retry-after') ?? '', /^[1-9]\d\d?$/);
          assert.ok(showsForm(refused, 'email', 'password'));
        }
        await signedIn(platform.ada);
      });
    });

    describe('session', () => {
      it('gets a new id at sign-in, also over an id set by an attacker', async () => {
        const agent = newBrowser();
        const planted = 'planted-by-somebody-else-0123456789';
        agent.cookies.store(
          new URL(server.issuer),
          new Headers({ 'set-cookie': `${SESSION}=${planted}; Path=/` }),
        );
        await signIn(agent, await agent.get('/login'), platform.ada);
        const [first, ...others] = agent.cookies.values(SESSION);
        assert.ok(first !== undefined && first !== planted);
        assert.deepEqual(others, []);

        const stolen = newBrowser({}, agent.cookies.copy());
        assert.equal(await isSignedIn(stolen), true);
        const again = await agent.get('/login?reason=recent');
        await signIn(agent, again, platform.ada);
        assert.notDeepEqual(agent.cookies.values(SESSION), [first]);
        assert.equal(await isSignedIn(agent), true);
        assert.equal(await isSignedIn(stolen), false, 'the previous id is invalid');
      });

      it('gets a new id at a sign-in during an authorization request', async () => {
        const agent = await signedIn(platform.ada);
        const before = agent.cookies.values(SESSION);
        const stolen = newBrowser({}, agent.cookies.copy());
        const login = await agent.get(requestUrl({ prompt: 'login' }));
        assert.ok(showsForm(login, 'email', 'password'), textOf(login));
        const consent = await signIn(agent, login, platform.ada);
        assert.ok(showsForm(consent, 'decision'), textOf(consent));
        assert.notDeepEqual(agent.cookies.values(SESSION), before);
        assert.equal(await isSignedIn(agent), true);
        assert.equal(await isSignedIn(stolen), false, 'the previous id is invalid');
      });

      it('of another user ends when a second user signs in', async () => {
        const agent = await signedIn(platform.ada);
        const stolen = newBrowser({}, agent.cookies.copy());
        const page = await signIn(agent, await agent.get('/login?reason=recent'), platform.ben);
        assert.equal(page.url.pathname, ACCOUNT);
        assert.equal(await isSignedIn(stolen), false);
      });

      it('with a modified cookie is refused', async () => {
        const agent = await signedIn(platform.ada);
        const [value = ''] = agent.cookies.values(SESSION);
        for (const forged of [`${value}x`, value.slice(0, -1), '%00', '"', 'é'.repeat(2000)]) {
          const jar = agent.cookies.copy();
          const header = `${SESSION}=${encodeURI(forged)}; Path=/`;
          jar.store(new URL(server.issuer), new Headers({ 'set-cookie': header }));
          assert.equal(await isSignedIn(newBrowser({}, jar)), false, forged.slice(0, 60));
        }
      });

      it('ends at /logout, for pages and applications, and is deleted', async () => {
        const eve = await putUser(server, { id: 'eve' });
        const agent = await signedIn(eve);
        const copy = newBrowser({}, agent.cookies.copy());
        assert.equal(await silently(agent), 'consent_required');
        assert.equal((await query("select 1 from sessions where user_id = 'eve'")).length, 1);
        const page = await agent.submit(await agent.get('/logout'), {}, 'csrf');
        assert.equal(page.status, 200, textOf(page));
        assert.deepEqual(agent.cookies.values(SESSION), []);
        for (const browser of [agent, copy]) {
          assert.equal(await isSignedIn(browser), false);
          assert.equal(await silently(browser), 'login_required');
        }
        assert.deepEqual(await query("select 1 from sessions where user_id = 'eve'"), []);
      });

      it('ends when the user is deactivated', async () => {
        const finn = await putUser(server, { id: 'finn' });
        const agent = await signedIn(finn);
        await putUser(server, { id: 'finn', isActive: false });
        assert.equal(await isSignedIn(agent), false);
        assert.equal(await silently(agent), 'login_required');
      });
    });

    describe('session lifetime', () => {
      /** Makes all sessions older by some minutes. */
      const pass = async (minutes: number) => {
        const ago = `interval '${minutes} minutes'`;
        await query(`update sessions set authenticated_at = authenticated_at - ${ago},
          created_at = created_at - ${ago}, last_seen_at = last_seen_at - ${ago},
          expires_at = expires_at - ${ago}`);
      };

      const uses: Record<string, (agent: UserAgent) => Promise<boolean>> = {
        'the account pages': isSignedIn,
        'an application': async (agent) => (await silently(agent)) === 'consent_required',
      };
      for (const [name, use] of Object.entries(uses)) {
        it(`three hours without ${name}`, async () => {
          const agent = await signedIn(platform.ada);
          await pass(175);
          assert.equal(await use(agent), true);
          await pass(175);
          assert.equal(await use(agent), true, 'the previous use extended it');
          await pass(181);
          assert.equal(await use(agent), false);
          assert.equal(await isSignedIn(agent), false);
        });

        it(`twelve hours, also with regular use of ${name}`, async () => {
          const agent = await signedIn(platform.ada);
          for (let hours = 2; hours < 12; hours += 2) {
            await pass(120);
            assert.equal(await use(agent), true, `after ${hours} hours`);
          }
          await pass(115);
          assert.equal(await use(agent), true);
          await pass(6);
          assert.equal(await use(agent), false);
          assert.equal(await isSignedIn(agent), false);
        });
      }
    });

    describe('redirect after sign-in', () => {
      it('leads to the page that was requested', async () => {
        const agent = newBrowser();
        const login = await agent.get(`${ACCOUNT}?notice=revoked`);
        assert.equal(login.url.pathname, '/login');
        const page = await signIn(agent, login, platform.ada);
        assert.equal(page.url.pathname + page.url.search, `${ACCOUNT}?notice=revoked`);
      });

      for (const target of [
        '//evil.example.com',
        '/\\evil.example.com',
        '\\\\evil.example.com',
        'https://evil.example.com/',
        'https:evil.example.com',
        'javascript:alert(1)',
        'data:text/html,evil',
        '/\t/evil.example.com',
        '/..//evil.example.com',
        '/.//evil.example.com',
        '/a/../..//evil.example.com',
        '/%2e%2e//evil.example.com',
        '///evil.example.com',
        '/\\/evil.example.com',
        'evil.example.com',
        '@evil.example.com',
        '',
      ]) {
        it(`never leads to ${JSON.stringify(target)}`, async () => {
          const path = `/login?return_to=${encodeURIComponent(target)}`;
          const agent = newBrowser();
          const byLink = await signIn(agent, await agent.get(path), platform.ada);
          const inForm = newBrowser();
          const byForm = await inForm.submit(await inForm.get('/login'), {
            email: platform.ada.email,
            password: platform.ada.password,
            return_to: target,
          });
          const already = await agent.get(path);
          for (const page of [byLink, byForm, already]) {
            assert.equal(page.leavesTo, undefined, String(page.leavesTo));
            assert.equal(page.url.pathname, ACCOUNT);
          }
        });
      }
    });

    describe('language', () => {
      const german = { 'accept-language': 'de-DE,de;q=0.9,en;q=0.5' };
      const english = { 'accept-language': 'en' };

      it('is the browser’s before sign-in', async () => {
        const agent = newBrowser(german);
        const login = await agent.get('/login');
        assert.match(login.body, /<html lang="de">/);
        assert.match(login.body, says('login.password', {}, 'de'));
        const wrong = await agent.submit(login, { email: 'nobody@example.com', password: 'x' });
        assert.match(wrong.body, says('login.error.credentials', {}, 'de'));
        const flow = await agent.get(requestUrl());
        assert.match(
          flow.body,
          says('login.continue', { application: '<bdi>Box Office Sync</bdi>' }, 'de'),
        );
        assert.match((await newBrowser(english).get('/login')).body, /Password/);
      });

      it('is the user’s after sign-in', async () => {
        const greta = await putUser(server, { id: 'greta', locale: 'de' });
        const hers = await signedIn(greta, english);
        const account = await hers.get(ACCOUNT);
        assert.match(account.body, /<html lang="de">/);
        assert.match(account.body, says('layout.logout', {}, 'de'));
        assert.match((await hers.get('/logout')).body, /Abmelden\?/);
        const consent = await hers.get(requestUrl({ scope: 'profile' }));
        assert.match(consent.body, says('consent.heading', {}, 'de'));
        assert.match(consent.body, /Name, E-Mail-Adresse/);
        const his = await signedIn(platform.ben, german);
        assert.match((await his.get(ACCOUNT)).body, /<html lang="en">/);
      });
    });
  });
}
