import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { putTeam, putUser, registerApplication, type TestUser } from './factories.ts';
import { preparedEach, withPlatform } from './fixture.ts';
import type { TestServer } from './server.ts';
import { introspect, obtainTokens } from './tokens.ts';
import { type Page, describe as textOf, type UserAgent } from './user-agent.ts';

/** Path of the pages about authorizations. */
export const AUTHORIZATIONS = '/account/authorizations';

/**
 * Starts a server for the tests of a suite. Each test has a new user with the organizers of Ada, and
 * a new application.
 */
export function withAuthorizations() {
  const { server, platform } = withPlatform({ REFRESH_TOKEN_TTL: String(400 * 86_400) });
  let count = 0;
  const user = preparedEach(() => {
    count += 1;
    return putMember(server, `user${count}`);
  });
  const application = preparedEach(async () => {
    const name = `Sync ${count}`;
    return { ...(await registerApplication(server, { owner: 'ben', name })), name };
  });
  return {
    server,
    platform,
    user,
    application,
    /** Lets the user allow what the application asks for, on the consent page. */
    allow: (more: Partial<Parameters<typeof obtainTokens>[1]> = {}) =>
      obtainTokens(server, { application, user, parameters: { prompt: 'consent' }, ...more }),
    isActive: async (accessToken: string) =>
      (await introspect(server, platform.resourceServer, accessToken)).body.active,
  };
}

/** Returns the ids of the grants on a page, in order. */
export function grantIds(page: Page): string[] {
  return [...page.body.matchAll(/href="\/account\/authorizations\/(\w+)\/change"/g)].map(
    ([, id = '']) => id,
  );
}

/** Returns the newest listed grant, in any sort order. */
export async function newestGrant(server: TestServer, clientId: string): Promise<string> {
  const { id } = await server.database.db
    .selectFrom('grants')
    .select('id')
    .where('client_id', '=', clientId)
    .where('revoked_at', 'is', null)
    .orderBy('created_at', 'desc')
    .executeTakeFirstOrThrow();
  return id;
}

/** Creates a user with the organizers and permissions of Ada. */
export async function putMember(server: TestServer, id: string): Promise<TestUser> {
  const user = await putUser(server, { id });
  const permissions = ['can_view_orders', 'can_change_orders'];
  for (const organizer of ['redstage', 'bluehall']) {
    await putTeam(server, { organizer, id, permissions, members: [id] });
  }
  return user;
}

/** Adds grants that were not used for 31 days. */
export function addGrants(server: TestServer, userId: string, clientId: string, number: number) {
  return sql`
    insert into grants (id, user_id, client_id, scopes, created_at, expires_at)
    select ${userId} || 'm' || n, ${userId}, ${clientId}, '{read}',
      now() - interval '31 days' - n * interval '1 minute', now() + interval '1 day'
    from generate_series(1, ${sql.lit(number)}) n
  `.execute(server.database.db);
}

/** Makes a grant look as if it was given and used some days ago; null: never used. */
export async function ageGrant(
  server: TestServer,
  id: string,
  days: { granted: number; used: number | null },
  ip: string | null = null,
): Promise<void> {
  const ago = (count: number) => new Date(Date.now() - count * 86_400_000);
  await server.database.db
    .updateTable('grants')
    .set({
      created_at: ago(days.granted),
      last_used_at: days.used === null ? null : ago(days.used),
      last_used_ip: ip,
    })
    .where('id', '=', id)
    .execute();
}

/** Opens an existing page. */
export async function open(agent: UserAgent, path: string): Promise<Page> {
  const page = await agent.get(path);
  assert.equal(page.status, 200, textOf(page));
  return page;
}

/** Presses the button of a confirmation page. */
export function confirm(agent: UserAgent, page: Page): Promise<Page> {
  return agent.submit(page, {}, 'csrf');
}

/** Returns the text of a page between header and footer, in one line. */
export function words(page: Page): string {
  return page.body
    .replace(/[\s\S]*<main/, '<main')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/ (?=[,.])/g, '');
}
