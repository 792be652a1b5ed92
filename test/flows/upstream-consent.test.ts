import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CompiledQuery } from 'kysely';
import { prepared } from '../support/fixture.ts';
import { authorizationUrl, decide, requestOf } from '../support/flow.ts';
import { pattern, says } from '../support/texts.ts';
import { startUpstreamSite } from '../support/upstream-site.ts';
import { UpstreamVisitor } from '../support/upstream-visitor.ts';
import { offered, type Page, showsForm, describe as textOf } from '../support/user-agent.ts';

describe('Consent with an old upstream sign-in', () => {
  const site = prepared(startUpstreamSite, (one) => one.close());

  const query = async (text: string): Promise<Record<string, unknown>[]> =>
    (await site.server.database.db.executeQuery<Record<string, unknown>>(CompiledQuery.raw(text)))
      .rows;

  const requestUrl = () =>
    authorizationUrl(
      site.server,
      requestOf(site.platform.application, {
        scope: 'read write profile',
        approval_prompt: 'force',
      }),
    );

  /** Returns Ada at the consent page, two hours after she signed in. */
  const atConsent = async () => {
    const visitor = new UpstreamVisitor(site.server, site.upstream);
    await visitor.open('/account/authorizations', site.ada);
    await query("update sessions set authenticated_at = now() - interval '2 hours'");
    const { page } = await visitor.open(requestUrl());
    assert.ok(showsForm(page, 'decision'), textOf(page));
    return { visitor, page };
  };

  const ticked = (page: Page, name: string) =>
    page.forms
      .flatMap(({ fields }) => fields)
      .filter((field) => field.name === name && field.checked)
      .map(({ value }) => value);

  const isOld = (page: Page) => says('upstream.consent.help').test(page.body);

  it('the user is redirected to the upstream login and back, and the selection is kept', async () => {
    const { visitor, page } = await atConsent();
    assert.ok(isOld(page), textOf(page));
    assert.equal(showsForm(page, 'password'), false);
    const choice = { scopes: ['read', 'profile'], organizers: ['redstage'] };
    // Ada's sign-in at the platform is recent enough.
    const {
      page: back,
      requests,
      asked,
    } = await visitor.follow(await decide(visitor.stagedoor, page, choice), site.ada);
    const { max_age, login_hint } = Object.fromEntries(requests[0]?.searchParams ?? []);
    assert.deepEqual({ max_age, login_hint }, { max_age: '1800', login_hint: 'ada@example.com' });
    assert.equal(asked.length, 0);
    assert.ok(showsForm(back, 'decision'), textOf(back));
    assert.equal(isOld(back), false);
    assert.deepEqual(ticked(back, 'scopes'), choice.scopes);
    assert.deepEqual(ticked(back, 'organizers'), choice.organizers);
    const reloaded = await visitor.stagedoor.get(back.url);
    assert.deepEqual(
      ticked(reloaded, 'organizers'),
      choice.organizers,
      'a reload keeps the selection',
    );
    const done = await decide(visitor.stagedoor, back, choice);
    assert.ok(done.leavesTo?.searchParams.has('code'), textOf(done));
    const [grant] = await query('select scopes from grants order by created_at desc limit 1');
    assert.deepEqual(grant, { scopes: ['read', 'profile'] });
  });

  it('if the upstream sign-in is also old, the user must sign in there again', async () => {
    const { visitor, page } = await atConsent();
    const twoHoursAgo = Math.floor(Date.now() / 1000) - 7200;
    site.upstream.behaviour = { claims: (claims) => ({ ...claims, auth_time: twoHoursAgo }) };
    const { page: refused } = await visitor.follow(await decide(visitor.stagedoor, page), site.ada);
    site.upstream.behaviour = {};
    assert.equal(refused.status, 403);
    assert.match(refused.body, says('upstream.not_fresh.title'));
    const [session] = await query('select authenticated_at from sessions order by created_at desc');
    assert.ok(
      Number(session?.authenticated_at) < Date.now() - 7_000_000,
      'the session was not renewed',
    );
  });

  it('the selection is kept if the upstream login fails or refuses', async () => {
    const { visitor, page } = await atConsent();
    const choice = { scopes: ['read'], organizers: ['bluehall'] };
    for (const behaviour of [{ authorizationError: 'access_denied' }, { foreignKey: true }]) {
      site.upstream.behaviour = behaviour;
      const answer = await decide(visitor.stagedoor, page, choice);
      const { page: refused } = await visitor.follow(answer, site.ada);
      site.upstream.behaviour = {};
      assert.ok([400, 403].includes(refused.status), textOf(refused));
      const [, href] =
        pattern`<a href="([^"]+)"[^>]*><bdi>${says('upstream.link.again')}`.exec(refused.body) ??
        [];
      const back = await visitor.stagedoor.get(href ?? '');
      assert.ok(isOld(back), textOf(back));
      assert.deepEqual(ticked(back, 'scopes'), choice.scopes);
      assert.deepEqual(ticked(back, 'organizers'), choice.organizers);
    }
  });

  it('denying needs no sign-in', async () => {
    const { visitor, page } = await atConsent();
    const denied = await decide(visitor.stagedoor, page, { decision: 'deny' });
    assert.equal(denied.leavesTo?.searchParams.get('error'), 'access_denied');
  });

  it('returning from the upstream login grants nothing before the form is posted again', async () => {
    const { visitor, page } = await atConsent();
    const before = await query('select count(*) from grants');
    const answer = await decide(visitor.stagedoor, page, { organizers: ['redstage'] });
    const { page: back } = await visitor.follow(answer, site.ada);
    await visitor.stagedoor.get(back.url);
    assert.deepEqual(await query('select count(*) from grants'), before);
  });

  it('returning as another user starts the request again without the first user’s selection', async () => {
    const { visitor, page } = await atConsent();
    const answer = await decide(visitor.stagedoor, page, { organizers: ['redstage'] });
    visitor.platform.cookies.clear();
    const { page: back } = await visitor.follow(answer, site.ben);
    assert.ok(showsForm(back, 'decision'), textOf(back));
    assert.match(back.body, /ben@example\.com/);
    assert.deepEqual(offered(back, 'organizers'), ['greenarena']);
    assert.deepEqual(ticked(back, 'scopes'), ['read', 'profile'], 'Ben can only view there');
  });

  it('returning after the session has ended starts the request again', async () => {
    const { visitor, page } = await atConsent();
    const answer = await decide(visitor.stagedoor, page, { organizers: ['redstage'] });
    await query('delete from sessions');
    const { page: back } = await visitor.follow(answer, site.ada);
    assert.ok(showsForm(back, 'decision'), textOf(back));
    assert.match(back.body, /ada@example\.com/);
    assert.equal(isOld(back), false);
  });

  it('the selection is restored only in the same browser and request', async () => {
    const { visitor, page } = await atConsent();
    const answer = await decide(visitor.stagedoor, page, { scopes: ['read'], organizers: [] });
    const { page: back } = await visitor.follow(answer, site.ada);
    const { page: other } = await visitor.open(requestUrl());
    const mixed = await visitor.stagedoor.get(`${other.url.pathname}${back.url.search}`);
    assert.deepEqual(ticked(mixed, 'scopes'), ['read', 'write', 'profile']);
    for (const nonsense of ['x', '', '%00', 'x'.repeat(43)]) {
      const page = await visitor.stagedoor.get(`${other.url.pathname}?sign_in=${nonsense}`);
      assert.equal(page.status, 200);
    }
  });

  it('security settings of an application also require a recent upstream sign-in', async () => {
    const { visitor } = await atConsent();
    await query("update applications set owner_id = 'ada'");
    const { application } = site.platform;
    const path = `/account/applications/${application.clientId}/secrets/new`;
    const { page, requests } = await visitor.open(path);
    assert.equal(page.url.pathname, path, textOf(page));
    assert.equal(requests[0]?.searchParams.get('max_age'), '1800');
  });
});
