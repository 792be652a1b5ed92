import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { z } from 'zod';
import { proofAdapter } from '../../src/oidc/proof-adapter.ts';
import { newDpopKey, newProof } from '../support/dpop.ts';
import {
  registerApplication,
  reviewApplication,
  type TestApplication,
} from '../support/factories.ts';
import { withPlatform } from '../support/fixture.ts';
import { authorizationUrl, challengeOf, decide, requestOf, signIn } from '../support/flow.ts';
import { manage } from '../support/platform.ts';
import { growth, type Stored, storedBytes } from '../support/stored-bytes.ts';
import { says } from '../support/texts.ts';
import { startUpstreamSite } from '../support/upstream-site.ts';
import { UpstreamVisitor } from '../support/upstream-visitor.ts';
import { showsForm, describe as textOf, UserAgent } from '../support/user-agent.ts';

const pushed = z.object({ request_uri: z.string(), expires_in: z.number() });
/** Returns a state with characters that a URL has to escape, as in base64 and JSON. */
const longState = (length: number) => `${randomBytes(length).toString('base64')} {"a":"&=#%"}`;

describe('Anonymous requests', () => {
  const { server, platform } = withPlatform();
  let open: TestApplication;
  before(async () => {
    await reviewApplication(server, platform.application.clientId);
    open = await registerApplication(server, { owner: 'ben', clientType: 'public' });
  });

  const parameters = (more: Record<string, string> = {}): Record<string, string> => ({
    response_type: 'code',
    client_id: platform.application.clientId,
    redirect_uri: platform.application.redirectUri,
    code_challenge: challengeOf('v'.repeat(43)),
    code_challenge_method: 'S256',
    ...more,
  });
  const requestUrl = (more: Record<string, string> = {}) =>
    authorizationUrl(server, parameters(more));
  const push = (
    more: Record<string, string>,
    headers: Record<string, string> = {},
    path = '/api/v1/oauth/par',
  ) =>
    fetch(`${server.issuer}${path}`, {
      method: 'POST',
      body: new URLSearchParams(parameters(more)),
      headers,
    });
  const pushedUrl = async (response: Response, clientId: string) => {
    const { request_uri } = pushed.parse(await response.json());
    return authorizationUrl(server, { client_id: clientId, request_uri });
  };
  const asApplication = () => ({
    authorization: `Basic ${btoa(`${platform.application.clientId}:${platform.application.clientSecret}`)}`,
  });

  /**
   * Returns the growth of all tables except those with a limit per application, which are written
   * later.
   */
  const grown = async (before: readonly Stored[]) =>
    growth(before, await storedBytes(server.database)).filter(
      ({ table }) => table !== 'client_errors' && table !== 'token_counts',
    );

  describe('store nothing', () => {
    const cases: Record<string, (agent: UserAgent) => Promise<unknown>> = {
      'an authorization request': (agent) => agent.get(requestUrl()),
      'a state of 4 kB': (agent) => agent.get(requestUrl({ state: longState(3000) })),
      'prompt=login': (agent) => agent.get(requestUrl({ prompt: 'login' })),
      'prompt=none': (agent) => agent.get(requestUrl({ prompt: 'none' })),
      'an unknown client': (agent) => agent.get(requestUrl({ client_id: 'nobody' })),
      'a posted request': (agent) => {
        const body = new URLSearchParams(parameters({ state: longState(2000) }));
        return agent.request('/api/v1/oauth/authorize', { method: 'POST', body });
      },
      'the sign-in page': (agent) => agent.get('/login?return_to=/account/profile'),
      'a browser whose session has ended': async (agent) => {
        const page = await signIn(agent, await agent.get('/login'), platform.ada);
        assert.equal(page.status, 200);
        await sql`delete from sessions`.execute(server.database.db);
        const stored = await storedBytes(server.database);
        await agent.get(requestUrl());
        assert.deepEqual(await grown(stored), []);
      },
    };
    for (const [name, send] of Object.entries(cases)) {
      it(name, async () => {
        const before = await storedBytes(server.database);
        await send(new UserAgent(server));
        if (!name.startsWith('a browser')) {
          assert.deepEqual(await grown(before), []);
        }
      });
    }
  });

  it('take no lock on the application, so that a flood does not delay its suspension', async () => {
    await server.database.db.transaction().execute(async (tx) => {
      await sql`select from applications for update`.execute(tx);
      const signal = AbortSignal.timeout(10_000);
      assert.equal((await fetch(requestUrl(), { redirect: 'manual', signal })).status, 303);
    });
  });

  describe('Application name on the sign-in page', () => {
    const nameFor = async (clientId: string) => {
      const target = `/api/v1/oauth/authorize?client_id=${clientId}`;
      const page = await new UserAgent(server).get(
        `/login?return_to=${encodeURIComponent(target)}`,
      );
      return says('login.continue').test(page.body);
    };

    it('is shown only if an operator reviewed the application and it is not suspended', async () => {
      const { clientId } = await registerApplication(server, { owner: 'ben', name: 'Call us' });
      assert.equal(await nameFor(clientId), false, 'not reviewed');
      await reviewApplication(server, clientId);
      assert.equal(await nameFor(clientId), true, 'reviewed');
      await manage(server, 'POST', `/api/v1/applications/${clientId}/suspend/`, {
        reason: 'fraud',
      });
      assert.equal(await nameFor(clientId), false, 'suspended');
      assert.equal(await nameFor('%00'), false, 'no client id');
    });
  });

  describe('State across the sign-in', () => {
    it('a long state is returned to the application', async () => {
      const agent = new UserAgent(server);
      const state = longState(4000);
      const login = await agent.get(requestUrl({ state, login_hint: platform.ada.email }));
      assert.match(login.body, /Box Office Sync/, 'the page names the application');
      assert.match(login.body, /value="ada@example\.com"/, 'the hint is filled in');
      const wrong = await agent.submit(login, { email: platform.ada.email, password: 'wrong' });
      assert.match(wrong.body, /Box Office Sync/, 'after a wrong password, too');
      const consent = await signIn(agent, wrong, platform.ada);
      const back = await decide(agent, consent);
      assert.equal(back.leavesTo?.searchParams.get('state'), state, textOf(back));
    });

    it('a request that is too long for a URL is refused with a hint to push it', async () => {
      const page = await new UserAgent(server).get(requestUrl({ state: 'x'.repeat(13_000) }));
      assert.equal(page.status, 400);
      assert.match(page.body, /state is too long for a URL .*push it/);
    });

    it('prompt=login asks for the password once, and prompt=consent still shows the consent page', async () => {
      const agent = new UserAgent(server);
      const login = await agent.get(requestUrl({ prompt: 'login consent' }));
      const consent = await signIn(agent, login, platform.ada);
      assert.ok(showsForm(consent, 'decision'), textOf(consent));
    });

    for (const prompt of ['', 'login', 'login consent']) {
      it(`a pushed request outlives its expiry during a slow sign-in, with prompt "${prompt}"`, async () => {
        const agent = new UserAgent(server);
        const state = longState(4000);
        const more = { state, approval_prompt: 'force', ...(prompt ? { prompt } : {}) };
        const pushing = await push(more, asApplication());
        const login = await agent.get(await pushedUrl(pushing, platform.application.clientId));
        assert.match(login.body, /Box Office Sync/);
        await sql`
          update pushed_authorization_requests set
            issued_at = issued_at - interval '10 minutes', expires_at = expires_at - interval '10 minutes'
        `.execute(server.database.db);
        const consent = await signIn(agent, login, platform.ada);
        assert.ok(showsForm(consent, 'decision'), textOf(consent));
        const back = await decide(agent, consent);
        assert.equal(back.leavesTo?.searchParams.get('state'), state);
        const again = await agent.get(login.url.searchParams.get('return_to') ?? '');
        assert.equal(again.leavesTo, undefined, 'the pushed request works once');
        assert.equal(again.status, 400);
      });
    }
  });

  describe('Anonymous pushed authorization requests', () => {
    it('a public application can push at most 64 KiB, like a confidential one', async () => {
      const [accepted, refused] = ['x'.repeat(64_000), 'x'.repeat(66_000)];
      for (const path of ['/api/v1/oauth/par', '/api/v1/oauth/par/', '/API/v1/oauth/Par/']) {
        const { clientId: client_id } = open;
        assert.equal((await push({ client_id, state: accepted }, {}, path)).status, 201, path);
        assert.equal((await push({ client_id, state: refused }, {}, path)).status, 413, path);
      }
      assert.equal((await push({ state: accepted }, asApplication())).status, 201);
    });

    it('a refused request stores no DPoP proof', async () => {
      const key = await newDpopKey();
      for (const [more, status] of [
        [{ scope: 'none' }, 400],
        [{ state: 'x'.repeat(66_000) }, 413],
      ] as const) {
        const dpop = await newProof(key, { url: `${server.issuer}/api/v1/oauth/par` });
        const answer = await push({ client_id: open.clientId, ...more }, { dpop });
        assert.equal(answer.status, status);
      }
      const proofs = server.database.db.selectFrom('dpop_proofs').selectAll();
      assert.deepEqual(await proofs.execute(), []);
    });

    it('a replayed DPoP proof is logged only at the token endpoint', async () => {
      const reported: unknown[] = [];
      const { db } = server.database;
      const onReplay = (where: unknown) => reported.push(where);
      const proofs = proofAdapter({ db, config: server.config, onReplay, candidateSources: [] });
      const use = () =>
        proofs.upsert?.(
          randomBytes(32).fill(7).toString('base64url'),
          { exp: Math.floor(Date.now() / 1000) + 60 },
          60,
        );
      await use();
      await assert.rejects(async () => use(), /DPoP proof was used before|invalid_dpop_proof/);
      assert.deepEqual(reported, []);
      await db.deleteFrom('dpop_proofs').execute();
    });

    it('each source has a limit; failed and authenticated requests do not count', async () => {
      const secret = {
        client_secret: platform.application.clientSecret ?? '',
      };
      const send = async (count: number, more: Record<string, string>) => {
        const answers = await Promise.all(Array.from({ length: count }, () => push(more)));
        return new Set(answers.map(({ status }) => status));
      };
      assert.deepEqual(await send(20, { client_id: open.clientId, scope: 'none' }), new Set([400]));
      assert.deepEqual(await send(20, secret), new Set([201]));
      for (let sent = 0; sent < 300; sent += 50) {
        assert.deepEqual(await send(50, { client_id: open.clientId }), new Set([201]));
      }
      assert.equal(
        (await push({ client_id: open.clientId }, {}, '/api/v1/oauth/par/')).status,
        429,
      );
      const refused = await push({ client_id: open.clientId });
      assert.equal(refused.status, 429);
      assert.ok(Number(refused.headers.get('retry-after')) > 0);
      assert.match(await refused.text(), /"error":"temporarily_unavailable"/);
      assert.deepEqual(await send(2, secret), new Set([201]), 'the right secret always works');
      assert.equal((await push({}, asApplication())).status, 201);
    });
  });
});

describe('Anonymous requests with the platform’s own login', () => {
  for (const [name, length, path] of [
    ['a short state', 20, '/login'],
    ['a long state', 2000, '/login'],
  ] as const) {
    it(`${name}: stores at most 2 kB, and the sign-in continues`, async () => {
      const site = await startUpstreamSite();
      try {
        const state = randomBytes(length).toString('base64url');
        const url = authorizationUrl(
          site.server,
          requestOf(site.platform.application, { login_hint: 'ä'.repeat(250), state }),
        );
        const visitor = new UpstreamVisitor(site.server, site.upstream);
        const before = await storedBytes(site.server.database);
        const waiting = await visitor.stagedoor.get(url);
        assert.equal(waiting.url.pathname, path);
        const stored = growth(before, await storedBytes(site.server.database));
        const bytes = stored.reduce((sum, one) => sum + one.bytes, 0);
        assert.ok(bytes < 2048, JSON.stringify(stored));
        const { page } = await visitor.follow(waiting, site.ada);
        const back = await decide(visitor.stagedoor, page);
        assert.equal(back.leavesTo?.searchParams.get('state'), state, textOf(back));
      } finally {
        await site.close();
      }
    });
  }
});
