import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isSignedIn, logOf, queuedMails } from '../support/account.ts';
import { prepared } from '../support/fixture.ts';
import { mailsTo } from '../support/mail-folder.ts';
import { pattern, says, textFor } from '../support/texts.ts';
import { startUpstreamSite } from '../support/upstream-site.ts';
import { UpstreamVisitor } from '../support/upstream-visitor.ts';
import { showsForm, describe as textOf } from '../support/user-agent.ts';

describe('Account pages with the platform’s own login', () => {
  const site = prepared(startUpstreamSite, (one) => one.close());

  const signedIn = async (account = site.ada) => {
    const visitor = new UpstreamVisitor(site.server, site.upstream);
    const { page } = await visitor.open('/account/sessions', account);
    assert.equal(page.url.pathname, '/account/sessions', textOf(page));
    return visitor;
  };

  test('the password page names where to change the password, and a posted password is refused', async () => {
    const { stagedoor } = await signedIn();
    const page = await stagedoor.get('/account/password');
    const { host } = new URL(site.upstream.issuer);
    assert.equal(page.status, 200);
    assert.ok(page.body.includes(host));
    assert.match(page.body, says('account.password.elsewhere.text'));
    assert.ok(!showsForm(page, 'new_password'));
    const csrf = /name="csrf" value="([^"]+)"/.exec((await stagedoor.get('/logout')).body)?.[1];
    const body = new URLSearchParams({
      csrf: csrf ?? '',
      current_password: 'the one of before',
      new_password: 'four unrelated words of mine',
      new_password_again: 'four unrelated words of mine',
    });
    const refused = await stagedoor.request('/account/password', { method: 'POST', body });
    assert.equal(refused.status, 409, textOf(refused));
    const row = await site.server.database.db
      .selectFrom('users')
      .select('password_hash')
      .where('id', '=', 'ada')
      .executeTakeFirstOrThrow();
    assert.equal(row.password_hash, null);
  });

  test('the session list marks upstream sessions and can end them', async () => {
    const other = await signedIn();
    const { stagedoor } = await signedIn();
    const page = await stagedoor.get('/account/sessions');
    assert.match(page.body, says('account.sessions.upstream'));
    const [, path = ''] =
      /href="(\/account\/sessions\/(?!others)[\w-]+\/end)"/.exec(page.body) ?? [];
    const confirm = await stagedoor.get(path);
    assert.match(confirm.body, says('account.sessions.end.upstream'));
    const done = await stagedoor.submit(confirm, {}, 'csrf');
    assert.equal(done.url.search, '?notice=ended', textOf(done));
    const back = await other.stagedoor.get('/account/sessions');
    assert.equal(back.leavesTo?.origin, site.upstream.issuer, textOf(back));
    assert.equal(await isSignedIn(stagedoor), true);
  });

  test('a chosen language and zone survive a new sign-in', async () => {
    const { stagedoor } = await signedIn();
    const profile = await stagedoor.get('/account/profile');
    const saved = await stagedoor.submit(profile, { language: 'de', timezone: 'Asia/Tokyo' });
    assert.equal(saved.headers.get('content-language'), 'de');
    const again = await signedIn();
    const page = await again.stagedoor.get('/account/sessions');
    assert.equal(page.headers.get('content-language'), 'de');
    assert.match(page.body, /Asia\/Tokyo/);
    const back = await stagedoor.get('/account/profile');
    await stagedoor.submit(back, { language: 'platform', timezone: 'platform' });
  });

  test('the first upstream sign-in deletes a stored password, and sends one mail and one log entry', async () => {
    const { db } = site.server.database;
    const { email } = site.platform.ben;
    await db
      .updateTable('users')
      .set({ password_hash: 'something' })
      .where('id', '=', 'ben')
      .execute();
    await signedIn(site.ben);
    await signedIn(site.ben);
    assert.equal((await queuedMails(site.server, 'password_changed', email)).length, 1);
    const entries = (await logOf(site.server, 'ben')).filter(({ action }) =>
      action.endsWith('password_changed'),
    );
    assert.deepEqual(
      entries.map(({ actor, data }) => [actor, data]),
      [['system', { removed: true, method: 'upstream' }]],
    );
    const [mail] = await mailsTo(site.server, email, textFor('mail.password.removed.subject'));
    for (const part of [mail?.text ?? '', mail?.html ?? '']) {
      assert.match(part, says('mail.password.removed.upstream'));
      assert.doesNotMatch(
        part,
        pattern`${says('account.password.changed.others')}|${says('mail.password.by')}`,
      );
    }
  });
});
