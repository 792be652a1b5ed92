import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Context } from 'koa';
import { offerDemoAccounts } from '../../src/sign-in/pages/demo-page.ts';
import { startServer } from '../support/server.ts';
import { describe as textOf, UserAgent } from '../support/user-agent.ts';

const DEMO = '/login/demo';
const PROFILE = '/account/profile';

const offers = (body: string) => body.includes(`action="${DEMO}"`);

test('Demo users sign in by one button, with a CSRF token and from this machine only', async () => {
  const server = await startServer({ DEMO: '1' });
  try {
    const [, ben] = server.demo?.users ?? [];
    assert.ok(ben);
    const agent = new UserAgent(server);
    const login = await agent.get(`/login?return_to=${PROFILE}`);
    assert.ok(offers(login.body) && !login.body.includes(ben.password), textOf(login));

    const body = new URLSearchParams({ email: ben.email, return_to: PROFILE });
    const headers = { origin: server.issuer };
    const forged = await agent.request(DEMO, { method: 'POST', body, headers });
    assert.equal(forged.status, 403);
    const read = await agent.get(`${DEMO}?email=${ben.email}&return_to=${PROFILE}`);
    assert.equal(read.url.pathname, '/login', 'a GET signs nobody in');
    const unknown = await agent.submit(login, { email: 'nobody@example.org' }, 'return_to');
    assert.equal(unknown.status, 404);

    const form = login.forms.find(({ action }) => action === DEMO);
    const csrf = form?.fields.find(({ name }) => name === 'csrf')?.value ?? '';
    body.set('csrf', csrf);
    const forwarded = { ...headers, 'x-forwarded-for': '127.0.0.1' };
    const far = await agent.request(DEMO, { method: 'POST', body, headers: forwarded });
    assert.equal(far.status, 404);
    const page = await agent.request('/login', { headers: forwarded });
    assert.ok(!offers(page.body));

    const signedIn = await agent.request(DEMO, { method: 'POST', body, headers });
    assert.equal(signedIn.url.pathname, PROFILE, textOf(signedIn));
    assert.ok(signedIn.body.includes(ben.email));
  } finally {
    await server.close();
  }
});

test('Without the demo there is no sign-in by one button', async () => {
  const server = await startServer();
  try {
    const agent = new UserAgent(server);
    const login = await agent.get('/login');
    assert.ok(!offers(login.body));
    const csrf = login.forms[0]?.fields.find(({ name }) => name === 'csrf')?.value ?? '';
    const body = new URLSearchParams({ csrf, email: 'ada@example.org', return_to: PROFILE });
    const headers = { origin: server.issuer };
    const posted = await agent.request(DEMO, { method: 'POST', body, headers });
    assert.equal(posted.status, 404);
    assert.equal((await agent.get(PROFILE)).url.pathname, '/login');
  } finally {
    await server.close();
  }
});

test('No demo accounts are offered in production, without the demo, or at a public address', () => {
  const users = [{ name: 'Ada', email: 'ada@example.org', password: 'secret' }];
  const socket = { remoteAddress: '127.0.0.1', localAddress: '127.0.0.1' };
  // Of Koa's context, only the connection and the headers decide.
  const ctx = { req: { socket, rawHeaders: [] } } as unknown as Context;
  const demo = { demo: true, production: false, issuer: 'http://localhost:3000' };
  const offered = (config: typeof demo) => offerDemoAccounts(config, () => ({ users }))(ctx).length;
  assert.equal(offered(demo), 1);
  assert.equal(offered({ ...demo, production: true }), 0);
  assert.equal(offered({ ...demo, demo: false }), 0);
  assert.equal(offered({ ...demo, issuer: 'https://login.example.com' }), 0);
});
