import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CompiledQuery } from 'kysely';
import { prepared } from '../support/fixture.ts';
import { authorizationUrl, decide, requestOf } from '../support/flow.ts';
import { says } from '../support/texts.ts';
import { startUpstreamSite } from '../support/upstream-site.ts';
import { UpstreamVisitor } from '../support/upstream-visitor.ts';
import { offered, showsForm, describe as textOf } from '../support/user-agent.ts';

const ACCOUNT = '/account/authorizations';
const APPLICATIONS = '/account/applications';

describe('Sign-in at the platform’s own login', () => {
  const site = prepared(startUpstreamSite, (one) => one.close());

  const newVisitor = (headers?: Record<string, string>) =>
    new UpstreamVisitor(site.server, site.upstream, headers);

  const signedIn = async () => {
    const visitor = newVisitor();
    const { page } = await visitor.open(ACCOUNT, site.ada);
    assert.equal(page.url.pathname, ACCOUNT, textOf(page));
    return visitor;
  };

  const requestUrl = (parameters: Record<string, string> = {}) =>
    authorizationUrl(
      site.server,
      requestOf(site.platform.application, { approval_prompt: 'force', ...parameters }),
    );

  const query = async (text: string): Promise<Record<string, unknown>[]> =>
    (await site.server.database.db.executeQuery<Record<string, unknown>>(CompiledQuery.raw(text)))
      .rows;

  describe('for the account pages', () => {
    it('redirects to the platform and back to the requested page', async () => {
      const visitor = newVisitor();
      const { page, asked } = await visitor.open(`${APPLICATIONS}?notice=x`, site.ada);
      assert.equal(page.url.pathname + page.url.search, `${APPLICATIONS}?notice=x`, textOf(page));
      assert.equal(asked.length, 1);
      assert.match((await visitor.stagedoor.get('/logout')).body, /ada@example\.com/);
    });

    it('sends the parameters of OpenID Connect and the browser’s language', async () => {
      const visitor = newVisitor({ 'accept-language': 'de' });
      const { requests, asked } = await visitor.open(ACCOUNT, site.ada);
      const parameters = Object.fromEntries(requests[0]?.searchParams ?? []);
      const { state, nonce, code_challenge, ...rest } = parameters;
      for (const random of [state, nonce, code_challenge]) {
        assert.match(random ?? '', /^[\w-]{43}$/);
      }
      assert.deepEqual(rest, {
        client_id: 'stagedoor',
        response_type: 'code',
        redirect_uri: `${site.server.issuer}/login/callback`,
        scope: 'openid',
        code_challenge_method: 'S256',
        max_age: String(site.server.config.sessionTtl),
        ui_locales: 'de',
      });
      assert.match(asked[0]?.body ?? '', /in de\./);
    });

    it('needs no input if the user is signed in at the platform', async () => {
      const visitor = await signedIn();
      visitor.stagedoor.cookies.clear();
      const { page, asked, requests } = await visitor.open(ACCOUNT);
      assert.equal(page.url.pathname, ACCOUNT, textOf(page));
      assert.deepEqual([asked.length, requests.length], [0, 1]);
    });

    it('works in several tabs at once', async () => {
      const visitor = newVisitor();
      const pages = await Promise.all(
        [ACCOUNT, APPLICATIONS, requestUrl()].map((url) => visitor.stagedoor.get(url)),
      );
      const [first, second, third] = pages;
      assert.ok(first && second && third);
      const last = await visitor.follow(third, site.ada);
      assert.ok(showsForm(last.page, 'decision'), textOf(last.page));
      const { page } = await visitor.follow(first, site.ada);
      assert.equal(page.url.pathname, ACCOUNT, textOf(page));
      const other = await visitor.follow(second, site.ada);
      assert.equal(other.page.url.pathname, APPLICATIONS, textOf(other.page));
    });

    it('explains that a form posted after the session ended was not saved', async () => {
      const visitor = await signedIn();
      const form = await visitor.stagedoor.get(`${APPLICATIONS}/new`);
      await query('delete from sessions');
      const page = await visitor.stagedoor.submit(form, {}, 'csrf');
      assert.match(page.body, says('upstream.sign_in.title'), textOf(page));
      const [link] = page.body.match(/\/login\?return_to=[^"]*new/) ?? [];
      const back = await visitor.open(link ?? '', site.ada);
      assert.equal(back.page.url.pathname, `${APPLICATIONS}/new`, textOf(back.page));
    });

    it('never redirects to another site', async () => {
      for (const target of [
        '//evil.example.com',
        'https://evil.example.com/',
        '/..//evil.example.com',
      ]) {
        const visitor = newVisitor();
        const path = `/login?return_to=${encodeURIComponent(target)}`;
        const { page } = await visitor.open(path, site.ada);
        assert.equal(page.leavesTo, undefined);
        assert.equal(page.url.pathname, ACCOUNT, target);
      }
    });
  });

  describe('for an application', () => {
    it('redirects to the platform, to consent and to the application', async () => {
      const visitor = newVisitor();
      const { page, asked } = await visitor.open(
        requestUrl({ login_hint: 'ada@example.com' }),
        site.ada,
      );
      assert.ok(showsForm(page, 'decision'), textOf(page));
      assert.match(asked[0]?.body ?? '', /value="ada@example\.com"/, 'the hint is forwarded');
      assert.deepEqual(offered(page, 'organizers'), ['bluehall', 'redstage']);
      const back = await decide(visitor.stagedoor, page);
      assert.ok(back.leavesTo?.searchParams.has('code'), textOf(back));
    });

    it('prompt=login asks again although the user is signed in', async () => {
      const visitor = await signedIn();
      const { page, asked, requests } = await visitor.open(
        requestUrl({ prompt: 'login' }),
        site.ada,
      );
      assert.ok(showsForm(page, 'decision'), textOf(page));
      assert.equal(asked.length, 1);
      assert.equal(requests[0]?.searchParams.get('prompt'), 'login');
      assert.equal((await visitor.open(requestUrl())).requests.length, 0);
    });

    it('the sign-in time is the platform’s auth_time', async () => {
      const visitor = await signedIn();
      await query('delete from sessions');
      const hourAgo = Math.floor(Date.now() / 1000) - 3600;
      site.upstream.behaviour = { claims: (claims) => ({ ...claims, auth_time: hourAgo }) };
      await visitor.open(requestUrl());
      site.upstream.behaviour = {};
      assert.deepEqual(
        await query('select authenticated_at from sessions where user_id is not null'),
        [{ authenticated_at: new Date(hourAgo * 1000) }],
      );
    });

    it('another user can take over the request', async () => {
      const visitor = await signedIn();
      const { page: consent } = await visitor.open(requestUrl());
      const [link] =
        consent.body.match(/\/api\/v1\/oauth\/authorize\?[^"]*prompt=login[^"]*/) ?? [];
      const { page } = await visitor.open(link?.replaceAll('&amp;', '&') ?? '', site.ben);
      assert.ok(showsForm(page, 'decision'), textOf(page));
      assert.match(page.body, /ben@example\.com/);
      assert.deepEqual(offered(page, 'organizers'), ['greenarena']);
      const old = await visitor.stagedoor.get(consent.url);
      assert.equal(old.status, 403, 'Ben can’t answer the consent page of Ada');
    });
  });

  describe('passwords', () => {
    it('are not accepted', async () => {
      const visitor = newVisitor();
      const { email, password } = site.platform.ada;
      const form = { method: 'POST', body: new URLSearchParams({ email, password }) };
      assert.equal((await visitor.stagedoor.request('/login', form)).status, 405);
      const waiting = await visitor.stagedoor.get(requestUrl());
      assert.equal(waiting.leavesTo?.origin, site.upstream.issuer);
      const refused = await visitor.stagedoor.request(waiting.url, form);
      assert.equal(refused.status, 405);
      assert.deepEqual(visitor.stagedoor.cookies.values('stagedoor_session'), []);
    });

    it('stored before are deleted at the first sign-in', async () => {
      await query("update users set password_hash = 'something' where id in ('ada', 'ben')");
      await signedIn();
      assert.deepEqual(
        await query(
          "select id from users where password_hash is not null and id in ('ada', 'ben')",
        ),
        [{ id: 'ben' }],
      );
    });
  });

  it('is logged, and a new browser causes a mail', async () => {
    const lastEntry = async () =>
      (
        await query(
          "select actor, user_id, data from audit_events where action = 'stagedoor.user.signed_in' order by id desc limit 1",
        )
      )[0];
    const mails = "select recipient from mail_outbox where kind = 'new_device'";
    await signedIn();
    const told = (await query(mails)).length;
    const visitor = await signedIn();
    const entry = { actor: 'user:ada', user_id: 'ada' };
    assert.deepEqual(await lastEntry(), {
      ...entry,
      data: { method: 'upstream', new_device: true },
    });
    assert.equal((await query(mails)).length, told + 1);
    await query('delete from sessions');
    await visitor.open(ACCOUNT);
    assert.deepEqual(await lastEntry(), { ...entry, data: { method: 'upstream' } });
    assert.equal((await query(mails)).length, told + 1);
  });

  it('a pending sign-in is stored encrypted', async () => {
    const visitor = newVisitor();
    const page = await visitor.stagedoor.get(requestUrl());
    const { searchParams } = page.leavesTo ?? new URL(site.upstream.issuer);
    const [row] = await query(
      "select encode(sealed, 'escape') || encode(state_hash, 'hex') as text from upstream_sign_ins order by created_at desc limit 1",
    );
    const text = String(row?.text);
    for (const secret of [searchParams.get('state') ?? '', searchParams.get('nonce') ?? '']) {
      assert.ok(secret.length > 20 && !text.includes(secret));
    }
  });

  describe('sign-out', () => {
    const signOut = async (visitor: UpstreamVisitor) =>
      visitor.stagedoor.submit(await visitor.stagedoor.get('/logout'), {}, 'csrf');

    it('makes the platform ask for the account at the next sign-in', async () => {
      const visitor = await signedIn();
      assert.match((await signOut(visitor)).body, says('signed_out.title'));
      const { page, asked, requests } = await visitor.open(requestUrl(), site.ben);
      assert.equal(requests[0]?.searchParams.get('prompt'), 'login');
      assert.equal(asked.length, 1);
      assert.match(page.body, /ben@example\.com/);
      visitor.stagedoor.cookies.clear();
      assert.equal((await visitor.open(ACCOUNT)).asked.length, 0, 'later sign-ins need no input');
    });

    it('offers to sign out at the platform, too', async () => {
      const visitor = await signedIn();
      const page = await signOut(visitor);
      assert.match(page.body, /href="\/logout\/upstream"/);
      const { leavesTo } = await visitor.stagedoor.get('/logout/upstream');
      assert.ok(leavesTo);
      assert.equal(leavesTo.origin, site.upstream.issuer);
      const question = await visitor.platform.get(leavesTo);
      assert.equal(question.status, 200, textOf(question));
      assert.match(question.body, /logout/i);
    });
  });
});
