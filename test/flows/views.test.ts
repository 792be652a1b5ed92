import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { NOTICES as SESSION_NOTICES } from '../../src/account/pages/session-pages.ts';
import { ACTIVITY_KINDS } from '../../src/activity/activity.ts';
import { NOTICES as APPLICATION_NOTICES } from '../../src/applications/pages/application-page.ts';
import { NOTICES as CREDENTIAL_NOTICES } from '../../src/applications/pages/credentials-page.ts';
import { NOTICES as EDIT_NOTICES } from '../../src/applications/pages/edit-page.ts';
import { NOTICES as LIST_NOTICES } from '../../src/applications/pages/list-page.ts';
import { NOTICES as GRANT_NOTICES } from '../../src/grants/pages/grant-page.ts';
import type { Locale } from '../../src/lib/locale.ts';
import {
  putOrganizer,
  putTeam,
  putUser,
  registerApplication,
  type TestApplication,
  type TestUser,
} from '../support/factories.ts';
import { withServer } from '../support/fixture.ts';
import { authorizationUrl, requestOf } from '../support/flow.ts';
import type { TestServer } from '../support/server.ts';
import {
  describe as describePage,
  type FormValues,
  type Page,
  UserAgent,
} from '../support/user-agent.ts';

const ROOT = join(import.meta.dirname, '../..');
const LOCALES = ['en', 'de'] as const;
const AUTHORIZATIONS = '/account/authorizations';
const APPLICATIONS = '/account/applications';
/** Longest time until a failed request must be in the developer's list, in milliseconds. */
const PATIENCE = 30_000;
/** Settings of a platform with its own login; no request is sent to it. */
const UPSTREAM = {
  OIDC_ISSUER: 'https://accounts.example.com',
  OIDC_CLIENT_ID: 'stagedoor',
  OIDC_CLIENT_SECRET: 'a secret of this server',
};

