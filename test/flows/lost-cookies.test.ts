import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { sql } from 'kysely';
import {
  putTeam,
  putUser,
  registerApplication,
  reviewApplication,
  type TestUser,
} from '../support/factories.ts';
import { prepared, withPlatform } from '../support/fixture.ts';
import { authorizationUrl, decide, requestOf, signIn } from '../support/flow.ts';
import { says, textFor } from '../support/texts.ts';
import { type Page, showsForm, describe as textOf, UserAgent } from '../support/user-agent.ts';

const LOCALES = ['en', 'de'] as const;
type Locale = (typeof LOCALES)[number];

/** A browser at the page that a case ends on, and the page that its link leads to. */
interface Case {
  /** Loses cookies or time, and returns the resulting page. */
  readonly run: (at: Visit) => Promise<Page>;
  readonly status: number;
  /** Key of the title. */
  readonly title: string;
  /** Key of the label of the way on. */
  readonly link: string;
  /** The link leads to a code, to a form, or to the application. */
  readonly leadsTo: 'code' | 'form' | 'application';
}

/** A user at one step of the flow. */
interface Visit {
  readonly user: TestUser;
  readonly agent: UserAgent;
  readonly locale: Locale;
  /** Goes to the sign-in form of a new request. */
  login(parameters?: Readonly<Record<string, string>>): Promise<Page>;
  /** Goes to the consent page of a new request. */
  consent(parameters?: Readonly<Record<string, string>>): Promise<Page>;
}

const CASES: Record<string, Case> = {
  'sign-in without any cookie': {
    run: async ({ agent, login, user }) => {
      const page = await login();
      agent.cookies.clear();
      return signIn(agent, page, user);
    },
    status: 403,
    title: 'error.cookies.title',
    link: 'link.open_again',
    leadsTo: 'code',
  },
  'sign-in on a page from before another sign-in': {
    run: async ({ agent, login, user }) => {
      const page = await login();
      const stranger = await putUser(server, { id: 'stranger', locale: user.id });
      await signIn(agent, await agent.get('/login'), stranger);
      await agent.submit(await agent.get('/logout'), {}, 'csrf');
      return signIn(agent, page, user);
    },
    status: 403,
    title: 'error.old_form.title',
    link: 'link.open_again',
    leadsTo: 'code',
  },
  'consent without any cookie': {
    run: async ({ agent, consent }) => {
      const page = await consent();
      agent.cookies.clear();
      return decide(agent, page);
    },
    status: 403,
    title: 'over.title.no_cookies',
    link: 'link.application',
    leadsTo: 'application',
  },
  'consent with a new CSRF cookie': {
    run: async ({ agent, consent }) => {
      const page = await consent();
      setCookie(agent, 'stagedoor_csrf', 'A'.repeat(43));
      return decide(agent, page);
    },
    status: 403,
    title: 'error.old_form.title',
    link: 'link.open_again',
    leadsTo: 'code',
  },
  'consent page in another browser': {
    run: async ({ consent, locale }) => {
      const { url } = await consent();
      return newBrowser(locale).get(url);
    },
    status: 403,
    title: 'over.title.other_browser',
    link: 'link.application',
    leadsTo: 'application',
  },
  'consent page without the cookie of its request': {
    run: async ({ agent, consent }) => {
      const { url } = await consent();
      dropRequests(agent);
      return agent.get(url);
    },
    status: 403,
    title: 'over.title.other_browser',
    link: 'link.restart',
    leadsTo: 'code',
  },
  'consent without the session': {
    run: async ({ agent, consent }) => {
      const page = await consent();
      setCookie(agent, 'stagedoor_session', undefined);
      return decide(agent, page);
    },
    status: 403,
    title: 'over.title.signed_out',
    link: 'link.restart',
    leadsTo: 'code',
  },
  'expired consent page': {
    run: async ({ agent, consent, user }) => {
      const page = await consent();
      await expire(user);
      return decide(agent, page);
    },
    status: 410,
    title: 'over.title.expired',
    link: 'link.restart',
    leadsTo: 'code',
  },
  'pushed request whose consent page lost its cookie': {
    run: async ({ agent, consent }) => {
      const { url } = await consent({ padding: 'pushed' });
      dropRequests(agent);
      return agent.get(url);
    },
    status: 403,
    title: 'over.title.other_browser',
    link: 'link.restart',
    leadsTo: 'code',
  },
  'consent page after the decision': {
    run: async ({ agent, consent }) => {
      const page = await consent();
      const { leavesTo } = await decide(agent, page);
      assert.ok(leavesTo?.searchParams.get('code'));
      return agent.get(page.url);
    },
    status: 410,
    title: 'over.title.answered',
    link: 'link.application',
    leadsTo: 'application',
  },
  'form of the account with a new CSRF cookie': {
    run: async ({ agent, consent }) => {
      await consent();
      const page = await agent.get('/account/profile');
      setCookie(agent, 'stagedoor_csrf', 'A'.repeat(43));
      return agent.submit(page, {}, 'csrf');
    },
    status: 403,
    title: 'error.old_form.title',
    link: 'link.open_again',
    leadsTo: 'form',
  },
  'form of the account without any cookie': {
    run: async ({ agent, consent }) => {
      await consent();
      const page = await agent.get('/account/profile');
      agent.cookies.clear();
      return agent.submit(page, {}, 'csrf');
    },
    status: 403,
    title: 'error.cookies.title',
    link: 'link.open_again',
    leadsTo: 'form',
  },
  'sign-out with a new CSRF cookie': {
    run: async ({ agent, consent }) => {
      await consent();
      const page = await agent.get('/logout');
      setCookie(agent, 'stagedoor_csrf', 'A'.repeat(43));
      return agent.submit(page, {}, 'csrf');
    },
    status: 403,
    title: 'error.old_form.title',
    link: 'link.open_again',
    leadsTo: 'form',
  },
};

