import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { CompiledQuery } from 'kysely';
import { openDatabase } from '../../src/db/database.ts';
import { ENGINE_VARIABLES } from '../support/engines.ts';
import { createPlatform, type TestPlatform } from '../support/factories.ts';
import { authorizationUrl, authorize, decide, requestOf, signIn } from '../support/flow.ts';
import { until } from '../support/outbox.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import {
  exchange,
  introspect,
  type ObtainedTokens,
  obtainTokens,
  refresh,
} from '../support/tokens.ts';
import { type Page, UserAgent } from '../support/user-agent.ts';

for (const [engine, variables] of Object.entries(ENGINE_VARIABLES)) {
  /** Number of concurrent requests. A grant takes ten times as long on the embedded database. */
  const count = engine === 'PostgreSQL' ? 20 : 8;

  describe(`Killed server, on ${engine}`, () => {
    let server: ServerProcess;
    let platform: TestPlatform;

    before(async () => {
      server = await startServerProcess(variables);
      platform = await createPlatform(server);
    });
    after(() => server.close());

    const tokens = (agent?: UserAgent) =>
      obtainTokens(server, {
        application: platform.application,
        user: platform.ada,
        organizers: ['redstage'],
        parameters: { prompt: 'consent' },
        ...(agent === undefined ? {} : { agent }),
      });

    const tell = async (token: string) => {
      const { expires_in: _, ...body } = (await introspect(server, platform.resourceServer, token))
        .body;
      return body;
    };

    it('a consent is stored: code, log entry, mail and session', async () => {
      const authorization = await authorize(server, {
        application: platform.application,
        user: platform.ada,
        organizers: ['redstage'],
      });
      await server.kill();
      assert.deepEqual(await consents(), { grants: 1, events: 1, mails: 1 });
      await endMailLeases();
      await server.start();

      const answer = await exchange(server, platform.application, authorization);
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      assert.deepEqual((await tell(answer.body.access_token ?? '')).organizers, ['redstage']);
      const account = await authorization.agent.get('/account/authorizations');
      assert.equal(account.url.pathname, '/account/authorizations');
      assert.match(account.body, /Box Office Sync/);
      await until(async () => (await mails()).length > 0);
      const [mail = ''] = await mails();
      assert.match(mail, /To: .*ada@example\.com/);
    });

    it('every answered refresh is stored', async () => {
      const { authorization } = await tokens();
      const given: ObtainedTokens[] = [];
      for (let i = 0; i < count; i += 1) {
        given.push(await tokens(authorization.agent));
      }
      const answers = await killDuring(
        given.map(
          ({ refreshToken }) =>
            () =>
              refresh(server, platform.application, refreshToken),
        ),
      );
      await server.start();

      for (const [index, { accessToken, refreshToken }] of given.entries()) {
        const answer = answers[index];
        if (answer === undefined) {
          // It is unknown if the token was used. Both outcomes are correct.
          const again = await refresh(server, platform.application, refreshToken);
          assert.ok(again.status === 200 || again.body.error === 'invalid_grant');
          continue;
        }
        assert.equal(answer.status, 200);
        const { access_token = '', refresh_token = '' } = answer.body;
        assert.equal((await tell(access_token)).active, true);
        assert.equal(
          (await tell(accessToken)).active,
          false,
          'the previous access token stays inactive',
        );
        const next = await refresh(server, platform.application, refresh_token);
        assert.equal(next.status, 200, JSON.stringify(next.body));
      }
    });

    it('each consent is stored completely or not at all', async () => {
      const { agent } = (await tokens()).authorization;
      const url = authorizationUrl(server, requestOf(platform.application, { prompt: 'consent' }));
      const pages: Page[] = [];
      for (let i = 0; i < count / 2; i += 1) {
        pages.push(await agent.get(url));
      }
      const answers = await killDuring(pages.map((page) => () => decide(agent, page)));
      const allowed = answers.filter((page) => page?.leavesTo?.searchParams.has('code')).length;
      const { grants, events, mails } = await consents();
      assert.ok(grants > allowed, 'these and the earlier grants');
      assert.deepEqual({ events, mails }, { events: grants, mails: grants });
      await server.start();
    });

    it('a stopped and restarted server continues with the same state', async () => {
      const given = await tokens();
      const { agent } = given.authorization;
      const before = await tell(given.accessToken);
      assert.equal(before.active, true);
      await server.kill('SIGTERM');
      await server.start();
      assert.deepEqual(await tell(given.accessToken), before);
      const account = await agent.get('/account/authorizations');
      assert.equal(account.url.pathname, '/account/authorizations');
      const next = await refresh(server, platform.application, given.refreshToken);
      assert.equal(next.status, 200);
      const another = new UserAgent(server);
      const page = await signIn(another, await another.get('/login'), platform.ben);
      assert.equal(page.url.pathname, '/account/authorizations');
    });

    /** Sends all requests at the same time, and kills the server at the first response. */
    async function killDuring<T>(
      requests: readonly (() => Promise<T>)[],
    ): Promise<(T | undefined)[]> {
      let killed: Promise<void> | undefined;
      const answers = await Promise.all(
        requests.map(async (request) => {
          const answer = await request().catch(() => undefined);
          killed ??= server.kill();
          return answer;
        }),
      );
      await killed;
      return answers;
    }

    /** Counts the rows that one consent writes together. */
    async function consents(): Promise<{ grants: number; events: number; mails: number }> {
      const [counts] = await query<{ grants: number; events: number; mails: number }>(
        `select (select count(*)::int from grants) as grants,
          (select count(*)::int from audit_events
            where action = 'stagedoor.user.oauth.authorized') as events,
          (select count(*)::int from mail_outbox where kind = 'authorized') as mails`,
      );
      assert.ok(counts);
      return counts;
    }

    /** Ends the five-minute leases of mails that the killed process had already taken. */
    async function endMailLeases(): Promise<void> {
      await query('update mail_outbox set next_attempt_at = now() where sent_at is null');
    }

    /** Runs one statement. On the embedded database, only while the server is down. */
    async function query<Row>(statement: string): Promise<Row[]> {
      const database = await openDatabase({
        url: server.databaseUrl || undefined,
        dataDir: dirname(server.mailFolder),
        connections: 1,
      });
      try {
        return (await database.db.executeQuery<Row>(CompiledQuery.raw(statement))).rows;
      } finally {
        await database.close();
      }
    }

    async function mails(): Promise<string[]> {
      const names = await readdir(server.mailFolder).catch(() => []);
      return Promise.all(
        names
          .filter((name) => name.endsWith('.eml'))
          .map((name) => readFile(join(server.mailFolder, name), 'utf8')),
      );
    }
  });
}
