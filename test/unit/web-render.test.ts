import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Middleware } from 'koa';
import type { ConsentProps } from '../../src/authorization/pages/consent-presenters.ts';
import { securityHeaders } from '../../src/http/headers.ts';
import { testRenderer } from '../support/renderer.ts';
import { pattern, says } from '../support/texts.ts';
import { startWebApp } from './web-app.ts';

const renderer = testRenderer();
const { assets } = renderer;

const member = {
  earlier: false,
  had: false,
  permissions: ['view orders'],
  eventPermissions: [],
  canEdit: false,
};
const consent: ConsentProps = {
  action: '/interaction/x',
  application: {
    name: 'Seatmap <b>Studio</b>',
    monogram: 'S',
    owner: null,
    documentHost: null,
    isLocal: false,
    description: '',
    homepageUrl: 'javascript:alert(1)',
    redirectHost: 'app.example',
    returnsToComputer: false,
    schemeIsShared: false,
    reviewed: false,
    selfRegistered: false,
    privacyPolicyUrl: null,
    termsUrl: null,
  },
  user: { fullName: 'Ada', email: 'ada@example.org' },
  switchAccount: '/login',
  scopes: [
    {
      name: 'read',
      kind: 'view',
      words: { before: 'See things', verb: '', after: '' },
      checked: true,
      isNew: false,
      isEmpty: false,
      had: false,
    },
  ],
  edits: false,
  apis: [],
  apisDigest: '',
  organizers: [
    { slug: 'z', name: 'Zeta', checked: false, ...member },
    { slug: 'a', name: 'Älpha', checked: true, ...member },
  ],
  organizerLimit: 500,
  hasPermissions: true,
  ends: [{ value: 'never', checked: true, isLess: false }],
  earlierDigest: '',
  isTrial: false,
  denyOnly: false,
  askPassword: true,
  errors: { organizers: 'required' },
  earlier: undefined,
  previous: undefined,
  confirmAt: undefined,
  timezone: 'UTC',
};

async function html(middleware: Middleware, headers: Record<string, string> = {}) {
  await using app = await startWebApp(middleware);
  const answer = await fetch(app.url, { headers });
  return { answer, text: await answer.text() };
}

test('a page has language, status and title, and is not cached', async () => {
  const { answer, text } = await html((ctx) => {
    ctx.state.user = { locale: 'de-informal' };
    renderer.page(ctx, 'site/landing', { demo: undefined }, { status: 203 });
  });
  assert.equal(answer.status, 203);
  assert.equal(answer.headers.get('Content-Language'), 'de');
  assert.equal(answer.headers.get('Cache-Control'), 'no-store');
  assert.equal(answer.headers.get('Set-Cookie'), null);
  assert.match(
    text,
    pattern`<html lang="de">[\s\S]*<title>${says('landing.title', {}, 'de')} – Stagedoor</title>`,
  );
  assert.match(text, /href="\/login"/);
});

test('the consent page escapes names, sorts organizers and omits links that are not http', async () => {
  const { text } = await html((ctx) => renderer.page(ctx, 'authorization/consent', consent));
  assert.ok(text.includes('Seatmap &#60;b&#62;Studio'));
  assert.ok(!text.includes('javascript:'));
  assert.ok(text.indexOf('Älpha') < text.indexOf('Zeta'));
  assert.match(text, /<title>Error: [^–]+ – Seatmap &lt;b&gt;Studio[^–]* – Stagedoor<\/title>/);
  assert.match(text, /<input type="hidden" name="csrf" value="[\w-]{43}">/);
});

test('Enter on the consent page allows, and Deny works with an empty password', async () => {
  const { text } = await html((ctx) => renderer.page(ctx, 'authorization/consent', consent));
  const buttons = text.match(/<button type="submit"[^>]*>/g) ?? [];
  assert.match(buttons[0] ?? '', /value="allow"/);
  assert.match(buttons[1] ?? '', /value="deny".* formnovalidate/);
});

