import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type RawBuilder, sql } from 'kysely';
import {
  putTeam,
  putUser,
  registerApplication,
  type TestApplication,
  type TestUser,
} from '../support/factories.ts';
import { prepared, withPlatform } from '../support/fixture.ts';
import { authorizationUrl, authorize, decide, signedIn } from '../support/flow.ts';
import { callManagement } from '../support/platform.ts';
import { exchange, introspect, refresh } from '../support/tokens.ts';

/** Rounds of each race, and milliseconds by which the second request starts later in each round. */
const ROUNDS = 4;
const STEP = 2;

const { server, platform } = withPlatform({ DATABASE_CONNECTIONS: '20' });
const ada = prepared(() => signedIn(server, platform.ada));
let users = 0;

/** Returns a signed-in user with an application: Ada, or a user who can be deleted. */
async function setUp(deletesUser: boolean) {
  const user = deletesUser ? await newUser() : platform.ada;
  const agent = deletesUser ? await signedIn(server, user) : ada;
  const application = await registerApplication(server, { owner: user.id, requirePkce: false });
  return { user, agent, application };
}

async function newUser(): Promise<TestUser> {
  users += 1;
  const user = await putUser(server, { id: `user${users}` });
  await putTeam(server, { organizer: 'redstage', id: user.id, members: [user.id] });
  return user;
}

type Party = Awaited<ReturnType<typeof setUp>>;

const ENDINGS = {
  'the deletion of the application': ({ application }: Party) =>
    callManagement(server, 'DELETE', `/api/v1/applications/${application.clientId}/`),
  'the deletion of the user': ({ user }: Party) =>
    callManagement(server, 'DELETE', `/api/v1/users/${user.id}/`),
  'the suspension of the application': ({ application }: Party) =>
    callManagement(server, 'POST', `/api/v1/applications/${application.clientId}/suspend/`, {
      reason: 'abuse',
    }),
};

function request({ application }: Party): URL {
  return authorizationUrl(server, {
    response_type: 'code',
    client_id: application.clientId,
    redirect_uri: application.redirectUri,
    approval_prompt: 'force',
  });
}

/** Runs both at once; the ending starts later in each round. */
async function race<T>(
  round: number,
  work: () => Promise<T>,
  end: () => ReturnType<typeof callManagement>,
) {
  const [result, ending] = await Promise.all([
    work(),
    new Promise((resolve) => setTimeout(resolve, round * STEP)).then(end),
  ]);
  assert.ok(ending.status < 300, `${ending.status} ${JSON.stringify(ending.body)}`);
  return result;
}

const isLive = async (token: string | undefined) =>
  token !== undefined &&
  (await introspect(server, platform.resourceServer, token)).body.active === true;

/** Redeems the code of a redirect, if it has one. */
async function redeem(application: TestApplication, leavesTo: URL | undefined) {
  const code = leavesTo?.searchParams.get('code') ?? undefined;
  if (code === undefined) {
    return undefined;
  }
  return exchange(server, application, {
    parameters: { code },
    codeVerifier: undefined,
    redirectUri: application.redirectUri,
  });
}

