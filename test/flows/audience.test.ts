import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeJwt } from 'jose';
import { findApplication } from '../../src/applications/store.ts';
import { readConsentRequest } from '../../src/authorization/describe.ts';
import { StagedoorError } from '../../src/lib/errors.ts';
import { findUser } from '../../src/users/user-store.ts';
import { queuedMails } from '../support/account.ts';
import { PAGE_ENGINE_VARIABLES } from '../support/engines.ts';
import { registerApplication, registerResourceServer } from '../support/factories.ts';
import { prepared, withPlatform } from '../support/fixture.ts';
import { authorizationUrl, authorize, challengeOf, decide, requestOf } from '../support/flow.ts';
import { type ClientCredentials, manage } from '../support/platform.ts';
import {
  exchange,
  introspect,
  postForm,
  refresh,
  revoke,
  type TokenAnswer,
} from '../support/tokens.ts';
import { describe as textOf, UserAgent } from '../support/user-agent.ts';

const ORDERS = 'https://api.example.com/orders';
const STOCK = 'https://stock.example.com';
const SERVERS = '/api/v1/resource-servers/';

for (const [engine, variables] of Object.entries(PAGE_ENGINE_VARIABLES)) {
  describe(`Tokens for one API, on ${engine}`, () => {
    const { server, platform } = withPlatform(variables);
    /** Requires an audience. */

    const { application } = platform;
    const agent = prepared(() => new UserAgent(server));
    const orders = prepared(() => register({ resources: [ORDERS] }));
    const stock = prepared(() => register({ resources: [STOCK], require_audience: true }));

    const register = (details: Parameters<typeof registerResourceServer>[2]) =>
      registerResourceServer(server, 'API', details);
    const request = (resources: readonly string[], parameters: Record<string, string> = {}) =>
      authorize(server, {
        application,
        user: platform.ada,
        agent,
        resources,
        parameters: { approval_prompt: 'force', ...parameters },
      });
    /** Returns `aud` of the token in an answer, as its application sees it, or the error. */
    const audienceOf = async ({ body }: TokenAnswer) => {
      if (body.access_token === undefined) {
        return body.error;
      }
      const answer = await introspect(server, application, body.access_token);
      assert.equal(answer.body.active, true);
      return answer.body.aud;
    };
    const isActive = async (caller: ClientCredentials, { body }: TokenAnswer) =>
      (await introspect(server, caller, body.access_token ?? '')).body.active;
    const obtain = async (resources: readonly string[], resource?: string) => {
      const parameters = resource === undefined ? {} : { resource };
      const answer = await exchange(server, application, await request(resources), parameters);
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      return answer;
    };
    const renew = ({ body }: TokenAnswer, parameters = {}) =>
      refresh(server, application, body.refresh_token ?? '', parameters);

    const exchanges: [
      authorized: string[],
      requested: string[],
      result: string | undefined,
      name?: string,
    ][] = [
      [[], [], undefined],
      [[], [''], undefined, 'an empty resource is none'],
      [[], [ORDERS], ORDERS],
      [[], [STOCK], 'invalid_target', 'the user did not see this API'],
      [[], ['urn:unknown'], 'invalid_target'],
      [[], [ORDERS, STOCK], 'invalid_target'],
      [[ORDERS], [], ORDERS, 'the only resource is the default'],
      [[ORDERS], [ORDERS], ORDERS],
      [[ORDERS], [ORDERS, ORDERS], ORDERS],
      [[ORDERS], ['HTTPS://API.Example.com:443/orders'], ORDERS, 'other spelling'],
      [[ORDERS], [`${ORDERS}/`], 'invalid_target', 'a slash at the end of a path'],
      [[ORDERS], [STOCK], 'invalid_target'],
      [[ORDERS], ['orders'], 'invalid_target'],
      [[], ['\u0000'], 'invalid_target'],
      [[ORDERS, ORDERS, ''], [], ORDERS],
      [[STOCK], [`${STOCK}/`], STOCK, 'an empty path is /'],
      [[`${STOCK}/`], [STOCK], STOCK],
      [[ORDERS, STOCK], [], 'invalid_target', 'a choice is necessary'],
      [[ORDERS, STOCK], [STOCK], STOCK],
      [[ORDERS, STOCK], [ORDERS, STOCK], 'invalid_target'],
    ];
    for (const [authorized, requested, result, name] of exchanges) {
      const title = `${JSON.stringify(authorized)}, then ${JSON.stringify(requested)}`;
      it(`${title}: ${result ?? 'no audience'}${name === undefined ? '' : ` (${name})`}`, async () => {
        const authorization = await request(authorized);
        const answer = await exchange(server, application, authorization, { resource: requested });
        assert.equal(await audienceOf(answer), result);
        assert.equal(answer.status, result === 'invalid_target' ? 400 : 200);
        if (result === 'invalid_target') {
          // The code is not used up.
          const parameters = authorized.length > 1 ? { resource: ORDERS } : {};
          const second = await exchange(server, application, authorization, parameters);
          assert.equal(await audienceOf(second), authorized[0]);
        }
      });
    }

    const refused: [resources: string[], name: string][] = [
      [['urn:unknown'], 'unknown'],
      [[ORDERS, 'urn:unknown'], 'one of two unknown'],
      [['/orders'], 'no absolute URI'],
      [[`${ORDERS}#a`], 'with a fragment'],
      [[`${ORDERS} `], 'with a blank'],
      [['https://user@stock.example.com'], 'with a user name'],
      [['__proto__'], 'named like a property'],
      [Array.from({ length: 11 }, (_, i) => `${ORDERS}?${i}`), 'too many'],
      [['https://api.example.com/\u0000'], 'with NUL'],
      [[`${ORDERS}?${'x'.repeat(600)}`], 'too long'],
    ];
    for (const [resources, name] of refused) {
      it(`an authorization request for a resource that is ${name}: invalid_target`, async () => {
        const { parameters } = await request(resources);
        assert.equal(parameters.error, 'invalid_target');
        const pushed = await postForm(server, 'par', application, {
          client_id: application.clientId,
          response_type: 'code',
          redirect_uri: application.redirectUri,
          code_challenge: challengeOf('x'.repeat(43)),
          code_challenge_method: 'S256',
          resource: resources,
        });
        assert.deepEqual([pushed.status, pushed.body.error], [400, 'invalid_target']);
      });
    }

    it('are active for the resource server of their audience only', async () => {
      const other = await registerApplication(server, { owner: 'ben', name: 'Other' });
      const callers = { orders, stock, plain: platform.resourceServer, application, other };
      const expected = [
        [await obtain([]), undefined, ['orders', 'plain', 'application']],
        [await obtain([ORDERS]), ORDERS, ['orders', 'application']],
        [await obtain([STOCK]), STOCK, ['stock', 'application']],
        [await obtain([], ORDERS), ORDERS, ['orders', 'application']],
      ] as const;
      for (const [token, audience, active] of expected) {
        for (const [name, caller] of Object.entries(callers)) {
          const { body } = await introspect(server, caller, token.body.access_token ?? '');
          if (active.some((one) => one === name)) {
            assert.deepEqual([body.active, body.aud], [true, audience], name);
          } else {
            assert.deepEqual(body, { active: false }, `${audience} for ${name}`);
          }
        }
      }
    });

    it('have aud in the signed answer, too', async () => {
      const { body } = await obtain([STOCK]);
      const answer = await fetch(`${server.issuer}/api/v1/oauth/introspect`, {
        method: 'POST',
        headers: { accept: 'application/token-introspection+jwt' },
        body: new URLSearchParams({
          token: body.access_token ?? '',
          client_id: stock.clientId,
          client_secret: stock.clientSecret ?? '',
        }),
      });
      const { aud, token_introspection: inner } = decodeJwt(await answer.text());
      assert.equal(aud, stock.clientId);
      assert.equal(Object(inner).aud, STOCK);
    });

    it('of a pushed request: as of any other', async () => {
      const verifier = 'v'.repeat(43);
      const pushed = await postForm(server, 'par', application, {
        client_id: application.clientId,
        response_type: 'code',
        redirect_uri: application.redirectUri,
        code_challenge: challengeOf(verifier),
        code_challenge_method: 'S256',
        resource: [ORDERS, STOCK],
      });
      assert.equal(pushed.status, 201, JSON.stringify(pushed.body));
      const authorization = await request([], { request_uri: String(pushed.body.request_uri) });
      const code = { ...authorization, codeVerifier: verifier };
      assert.equal(
        await audienceOf(await exchange(server, application, code, { resource: STOCK })),
        STOCK,
      );
    });

    it('of a request that signs in first: all resources are kept', async () => {
      const authorization = await authorize(server, {
        application,
        user: platform.ada,
        resources: [ORDERS, STOCK],
        parameters: { approval_prompt: 'force' },
      });
      assert.ok(authorization.sawLogin);
      const answer = await exchange(server, application, authorization, { resource: STOCK });
      assert.equal(await audienceOf(answer), STOCK);
    });

    describe('at a refresh', () => {
      it('keep the only resource, by both paths', async () => {
        const first = await renew(await obtain([ORDERS]));
        assert.equal(await audienceOf(first), ORDERS);
        const second = await renew(first, { unknown: 'selects the path of the provider' });
        assert.equal(await audienceOf(second), ORDERS);
        assert.equal(await audienceOf(await renew(second, { resource: ORDERS })), ORDERS);
      });

      it('may be for another of the allowed resources; a refused request changes nothing', async () => {
        let answer = await obtain([ORDERS, STOCK], ORDERS);
        const wrong = [{}, { x: '1' }, { resource: 'urn:unknown' }, { resource: [ORDERS, STOCK] }];
        for (const parameters of wrong) {
          const refusal = await renew(answer, parameters);
          assert.deepEqual([refusal.status, refusal.body.error], [400, 'invalid_target']);
          assert.equal(await isActive(orders, answer), true);
        }
        for (const resource of [STOCK, ORDERS, STOCK]) {
          answer = await renew(answer, { resource });
          assert.equal(await audienceOf(answer), resource);
        }
      });

      it('of an older server process, which drops resources: inactive until the next refresh', async () => {
        const { db } = server.database;
        const dropResources = async () => {
          await db
            .updateTable('access_tokens')
            .set({ resource: null, resource_server: null })
            .execute();
          await db.updateTable('refresh_tokens').set({ resources: null }).execute();
        };
        for (const parameters of [{}, { unknown: 'so the provider answers' }]) {
          const code = await request([ORDERS]);
          await db.updateTable('authorization_codes').set({ resources: null }).execute();
          const redeemed = await exchange(server, application, code, parameters);
          assert.equal(await audienceOf(redeemed), ORDERS);
          const first = await obtain([ORDERS]);
          await dropResources();
          assert.equal(await isActive(orders, first), false);
          assert.equal(await isActive(platform.resourceServer, first), false);
          const second = await renew(first, parameters);
          assert.equal(await audienceOf(second), ORDERS);
          assert.equal(await isActive(platform.resourceServer, second), false);
        }
      });

      it('of an authorization without resources: each request chooses anew', async () => {
        const first = await renew(await obtain([]), { resource: ORDERS });
        assert.equal(await audienceOf(first), ORDERS);
        assert.equal(await audienceOf(await renew(first, { resource: STOCK })), 'invalid_target');
        assert.equal(await audienceOf(await renew(first)), undefined);
      });

      it('with another resource than before: no retry, the grant ends', async () => {
        const given = await obtain([ORDERS, STOCK], ORDERS);
        const first = await renew(given, { resource: STOCK });
        const retry = await renew(given, { resource: STOCK });
        assert.deepEqual(retry.body, first.body);
        const unknown = await renew(given, { resource: 'urn:unknown' });
        assert.equal(unknown.body.error, 'invalid_target');
        assert.equal(await isActive(stock, first), true);
        const other = await renew(given, { resource: ORDERS });
        assert.deepEqual(
          [other.body.error, other.body.error_description],
          ['invalid_grant', 'reuse_detected'],
        );
        assert.equal(await isActive(stock, first), false);
      });

      it('without the resource that is the default anyway: a retry', async () => {
        const given = await obtain([ORDERS]);
        const first = await renew(given);
        assert.deepEqual((await renew(given, { resource: ORDERS })).body, first.body);
        assert.deepEqual((await renew(given)).body, first.body);
      });

      it('parallel requests for two resources: one wins, and the grant ends', async () => {
        const given = await obtain([ORDERS, STOCK], ORDERS);
        const answers = await Promise.all(
          [ORDERS, STOCK].map((resource) => renew(given, { resource })),
        );
        const statuses = answers.map(({ status }) => status).toSorted();
        assert.deepEqual(statuses, [200, 400]);
      });
    });

    describe('of an earlier authorization', () => {
      const passes = async (resources: readonly string[]) => {
        const { sawConsent } = await request(resources, { approval_prompt: 'auto' });
        return !sawConsent;
      };
      const disconnect = async () => {
        const grants = Object(
          await manage(server, 'GET', `/api/v1/grants/?application=${application.clientId}`),
        );
        for (const { id, revoked_at } of grants.results) {
          if (revoked_at === null) {
            await manage(server, 'POST', `/api/v1/grants/${id}/revoke/`, {});
          }
        }
      };

      it('need no page if it covers all requested resources', async () => {
        const cases: [allowed: string[], requested: string[], passes: boolean][] = [
          [[], [], true],
          [[], [ORDERS], false],
          [[ORDERS], [], false],
          [[ORDERS], [ORDERS], true],
          [[ORDERS], [STOCK], false],
          [[ORDERS], [ORDERS, STOCK], false],
          [[ORDERS, STOCK], [STOCK], true],
          [[ORDERS, STOCK], [STOCK, ORDERS], true],
          [[ORDERS, STOCK], [], false],
        ];
        for (const [allowed, requested, expected] of cases) {
          await disconnect();
          await request(allowed);
          assert.equal(await passes(requested), expected, JSON.stringify({ allowed, requested }));
        }
      });

      it('are for the requested resources, not for all that it covers', async () => {
        await disconnect();
        await request([ORDERS, STOCK]);
        const authorization = await request([STOCK], { approval_prompt: 'auto' });
        assert.equal(authorization.sawConsent, false);
        const answer = await exchange(server, application, authorization);
        assert.equal(await audienceOf(answer), STOCK);
        assert.equal(await audienceOf(await renew(answer, { resource: ORDERS })), 'invalid_target');
      });
    });

    describe('whose resource is removed', () => {
      const URI = 'https://seats.example.com/api';
      const change = (id: string, resources: string[]) =>
        manage(server, 'PATCH', `${SERVERS}${id}/`, { resources });

      it('are inactive for everybody, also after it went to another server', async () => {
        const seats = await register({ resources: [URI] });
        const successor = await register({});
        const answer = await obtain([URI]);
        const all = [seats, successor, application, platform.resourceServer];
        const active = () => Promise.all(all.map((caller) => isActive(caller, answer)));
        assert.deepEqual(await active(), [true, false, true, false]);
        await change(seats.clientId, []);
        assert.deepEqual(await active(), [false, false, false, false]);
        assert.equal(await audienceOf(await renew(answer)), 'invalid_target');
        await change(successor.clientId, [URI]);
        assert.deepEqual(await active(), [false, false, false, false]);
        assert.equal(await audienceOf(await renew(answer)), 'invalid_target');
        assert.equal(await audienceOf(await renew(answer, { resource: URI })), 'invalid_target');
        await change(successor.clientId, []);
        await change(seats.clientId, [URI]);
        assert.deepEqual(await active(), [true, false, true, false]);
        await manage(server, 'DELETE', `${SERVERS}${seats.clientId}/`);
        assert.deepEqual(await active(), [undefined, false, false, false]);
        assert.equal(
          (await revoke(server, application, answer.body.access_token ?? '')).status,
          200,
        );
      });

      it('while the consent is read: the request ends, and no grant is for all APIs', async () => {
        const { db } = server.database;
        const parties = {
          application: await findApplication(db, application.clientId),
          user: await findUser(db, platform.ada.id),
        };
        const wanted = {
          ...parties,
          candidate: undefined,
          scopes: ['read'],
          resources: [ORDERS, 'https://gone.example/'],
        };
        await assert.rejects(
          readConsentRequest({ db, config: server.config }, wanted),
          (error) => error instanceof StagedoorError && error.code === 'gone',
        );
      });

      it('cannot be allowed or issued any more', async () => {
        const seats = await register({ resources: [URI] });
        const authorization = await request([URI]);
        assert.match(
          (await agent.get(waiting(ORDERS))).body,
          /last time was on .*, for other APIs/,
        );
        const page = await agent.get(waiting(URI));
        assert.match(page.body, /For: .*API.* It won’t have access to other APIs/);
        const list = await agent.get(`${server.issuer}/account/authorizations`);
        assert.match(list.body, /For: .*API/);
        const log = await agent.get(`${server.issuer}/account/activity`);
        assert.match(log.body, /APIs[\s\S]{0,200}API/);
        await change(seats.clientId, []);
        const decided = await decide(agent, page);
        assert.match(textOf(decided), /This API is no longer available/);
        const answer = await exchange(server, application, authorization);
        assert.equal(answer.body.error, 'invalid_target');
        await change(seats.clientId, [URI]);
        assert.equal(await audienceOf(await exchange(server, application, authorization)), URI);
        await manage(server, 'DELETE', `${SERVERS}${seats.clientId}/`);
      });

      it('and goes to another server while the page is open: the user is asked again', async () => {
        const [seats, successor] = [await register({ resources: [URI] }), await register({})];
        const page = await agent.get(waiting(URI));
        await change(seats.clientId, []);
        await change(successor.clientId, [URI]);
        const again = await decide(agent, page);
        assert.equal(again.status, 400, textOf(again));
        assert.match(textOf(again), /The APIs that this access is for have changed/);
        const decided = await decide(agent, again);
        assert.ok(decided.leavesTo?.searchParams.has('code'), textOf(decided));
        await manage(server, 'DELETE', `${SERVERS}${seats.clientId}/`);
        await manage(server, 'DELETE', `${SERVERS}${successor.clientId}/`);
      });

      const waiting = (resource: string) =>
        authorizationUrl(server, requestOf(application, { approval_prompt: 'force', resource }));
    });

    it('have their APIs in the mail to the user and in the list of grants', async () => {
      const named = await registerResourceServer(server, 'Seats API', {
        resources: ['urn:example:b', 'urn:example:a'],
      });
      await request([ORDERS, 'urn:example:b', 'urn:example:a']);
      const mails = await queuedMails(server, 'authorized', platform.ada.email);
      assert.deepEqual(mails.at(-1)?.data.apis, ['API', 'Seats API']);
      const { results } = Object(await manage(server, 'GET', '/api/v1/grants/?user=ada'));
      assert.deepEqual(results[0].resources, [ORDERS, 'urn:example:a', 'urn:example:b']);
      await request([]);
      const newest = Object(await manage(server, 'GET', '/api/v1/grants/?user=ada'));
      assert.deepEqual(newest.results[0].resources, []);
      await manage(server, 'DELETE', `${SERVERS}${named.clientId}/`);
    });

    it('open nothing at the endpoints of this server, unless it is registered as an API', async () => {
      const me = async ({ body }: TokenAnswer) => {
        const answer = await fetch(`${server.issuer}/api/v1/me`, {
          headers: { authorization: `Bearer ${body.access_token}` },
        });
        const challenge = answer.headers.get('www-authenticate') ?? '';
        const [, description] = /error_description="([^"]+)"/.exec(challenge) ?? [];
        return [answer.status, description];
      };
      const given = async (resources: string[]) =>
        exchange(server, application, await request(resources, { scope: 'profile' }));
      assert.deepEqual(await me(await given([])), [200, undefined]);
      assert.deepEqual(await me(await given([ORDERS])), [
        401,
        'The access token is for another API.',
      ]);
      const own = await register({ resources: [server.issuer] });
      assert.deepEqual(await me(await given([server.issuer])), [200, undefined]);
      await manage(server, 'DELETE', `${SERVERS}${own.clientId}/`);
    });

    it('of a server that starts to require an audience: others become inactive for it', async () => {
      const seats = await register({ resources: ['urn:example:seats'] });
      const [bound, unbound] = [await obtain(['urn:example:seats']), await obtain([])];
      const active = async () => [await isActive(seats, bound), await isActive(seats, unbound)];
      assert.deepEqual(await active(), [true, true]);
      await manage(server, 'PATCH', `${SERVERS}${seats.clientId}/`, { require_audience: true });
      assert.deepEqual(await active(), [true, false]);
    });
  });
}
