import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sql } from 'kysely';
import { startErrorQueue } from '../../src/insights/error-queue.ts';
import { createLog } from '../../src/lib/log.ts';
import { registerApplication, type TestApplication } from '../support/factories.ts';
import { withPlatform } from '../support/fixture.ts';
import { authorizationUrl, requestOf, signedIn } from '../support/flow.ts';
import { until } from '../support/outbox.ts';
import { manage } from '../support/platform.ts';
import { says } from '../support/texts.ts';
import { postForm, refresh } from '../support/tokens.ts';
import { untilBlocked } from '../support/until-blocked.ts';
import { UserAgent } from '../support/user-agent.ts';

const good = (application: TestApplication) => requestOf(application, { state: 'some-long-state' });

describe('Log of failed requests', () => {
  const { server, platform } = withPlatform();

  /** Waits until all failures so far are written: they are written in their order. */
  const written = async () => {
    const last = await registerApplication(server, { owner: 'ben', name: 'Last of all' });
    await refresh(server, last, 'sdr_nothing');
    await until(async () => {
      const { db } = server.database;
      const rows = db.selectFrom('client_errors').where('client_id', '=', last.clientId);
      return (await rows.select('reason').execute()).length > 0;
    });
  };

  it('stores at most 60 requests per application and minute, and none of an unknown application', async () => {
    const { application } = platform;
    const wrong = { ...application, clientSecret: 'sds_wrong' };
    await Promise.all(Array.from({ length: 80 }, () => refresh(server, wrong, 'sdr_nothing')));
    const ben = await signedIn(server, platform.ben);
    const failing = authorizationUrl(server, { ...good(application), scope: 'read admin' });
    const back = (await ben.get(failing)).leavesTo;
    assert.equal(back?.searchParams.get('error'), 'invalid_scope');
    assert.equal(back.searchParams.get('error_uri'), null, 'it is not in the log');
    await refresh(server, { clientId: 'nobody', clientSecret: 'x' }, 'sdr_nothing');
    await postForm(
      server,
      'token',
      { clientId: 'nobody', clientSecret: 'x' },
      { client_secret: 'x' },
    );
    await written();
    const rows = await server.database.db.selectFrom('client_errors').select('client_id').execute();
    const others = rows.filter((row) => row.client_id !== application.clientId);
    assert.equal(rows.length - others.length, 60);
    assert.equal(others.length, 1, 'that of `written`');
  });

  it('skips rows of an application that was deleted in between, and stores the others', async () => {
    const [gone, stays] = [
      await registerApplication(server, { owner: 'ben', name: 'Gone' }),
      await registerApplication(server, { owner: 'ben', name: 'Stays' }),
    ];
    await refresh(server, gone, 'sdr_nothing');
    await refresh(server, stays, 'sdr_nothing');
    await manage(server, 'DELETE', `/api/v1/applications/${gone.clientId}/`);
    await written();
    const rows = await server.database.db
      .selectFrom('client_errors')
      .select(['client_id', 'reason'])
      .where('client_id', 'in', [gone.clientId, stays.clientId])
      .execute();
    assert.deepEqual(rows, [{ client_id: stays.clientId, reason: 'refresh_token_unknown' }]);
  });

  it('does not delay requests while its table is locked', async () => {
    const application = await registerApplication(server, { owner: 'ben', name: 'Patient' });
    await server.database.db.transaction().execute(async (tx) => {
      await sql`lock table client_errors in access exclusive mode`.execute(tx);
      await refresh(server, application, 'sdr_nothing');
      await untilBlocked(server.database);
      // The lock is held until the response has come.
      const answer = await refresh(server, application, 'sdr_nothing');
      assert.equal(answer.body.error, 'invalid_grant');
    });
  });

  it('is written completely when the server stops', async () => {
    const { clientId } = await registerApplication(server, { owner: 'ben', name: 'Last' });
    const { db } = server.database;
    const queue = startErrorQueue(db, createLog('silent'), { add: () => undefined });
    const entry = {
      clientId,
      endpoint: 'token',
      isRefresh: false,
      error: 'invalid_grant',
      details: {},
    } as const;
    for (let count = 0; count < 50; count += 1) {
      queue.add({ ...entry, happenedAt: new Date(), reason: 'code_unknown' });
    }
    await queue.stop();
    queue.add({ ...entry, happenedAt: new Date(), reason: 'code_expired' });
    const rows = await db
      .selectFrom('client_errors')
      .select('reason')
      .where('client_id', '=', clientId)
      .execute();
    assert.equal(rows.length, 50);
  });

  it('shows hostile values as text', async () => {
    const application = await registerApplication(server, { owner: 'ben', name: 'Hostile' });
    const agent = await signedIn(server, platform.ben);
    const hostile = `https://evil.example.com/<script>alert(1)</script>\u{202e}\u{0}\r\n${'x'.repeat(3000)}`;
    await new UserAgent(server).get(
      authorizationUrl(server, { ...good(application), redirect_uri: hostile }),
    );
    await new UserAgent(server).get(
      authorizationUrl(server, { ...good(application), scope: 'read<img/src=x>' }),
    );
    await written();
    const page = await agent.get(`/account/applications/${application.clientId}/errors`);
    assert.equal(page.status, 200);
    assert.match(page.body, /evil\.example\.com/);
    assert.match(page.body, says('insights.reason.scope_unknown'));
    assert.doesNotMatch(page.body, /<script>|<img\/src/);
    assert.ok(!page.body.includes('\u{0}'));
    assert.ok(page.body.length < 20_000);
  });
});