const { server } = withPlatform();
const application = prepared(() => registerApplication(server, { owner: 'ben' }));
const users = new Map<Locale, TestUser>();

function newBrowser(locale: Locale): UserAgent {
  return new UserAgent(server, { 'accept-language': locale, 'sec-fetch-site': 'same-origin' });
}

function setCookie(agent: UserAgent, name: string, value: string | undefined): void {
  const rest = value === undefined ? '=; path=/; max-age=0' : `=${value}; path=/`;
  agent.cookies.store(new URL(server.issuer), new Headers({ 'set-cookie': name + rest }));
}

function dropRequests(agent: UserAgent): void {
  const header = agent.cookies.header(new URL(server.issuer));
  for (const [name] of header.matchAll(/stagedoor_request_[^=]*/g)) {
    setCookie(agent, name, undefined);
  }
}

async function expire({ id }: TestUser): Promise<void> {
  await server.database.db
    .updateTable('interactions')
    .set({ expires_at: sql<Date>`now() - interval '1 second'` })
    .where('user_id', '=', id)
    .execute();
}

function visit(locale: Locale): Visit {
  const user = users.get(locale);
  assert.ok(user);
  const agent = newBrowser(locale);
  const login: Visit['login'] = ({ padding, ...parameters } = {}) => {
    const request = requestOf(application, { prompt: 'consent', ...parameters });
    const url = authorizationUrl(server, request);
    if (padding === undefined) {
      return agent.get(url);
    }
    const body = new URLSearchParams({ ...request, state: 'x'.repeat(8000) });
    return agent.request(url.pathname, { method: 'POST', body });
  };
  return {
    user,
    agent,
    locale,
    login,
    consent: async (parameters) => signIn(agent, await login(parameters), user),
  };
}

/** Returns the target of the link with this text. */
function linkOf(page: Page, label: string): string {
  const links = [...page.body.matchAll(/<a [^>]*?href="([^"]*)"[^>]*>(.*?)<\/a>/g)];
  const found = links.find(([, , text = '']) => text.replace(/<[^>]*>/g, '') === label);
  assert.ok(found, `${label}: ${textOf(page)}`);
  return (found[1] ?? '').replaceAll('&amp;', '&');
}

describe('A browser without its cookies, or with an old page', () => {
  before(async () => {
    await reviewApplication(server, application.clientId);
    for (const locale of LOCALES) {
      users.set(locale, await putUser(server, { id: locale, locale }));
    }
    await putTeam(server, { organizer: 'redstage', id: 'readers', members: [...LOCALES] });
  });

  for (const locale of LOCALES) {
    for (const [name, { run, status, title, link, leadsTo }] of Object.entries(CASES)) {
      it(`${name} (${locale}): the page explains it and leads on`, async () => {
        const at = visit(locale);
        const page = await run(at);
        assert.equal(page.status, status, textOf(page));
        assert.match(page.body, says(title, {}, locale));
        const isApplication = leadsTo === 'application';
        const parameters = isApplication ? { application: 'Box Office Sync' } : {};
        const target = linkOf(page, textFor(link, parameters, locale));
        if (isApplication) {
          assert.equal(target, 'https://app.example.com/');
          return;
        }
        let next = await at.agent.get(target);
        if (leadsTo === 'form') {
          assert.ok(showsForm(next, 'csrf'), textOf(next));
          return;
        }
        if (showsForm(next, 'password')) {
          next = await signIn(at.agent, next, at.user);
        }
        const { leavesTo } = await decide(at.agent, next);
        assert.ok(leavesTo?.searchParams.get('code'));
      });
    }
  }
});
