import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import type { MailKind } from '../../src/mail/mail.ts';
import { putUser, registerApplication, type TestUser } from '../support/factories.ts';
import { withPlatform } from '../support/fixture.ts';
import { signIn } from '../support/flow.ts';
import { mailsTo } from '../support/mail-folder.ts';
import { callManagement, manage } from '../support/platform.ts';
import type { ReadMessage } from '../support/read-message.ts';
import { pattern, says, scopeText, textFor } from '../support/texts.ts';
import { introspect, obtainTokens } from '../support/tokens.ts';
import { UserAgent } from '../support/user-agent.ts';

const { server, platform } = withPlatform();
let user: TestUser;
let users = 0;

beforeEach(async () => {
  users += 1;
  user = await putUser(server, { id: `user${users}`, timezone: 'Europe/Berlin' });
});

const queued = async (kind: MailKind) => {
  const rows = await server.database.db
    .selectFrom('mail_outbox')
    .select('recipient')
    .where('kind', '=', kind)
    .orderBy('created_at')
    .orderBy('recipient')
    .execute();
  return rows.map(({ recipient }) => recipient).filter((one) => one.includes(user.id));
};

const logged = (action: string) =>
  server.database.db
    .selectFrom('audit_events')
    .select(['actor', 'client_id', 'data'])
    .where('action', '=', action)
    .where('user_id', '=', user.id)
    .orderBy('id')
    .execute();

describe('Mail about a password', () => {
  const path = () => `/api/v1/users/${user.id}/`;
  const passwordChanges = () => logged('stagedoor.user.password_changed');

  test('set for the first time: sent and logged', async () => {
    user = { ...user, id: `later-${user.id}`, email: `later-${user.email}` };
    await manage(server, 'PUT', path(), { email: user.email });
    await manage(server, 'PATCH', path(), { password: 'the first one' });
    assert.deepEqual(await queued('password_changed'), [user.email]);
    const [mail] = await mailsTo(server, user.email);
    assert.equal(mail?.headers.get('subject'), textFor('mail.password.first.subject'));
    const data = { removed: false, first: true };
    assert.deepEqual(await passwordChanges(), [
      { actor: 'operator:bootstrap', client_id: null, data },
    ]);
  });

  test('sent again unchanged by the platform: no mail', async () => {
    await putUser(server, { id: user.id, fullName: 'New Name' });
    await manage(server, 'PATCH', path(), { password: user.password });
    assert.deepEqual(await queued('password_changed'), []);
    assert.deepEqual(await passwordChanges(), []);
  });

  test('replaced: contains time, actor and advice', async () => {
    const agent = new UserAgent(server);
    await signIn(agent, await agent.get('/login'), user);
    await manage(server, 'PATCH', path(), { password: 'another one' });
    const [mail] = await mailsTo(server, user.email);
    assert.equal(mail?.headers.get('subject'), textFor('mail.password.changed.subject'));
    for (const part of [mail?.text ?? '', mail?.html ?? '']) {
      assert.match(part, /20\d\d at \d\d:\d\d CES?T/);
      assert.match(part, says('mail.password.by'));
      assert.match(part, says('mail.password.unexpected'));
      assert.ok(part.includes(`${server.issuer}/account/activity`));
      assert.doesNotMatch(part, pattern`${says('mail.label.origin')}|another one`);
    }
    assert.equal((await agent.get('/account/authorizations')).url.pathname, '/login');
    assert.deepEqual(await passwordChanges(), [
      { actor: 'operator:bootstrap', client_id: null, data: { removed: false } },
    ]);
  });

  test('removed: says so', async () => {
    await manage(server, 'PATCH', path(), { password: null, locale: 'de' });
    const [mail] = await mailsTo(server, user.email);
    assert.equal(mail?.headers.get('subject'), textFor('mail.password.removed.subject', {}, 'de'));
    const [event] = await passwordChanges();
    assert.deepEqual(event?.data, { removed: true });
  });

  test('replaced together with the address: sent to both addresses', async () => {
    const email = `new-${user.email}`;
    await manage(server, 'PATCH', path(), { password: 'another one', email });
    assert.deepEqual(await queued('password_changed'), [email, user.email].sort());
    assert.equal((await passwordChanges()).length, 1);
  });

  test('not replaced because another field was invalid: not sent', async () => {
    const changes = { password: 'another one', email: platform.ada.email };
    assert.equal((await callManagement(server, 'PATCH', path(), changes)).status, 400);
    assert.deepEqual(await queued('password_changed'), []);
    assert.deepEqual(await passwordChanges(), []);
  });
});