for (const [name, end] of Object.entries(ENDINGS)) {
  const deletesUser = name === 'the deletion of the user';
  describe(`${name} during`, () => {
    test('a consent: no live grant is left', async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const party = await setUp(deletesUser);
        const page = await party.agent.get(request(party));
        const answer = await race(
          round,
          () => decide(party.agent, page),
          () => end(party),
        );
        assert.ok(answer.status < 500, `round ${round}: ${answer.status} ${answer.url}`);
        const tokens = await redeem(party.application, answer.leavesTo);
        assert.equal(tokens?.body.access_token, undefined);
      }
    });

    test('the redemption of a code: no live token is left', async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const party = await setUp(deletesUser);
        const { application, user, agent } = party;
        const result = await authorize(server, { application, user, agent, pkce: false });
        const answer = await race(
          round,
          () => exchange(server, application, result),
          () => end(party),
        );
        assert.ok(answer.status < 500, `round ${round}: ${JSON.stringify(answer.body)}`);
        assert.equal(await isLive(answer.body.access_token), false);
      }
    });

    test('a refresh: no live token is left', async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const party = await setUp(deletesUser);
        const { application, user, agent } = party;
        const result = await authorize(server, { application, user, agent, pkce: false });
        const { body } = await exchange(server, application, result);
        const token = body.refresh_token ?? assert.fail(JSON.stringify(body));
        const answer = await race(
          round,
          () => refresh(server, application, token),
          () => end(party),
        );
        assert.ok(answer.status < 500, `round ${round}: ${JSON.stringify(answer.body)}`);
        assert.equal(await isLive(answer.body.access_token), false);
      }
    });

    test('a request that an earlier grant covers: no code can be redeemed', async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const party = await setUp(deletesUser);
        const { application, user, agent } = party;
        await authorize(server, { application, user, agent, pkce: false });
        const url = request(party);
        url.searchParams.delete('approval_prompt');
        const answer = await race(
          round,
          () => agent.get(url),
          () => end(party),
        );
        assert.ok(answer.status < 500, `round ${round}: ${answer.status} ${answer.url}`);
        const tokens = await redeem(application, answer.leavesTo);
        assert.equal(tokens?.body.access_token, undefined);
      }
    });
  });
}

test('Deleting a user and an application with the same grants at once: both succeed', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const party = await setUp(true);
    const { application, user, agent } = party;
    const parameters = { approval_prompt: 'force' };
    for (let grants = 0; grants < 3; grants += 1) {
      await authorize(server, { application, user, agent, pkce: false, parameters });
    }
    const [ofApplication, ofUser] = [
      ENDINGS['the deletion of the application'],
      ENDINGS['the deletion of the user'],
    ];
    const answer = await race(
      round,
      () => ofApplication(party),
      () => ofUser(party),
    );
    assert.ok(answer.status < 300, `${answer.status} ${JSON.stringify(answer.body)}`);
  }
});

describe('Lock order', () => {
  test('deleting a user locks the user before the sessions', async () => {
    const { user } = await setUp(true);
    const deletion = await whileLocked(
      sql`select from users where id = ${user.id} for key share`,
      () => callManagement(server, 'DELETE', `/api/v1/users/${user.id}/`),
      sql`select from sessions where user_id = ${user.id} for update nowait`,
    );
    assert.equal(deletion.status, 204);
  });

  for (const kind of ['code', 'refresh token'] as const) {
    test(`a token request locks the grant before the ${kind}`, async () => {
      const { application, user, agent } = await setUp(false);
      const result = await authorize(server, { application, user, agent, pkce: false });
      const redemption = () => exchange(server, application, result);
      const first = kind === 'code' ? undefined : await redemption();
      const token = first?.body.refresh_token ?? '';
      const table = kind === 'code' ? 'authorization_codes' : 'refresh_tokens';
      const answer = await whileLocked(
        sql`select from grants where client_id = ${application.clientId} for update`,
        first === undefined ? redemption : () => refresh(server, application, token),
        sql`select from ${sql.table(table)} where consumed_at is null and grant_id in (
          select id from grants where client_id = ${application.clientId}
        ) for update nowait`,
      );
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
    });
  }
});

/**
 * Starts `work` while `lock` is held, and requires that `free` can be locked while `work` waits.
 */
async function whileLocked<T>(
  lock: RawBuilder<unknown>,
  work: () => Promise<T>,
  free: RawBuilder<unknown>,
): Promise<T> {
  const { db } = server.database;
  let started: Promise<T> | undefined;
  await db.transaction().execute(async (tx) => {
    await lock.execute(tx);
    started = work();
    const deadline = Date.now() + 10_000;
    while (!(await waits()) && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await db.transaction().execute((other) => free.execute(other));
  });
  return started ?? assert.fail();
}

async function waits(): Promise<boolean> {
  const { rows } = await sql<{ waiting: boolean }>`
    select exists (
      select from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'
    ) as waiting
  `.execute(server.database.db);
  return rows[0]?.waiting === true;
}
