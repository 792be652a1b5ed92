import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCsrf, csrfKeys, renewCsrf } from '../../src/http/csrf.ts';
import { readForm } from '../../src/http/form.ts';
import { StagedoorError } from '../../src/lib/errors.ts';
import { startWebApp, type WebApp } from './web-app.ts';

const OLD_KEY = 'old-key-old-key-old-key-old-key-old-key';
const NEW_KEY = 'new-key-new-key-new-key-new-key-new-key';
const ISSUER = 'https://login.example.com';

function start(cookieKeys: readonly string[], secure = false): Promise<WebApp> {
  const csrf = createCsrf({ keys: csrfKeys(cookieKeys), secure, issuer: ISSUER });
  return startWebApp(async (ctx) => {
    if (ctx.method === 'GET') {
      if (ctx.querystring !== '') {
        renewCsrf(ctx);
      }
      ctx.body = csrf.token(ctx);
      return;
    }
    try {
      csrf.verify(ctx, await readForm(ctx));
      ctx.body = 'accepted';
    } catch (error) {
      ctx.body = error instanceof StagedoorError ? error.code : 'unexpected';
    }
  });
}

async function open(
  app: WebApp,
  cookie = '',
  query = '',
): Promise<{ token: string; cookie: string }> {
  const answer = await fetch(app.url + query, { headers: { Cookie: cookie } });
  const set = answer.headers.get('Set-Cookie');
  return { token: await answer.text(), cookie: set?.split(';')[0] ?? cookie };
}

async function send(
  app: WebApp,
  cookie: string,
  token: string | undefined,
  headers: Record<string, string> = {},
): Promise<string> {
  const body = new URLSearchParams(token === undefined ? {} : { csrf: token });
  const answer = await fetch(app.url, {
    method: 'POST',
    headers: { Cookie: cookie, ...headers },
    body,
  });
  return answer.text();
}

test('a form of this server’s page is accepted', async () => {
  await using app = await start([NEW_KEY]);
  const { token, cookie } = await open(app);
  assert.equal(await send(app, cookie, token), 'accepted');
  assert.equal(await send(app, cookie, token, { Origin: ISSUER }), 'accepted');
  assert.equal(
    await send(app, cookie, token, { Origin: 'null', 'Sec-Fetch-Site': 'same-origin' }),
    'accepted',
  );
});

test('forms of two tabs are both accepted', async () => {
  await using app = await start([NEW_KEY]);
  const first = await open(app);
  const second = await open(app, first.cookie);
  assert.equal(second.cookie, first.cookie);
  assert.equal(await send(app, second.cookie, first.token), 'accepted');
  assert.equal(await send(app, second.cookie, second.token), 'accepted');
});

test('a page opened before a cookie key rotation can still be sent', async () => {
  await using before = await start([OLD_KEY]);
  const { token, cookie } = await open(before);
  await using after = await start([NEW_KEY, OLD_KEY]);
  assert.equal(await send(after, cookie, token), 'accepted');
  await using later = await start([NEW_KEY]);
  assert.equal(await send(later, cookie, token), 'csrf_failed');
});

test('a form without token, without cookie or with another user’s token is refused', async () => {
  await using app = await start([NEW_KEY]);
  const [mine, other] = [await open(app), await open(app)];
  assert.notEqual(mine.cookie, other.cookie);
  assert.equal(await send(app, mine.cookie, undefined), 'csrf_failed');
  assert.equal(await send(app, mine.cookie, ''), 'csrf_failed');
  assert.equal(await send(app, '', mine.token), 'csrf_failed');
  assert.equal(await send(app, mine.cookie, other.token), 'csrf_failed');
  assert.equal(await send(app, mine.cookie, `${mine.token.slice(0, -1)}é`), 'csrf_failed');
  const [name, value] = mine.cookie.split('=');
  assert.equal(await send(app, `${name}=${value}`, value), 'csrf_failed');
});

test('a form from before a sign-in is refused afterwards', async () => {
  await using app = await start([NEW_KEY]);
  const { token, cookie } = await open(app);
  const renewed = await open(app, cookie, '?sign-in');
  assert.notEqual(renewed.cookie, cookie);
  assert.equal(await send(app, renewed.cookie, token), 'csrf_failed');
  assert.equal(await send(app, renewed.cookie, renewed.token), 'accepted');
});

test('a form from another site is refused even with the right token', async () => {
  await using app = await start([NEW_KEY]);
  const { token, cookie } = await open(app);
  const foreign: Record<string, string>[] = [
    { 'Sec-Fetch-Site': 'cross-site' },
    { Origin: 'https://evil.example' },
    { Origin: 'http://login.example.com' },
    { Origin: 'null', 'Sec-Fetch-Site': 'cross-site' },
  ];
  for (const headers of foreign) {
    assert.equal(await send(app, cookie, token, headers), 'csrf_failed');
  }
});

test('the cookie is HttpOnly, and bound to the host if the issuer uses https', async () => {
  await using plain = await start([NEW_KEY]);
  await using secure = await start([NEW_KEY], true);
  const cookie = async (app: WebApp) => (await fetch(app.url)).headers.get('Set-Cookie') ?? '';
  assert.match(await cookie(plain), /^stagedoor_csrf=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
  assert.match(
    await cookie(secure),
    /^__Host-stagedoor_csrf=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
  );
});
