import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  createPlatform,
  putTeam,
  putUser,
  registerApplication,
  type TestApplication,
  type TestPlatform,
  type TestUser,
} from '../support/factories.ts';
import { authorizationUrl, authorize, decide, signIn } from '../support/flow.ts';
import { callManagement } from '../support/platform.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { exchange, introspect, refresh } from '../support/tokens.ts';
import { UserAgent } from '../support/user-agent.ts';

/** Rounds of each race. The second request starts at another moment in each. */
const ROUNDS = 6;

let server: TestServer;
let platform: TestPlatform;
before(async () => {
  server = await startServer({ DATABASE_CONNECTIONS: '20' });
  platform = await createPlatform(server);
  ada = await signedIn(platform.ada);
});
after(() => server.close());

let users = 0;
let ada: UserAgent;

/** A signed-in user with an application: Ada, or a user who can be deleted. */
async function setUp(deletesUser: boolean) {
  const user = deletesUser ? await newUser() : platform.ada;
  const agent = deletesUser ? await signedIn(user) : ada;
  const application = await registerApplication(server, { owner: user.id, requirePkce: false });
  return { user, agent, application };
}

async function newUser(): Promise<TestUser> {
  users += 1;
  const user = await putUser(server, { id: `user${users}` });
  await putTeam(server, { organizer: 'redstage', id: user.id, members: [user.id] });
  return user;
}

async function signedIn(user: TestUser): Promise<UserAgent> {
  const agent = new UserAgent(server);
  await signIn(agent, await agent.get('/login'), user);
  return agent;
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

/** Runs both at once, the ending a little later each round. */
async function race<T>(
  round: number,
  work: () => Promise<T>,
  end: () => ReturnType<typeof callManagement>,
) {
  const [result, ending] = await Promise.all([
    work(),
    new Promise((resolve) => setTimeout(resolve, round)).then(end),
  ]);
  assert.ok(ending.status < 300, `${ending.status} ${JSON.stringify(ending.body)}`);
  return result;
}

const isLive = async (token: string | undefined) =>
  token !== undefined &&
  (await introspect(server, platform.resourceServer, token)).body.active === true;

/** Redeems the code that a browser was sent back with, if it was. */
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
  describe(`${name} beside`, () => {
    test('a consent: one after the other, and nothing is live', async () => {
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

    test('the redemption of a code', async () => {
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

    test('refreshes', async () => {
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

    test('a request that an earlier grant lets through', async () => {
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

test('two deletions that meet in the same grants', async () => {
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
