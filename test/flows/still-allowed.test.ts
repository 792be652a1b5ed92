import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sql } from 'kysely';
import {
  putTeam,
  putUser,
  registerApplication,
  type TestApplication,
  type TestUser,
} from '../support/factories.ts';
import { prepared, withPlatform } from '../support/fixture.ts';
import { authorizationUrl, decide, signedIn, signIn } from '../support/flow.ts';
import { manage } from '../support/platform.ts';
import { pattern, says } from '../support/texts.ts';
import { exchange } from '../support/tokens.ts';
import { untilBlocked } from '../support/until-blocked.ts';
import { fill, findForm, type Page, describe as textOf, UserAgent } from '../support/user-agent.ts';

const { server, platform } = withPlatform();
/** The browser in which Ada is signed in. */
const ada = prepared(() => signedIn(server, platform.ada));

/** A request of an application without PKCE, so that PKCE can be required later. */
interface Waiting {
  readonly application: TestApplication;
  readonly user: TestUser;
  readonly agent: UserAgent;
  readonly page: Page;
}

/** A change that revokes what an open request was checked for. */
interface Change {
  readonly method?: string;
  readonly path: (waiting: Waiting) => string;
  readonly body?: unknown;
  /** Words of the page that ends the request. */
  readonly page: RegExp;
  readonly endsUser?: true;
  /** The error of a request that begins afterwards, if its application gets any. */
  readonly error?: string;
  /** `error_description` for a code that was issued before. */
  readonly reason: RegExp;
}

const applicationPath = ({ application }: Waiting) =>
  `/api/v1/applications/${application.clientId}/`;

const CHANGES: Readonly<Record<string, Change>> = {
  'the application is suspended': {
    method: 'POST',
    path: (waiting) => `${applicationPath(waiting)}suspend/`,
    body: { reason: 'abuse' },
    page: says('over.title.application_suspended'),
    reason: /^application_suspended$/,
  },
  'the application is disabled': {
    path: applicationPath,
    body: { is_active: false },
    page: says('over.title.application_suspended'),
    reason: /^application_suspended$/,
  },
  'the application is deleted': {
    method: 'DELETE',
    path: applicationPath,
    page: says('over.title.application_deleted'),
    reason: /^client authentication failed$/,
  },
  'the redirect URI is removed': {
    path: applicationPath,
    body: { redirect_uris: ['https://app.example.com/other'] },
    page: says('over.title.redirect_uri_removed'),
    reason: /^redirect_uri_removed$/,
  },
  'a requested scope is removed': {
    path: applicationPath,
    body: { scopes: ['read', 'profile'] },
    error: 'invalid_scope',
    page: says('over.title.redirect_uri_removed'),
    reason: /^scope_removed$/,
  },
  'PKCE becomes required': {
    path: applicationPath,
    body: { require_pkce: true },
    error: 'invalid_request',
    page: says('over.title.redirect_uri_removed'),
    reason: /^pkce_required$/,
  },
  'the user is deactivated': {
    endsUser: true,
    path: ({ user }) => `/api/v1/users/${user.id}/`,
    body: { is_active: false },
    page: pattern`${says('login.email')}|${says('over.title.signed_out')}`,
    reason: /^user_inactive$/,
  },
};

const change = (how: Change, waiting: Waiting) =>
  manage(server, how.method ?? 'PATCH', how.path(waiting), how.body);

let cases = 0;

/**
 * Starts a request of a new application: it waits at the sign-in page or, for `agent`, at consent.
 */
async function wait(user: TestUser, agent = new UserAgent(server)): Promise<Waiting> {
  cases += 1;
  const application = await registerApplication(server, {
    owner: 'ben',
    name: `Application ${cases}`,
    requirePkce: false,
  });
  const page = await agent.get(
    authorizationUrl(server, {
      response_type: 'code',
      client_id: application.clientId,
      redirect_uri: application.redirectUri,
      scope: 'read write',
      state: 'xyz',
    }),
  );
  return { application, user, agent, page };
}

/** Returns a request at the consent page, of Ada or of a user who will be deactivated. */
async function waitAtConsent(how: Change): Promise<Waiting> {
  if (!how.endsUser) {
    return wait(platform.ada, ada);
  }
  const waiting = await wait(await newUser());
  return { ...waiting, page: await signIn(waiting.agent, waiting.page, waiting.user) };
}

async function newUser(): Promise<TestUser> {
  const user = await putUser(server, { id: `user${cases}` });
  const permissions = ['can_change_orders'];
  await putTeam(server, { organizer: 'redstage', id: user.id, permissions, members: [user.id] });
  return user;
}

