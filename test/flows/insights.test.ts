import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import { cleanUp } from '../support/clean-up.ts';
import { ENGINE_VARIABLES } from '../support/engines.ts';
import { registerApplication, type TestApplication } from '../support/factories.ts';
import { prepared, withPlatform } from '../support/fixture.ts';
import { authorizationUrl, authorize, requestOf, signedIn } from '../support/flow.ts';
import { manage } from '../support/platform.ts';
import { pattern, says } from '../support/texts.ts';
import { exchange, introspect, postForm, refresh } from '../support/tokens.ts';
import { type Page, showsForm, UserAgent } from '../support/user-agent.ts';

const good = (application: TestApplication) => requestOf(application, { state: 'some-long-state' });

/** Longest time for background writes, in milliseconds. */
const PATIENCE = 30_000;

for (const [engine, overrides] of Object.entries(ENGINE_VARIABLES)) {
  describe(`Insights of an application, on ${engine}:`, () => {
    const { server, platform } = withPlatform(overrides);
    const { application } = platform;
    const ben = prepared(() => signedIn(server, platform.ben));

    const errorsPage = (query = '') =>
      ben.get(`/account/applications/${application.clientId}/errors${query}`);

    /**
     * Returns the failed requests of an application, oldest first, as soon as there are `count`.
     */
    async function failures(count: number, clientId = application.clientId) {
      const until = Date.now() + PATIENCE;
      for (;;) {
        const rows = await server.database.db
          .selectFrom('client_errors')
          .select(['endpoint', 'reason', 'details'])
          .where('client_id', '=', clientId)
          .orderBy('id')
          .execute();
        if (rows.length >= count || Date.now() > until) {
          return rows.map(({ details: { request_id, ...details }, ...row }) => ({
            ...row,
            details,
          }));
        }
        await delay(50);
      }
    }

    it('without requests, the pages show empty states', async () => {
      assert.match((await errorsPage()).body, says('insights.errors.empty.title'));
      const page = await ben.get(`/account/applications/${application.clientId}/statistics`);
      assert.match(page.body, says('insights.unused.title'));
      assert.doesNotMatch(page.body, /<svg[^>]*role="img"|class="figures"/);
    });

    it('each failed request is listed with its exact reason and without secrets', async () => {
      const other = await registerApplication(server, { owner: 'ada', name: 'Another' });
      const ada = { application, user: platform.ada, agent: new UserAgent(server) };
      const secrets: string[] = [];
      const expected: object[] = [];
      const expectNext = (endpoint: string, reason: string, details: object = {}) => {
        expected.push({ endpoint, reason, details });
      };
      const request = (changes: Record<string, string>) =>
        new UserAgent(server).get(authorizationUrl(server, { ...good(application), ...changes }));

      // Authorization request.
      await request({ redirect_uri: 'https://app.example.com/callback/?token=S3CRET' });
      expectNext('authorize', 'redirect_uri_mismatch', {
        sent: 'https://app.example.com/callback/?token=…',
        nearest: application.redirectUri,
        differences: ['trailing_slash', 'query'],
      });
      await request({ scope: 'read nonsense' });
      const registered = ['read', 'write', 'profile'];
      expectNext('authorize', 'scope_unknown', { scope: 'nonsense', registered });
      await request({ resource: 'urn:example:x' });
      expectNext('authorize', 'resource_unknown', { sent: 'urn:example:x' });
      await request({ resource: 'orders' });
      expectNext('authorize', 'resource_invalid', { sent: 'orders' });
      await request({ response_type: 'token' });
      expectNext('authorize', 'response_type_unsupported', { sent: 'token' });
      await request({ code_challenge: '', code_challenge_method: '' });
      expectNext('authorize', 'pkce_missing');
      await request({ code_challenge_method: 'plain' });
      expectNext('authorize', 'pkce_method_unsupported', { sent: 'plain' });
      await request({ redirect_uri: '' });
      expectNext('authorize', 'parameter_missing', { parameters: ['redirect_uri'] });
      await request({ prompt: 'none' });
      expectNext('authorize', 'interaction_needed');
      await request({ request_uri: 'urn:ietf:params:oauth:request_uri:gone' });
      expectNext('authorize', 'request_uri_invalid');
      await authorize(server, { ...ada, decision: 'deny', scope: 'read' });
      expectNext('authorize', 'access_denied');

      // Pushed request.
      await postForm(server, 'par', application, { ...good(application), scope: 'read,write' });
      expectNext('par', 'scope_separator', { scope: 'read,write', registered });
      await postForm(server, 'par', application, {
        ...good(application),
        redirect_uri: 'https://app.example.org/callback',
      });
      expectNext('par', 'redirect_uri_mismatch', {
        sent: 'https://app.example.org/callback',
        nearest: application.redirectUri,
        differences: ['host'],
      });

      // Code.
      const newCode = async () => {
        const result = await authorize(server, { ...ada, scope: 'read' });
        secrets.push(result.parameters.code ?? '', result.codeVerifier ?? '');
        return result;
      };
      const first = await newCode();
      await exchange(server, application, { ...first, codeVerifier: 'w'.repeat(43) });
      expectNext('token', 'verifier_wrong');
      await exchange(server, application, { ...first, codeVerifier: undefined });
      expectNext('token', 'verifier_missing');
      await exchange(server, application, { ...first, redirectUri: 'https://app.example.com/' });
      expectNext('token', 'code_redirect_uri', {
        sent: 'https://app.example.com/',
        nearest: application.redirectUri,
        differences: ['path'],
      });
      const wrong = { ...application, clientSecret: 'sds_S3CRET' };
      await exchange(server, wrong, first);
      expectNext('token', 'client_secret_wrong');
      await exchange(server, { ...application, clientSecret: undefined }, first);
      expectNext('token', 'client_auth_missing');
      const both = { client_secret: application.clientSecret ?? '' };
      await postForm(server, 'token', application, { grant_type: 'refresh_token', ...both });
      expectNext('token', 'client_auth_twice');
      await postForm(server, 'token', application, { grant_type: 'password', password: 'S3CRET' });
      expectNext('token', 'grant_type_unsupported', { sent: 'password' });
      await exchange(server, application, { ...first, parameters: { code: 'S3CRET' } });
      expectNext('token', 'code_unknown');

      const tokens = await exchange(server, application, first);
      assert.equal(tokens.status, 200);
      await exchange(server, application, first);
      expectNext('token', 'code_reused');
      await refresh(server, application, tokens.body.refresh_token ?? '');
      expectNext('token', 'ended_by_reuse');

      // Refresh token.
      await refresh(server, application, 'sdr_S3CRET');
      expectNext('token', 'refresh_token_unknown');
      const second = await exchange(server, application, await newCode());
      const token = second.body.refresh_token ?? '';
      secrets.push(token, second.body.access_token ?? '', application.clientSecret ?? '');
      await refresh(server, application, token, { scope: 'read write' });
      expectNext('token', 'refresh_scope', { scope: 'write' });
      const refreshed = await refresh(server, application, token);
      await refresh(server, application, refreshed.body.refresh_token ?? '');
      await refresh(server, application, token);
      expectNext('token', 'refresh_token_reused');

      const third = await exchange(server, application, await newCode());
      const theirs = third.body.refresh_token ?? '';
      await postForm(server, 'revoke_token', application, { token: theirs });
      await refresh(server, application, theirs);
      expectNext('token', 'revoked_by_client');
      const fourth = await exchange(server, application, await newCode());
      await refresh(server, other, fourth.body.refresh_token ?? '');
      const [foreign] = await failures(1, other.clientId);
      assert.equal(foreign?.reason, 'token_of_another');
      await postForm(server, 'revoke_token', application, {});
      expectNext('revoke_token', 'parameter_missing', { parameters: ['token'] });
      await server.database.db
        .updateTable('refresh_tokens')
        .set({ expires_at: sql<Date>`now() - interval '1 minute'` })
        .where('consumed_at', 'is', null)
        .execute();
      await refresh(server, application, fourth.body.refresh_token ?? '');
      expectNext('token', 'refresh_token_expired');

      // Suspended application.
      const path = `/api/v1/applications/${application.clientId}`;
      await manage(server, 'POST', `${path}/suspend/`, { reason: 'Too many requests' });
      await request({});
      expectNext('authorize', 'application_suspended');
      await manage(server, 'POST', `${path}/resume/`);

      assert.deepEqual(await failures(expected.length), expected);
      const page = await errorsPage();
      assert.equal(page.status, 200);
      assert.match(page.body, says('insights.difference.trailing_slash'));
      assert.match(page.body, says('insights.reason.verifier_wrong'));
      const kept = JSON.stringify(
        await server.database.db.selectFrom('client_errors').select(['error', 'details']).execute(),
      );
      for (const secret of ['S3CRET', ...secrets]) {
        assert.notEqual(secret, '');
        assert.ok(!kept.includes(secret), 'a secret was stored');
        assert.ok(!page.body.includes(secret), 'a secret is shown');
      }
    });

    it('the list is filtered by endpoint and has pages', async () => {
      const revoke = await errorsPage('?endpoint=revoke_token');
      assert.match(revoke.body, pattern`${says('insights.errors.count', { count: 1 })}\b`);
      assert.doesNotMatch(revoke.body, says('insights.reason.verifier_wrong'));
      await server.database.db
        .insertInto('client_errors')
        .values(
          Array.from({ length: 120 }, () => ({
            client_id: application.clientId,
            endpoint: 'revoke_token' as const,
            happened_at: new Date(),
            error: 'invalid_request',
            reason: 'parameter_missing',
            details: JSON.stringify({ parameters: ['token'] }),
          })),
        )
        .execute();
      const shown = (page: Page) => page.body.match(/<li class="panel">/g)?.length ?? 0;
      const pages = [];
      for (const number of [1, 2, 3]) {
        pages.push(shown(await errorsPage(`?endpoint=revoke_token&page=${number}`)));
      }
      assert.deepEqual(pages, [50, 50, 21]);
      const followed = [];
      for (let query: string | undefined = '?endpoint=revoke_token'; query !== undefined; ) {
        const page = await errorsPage(query);
        followed.push(shown(page));
        query = /href="[^"?]*(\?[^"]*)" rel="next"/.exec(page.body)?.[1]?.replaceAll('&amp;', '&');
      }
      assert.deepEqual(followed, pages);
      assert.match(
        (await errorsPage('?endpoint=revoke_token&page=2')).body,
        /rel="prev"[\s\S]*rel="next"/,
      );
      const settings = await ben.get(`/account/applications/${application.clientId}/edit`);
      assert.match(settings.body, /errors"[^>]*>[^<]*<span class="badge">(?!0)(\d+|99\+)</);
    });

    it('requests older than 7 days are not shown, and are deleted', async () => {
      const { db } = server.database;
      await db
        .updateTable('client_errors')
        .set({ happened_at: sql<Date>`now() - interval '7 days 1 minute'` })
        .where('client_id', '=', application.clientId)
        .execute();
      assert.match((await errorsPage()).body, says('insights.errors.empty.title'));
      await cleanUp(server, 'client_errors', 'surplus_client_errors');
      const left = await db.selectFrom('client_errors').select('client_id').execute();
      assert.ok(left.every((row) => row.client_id !== application.clientId));
      assert.ok(left.length > 0, 'rows of the other application are kept');
    });

    const statistics = async (days = 30) =>
      (await ben.get(`/account/applications/${application.clientId}/statistics?days=${days}`)).body;

    it('the statistics show users, calls, refreshes and failures, by day', async () => {
      const user = platform.ada;
      const result = await authorize(server, { application, user, scope: 'read profile' });
      const first = await exchange(server, application, result);
      const second = await refresh(server, application, first.body.refresh_token ?? '');
      const third = await refresh(server, application, second.body.refresh_token ?? '');
      const token = third.body.access_token ?? '';
      await introspect(server, platform.resourceServer, token);
      await introspect(server, platform.resourceServer, 'sda_unknown');
      await introspect(server, application, token);
      const authorization = `Bearer ${token}`;
      await fetch(`${server.issuer}/api/v1/me`, { headers: { authorization } });
      // Four codes were exchanged above, one of them refreshed twice.
      const expected = { apiCalls: '2', issued: '5', refreshed: '4', failed: '30' };
      const until = Date.now() + PATIENCE;
      let page = await statistics();
      while (!isDeepStrictEqual(sumsOf(page), expected) && Date.now() < until) {
        await delay(100);
        page = await statistics();
      }
      assert.deepEqual(sumsOf(page), expected);
      const today = new Date().toISOString().slice(0, 10);
      const [, issued, refreshed] =
        new RegExp(`datetime="${today}"[^]*?<td[^>]*>(\\d+)</td><td[^>]*>(\\d+)</td>`).exec(page) ??
        [];
      assert.deepEqual([issued, refreshed], ['5', '4']);
      assert.match(page, /<svg[^>]*role="img"[^>]*>\s*<title[^>]*>[^<]+</);
      // Eight refreshes failed above, also after the tokens had ended.
      assert.deepEqual(figuresOf(page), {
        users: '1',
        calls: '2',
        refresh: '36.3%',
        failures: '30',
      });
    });

    it('the statistics go back 90 days, and compare with the time before', async () => {
      const { db } = server.database;
      await cleanUp(server, 'daily_users');
      await cleanUp(server, 'daily_users');
      const users = await db
        .selectFrom('application_days')
        .select(['client_id', 'users'])
        .execute();
      assert.deepEqual(users.find((row) => row.client_id === application.clientId)?.users, 1);
      // Before a process of an earlier release would delete them, after 32 days.
      await sql`
        insert into token_counts (client_id, at, issued, refreshed, failed)
        select ${application.clientId}, now() - make_interval(hours => hours), 0, 0, 0
        from unnest(array[31 * 24 + 11, 31 * 24 + 13]) hours
      `.execute(db);
      const old = db.selectFrom('token_counts').select('client_id');
      const before = (await old.execute()).length;
      await cleanUp(server, 'token_counts');
      assert.equal((await old.execute()).length, before - 1);
      await sql`update application_days set day = day - 40`.execute(db);
      await sql`update token_counts set at = at - interval '40 days'`.execute(db);
      const unfolded = await statistics(90);
      await cleanUp(server, 'token_counts');
      assert.deepEqual(await db.selectFrom('token_counts').select('client_id').execute(), []);
      const folded = await statistics(90);
      assert.deepEqual(sumsOf(folded), sumsOf(unfolded));
      assert.equal(sumsOf(folded).issued, '5');
      const recent = await statistics(30);
      assert.deepEqual(sumsOf(recent), {});
      assert.match(recent, says('insights.quiet.title'));
      assert.match(recent, says('insights.change', { change: '-100%', before: '30' }));
      assert.match(recent, says('insights.change', { change: '0%', before: '1' }));
      assert.match(recent, says('insights.before', { before: '36.3%' }));
      await sql`update application_days set day = day - 50`.execute(db);
      assert.deepEqual(sumsOf(await statistics(90)), {});
      await sql`update application_days set day = day - 94`.execute(db);
      await cleanUp(server, 'application_days');
      assert.deepEqual(await db.selectFrom('application_days').select('day').execute(), []);
    });

    it('the users of an application with many grants are counted by a job', async () => {
      const { db } = server.database;
      const { clientId } = await registerApplication(server, { owner: 'ben', name: 'Large' });
      const connected = async () => {
        const { body } = await ben.get(`/account/applications/${clientId}/statistics`);
        return figuresOf(body).users;
      };
      await sql`
        insert into users (id, email, email_key)
        select 'many' || n, 'many' || n, 'many' || n from generate_series(1, 2100) n
      `.execute(db);
      await sql`
        insert into grants (id, user_id, client_id, scopes, expires_at)
        select gen_random_uuid(), 'many' || n, ${clientId}, '{read}',
          now() + case when n > 2050 then -1 else 1 end * interval '1 day'
        from generate_series(1, 2100) n, generate_series(1, 2)
      `.execute(db);
      await cleanUp(server, 'application_usage');
      assert.equal(await connected(), '2,050');
      await sql`delete from grants where client_id = ${clientId} and user_id > 'many3'`.execute(db);
      assert.equal(await connected(), '2,050');
      await cleanUp(server, 'application_usage');
      // many1, many2 and many3, and all numbers that begin with 1 or 2.
      assert.equal(await connected(), '1,274');
      await sql`delete from grants where client_id = ${clientId} and user_id > 'many11'`.execute(
        db,
      );
      await cleanUp(server, 'application_usage');
      assert.equal(await connected(), '113');
      // It has few grants now, so they are counted for each page.
      await sql`delete from grants where client_id = ${clientId} and user_id = 'many11'`.execute(
        db,
      );
      assert.equal(await connected(), '112');
    });

    it('other users and signed-out visitors can’t open the pages', async () => {
      const ada = await signedIn(server, platform.ada);
      for (const name of ['statistics', 'errors', 'check']) {
        const path = `/account/applications/${application.clientId}/${name}`;
        assert.equal((await ben.get(path)).status, 200, path);
        assert.equal((await ada.get(path)).status, 404, path);
        assert.ok(showsForm(await new UserAgent(server).get(path), 'password'), path);
        assert.equal((await ben.get(path.replace(application.clientId, 'nobody'))).status, 404);
      }
    });
  });
}

/** Reads the figures of a statistics page, by name. */
function figuresOf(page: string): Record<string, string | undefined> {
  const names = ['users', 'calls', 'refresh', 'failures'] as const;
  return Object.fromEntries(
    names.map((name) => [
      name,
      pattern`<dt>${says(`insights.figure.${name}`)}</dt>\s*<dd>([^<]*)<`.exec(page)?.[1],
    ]),
  );
}

/** Reads the sums of the plots of a statistics page, by series. */
function sumsOf(page: string): Record<string, string | undefined> {
  const items = page.matchAll(/<li class="(\w+)">[^<]*: ([\d,]+)<\/li>/g);
  return Object.fromEntries([...items].map(([, name = '', sum]) => [name, sum]));
}