/** Text of a page that shows a missing prop, text or value of a placeholder. */
const DEFECT = /\b(undefined|NaN)\b|\[object |\{[a-z]\w*\}/;

describe('Every view is rendered in both languages with the props of its page', () => {
  const seen = new Set<string>();
  const server = withServer();
  const elsewhere = withServer(UPSTREAM);

  before(async () => {
    await putOrganizer(server, 'redstage', { en: 'Red Stage', de: 'Rote Bühne' });
  });

  for (const locale of LOCALES) {
    it(`in ${locale}, for visitors`, () => visitPublicPages(new Visitor(server, locale, seen)));

    it(`in ${locale}, for users`, async () => {
      const cast = await createCast(server, locale);
      const visitor = new Visitor(server, locale, seen);
      await visitConsent(visitor, server, cast);
      await visitAuthorizations(visitor);
      await visitActivity(visitor);
      await visitAccount(visitor, new Visitor(server, locale, seen), cast);
      await visitor.get('/login?reason=recent');
      await visitor.get('/login?prompt=select_account');
      await visitor.submit(await visitor.get('/logout'));
    });

    it(`in ${locale}, for developers`, async () => {
      const cast = await createCast(server, locale);
      const visitor = new Visitor(server, locale, seen);
      await visitor.signIn(cast.owner);
      await visitApplications(visitor, new Visitor(server, locale, seen), cast);
      await visitInsights(visitor, server, cast);
    });

    it(`in ${locale}, for operators`, async () => {
      const { user, owner, application } = await createCast(server, locale);
      const operator = await putUser(server, {
        id: `operator-${locale}`,
        locale,
        isOperator: true,
      });
      const path = `/operator/applications/${application.clientId}`;
      const visitor = new Visitor(server, locale, seen);
      await visitor.signIn(operator);
      // Other entries have paths with names in braces.
      const log = '/log?kind=sign_ins';
      for (const page of ['', '/applications', '/users', '/grants', log, '/mails', '/tokens']) {
        await visitor.get(`/operator${page}`);
      }
      await visitor.get('/operator/resource-servers');
      await visitor.get('/operator/health');
      await visitor.get(`/operator/users/${user.id}`);
      await visitor.get(`/operator/users/${owner.id}`);
      await visitor.submit(await visitor.get(path), { question: 'Why?' });
      await visitor.submit(await visitor.get(path), { reason: 'No answer' });
      await visitor.get(`${path}/delete`);
    });

    it(`in ${locale}, for users of the platform's own login`, async () => {
      await new Visitor(elsewhere, locale, seen).get('/login?reason=lost');
    });
  }

  it('no view is missing', () => {
    const expected = templateNames().flatMap((name) =>
      LOCALES.map((locale) => `${locale} ${name}`),
    );
    assert.deepEqual([...seen].sort(), expected.sort());
  });
});

/** A browser that checks every page it receives. */
class Visitor {
  readonly #agent: UserAgent;
  readonly #locale: Locale;
  readonly #seen: Set<string>;

  constructor(server: TestServer, locale: Locale, seen: Set<string>) {
    this.#agent = new UserAgent(server, { 'accept-language': locale });
    this.#locale = locale;
    this.#seen = seen;
  }

  async get(url: string | URL, headers: Record<string, string> = {}): Promise<Page> {
    return this.#look(await this.#agent.request(url, { headers }));
  }

  async submit(page: Page, values: FormValues = {}, marker?: string): Promise<Page> {
    return this.#look(await this.#agent.submit(page, values, marker));
  }

  async signIn({ email, password }: TestUser): Promise<Page> {
    return this.submit(await this.get('/login'), { email, password });
  }

  #look(page: Page): Page {
    if (page.leavesTo !== undefined) {
      return page;
    }
    assert.ok(page.status < 500, describePage(page));
    const [, locale] = /<html lang="(\w+)">/.exec(page.body) ?? [];
    const [, name] = /<body data-view="([\w/-]+)">/.exec(page.body) ?? [];
    assert.equal(locale, this.#locale, describePage(page));
    const text = page.body.replace(/<(pre|code)\b[\s\S]*?<\/\1>/g, '');
    const [defect] = DEFECT.exec(text) ?? [];
    assert.equal(defect, undefined, `${name}: ${describePage(page)}`);
    this.#seen.add(`${locale} ${name}`);
    return page;
  }
}

interface Cast {
  /** A member of Red Stage. */
  readonly user: TestUser;
  /** Owns `application`. */
  readonly owner: TestUser;
  readonly application: TestApplication;
}

let casts = 0;

async function createCast(server: TestServer, locale: Locale): Promise<Cast> {
  casts += 1;
  const user = await putUser(server, { id: `user${casts}`, locale });
  const owner = await putUser(server, { id: `owner${casts}`, locale });
  const permissions = ['can_change_orders'];
  await putTeam(server, {
    organizer: 'redstage',
    id: `team${casts}`,
    permissions,
    members: [user.id],
  });
  const application = await registerApplication(server, { owner: owner.id });
  return { user, owner, application };
}

function request(server: TestServer, application: TestApplication, changes: object = {}): URL {
  return authorizationUrl(server, requestOf(application, { scope: 'read write', ...changes }));
}

async function visitPublicPages(visitor: Visitor): Promise<void> {
  for (const path of [
    '/',
    '/docs',
    '/docs/guide',
    '/docs/changelog',
    '/docs/examples',
    '/docs/browser-apps',
    '/docs/native-apps',
    '/docs/servers',
    '/docs/agents',
    '/docs/api-services',
    '/docs/api',
    '/docs/api/applications',
    '/docs/api?q=secrets',
    '/docs/api?q=no+such+thing',
    '/docs/api/tour',
    '/nothing/here',
    '/interaction/unknown',
    '/logout',
  ]) {
    await visitor.get(path);
  }
  await visitor.submit(await visitor.get('/login'), { email: 'nobody@example.com', password: 'x' });
}

async function visitConsent(
  visitor: Visitor,
  server: TestServer,
  { user, application }: Cast,
): Promise<void> {
  for (const _ of ['first', 'second']) {
    const first = await visitor.get(request(server, application, { approval_prompt: 'force' }));
    const consent = first.body.includes('name="password"')
      ? await visitor.submit(first, { email: user.email, password: user.password })
      : first;
    const nothing = { decision: 'allow', scopes: [], organizers: [] };
    const again = await visitor.submit(consent, nothing, 'decision');
    const all = { decision: 'allow', scopes: ['read', 'write'], organizers: ['redstage'] };
    await visitor.submit(again, all, 'decision');
    await visitor.get(consent.url);
  }
  await visitor.get(request(server, application, { redirect_uri: 'https://evil.example.com/' }));
  const unknown = { ...application, clientId: 'https://agent.example.com/client.json' };
  await visitor.get(request(server, unknown), { 'sec-fetch-site': 'cross-site' });
}

async function visitAuthorizations(visitor: Visitor): Promise<void> {
  for (const notice of GRANT_NOTICES) {
    await visitor.get(`${AUTHORIZATIONS}?notice=${notice}`);
  }
  await visitor.get(`${AUTHORIZATIONS}/unused`);
  await visitor.get(`${AUTHORIZATIONS}/unused?days=soon`);
  const { body } = await visitor.get(`${AUTHORIZATIONS}?sort=used`);
  const [, selected = ''] = /name="applications" value="([^"]+)"/.exec(body) ?? [];
  await visitor.get(`${AUTHORIZATIONS}/disconnect?applications=${selected}`);
  await visitor.get(`${AUTHORIZATIONS}?q=nothing&can=edit&unused=30&organizer=redstage`);
  const paths = [...body.matchAll(/href="(\/account\/authorizations\/[^"]+)"/g)].map(
    ([, to]) => to,
  );
  const ending = (end: string) => paths.find((path) => path?.endsWith(end)) ?? assert.fail(end);
  const change = await visitor.get(ending('/change'));
  await visitor.submit(change, { end_date: 'tomorrow' });
  await visitor.submit(change, { end_date: '2020-01-01' });
  await visitor.submit(change, { end_date: `${new Date().getFullYear() + 2}-03-01` });
  await visitor.get(ending('/change'));
  await visitor.submit(change, { scopes: [], organizers: [] });
  await visitor.get(paths.find((path) => path?.includes('/applications/')) ?? '');
  await visitor.submit(await visitor.get(ending('/revoke')));
}