/** Posts a decision and returns the redirect without following it. */
async function postDecision({ agent, page }: Waiting): Promise<string> {
  const values = { decision: 'allow', organizers: ['redstage'], scopes: ['read', 'write'] };
  const response = await fetch(page.url, {
    method: 'POST',
    body: fill(findForm(page, ['decision']), values),
    headers: { cookie: agent.cookies.header(page.url), origin: server.issuer },
    redirect: 'manual',
  });
  agent.cookies.store(page.url, response.headers);
  return response.headers.get('location') ?? assert.fail(`no redirect: ${response.status}`);
}

/** Counts grants, log entries, mails and codes of the application. */
async function written({ application: { clientId } }: Waiting) {
  const { db } = server.database;
  const grants = await db
    .selectFrom('grants')
    .select('id')
    .where('client_id', '=', clientId)
    .execute();
  const events = await db
    .selectFrom('audit_events')
    .select('action')
    .where('client_id', '=', clientId)
    .where('action', 'like', 'stagedoor.user.oauth.%')
    .execute();
  const mails = await db
    .selectFrom('mail_outbox')
    .select('kind')
    .where('kind', '=', 'authorized')
    .where(sql<boolean>`data::text like ${`%"Application ${cases}"%`}`)
    .execute();
  const codes = await db
    .selectFrom('authorization_codes as c')
    .innerJoin('grants as g', 'g.id', 'c.grant_id')
    .where('g.client_id', '=', clientId)
    .select('c.issued_at')
    .execute();
  return [grants, events, mails, codes].map((rows) => rows.length);
}

function endsOnPage(page: Page, words: RegExp): void {
  assert.equal(page.leavesTo, undefined, `sent to ${page.leavesTo}`);
  assert.ok(page.status < 500, textOf(page));
  assert.match(page.body, words, textOf(page));
  assert.match(page.body, /<a href="\//, 'the page has a link to continue');
}

for (const [name, how] of Object.entries(CHANGES)) {
  describe(`During a request, ${name}`, () => {
    test('at the sign-in page: signing in yields no code', async () => {
      const waiting = await wait(how.endsUser ? await newUser() : platform.ada);
      await change(how, waiting);
      const page = await signIn(waiting.agent, waiting.page, waiting.user);
      assert.ok(page.status < 500, textOf(page));
      assert.equal(page.leavesTo?.searchParams.get('error'), how.error, textOf(page));
      assert.deepEqual(await written(waiting), [0, 0, 0, 0]);
    });

    test('at the consent page: opening, allowing and denying end the request', async () => {
      const waiting = await waitAtConsent(how);
      const { agent, page } = waiting;
      await change(how, waiting);
      endsOnPage(await agent.get(page.url), how.page);
      endsOnPage(await decide(agent, page, { decision: 'allow' }), how.page);
      endsOnPage(await decide(agent, page, { decision: 'deny' }), how.page);
      assert.deepEqual(await written(waiting), [0, 0, 0, 0]);
    });

    test('after the decision: no code is issued', async () => {
      const waiting = await waitAtConsent(how);
      const next = await postDecision(waiting);
      await change(how, waiting);
      endsOnPage(await waiting.agent.get(next), how.page);
      assert.equal((await written(waiting)).at(-1), 0);
    });

    test('after the code: the token endpoint refuses it with the reason', async () => {
      const waiting = await waitAtConsent(how);
      const { application } = waiting;
      const { leavesTo } = await decide(waiting.agent, waiting.page);
      const code = leavesTo?.searchParams.get('code');
      assert.ok(code);
      await change(how, waiting);
      const { redirectUri } = application;
      const answer = await exchange(server, application, {
        parameters: { code },
        codeVerifier: undefined,
        redirectUri,
      });
      assert.ok([400, 401].includes(answer.status), JSON.stringify(answer.body));
      assert.equal(answer.body.access_token, undefined);
      assert.match(answer.body.error_description ?? '', how.reason);
    });
  });
}

test('An application suspended while a consent waits for a lock: nothing is written', async () => {
  const how = CHANGES['the application is suspended'] ?? assert.fail();
  const waiting = await waitAtConsent(how);
  const { clientId } = waiting.application;
  let decided: Promise<Page> | undefined;
  await server.database.db.transaction().execute(async (tx) => {
    await sql`select from interactions where client_id = ${clientId} for update`.execute(tx);
    decided = decide(waiting.agent, waiting.page);
    await untilBlocked(server.database);
    await change(how, waiting);
  });
  endsOnPage((await decided) ?? assert.fail(), how.page);
  assert.deepEqual(await written(waiting), [0, 0, 0, 0]);
});