describe('Mail about a grant that an operator revoked', () => {
  test('contains application, actor and advice, and is sent once', async () => {
    const { application, resourceServer, ada } = platform;
    const options = { application, user: ada, organizers: ['redstage'], scopes: ['read'] };
    const { accessToken } = await obtainTokens(server, options);
    const { db } = server.database;
    const { id } = await db
      .selectFrom('grants')
      .select('id')
      .where('revoked_at', 'is', null)
      .executeTakeFirstOrThrow();
    await manage(server, 'POST', `/api/v1/grants/${id}/revoke/`);
    await manage(server, 'POST', `/api/v1/grants/${id}/revoke/`);
    assert.equal((await introspect(server, resourceServer, accessToken)).body.active, false);
    const subject = textFor('mail.operator.subject', { application: '“Box Office Sync”' });
    const [mail] = await mailsTo(server, ada.email, subject);
    for (const part of [mail?.text ?? '', mail?.html ?? '']) {
      for (const words of [
        says('mail.operator.happened'),
        pattern`${scopeText('read')}`,
        /Red Stage/,
        /“Ben Example”/,
        says('mail.label.granted'),
        says('mail.operator.todo'),
      ]) {
        assert.match(part, words);
      }
      assert.doesNotMatch(part, pattern`${scopeText('write')}|Blue Hall`);
    }
    const mails = await db
      .selectFrom('mail_outbox')
      .select('recipient')
      .where('kind', '=', 'revoked_by_operator')
      .execute();
    assert.deepEqual(mails, [{ recipient: ada.email }]);
  });
});

describe('Link in a mail', () => {
  /** Opens the link in a browser without a session and signs in. */
  const follow = async (link: string, who: TestUser) => {
    const agent = new UserAgent(server);
    const login = await agent.get(link);
    assert.equal(login.url.pathname, '/login');
    return { agent, page: await signIn(agent, login, who) };
  };

  /** Returns the links of a mail, which are the same in both parts. */
  const linksOf = (mail: ReadMessage | undefined) => {
    const links = mail?.text.match(/^http:\S+$/gm) ?? [];
    const inHtml = [...(mail?.html ?? '').matchAll(/href="([^"]*)"/g)].map(([, href]) => href);
    assert.deepEqual(inHtml, links);
    return links;
  };

  test('about a new authorization opens its revocation page after sign-in', async () => {
    const { application, resourceServer, ben } = platform;
    const { accessToken } = await obtainTokens(server, { application, user: ben });
    const subject = textFor('mail.authorized.subject', { application: '“Box Office Sync”' });
    const [mail] = await mailsTo(server, ben.email, subject);
    const [revoke = '', list = ''] = linksOf(mail);
    const { agent, page } = await follow(revoke, ben);
    assert.equal(page.url.href, revoke);
    assert.match(page.body, /Box Office Sync/);
    assert.match(page.body, /Green Arena/);
    const done = await agent.submit(page, {}, 'csrf');
    assert.equal(done.url.pathname, new URL(list).pathname);
    assert.equal((await introspect(server, resourceServer, accessToken)).body.active, false);

    const again = await agent.get(revoke);
    assert.equal(again.url.search, '?notice=already_revoked');
    assert.equal((await follow(revoke, platform.ada)).page.status, 404);
    assert.equal((await follow(list, ben)).page.url.href, list);
  });

  test('about a new device or password opens the pages to check', async () => {
    const agent = new UserAgent(server);
    await signIn(agent, await agent.get('/login'), user);
    const other = new UserAgent(server);
    await signIn(other, await other.get('/login'), user);
    const device = (await mailsTo(server, user.email, textFor('mail.sign_in.subject')))[0];
    const changed = { ...user, password: 'another one' };
    await manage(server, 'PATCH', `/api/v1/users/${user.id}/`, { password: changed.password });
    const password = (
      await mailsTo(server, user.email, textFor('mail.password.changed.subject'))
    )[0];
    const pages = ['password', 'sessions', 'authorizations', 'activity'].map(
      (page) => `/account/${page}`,
    );
    const urls = pages.map((path) => server.issuer + path);
    assert.deepEqual(linksOf(device), urls);
    assert.deepEqual(linksOf(password), urls.slice(1));
    for (const path of pages) {
      const { page } = await follow(server.issuer + path, changed);
      assert.deepEqual([page.status, page.url.pathname], [200, path]);
    }
  });
});