async function visitActivity(visitor: Visitor): Promise<void> {
  for (const query of [
    '',
    'cursor=1.1',
    'organizer=redstage&from=2020-01-01&to=tomorrow&single=true',
    'to=2020-01-01',
    ...Object.keys(ACTIVITY_KINDS).map((kind) => `kind=${kind}`),
  ]) {
    await visitor.get(`/account/activity?${query}`);
  }
}

async function visitAccount(visitor: Visitor, other: Visitor, { user }: Cast): Promise<void> {
  const profile = await visitor.get('/account/profile?notice=saved');
  await visitor.submit(profile, { language: 'fr', timezone: 'Mars/Olympus' });
  const password = await visitor.get('/account/password');
  const wrong = { current_password: '', new_password: 'short', new_password_again: '' };
  await visitor.submit(password, wrong);
  const good = 'four unrelated words of mine';
  await visitor.submit(password, {
    current_password: 'not the password',
    new_password: good,
    new_password_again: good,
  });
  await visitor.get('/account/password?ended=2');
  await visitor.get('/account/sessions');
  await other.signIn(user);
  for (const notice of SESSION_NOTICES) {
    await visitor.get(`/account/sessions?notice=${notice}`);
  }
  await visitor.submit(await visitor.get('/account/sessions/others/end'));
}

