import assert from 'node:assert/strict';
import { sql } from 'kysely';
import type { TestUser } from './factories.ts';
import { signIn } from './flow.ts';
import type { TestServer } from './server.ts';
import { type Page, UserAgent } from './user-agent.ts';

/** Path of a user's log. */
export const ACTIVITY = '/account/activity';
/** User agent of `signedIn`. */
export const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

/** Texts that a page shows for one entry. */
export interface Told {
  readonly sentence: string;
  readonly details: string;
  readonly facts: string;
}

/** Returns the texts of the lines of the log; of several entries in one, those of the newest. */
export function entriesOf(page: Page): Told[] {
  return linesOf(page).map((html) => ({
    sentence: textOf(/<span class="sentence"[^>]*>([\s\S]*?)<\/span>/.exec(html)?.[1] ?? ''),
    details: textOf(/<dl[^>]*>([\s\S]*)<\/dl>/.exec(html)?.[1] ?? ''),
    facts: textOf(/<p class="facts">([\s\S]*?)<\/p>/.exec(html)?.[1] ?? ''),
  }));
}

/** Returns the HTML of each line of the log. */
export function linesOf({ body }: Page): string[] {
  return body.split('<li class="entry').slice(1);
}

/** Returns the text of HTML on one line. */
export function textOf(html: string): string {
  return html
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/ (?=[.,:])/g, '')
    .trim();
}

/** Signs a user in with Firefox. */
export async function signedIn(server: TestServer, user: TestUser): Promise<UserAgent> {
  const agent = new UserAgent(server, { 'user-agent': FIREFOX });
  await signIn(agent, await agent.get('/login'), user);
  return agent;
}

/** Returns the number of entries that a line stands for. */
export function countOf(line: string): number {
  return Number(/<span class="chip">([0-9]+)/.exec(line)?.[1] ?? 1);
}

/** Returns the target of a link to the page before or after. */
export function linkOf({ body }: Page, rel: 'prev' | 'next'): string | undefined {
  return new RegExp(`href="([^"]*)" rel="${rel}"`).exec(body)?.[1]?.replaceAll('&amp;', '&');
}

/** Opens a page and, by their links, all that follow. */
export async function walk(agent: UserAgent, from: string): Promise<Page[]> {
  const pages: Page[] = [];
  for (let to: string | undefined = from; to !== undefined; ) {
    const page: Page = await agent.get(to);
    assert.equal(page.status, 200, to);
    pages.push(page);
    to = linkOf(page, 'next');
  }
  return pages;
}

/** Adds plain entries to a user's log, in one statement. */
export async function addEntries(server: TestServer, userId: string, count: number): Promise<void> {
  await sql`
    insert into audit_events (action, actor, user_id, client_id, data)
    select 'stagedoor.user.oauth.denied', 'user:' || ${userId}::text, ${userId}::text, 'app-' || n % 2,
      jsonb_build_object('application', 'App ' || n % 2, 'scopes', array['read'], 'n', n)
    from generate_series(1, ${count}::int) n
  `.execute(server.database.db);
}