describe('Mail about a deleted application', () => {
  const remove = (clientId: string) =>
    callManagement(server, 'DELETE', `/api/v1/applications/${clientId}/`);

  test('is sent once per user, in their language and time zone', async () => {
    const application = await registerApplication(server, {
      owner: platform.ben.id,
      name: 'Seatmap Studio',
    });
    user = await putUser(server, { id: user.id, locale: 'de', timezone: 'Asia/Tokyo' });
    for (let round = 0; round < 2; round += 1) {
      const parameters = { approval_prompt: 'force' };
      await obtainTokens(server, { application, user, scope: 'profile', parameters });
    }
    assert.equal((await remove(application.clientId)).status, 204);
    assert.deepEqual(await queued('application_deleted'), [user.email]);
    const [mail] = await mailsTo(
      server,
      user.email,
      textFor('mail.deleted.subject', { application: '„Seatmap Studio“' }, 'de'),
    );
    for (const part of [mail?.text ?? '', mail?.html ?? '']) {
      assert.match(part, says('mail.deleted.happened', {}, 'de'));
      assert.match(part, /GMT\+9/);
    }
  });

  test('is not sent to users without a live grant or with a deactivated account', async () => {
    const application = await registerApplication(server, { owner: platform.ben.id });
    const { db } = server.database;
    for (const ending of ['revoked', 'expired', 'deactivated', 'live']) {
      const id = `${ending}-${user.id}`;
      const one = await putUser(server, { id });
      await obtainTokens(server, { application, user: one, scope: 'profile' });
      const grants = db.updateTable('grants').where('user_id', '=', id);
      const now = new Date();
      if (ending === 'revoked') {
        const revocation = { revoked_at: now, revocation_reason: 'revoked_by_user' } as const;
        await grants.set(revocation).execute();
      } else if (ending === 'expired') {
        await grants.set({ expires_at: now }).execute();
      } else if (ending === 'deactivated') {
        await manage(server, 'PATCH', `/api/v1/users/${id}/`, { is_active: false });
      }
    }
    await remove(application.clientId);
    assert.deepEqual(await queued('application_deleted'), [`live-${user.id}@example.com`]);
  });

  test('is not sent if the deletion fails', async () => {
    const application = await registerApplication(server, { owner: platform.ben.id });
    await obtainTokens(server, { application, user, scope: 'profile' });
    const { db } = server.database;
    await db.schema.alterTable('audit_events').renameTo('audit_events_away').execute();
    try {
      assert.equal((await remove(application.clientId)).status, 500);
    } finally {
      await db.schema.alterTable('audit_events_away').renameTo('audit_events').execute();
    }
    assert.deepEqual(await queued('application_deleted'), []);
  });
});