async function visitApplications(
  visitor: Visitor,
  other: Visitor,
  { user, application }: Cast,
): Promise<void> {
  const home = `${APPLICATIONS}/${application.clientId}`;
  for (const notice of LIST_NOTICES) {
    await visitor.get(`${APPLICATIONS}?notice=${notice}`);
  }
  for (const notice of APPLICATION_NOTICES) {
    await visitor.get(`${home}?notice=${notice}`);
  }
  for (const notice of CREDENTIAL_NOTICES) {
    await visitor.get(`${home}/credentials?notice=${notice}`);
  }
  for (const notice of EDIT_NOTICES) {
    await visitor.get(`${home}/edit?notice=${notice}`);
  }
  const form = await visitor.get(`${APPLICATIONS}/new`);
  await visitor.submit(form, { name: '', redirect_uris: 'http://example.com/*' });
  for (const clientType of ['confidential', 'public']) {
    await visitor.submit(form, {
      name: `Seatmap ${clientType}`,
      redirect_uris: 'https://seatmap.example.com/callback',
      client_type: clientType,
      scopes: ['read'],
    });
  }
  await visitor.get(`${home}/start`);
  await visitor.get(`${home}/try?notice=over`);
  for (const decision of ['allow', 'deny']) {
    const consent = await visitor.submit(await visitor.get(`${home}/try`), {}, 'csrf');
    await visitor.submit(consent, { decision, scopes: ['profile'] }, 'decision');
  }
  await visitor.get(`${home}/logo`);
  const edit = await visitor.get(`${home}/edit`);
  await visitor.submit(edit, { name: '', redirect_uris: '' });
  await visitor.submit(edit, { name: 'Another name' });
  await visitor.submit(edit, { name: 'Too late' });
  const secret = await visitor.get(`${home}/secrets/new`);
  await visitor.submit(secret, { label: 'x', expires_on: 'tomorrow' });
  await visitor.submit(secret, { label: 'production', expires_on: '' });
  const { body } = await visitor.get(`${home}/credentials`);
  const [, secretPath = ''] = /href="([^"]+\/secrets\/[^"]+\/delete)"/.exec(body) ?? [];
  await visitor.submit(await visitor.get(secretPath));
  await visitor.submit(await visitor.get(`${home}/keys/new`), {
    public_keys: generateKeyPairSync('ed25519')
      .publicKey.export({ type: 'spki', format: 'pem' })
      .toString(),
  });
  const [, keyPath = ''] =
    /href="([^"]+\/keys\/[^"]+\/delete)"/.exec((await visitor.get(`${home}/credentials`)).body) ??
    [];
  await visitor.submit(await visitor.get(keyPath));
  const transfer = await visitor.get(`${home}/transfer`);
  await visitor.submit(transfer, { email: 'nobody@example.com' });
  await visitor.submit(transfer, { email: user.email });
  await visitor.get(home);
  await other.signIn(user);
  await other.get(APPLICATIONS);
  const remove = await visitor.get(`${home}/delete`);
  await visitor.submit(remove, { name: 'not the name' });
}

async function visitInsights(
  visitor: Visitor,
  server: TestServer,
  { application }: Cast,
): Promise<void> {
  const home = `${APPLICATIONS}/${application.clientId}`;
  await visitor.get(`${home}/statistics`);
  const failed = request(server, application, { redirect_uri: `${application.redirectUri}/` });
  await visitor.get(failed);
  const until = Date.now() + PATIENCE;
  while (!(await visitor.get(`${home}/errors`)).body.includes(`${application.redirectUri}/`)) {
    assert.ok(Date.now() < until, 'the failed request is missing in the list');
    await delay(50);
  }
  await visitor.get(`${home}/errors?endpoint=token&page=2`);
  const check = await visitor.get(`${home}/check`);
  for (const url of ['nonsense', failed.href, request(server, application).href]) {
    await visitor.submit(check, { url });
  }
}

/** Names of all templates that are a complete page. */
function templateNames(): string[] {
  return filesBelow('views', '.eta')
    .filter(({ name, text }) => name !== 'layout' && /\blayout\(/.test(text))
    .map(({ name }) => name)
    .filter((name) => !name.startsWith('mail/'));
}

function filesBelow(folder: string, ending: string) {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending))
    .map((path) => ({
      name: path.slice(0, -ending.length),
      text: readFileSync(join(ROOT, folder, path), 'utf8'),
    }));
}
