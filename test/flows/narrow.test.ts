import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { listOwnApplications } from '../../src/applications/own-store.ts';
import { selectChoices } from '../../src/authorization/consent-store.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import { type Narrowing, narrowGrant } from '../../src/grants/narrow.ts';
import { revokeGrantsOfApplication, revokeLocked } from '../../src/grants/revoke-several.ts';
import { listLiveGrants } from '../../src/grants/store.ts';
import { PAGE_ENGINE_VARIABLES } from '../support/engines.ts';
import { putTeam, registerApplication } from '../support/factories.ts';
import { withPlatform } from '../support/fixture.ts';
import { authorize } from '../support/flow.ts';
import {
  exchange,
  introspect,
  type ObtainedTokens,
  obtainTokens,
  refresh,
  type TokenAnswer,
} from '../support/tokens.ts';

const ORIGIN = { ip: '192.0.2.1', userAgent: undefined };

for (const [engine, variables] of Object.entries(PAGE_ENGINE_VARIABLES)) {
  describe(`Narrowing a grant, on ${engine}`, () => {
    const { server, platform } = withPlatform(variables);
    const { application } = platform;

    const tokens = (scope?: string) =>
      obtainTokens(server, {
        application,
        user: platform.ada,
        parameters: { approval_prompt: 'force' },
        ...(scope === undefined ? {} : { scope }),
      });
    const asked = async ({ accessToken }: { accessToken: string }) =>
      (await introspect(server, platform.resourceServer, accessToken)).body;
    const newestGrant = async () => {
      const [grant] = await listLiveGrants(server.database.db, { userId: 'ada' });
      assert.ok(grant);
      return grant;
    };
    /** Narrows the newest grant to its current values, except for `left`. */
    const narrow = async (left: Partial<Narrowing>) => {
      const grant = await newestGrant();
      return inTransaction(server.database.db, (tx) =>
        narrowGrant(tx, server.config.scopes, {
          grantId: grant.id,
          userId: 'ada',
          scopes: grant.scopes,
          organizers: grant.organizers.map(({ slug }) => slug),
          endsAt: grant.endsAt,
          origin: ORIGIN,
          ...left,
        }),
      );
    };
    const refreshed = async (
      before: Pick<ObtainedTokens, 'refreshToken'>,
      parameters?: Record<string, string>,
    ) => {
      const answer = await refresh(server, application, before.refreshToken, parameters);
      const { access_token: accessToken = '', refresh_token: refreshToken = '' } = answer.body;
      return { answer, accessToken, refreshToken };
    };
    const lastEvent = () =>
      server.database.db
        .selectFrom('audit_events')
        .select(['action', 'actor', 'user_id', 'client_id', 'grant_id', 'ip', 'data'])
        .orderBy('id', 'desc')
        .executeTakeFirstOrThrow();
    const assertRefused = (answer: TokenAnswer, error: string, reason?: string) => {
      assert.equal(answer.status, 400);
      assert.equal(answer.body.error, error);
      if (reason !== undefined) {
        assert.equal(answer.body.error_description, reason);
      }
    };

    it('removing an organizer applies at once to live and later tokens', async () => {
      const issued = await tokens();
      assert.deepEqual((await asked(issued)).organizers?.toSorted(), ['bluehall', 'redstage']);
      assert.equal(await narrow({ organizers: ['redstage'] }), 'narrowed');
      const now = await asked(issued);
      assert.deepEqual(now.organizers, ['redstage']);
      assert.deepEqual(Object.keys(now.permissions ?? {}), ['redstage']);
      assert.equal(now.scope, 'read write');
      const next = await refreshed(issued);
      assert.deepEqual((await asked(next)).organizers, ['redstage']);
      const event = await lastEvent();
      assert.equal(event.action, 'stagedoor.user.oauth.narrowed');
      assert.equal(event.actor, 'user:ada');
      assert.equal(event.user_id, 'ada');
      assert.equal(event.client_id, application.clientId);
      assert.equal(event.ip, '192.0.2.1');
      assert.deepEqual(event.data, {
        application: 'Box Office Sync',
        removed_scopes: [],
        removed_organizers: [{ slug: 'bluehall', name: 'Blue Hall' }],
        ends_at: null,
      });
    });

    it('removing write applies at once to live and later tokens', async () => {
      const issued = await tokens();
      assert.equal(await narrow({ scopes: ['read'] }), 'narrowed');
      assert.equal((await asked(issued)).scope, 'read');
      const next = await refreshed(issued);
      assert.equal(next.answer.status, 200);
      assert.equal(next.answer.body.scope, 'read');
      assert.equal((await asked(next)).scope, 'read');
    });

    it('a client that repeats the first scope at each refresh gets the remaining scopes', async () => {
      let issued: { accessToken: string; refreshToken: string } = await tokens('read write');
      await narrow({ scopes: ['read'] });
      for (const scope of ['read write', 'write read', 'read write', 'read']) {
        const next = await refreshed(issued, { scope });
        assert.equal(next.answer.status, 200, JSON.stringify(next.answer.body));
        assert.equal(next.answer.body.scope, 'read');
        assert.equal((await asked(next)).scope, 'read');
        issued = next;
      }
      assertRefused((await refreshed(issued, { scope: 'read profile' })).answer, 'invalid_scope');
      assertRefused((await refreshed(issued, { scope: 'write' })).answer, 'invalid_scope');
      assert.equal((await refreshed(issued)).answer.body.scope, 'read');
    });

    it('a refresh that requests a removed scope is refused, and the refresh token stays valid', async () => {
      const issued = await tokens();
      await narrow({ scopes: ['read'] });
      assertRefused((await refreshed(issued, { scope: 'write' })).answer, 'invalid_scope');
      assert.equal((await refreshed(issued)).answer.status, 200);
    });

    it('removing all scopes of one token ends this token only', async () => {
      const issued = await tokens();
      const writer = await obtainTokens(server, {
        application,
        user: platform.ada,
        scope: 'write',
        agent: issued.authorization.agent,
      });
      assert.equal(writer.authorization.sawConsent, false);
      await narrow({ scopes: ['read'] });
      assert.deepEqual(await asked(writer), { active: false });
      assertRefused((await refreshed(writer)).answer, 'invalid_scope');
      assert.equal((await asked(issued)).scope, 'read');
    });

    it('between consent and exchange applies to the first token', async () => {
      const authorization = await authorize(server, {
        application,
        user: platform.ada,
        parameters: { approval_prompt: 'force' },
      });
      await narrow({ scopes: ['read'], organizers: ['bluehall'] });
      const { body } = await exchange(server, application, authorization);
      assert.equal(body.scope, 'read');
      const now = await asked({ accessToken: body.access_token ?? '' });
      assert.equal(now.scope, 'read');
      assert.deepEqual(now.organizers, ['bluehall']);
    });

    it('an end date ends all tokens then, and limits exp and expires_in', async () => {
      const issued = await tokens();
      const endsAt = new Date(Math.floor(Date.now() / 1000) * 1000 + 600_000);
      assert.equal(await narrow({ endsAt }), 'narrowed');
      assert.equal((await asked(issued)).exp, endsAt.getTime() / 1000);
      const next = await refreshed(issued);
      const expiresIn = next.answer.body.expires_in ?? 0;
      assert.ok(expiresIn > 300 && expiresIn <= 600, String(expiresIn));
      assert.equal((await asked(next)).exp, endsAt.getTime() / 1000);
      const grant = await newestGrant();
      assert.deepEqual(grant.endsAt, endsAt);
      // Simulates that the end date has passed.
      await server.database.db
        .updateTable('grants')
        .set({ ends_at: new Date(Date.now() - 1000) })
        .where('id', '=', grant.id)
        .execute();
      assert.deepEqual(await asked(next), { active: false });
      assertRefused(
        await refresh(server, application, next.answer.body.refresh_token ?? ''),
        'invalid_grant',
        'expired',
      );
      assert.equal(
        (await listLiveGrants(server.database.db, { userId: 'ada' })).some(
          ({ id }) => id === grant.id,
        ),
        false,
      );
      await server.database.db
        .deleteFrom('grants')
        .where('user_id', '=', 'ada')
        .where('id', '<>', grant.id)
        .execute();
      const [owned] = await listOwnApplications(server.database.db, 'ben');
      assert.equal(owned?.connectedUsers, 0);
      const again = await authorize(server, {
        application,
        user: platform.ada,
        agent: issued.authorization.agent,
        scope: 'read write profile',
      });
      assert.equal(again.sawConsent, true);
    });

    it('more scopes, more organizers or a later end are refused', async () => {
      await tokens('read');
      await narrow({ organizers: ['redstage'], endsAt: new Date(Date.now() + 60_000) });
      const grant = await newestGrant();
      const wider: Partial<Narrowing>[] = [
        { scopes: ['read', 'write'] },
        { organizers: ['redstage', 'bluehall'] },
        { organizers: ['greenarena'] },
        { endsAt: new Date(Date.now() + 120_000) },
        { endsAt: null },
      ];
      for (const left of wider) {
        assert.equal(await narrow(left), 'wider');
      }
      assert.deepEqual(await newestGrant(), grant);
      assert.equal(await narrow({}), 'unchanged');
    });

    it('removing all scopes or organizers, or ending now, is a revocation', async () => {
      const cases: Partial<Narrowing>[] = [
        { organizers: [] },
        { scopes: [] },
        { endsAt: new Date() },
      ];
      for (const left of cases) {
        const issued = await tokens();
        assert.equal(await narrow(left), 'revoked');
        assert.deepEqual(await asked(issued), { active: false });
        assertRefused((await refreshed(issued)).answer, 'invalid_grant', 'revoked_by_user');
        assert.equal((await lastEvent()).action, 'stagedoor.user.oauth.revoked');
      }
    });

    it('keeping only the profile scope removes all organizers', async () => {
      const issued = await tokens('read profile');
      assert.equal(await narrow({ scopes: ['profile'] }), 'narrowed');
      const now = await asked(issued);
      assert.equal(now.scope, 'profile');
      assert.deepEqual(now.organizers, []);
    });

    it('of another user or of an ended grant does nothing', async () => {
      const issued = await tokens();
      assert.equal(await narrow({ userId: 'ben', scopes: ['read'] }), 'ended');
      assert.equal((await asked(issued)).scope, 'read write');
    });

    it('during refreshes: no token has the removed rights', async () => {
      const issued = await tokens();
      const [answers] = await Promise.all([
        Promise.all(
          Array.from({ length: 5 }, () => refresh(server, application, issued.refreshToken)),
        ),
        narrow({ scopes: ['read'], organizers: ['redstage'] }),
      ]);
      for (const { body } of answers) {
        const now = await asked({ accessToken: body.access_token ?? issued.accessToken });
        assert.notEqual(now.scope, 'read write');
        assert.equal(now.organizers?.includes('bluehall') ?? false, false);
      }
    });
  });

  describe(`Revoking several grants, on ${engine}`, () => {
    const { server, platform } = withPlatform(variables);

    const isActive = async ({ accessToken }: ObtainedTokens) =>
      (await introspect(server, platform.resourceServer, accessToken)).body.active;
    const by = { reason: 'revoked_by_user', actor: 'user:ada', origin: ORIGIN } as const;

    it('ends those of one application, or the unused ones, of this user only', async () => {
      const { ada, ben, application } = platform;
      await putTeam(server, { organizer: 'redstage', id: 'more', members: ['ada', 'ben'] });
      const other = await registerApplication(server, { owner: 'ben', name: 'Other' });
      const parameters = { approval_prompt: 'force' };
      const one = await obtainTokens(server, { application, user: ada, parameters });
      const two = await obtainTokens(server, { application, user: ada, parameters });
      const elsewhere = await obtainTokens(server, { application: other, user: ada, parameters });
      const bens = await obtainTokens(server, { application, user: ben, parameters });
      const { db } = server.database;
      const parties = { userId: 'ada', clientId: application.clientId };
      const readEarlier = async () =>
        (await selectChoices(db, { ...parties, organizers: false })).earlier;
      const [last] = await readEarlier();
      assert.deepEqual(last?.organizers, ['bluehall', 'redstage']);
      assert.equal(await inTransaction(db, (tx) => revokeGrantsOfApplication(tx, parties, by)), 2);
      assert.equal(await inTransaction(db, (tx) => revokeGrantsOfApplication(tx, parties, by)), 0);
      assert.deepEqual(await readEarlier(), []);
      assert.deepEqual(await Promise.all([one, two, elsewhere, bens].map(isActive)), [
        false,
        false,
        true,
        true,
      ]);
      assert.deepEqual(await listLiveGrants(db, { userId: 'ada', unusedDays: 30 }), []);
      await db
        .updateTable('grants')
        .set({ last_used_at: new Date(Date.now() - 31 * 86_400_000) })
        .execute();
      const unused = await listLiveGrants(db, { userId: 'ada', unusedDays: 30 });
      assert.deepEqual(
        unused.map(({ applicationName }) => applicationName),
        ['Other'],
      );
      const ended = await inTransaction(db, async (tx) =>
        revokeLocked(tx, await listLiveGrants(tx, { userId: 'ada', unusedDays: 30 }), by),
      );
      assert.equal(ended, 1);
      assert.deepEqual(await Promise.all([elsewhere, bens].map(isActive)), [false, true]);
    });
  });
}
