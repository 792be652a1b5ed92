import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { CompiledQuery } from 'kysely';
import { withServer } from '../support/fixture.ts';
import { callManagement, manage } from '../support/platform.ts';
import type { TestServer } from '../support/server.ts';
import { says } from '../support/texts.ts';
import type { UpstreamAccount } from '../support/upstream-provider.ts';
import { startUpstreamSite, type UpstreamSite } from '../support/upstream-site.ts';
import { UpstreamVisitor } from '../support/upstream-visitor.ts';
import { describe as textOf } from '../support/user-agent.ts';

const ACCOUNT = '/account/authorizations';

const queryOf = async (server: TestServer, text: string): Promise<Record<string, unknown>[]> =>
  (await server.database.db.executeQuery<Record<string, unknown>>(CompiledQuery.raw(text))).rows;

describe('User of an upstream account', () => {
  let site: UpstreamSite;
  before(async () => {
    site = await startUpstreamSite();
  });
  after(() => site.close());

  const query = (text: string) => queryOf(site.server, text);
  const user = (method: string, id: string, body?: unknown) =>
    callManagement(site.server, method, `/api/v1/users/${id}/`, body);

  /** Signs in and returns the e-mail address of the user, or the page that refuses. */
  const arrive = async (account: UpstreamAccount) => {
    const visitor = new UpstreamVisitor(site.server, site.upstream);
    const { page } = await visitor.open(ACCOUNT, account);
    if (page.url.pathname !== ACCOUNT) {
      return { page, visitor };
    }
    const { body } = await visitor.stagedoor.get('/logout');
    return { email: /[\w.]+@example\.com/.exec(body)?.[0], page, visitor };
  };

  describe('the management API', () => {
    it('sets and returns the upstream subject of a user', async () => {
      const dora = site.upstream.addAccount('platform|dora');
      assert.equal((await arrive(dora)).page.status, 403);
      const body = { email: 'dora@example.com', upstream_subject: dora.sub };
      const created = await user('PUT', 'dora', body);
      assert.equal(created.status, 201);
      const expected = { id: 'dora', email: 'dora@example.com', upstream_subject: dora.sub };
      const { id, email, upstream_subject } = Object(created.body);
      assert.deepEqual({ id, email, upstream_subject }, expected);
      assert.equal((await arrive(dora)).email, 'dora@example.com');
      const list = Object(
        await manage(site.server, 'GET', '/api/v1/users/?email=dora@example.com'),
      );
      assert.equal(list.results[0].upstream_subject, dora.sub);
      assert.equal(Object((await user('GET', 'dora')).body).upstream_subject, dora.sub);
    });

    it('keeps the subject if a body omits it, and logs nothing without a change', async () => {
      const finn = site.upstream.addAccount('platform|finn');
      await user('PUT', 'finn', { email: 'finn@example.com', upstream_subject: finn.sub });
      const count =
        "select count(*)::int from audit_events where user_id = 'finn' and action = 'stagedoor.directory.user.changed'";
      const before = await query(count);
      for (const body of [{}, { upstream_subject: finn.sub }]) {
        const again = await user('PUT', 'finn', { email: 'finn@example.com', ...body });
        assert.equal(Object(again.body).upstream_subject, finn.sub);
      }
      assert.deepEqual(await query(count), before);
      assert.equal((await arrive(finn)).email, 'finn@example.com');
    });

    it('can remove the subject, which ends the sessions', async () => {
      const greta = site.upstream.addAccount('platform|greta');
      await user('PUT', 'greta', { email: 'greta@example.com', upstream_subject: greta.sub });
      const { visitor } = await arrive(greta);
      const { body } = await user('PATCH', 'greta', { upstream_subject: null });
      assert.equal(Object(body).upstream_subject, null);
      assert.ok((await visitor.stagedoor.get(ACCOUNT)).leavesTo, 'the session has ended');
      const { page } = await visitor.open(ACCOUNT);
      assert.match(page.body, says('upstream.unknown_user.title'), textOf(page));
      const [entry] = await query(
        "select data from audit_events where user_id = 'greta' and action = 'stagedoor.directory.user.changed' order by id desc limit 1",
      );
      assert.deepEqual(entry, { data: { changed: ['upstream_subject'] } });
    });

    it('refuses the subject of another user', async () => {
      for (const method of ['PUT', 'PATCH']) {
        const answer = await user(method, 'ben', {
          email: 'ben@example.com',
          upstream_subject: site.ada.sub,
        });
        assert.equal(answer.status, 400);
        assert.deepEqual(answer.body, { upstream_subject: ["This is another user's already."] });
      }
      assert.equal((await arrive(site.ada)).email, 'ada@example.com');
      assert.equal((await arrive(site.ben)).email, 'ben@example.com');
    });

    it('refuses invalid subjects', async () => {
      for (const subject of ['', 'x'.repeat(256), 'a\u0000b', 7, {}]) {
        const answer = await user('PATCH', 'ben', { upstream_subject: subject });
        assert.equal(answer.status, 400, JSON.stringify(answer.body));
        assert.ok(Array.isArray(Object(answer.body).upstream_subject));
      }
    });

    it('refuses passwords, because sign-in is upstream', async () => {
      const answer = await user('PUT', 'hugo', { email: 'hugo@example.com', password: 'x' });
      assert.equal(answer.status, 400);
      assert.match(JSON.stringify(answer.body), /"password":\["Users sign in at http:\/\/127/);
      assert.equal((await user('GET', 'hugo')).status, 404);
      const removed = await user('PATCH', 'ben', { password: null });
      assert.equal(removed.status, 200);
    });

    it('changes the Last-Modified of the list when a subject changes', async () => {
      const list = (since: string) =>
        fetch(new URL('/api/v1/users/', site.server.issuer), {
          headers: {
            authorization: `Token ${site.server.operatorToken}`,
            'if-modified-since': since,
          },
        });
      let since = '';
      // The second of two versions within a second has no distinct time yet.
      for (let seen = await list(since); seen.status !== 304; seen = await list(since)) {
        since = seen.headers.get('last-modified') ?? '';
        await sleep(100);
      }
      await user('PATCH', 'ben', { upstream_subject: 'another' });
      assert.equal((await list(since)).status, 200);
      await user('PATCH', 'ben', { upstream_subject: site.ben.sub });
    });
  });

  it('is not found by e-mail address by default', async () => {
    await user('PUT', 'ina', { email: 'ina@example.com' });
    const ina = site.upstream.addAccount('platform|ina');
    assert.match((await arrive(ina)).page.body, says('upstream.unknown_user.title'));
    assert.deepEqual(await query("select 1 from user_identities where user_id = 'ina'"), []);
  });
});

describe('with OIDC_MATCH_VERIFIED_EMAIL', () => {
  let site: UpstreamSite;
  before(async () => {
    site = await startUpstreamSite({ OIDC_MATCH_VERIFIED_EMAIL: '1' });
  });
  after(() => site.close());

  const query = (text: string) => queryOf(site.server, text);
  const put = (id: string, more: object = {}) =>
    manage(site.server, 'PUT', `/api/v1/users/${id}/`, { email: `${id}@example.com`, ...more });
  const open = async (account: UpstreamAccount) => {
    const passage = await new UpstreamVisitor(site.server, site.upstream).open(ACCOUNT, account);
    return { ...passage, cameIn: passage.page.url.pathname === ACCOUNT };
  };

  it('a user is found by a verified address, and linked permanently', async () => {
    await put('kim');
    const kim = site.upstream.addAccount('platform|kim', { email: 'Kim@Example.com' });
    const { cameIn, page, requests } = await open(kim);
    assert.ok(cameIn, textOf(page));
    assert.equal(requests[0]?.searchParams.get('scope'), 'openid email');
    assert.deepEqual(await query("select subject from user_identities where user_id = 'kim'"), [
      { subject: kim.sub },
    ]);
    const [entry] = await query(
      "select actor, data from audit_events where user_id = 'kim' and action = 'stagedoor.directory.user.changed' order by id desc limit 1",
    );
    const data = { changed: ['upstream_subject'], linked_by: 'verified_email' };
    assert.deepEqual(entry, { actor: 'system', data });
    const told = await query(
      "select data ->> 'provider' as provider, data ->> 'byEmail' as by_email, data -> 'origin' ->> 'ip' is not null as from_where from mail_outbox where kind = 'identity_changed' and recipient = 'kim@example.com'",
    );
    const { host } = new URL(site.upstream.issuer);
    assert.deepEqual(told, [{ provider: host, by_email: 'true', from_where: true }]);
    // From now on the address is not used.
    site.upstream.addAccount(kim.sub, { email: 'kim.new@example.com' });
    await put('kim', { email: 'kim.other@example.com' });
    assert.ok((await open({ ...kim, email: 'kim.new@example.com' })).cameIn);
  });

  it('several first sign-ins at once link the user once', async () => {
    await put('lea');
    const lea = site.upstream.addAccount('platform|lea', { email: 'lea@example.com' });
    const all = await Promise.all([open(lea), open(lea), open(lea)]);
    assert.deepEqual(
      all.map(({ cameIn }) => cameIn),
      [true, true, true],
    );
    assert.equal((await query("select 1 from user_identities where user_id = 'lea'")).length, 1);
  });

  const strangers: Record<string, Partial<UpstreamAccount>> = {
    'with an unverified address': { emailVerified: false },
    'with the address of no user': { email: 'nobody@example.com' },
    'with an invalid address': { email: 'mia' },
  };
  for (const [who, more] of Object.entries(strangers)) {
    it(`no user is found for an account ${who}`, async () => {
      await put('mia');
      const { page } = await open(
        site.upstream.addAccount(`platform|${who.length}`, { email: 'mia@example.com', ...more }),
      );
      assert.match(page.body, says('upstream.unknown_user.title'), textOf(page));
    });
  }

  const lookalikes: Record<string, string> = {
    'a dotted capital İ in the domain': 'victim@gmaİl.example',
    'a dotted capital İ in the local part': 'vİctim@gmail.example',
    'a dotless ı in the local part': 'vıctim@gmail.example',
    'the Kelvin sign in the domain': 'victim2@\u212Aelvin.example',
    'the Kelvin sign in the local part': '\u212Aim.victim@gmail.example',
    'fullwidth letters in the local part': 'ｖictim@gmail.example',
    'fullwidth letters in the domain': 'victim@ｇmail.example',
    'an ideographic full stop': 'victim@gmail。example',
    'the same domain in Unicode': 'victim@bücher.example',
    'the same domain in ASCII': 'victim3@xn--bcher-kva.example',
    'a trailing dot': 'victim@gmail.example.',
  };
  it('no user is found by an address that only looks the same or is not plain ASCII', async () => {
    const victims = {
      victim: 'victim@gmail.example',
      victim2: 'victim2@kelvin.example',
      kim_victim: 'kim.victim@gmail.example',
      buecher: 'victim@xn--bcher-kva.example',
      buecher3: 'victim3@bücher.example',
    };
    for (const [id, email] of Object.entries(victims)) {
      await put(id, { email });
    }
    for (const [trick, email] of Object.entries(lookalikes)) {
      const { cameIn, page } = await open(
        site.upstream.addAccount(`attacker|${trick}`, { email, password: `the one of ${trick}` }),
      );
      assert.ok(!cameIn, `${trick}: ${email} signed in`);
      assert.match(page.body, says('upstream.unknown_user.title'), textOf(page));
    }
    const ids = Object.keys(victims).map((id) => `'${id}'`);
    assert.deepEqual(
      await query(`select subject from user_identities where user_id in (${ids.join(', ')})`),
      [],
    );
  });

  it('no user is found who has another subject', async () => {
    const { page } = await open(
      site.upstream.addAccount('platform|other', { email: site.ada.email }),
    );
    assert.match(page.body, says('upstream.unknown_user.title'), textOf(page));
  });

  it('a deactivated user gets an explanation, and is not linked', async () => {
    await put('nils', { is_active: false });
    const { page } = await open(
      site.upstream.addAccount('platform|nils', { email: 'nils@example.com' }),
    );
    assert.match(page.body, says('upstream.deactivated.title'), textOf(page));
    assert.deepEqual(await query("select 1 from user_identities where user_id = 'nils'"), []);
  });
});

describe('Server without upstream login', () => {
  const server = withServer();

  it('refuses upstream subjects', async () => {
    const put = (subject: string | null) =>
      callManagement(server, 'PUT', '/api/v1/users/ada/', {
        email: 'ada@example.com',
        upstream_subject: subject,
      });
    const refused = await put('x');
    assert.equal(refused.status, 400);
    assert.match(JSON.stringify(refused.body), /"upstream_subject":\[".*OIDC_ISSUER is not set/);
    const { status, body } = await put(null);
    assert.deepEqual([status, 'upstream_subject' in Object(body)], [201, false]);
  });
});