test('a user without organizers can only deny', async () => {
  const props = { ...consent, organizers: [], denyOnly: true };
  const { text } = await html((ctx) => renderer.page(ctx, 'authorization/consent', props));
  assert.ok(text.includes('value="deny"') && !text.includes('value="allow"'));
  assert.ok(!text.includes('name="password"'));
});

test('an unknown time zone does not break the list of authorizations', async () => {
  const grant = {
    id: '1',
    scopes: ['See'],
    apis: [],
    organizers: ['One'],
    grantedAt: new Date('2026-01-01T12:00:00Z'),
    lastUsedAt: null,
    lastUsedFrom: undefined,
    idleEnd: new Date('2026-04-01T12:00:00Z'),
    ownEnd: undefined,
    changePath: '/account/authorizations/1/change',
    revokePath: '/account/authorizations/1/revoke',
  };
  const application = { name: 'App', monogram: 'A', homepageUrl: null, documentHost: null };
  const revokePath = '/account/authorizations/applications/1/revoke';
  const props = (timezone: string) => ({
    applications: [
      {
        clientId: '1',
        application,
        developer: undefined,
        state: 'active' as const,
        abilities: [],
        organizers: 1,
        usedDaysAgo: undefined,
        count: 1,
        grants: [grant],
        revokePath,
      },
    ],
    filter: {
      action: '/account/authorizations',
      q: '',
      edits: false,
      unused: false,
      unusedDays: 30,
      organizers: [],
      orders: [],
      without: { edits: '', unused: '', organizer: '', everything: '' },
    },
    complete: true,
    pages: { page: 1, pages: 1 },
    previous: undefined,
    next: undefined,
    unusedPath: '/account/authorizations/unused',
    selectPath: '/account/authorizations/disconnect',
    notice: undefined,
    noticeAbout: undefined,
    timezone,
  });
  const page = async (timezone: string) =>
    (await html((ctx) => renderer.page(ctx, 'grants/list', props(timezone)))).text;
  assert.ok((await page('Europe/Berlin')).includes('1 Jan 2026, 13:00'));
  assert.ok((await page('Nowhere/None')).includes('1 Jan 2026, 12:00 UTC'));
});

test('assets are cached forever by their hash, and unknown assets are 404', async () => {
  await using app = await startWebApp(assets.serve);
  const answer = await fetch(app.url + assets.url('style.css'));
  assert.match(answer.headers.get('Content-Type') ?? '', /^text\/css/);
  assert.equal(answer.headers.get('Cache-Control'), 'public, max-age=31536000, immutable');
  const etag = answer.headers.get('ETag') ?? '';
  const again = await fetch(app.url + assets.url('style.css'), {
    headers: { 'If-None-Match': etag, 'Cache-Control': 'max-age=0' },
  });
  assert.equal(again.status, 304);
  const outdated = await fetch(`${app.url}/assets/style.000000000000.css`);
  assert.equal(outdated.headers.get('Cache-Control'), 'no-cache');
  assert.equal((await fetch(app.url + assets.url('pico.min.css'))).status, 200);
  for (const path of [
    '/assets/../layout.eta',
    '/assets/..%2flayout.eta',
    '/assets/',
    '/assets/x.js',
  ]) {
    assert.equal((await fetch(app.url + path)).status, 404, path);
  }
});

test('pages can post forms to this server only, except those that lead to an application', async () => {
  await using app = await startWebApp(securityHeaders(), (ctx) => {
    ctx.body = '';
  });
  const policy = async (path: string) =>
    (await fetch(app.url + path)).headers.get('Content-Security-Policy') ?? '';
  for (const path of [
    '/',
    '/logout',
    '/loginx',
    '/account/authorizations',
    '/api/v1/oauth/token',
  ]) {
    assert.match(await policy(path), /form-action 'self'/, path);
  }
  for (const path of ['/login', '/interaction/abc', '/api/v1/oauth/authorize/abc']) {
    assert.doesNotMatch(await policy(path), /form-action/, path);
    assert.match(await policy(path), /default-src 'none'.*frame-ancestors 'none'/, path);
  }
});
