import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inTransaction } from '../../src/db/transaction.ts';
import { narrowGrant } from '../../src/grants/narrow.ts';
import { listLiveGrants } from '../../src/grants/store.ts';
import { importAll } from '../support/bulk.ts';
import { fetchChanges, keysOf, readChanges } from '../support/changes/read-changes.ts';
import { ENGINE_VARIABLES } from '../support/engines.ts';
import {
  putTeam,
  putUser,
  registerApplication,
  registerResourceServer,
  type TestApplication,
} from '../support/factories.ts';
import { withPlatform } from '../support/fixture.ts';
import { manage } from '../support/platform.ts';
import { type SeededTokens, seedTokens } from '../support/seed-tokens.ts';
import { basic, introspect, refresh, revoke } from '../support/tokens.ts';

for (const [engine, variables] of Object.entries(ENGINE_VARIABLES)) {
  describe(`Changes feed, on ${engine}`, () => {
    const { server, platform } = withPlatform(variables);

    const answerTo = async (token: string) =>
      (await introspect(server, platform.resourceServer, token)).body;
    const read = (cursor?: string) => readChanges(server, platform.resourceServer, cursor);
    /** Reads until there is a change. */
    const readNews = async (cursor: string): Promise<readonly string[]> => {
      const { changes, cursor: next } = await read(cursor);
      return changes.length > 0 ? changes : readNews(next);
    };

    /** A token of a new user, in a team of its own at two organizers, and of a new application. */
    interface Subject extends SeededTokens {
      readonly user: string;
      readonly application: TestApplication;
    }
    let subjects = 0;
    const newSubject = async (): Promise<Subject> => {
      subjects += 1;
      const user = `subject${subjects}`;
      await putUser(server, { id: user });
      for (const organizer of ['redstage', 'bluehall']) {
        await putTeam(server, { organizer, id: user, members: [user] });
      }
      const application = await registerApplication(server, { owner: 'ben', name: user });
      const tokens = await seedTokens(server.database.db, {
        userId: user,
        clientId: application.clientId,
        organizers: ['redstage', 'bluehall'],
      });
      return { ...tokens, user, application };
    };
    const narrow = async (
      { user, grantId }: Subject,
      left: { scopes?: string[]; organizers?: string[]; endsAt?: Date },
    ) => {
      const [grant] = await listLiveGrants(server.database.db, { userId: user, id: grantId });
      assert.ok(grant);
      const origin = { ip: '192.0.2.1', userAgent: undefined };
      const organizers = grant.organizers.map(({ slug }) => slug);
      const { scopes, endsAt } = grant;
      const wanted = { grantId, userId: user, origin, scopes, organizers, endsAt, ...left };
      const result = await inTransaction(server.database.db, (tx) =>
        narrowGrant(tx, server.config.scopes, wanted),
      );
      assert.equal(result, 'narrowed');
    };
    const call = (method: string, path: string, body?: unknown) =>
      manage(server, method, `/api/v1/${path}/`, body);
    const team = (slug: string, id: string) => `directory/organizers/${slug}/teams/${id}`;

    const operations: Record<string, (subject: Subject) => Promise<unknown>> = {
      'the application revokes the access token': ({ application, accessToken }) =>
        revoke(server, application, accessToken),
      'the application revokes the refresh token': ({ application, refreshToken }) =>
        revoke(server, application, refreshToken),
      'an operator revokes the grant': ({ grantId }) => call('POST', `grants/${grantId}/revoke`),
      'a refresh replaces the token': ({ application, refreshToken }) =>
        refresh(server, application, refreshToken),
      'a refresh through the provider replaces the token': ({ application, refreshToken }) =>
        refresh(server, application, refreshToken, { claims: '{}', resources: '' }),
      'the user takes a scope away': (subject) => narrow(subject, { scopes: ['read'] }),
      'the user takes an organizer away': (subject) =>
        narrow(subject, { organizers: ['redstage'] }),
      'the user brings the end closer': (subject) =>
        narrow(subject, { endsAt: new Date(Date.now() + 60_000) }),
      'an operator suspends the application': ({ application: { clientId } }) =>
        call('POST', `applications/${clientId}/suspend`, { reason: 'Test' }),
      'an operator disables the application': ({ application: { clientId } }) =>
        call('PATCH', `applications/${clientId}`, { is_active: false }),
      'the application loses a scope': ({ application: { clientId } }) =>
        call('PATCH', `applications/${clientId}`, { scopes: ['read'] }),
      'an operator deletes the application': ({ application: { clientId } }) =>
        call('DELETE', `applications/${clientId}`),
      'the platform deactivates the user': ({ user }) =>
        call('PATCH', `users/${user}`, { is_active: false }),
      'the platform deletes the user': ({ user }) => call('DELETE', `users/${user}`),
      'the user leaves a team': ({ user }) =>
        call('PUT', team('redstage', user), { permissions: ['can_view_orders'], members: [] }),
      'a team loses a permission': ({ user }) =>
        call('PUT', team('redstage', user), { permissions: [], members: [user] }),
      'a team is limited to single events': ({ user }) =>
        call('PUT', team('redstage', user), {
          permissions: ['can_view_orders'],
          all_events: false,
          limit_events: ['fair'],
          members: [user],
        }),
      'the platform deletes the team': ({ user }) => call('DELETE', team('redstage', user)),
      'an import removes the user from a team': ({ user }) =>
        importAll(server, [
          { team: { organizer: 'redstage', id: user, permissions: [], members: [] } },
        ]),
    };
    for (const [name, operation] of Object.entries(operations)) {
      it(`${name}: the feed names it`, async () => {
        const subject = await newSubject();
        const { accessToken } = subject;
        const keys = await keysOf(server, platform.resourceServer, accessToken);
        const { expires_in: _, ...before } = await answerTo(accessToken);
        const { cursor } = await read();
        await operation(subject);
        const { expires_in: __, ...later } = await answerTo(accessToken);
        assert.notDeepEqual(later, before, 'the answer has changed');
        const changes = await readNews(cursor);
        assert.ok(
          changes.some((change) => keys.has(change)),
          `${changes} has none of ${[...keys]}`,
        );
        assert.ok(!changes.includes('all'), 'other answers stay in caches');
      });
    }

    it('the platform deletes an organizer: the feed names it', async () => {
      await call('PUT', 'directory/organizers/short', { name: 'Short' });
      await putTeam(server, { organizer: 'short', members: ['ada'] });
      const { clientId } = platform.application;
      const organizers = ['redstage', 'short'];
      const grant = { userId: 'ada', clientId, organizers };
      const { accessToken } = await seedTokens(server.database.db, grant);
      const keys = await keysOf(server, platform.resourceServer, accessToken);
      const { cursor } = await read();
      await call('DELETE', 'directory/organizers/short');
      assert.ok((await readNews(cursor)).some((change) => keys.has(change)));
    });

    it('nothing happened: the request is held for a quarter of a second', async () => {
      // Until nothing is left of what the tests before this one changed.
      let { cursor, changes: earlier } = await read((await read()).cursor);
      while (earlier.length > 0) {
        ({ cursor, changes: earlier } = await read(cursor));
      }
      const begun = performance.now();
      const { changes, age_ms } = await read(cursor);
      const took = performance.now() - begun;
      assert.deepEqual(changes, []);
      assert.ok(took > 200, `${took} ms`);
      assert.ok(age_ms < took, `${age_ms} ms`);
    });

    it('a change answers a request that is held', async () => {
      const { accessToken, application } = await newSubject();
      const keys = await keysOf(server, platform.resourceServer, accessToken);
      const { cursor } = await read();
      const news = readNews(cursor);
      await revoke(server, application, accessToken);
      assert.ok((await news).some((change) => keys.has(change)));
    });

    it('without a cursor, and with an unknown one: all has changed', async () => {
      const { cursor } = await read();
      const changed = Buffer.from(cursor, 'base64url').toString().replace(/^./, '.');
      const unknown = ['', 'x', '\0', '0:0:', Buffer.from(changed).toString('base64url')];
      for (const after of [undefined, ...unknown]) {
        assert.deepEqual((await read(after)).changes, ['all'], after);
      }
    });

    it('a cursor that is older than the process: changes come from the table', async () => {
      const { grantId, accessToken, user } = await newSubject();
      const { cursor } = await read();
      await call('POST', `grants/${grantId}/revoke`);
      await call('PATCH', `users/${user}`, { is_active: false });
      // The memory of the process ends when no request comes for two seconds.
      await new Promise((resolve) => setTimeout(resolve, 2_600));
      const { changes } = await read(cursor);
      assert.ok(changes.includes(`user:${user}`), `${changes}`);
      assert.ok(changes.some((change) => change.startsWith('grant:')));
      assert.equal((await answerTo(accessToken)).active, false);
    });

    it('only resource servers may read it', async () => {
      const refused = async (response: Response) => {
        const { error } = JSON.parse(await response.text());
        return [response.status, error, response.headers.get('www-authenticate') !== null];
      };
      const invalid = [401, 'invalid_client', true];
      const { resourceServer, application } = platform;
      const wrong = { ...resourceServer, clientSecret: 'wrong' };
      for (const caller of [application, wrong, { clientId: '\0', clientSecret: 'x' }]) {
        assert.deepEqual(await refused(await fetchChanges(server, caller)), invalid);
      }
      const path = `${server.issuer}/api/v1/oauth/changes`;
      assert.deepEqual(await refused(await fetch(path)), invalid);
      const { headers, status } = await fetch(path, { method: 'POST' });
      assert.deepEqual([status, headers.get('allow')], [405, 'GET, OPTIONS']);
    });

    it('a repeated cursor is invalid_request', async () => {
      const { clientId, clientSecret = '' } = platform.resourceServer;
      const response = await fetch(`${server.issuer}/api/v1/oauth/changes?after=a&after=b`, {
        headers: { authorization: basic(clientId, clientSecret) },
      });
      assert.equal(response.status, 400);
      assert.equal(JSON.parse(await response.text()).error, 'invalid_request');
    });

    it('a change of which tokens an API service may introspect: all has changed', async () => {
      const other = await registerResourceServer(server, 'Tickets API');
      const { cursor } = await read();
      await call('DELETE', `resource-servers/${other.clientId}`);
      assert.deepEqual(await readNews(cursor), ['all']);
    });

    it('a removed resource and a required audience: all has changed', async () => {
      const other = await registerResourceServer(server, 'Seats API', {
        resources: ['urn:example:seats'],
      });
      for (const change of [{ resources: [] }, { require_audience: true }]) {
        const { cursor } = await read();
        await call('PATCH', `resource-servers/${other.clientId}`, change);
        assert.deepEqual(await readNews(cursor), ['all'], JSON.stringify(change));
      }
    });
  });
}
