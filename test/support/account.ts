import assert from 'node:assert/strict';
import type { TestUser } from './factories.ts';
import { withPlatform } from './fixture.ts';
import { authorizationUrl, requestOf, signIn } from './flow.ts';
import type { TestServer } from './server.ts';
import { describe, type Page, UserAgent } from './user-agent.ts';

export const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
export const SAFARI =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1';

/** Creates browsers, each with its own address, so that limits of other browsers do not apply. */
export function browsers(server: TestServer) {
  let made = 0;
  const open = (headers: Readonly<Record<string, string>> = {}, cookies?: UserAgent['cookies']) => {
    made += 1;
    const address = { 'x-forwarded-for': `203.0.${made}.7`, 'user-agent': FIREFOX };
    return new UserAgent(server, { ...address, ...headers }, cookies);
  };
  return {
    open,
    /** Returns a browser in which the user is signed in. */
    signedIn: async (user: TestUser, headers?: Readonly<Record<string, string>>) => {
      const agent = open(headers);
      const page = await signIn(agent, await agent.get('/login'), user);
      assert.equal(page.url.pathname, '/account/authorizations', describe(page));
      return agent;
    },
  };
}

/** Starts a server for the tests of a suite, and creates browsers for it. */
export function withBrowsers(variables: Readonly<Record<string, string>> = {}) {
  const { server, platform } = withPlatform({ ...variables, TRUST_PROXY: '1' });
  return {
    server,
    platform,
    people: browsers(server),
    /** Returns the URL of a request of the platform's application. */
    requestUrl: (parameters: Readonly<Record<string, string>> = {}) =>
      authorizationUrl(server, requestOf(platform.application, parameters)),
  };
}

/** Tells if a user is signed in in this browser. */
export async function isSignedIn(agent: UserAgent): Promise<boolean> {
  return (await agent.get('/account/profile')).url.pathname === '/account/profile';
}

/** Returns the log entries of a user, oldest first. */
export async function logOf(server: TestServer, userId: string) {
  return server.database.db
    .selectFrom('audit_events')
    .select(['action', 'actor', 'data', 'ip', 'user_agent'])
    .where('user_id', '=', userId)
    .orderBy('id')
    .execute();
}

/** Returns the log entries with an action, oldest first. */
export async function entriesOf(server: TestServer, action: string) {
  return server.database.db
    .selectFrom('audit_events')
    .select(['actor', 'client_id', 'data', 'ip'])
    .where('action', '=', action)
    .orderBy('id')
    .execute();
}

/** Returns the mails of a kind to a user, as queued in the outbox. */
export async function queuedMails(server: TestServer, kind: string, recipient: string) {
  return server.database.db
    .selectFrom('mail_outbox')
    .select(['locale', 'data'])
    .where('kind', '=', kind)
    .where('recipient', '=', recipient)
    .orderBy('created_at')
    .execute();
}

/** Posts the form of a page with this action, as its button does. */
export async function press(
  agent: UserAgent,
  page: string,
  action: string,
  values: Readonly<Record<string, string>> = {},
): Promise<Page> {
  const { body, url } = await agent.get(page);
  const [, csrf = ''] = /name="csrf" value="([^"]+)"/.exec(body) ?? [];
  const headers = { origin: url.origin };
  const fields = new URLSearchParams({ csrf, ...values });
  return agent.request(action, { method: 'POST', body: fields, headers });
}
