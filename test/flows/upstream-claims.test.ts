import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { warnOfUpstream } from '../../src/server/warn-of-upstream.ts';
import { prepared } from '../support/fixture.ts';
import { freePort } from '../support/free-port.ts';
import { until } from '../support/outbox.ts';
import { manage } from '../support/platform.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { says } from '../support/texts.ts';
import { startUpstreamProvider, type UpstreamProvider } from '../support/upstream-provider.ts';
import { startUpstreamSite } from '../support/upstream-site.ts';
import { UpstreamVisitor } from '../support/upstream-visitor.ts';
import { describe as textOf } from '../support/user-agent.ts';

const ACCOUNT = '/account/authorizations';

describe('start with a platform login', () => {
  let upstream: UpstreamProvider;
  let server: TestServer;
  let asked = 0;
  let claims: readonly string[] = ['sub', 'auth_time'];
  before(async () => {
    upstream = await startUpstreamProvider(await freePort());
    upstream.behaviour = {
      get metadata() {
        asked += 1;
        return { claims_supported: claims };
      },
    };
    server = await startServer(upstream.variables);
  });
  after(async () => {
    await server.close();
    await upstream.close();
  });

  /** Returns the warnings of a start. */
  const warnings = async (changes: { readonly withoutAuthTime?: boolean } = {}) => {
    const logged: string[] = [];
    const log = { warn: (_: unknown, message?: string) => logged.push(message ?? '') };
    const { upstream: settings } = server.config;
    assert.ok(settings);
    await warnOfUpstream({ upstream: { ...settings, ...changes } }, log);
    return logged;
  };

  it('the server reads the metadata of the login when it starts', () => until(() => asked > 0));

  it('with auth_time among its claims: nothing is logged', async () => {
    assert.deepEqual(await warnings(), []);
  });

  it('without auth_time: one warning names the setting that helps', async () => {
    claims = ['sub'];
    const [warning, ...more] = await warnings();
    assert.match(warning ?? '', /auth_time.*OIDC_WITHOUT_AUTH_TIME=1/);
    assert.deepEqual(more, []);
    assert.deepEqual(await warnings({ withoutAuthTime: true }), []);
  });

  it('unreachable: nothing is logged', async () => {
    await upstream.network.cut();
    assert.deepEqual(await warnings(), []);
    await upstream.network.restore();
  });
});

describe('platform login whose ID tokens have no auth_time', () => {
  const site = prepared(
    () =>
      startUpstreamSite({
        OIDC_WITHOUT_AUTH_TIME: '1',
        OIDC_MATCH_VERIFIED_EMAIL: '1',
      }),
    (one) => one.close(),
  );

  before(async () => {
    site.upstream.behaviour = { claims: ({ auth_time: _, ...claims }) => claims };
  });

  it('each sign-in requires a new authentication there, and counts from its beginning', async () => {
    const visitor = new UpstreamVisitor(site.server, site.upstream);
    const before = Date.now();
    for (const _ of ['first', 'second']) {
      const { page, requests, asked } = await visitor.open('/login?reason=recent', site.ada);
      assert.equal(page.url.pathname, ACCOUNT, textOf(page));
      assert.equal(requests[0]?.searchParams.get('prompt'), 'login');
      assert.equal(asked.length, 1, 'the platform asks although a session exists there');
    }
    const { authenticated_at } = await site.server.database.db
      .selectFrom('sessions')
      .select('authenticated_at')
      .where('user_id', '=', 'ada')
      .executeTakeFirstOrThrow();
    const at = authenticated_at?.getTime() ?? 0;
    assert.ok(at >= before - 1000 && at <= Date.now(), String(authenticated_at));
  });

  it('an auth_time that is sent still counts', async () => {
    const hoursAgo = Math.floor(Date.now() / 1000) - 50_000;
    site.upstream.behaviour = { claims: (claims) => ({ ...claims, auth_time: hoursAgo }) };
    const { page } = await new UpstreamVisitor(site.server, site.upstream).open(ACCOUNT, site.ada);
    assert.equal(page.status, 403);
    assert.match(page.body, says('upstream.not_fresh.title'));
    site.upstream.behaviour = { claims: ({ auth_time: _, ...claims }) => claims };
  });

  for (const [verified, found] of [
    ['true', true],
    [true, true],
    ['false', false],
    ['1', false],
    [1, false],
  ] as const) {
    it(`email_verified ${JSON.stringify(verified)}: the user is ${found ? '' : 'not '}found`, async () => {
      const id = `user${String(verified)}${typeof verified}`;
      const email = `${id}@example.com`;
      await manage(site.server, 'PUT', `/api/v1/users/${id}/`, { email });
      const account = site.upstream.addAccount(`platform|${id}`, { email });
      site.upstream.behaviour = {
        claims: ({ auth_time: _, ...claims }) => ({ ...claims, email, email_verified: verified }),
      };
      const visitor = new UpstreamVisitor(site.server, site.upstream);
      const { page } = await visitor.open(ACCOUNT, account);
      assert.equal(page.url.pathname === ACCOUNT, found, textOf(page));
    });
  }
});
