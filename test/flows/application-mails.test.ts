import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { addSecret, listSecrets } from '../../src/applications/secrets.ts';
import { readConfig } from '../../src/config/config.ts';
import { composeMail } from '../../src/mail/compose-mail.ts';
import { APPLICATION_CHANGES } from '../../src/mail/mail.ts';
import { BEN, ORIGIN, useOwnApplication } from '../support/own-application.ts';
import { manage } from '../support/platform.ts';

const { own, run, edit, add, offer, mails, changesMailed } = useOwnApplication();

const COMPOSE = { ...readConfig({ DEMO: '0' }), issuer: 'https://login.example.com' };
const NOTICE = {
  application: { name: 'Evil\r\nBcc: x@y.z <b>\u202e', owner: '<script>', reviewedHomepage: null },
  at: '2026-07-01T12:00:00.000Z',
  timezone: 'Europe/Berlin',
  origin: ORIGIN,
  path: '/account/applications/abc',
};

describe('Mails to the owner', () => {
  test('are sent when an operator suspends or resumes the application, with the reason', async () => {
    const path = `/api/v1/applications/${own.clientId}`;
    await manage(own.server, 'POST', `${path}/suspend/`, { reason: 'It sends <b>spam</b>' });
    await manage(own.server, 'POST', `${path}/suspend/`, { reason: 'It sends <b>spam</b>' });
    await manage(own.server, 'POST', `${path}/resume/`);
    await manage(own.server, 'POST', `${path}/resume/`);
    assert.deepEqual(await changesMailed(), [
      'ben@example.com: suspended',
      'ben@example.com: resumed',
    ]);
    assert.equal((await mails())[0]?.data.reason, 'It sends <b>spam</b>');
  });

  test('are not sent if the transaction is rolled back', async () => {
    await assert.rejects(
      run(async (tx) => {
        await addSecret(tx, BEN, own.clientId, { label: '', expiresAt: null });
        throw new Error('rolled back');
      }),
      /rolled back/,
    );
    assert.deepEqual(await changesMailed(), []);
    assert.equal((await listSecrets(own.server.database.db, own.clientId)).length, 1);
  });

  for (const locale of ['en', 'de']) {
    test(`have complete texts for every kind of change: ${locale}`, () => {
      for (const change of APPLICATION_CHANGES) {
        const data = {
          ...NOTICE,
          change,
          reason: 'Why <i>',
          details: ['\u202ewhat\r\nBcc: x@y.z <i>'],
        };
        const mail = composeMail(COMPOSE, { kind: 'application_changed', locale, data });
        for (const part of [mail.subject, mail.text, mail.html]) {
          const words = part.replace(/<style>[\s\S]*<\/style>/, '');
          assert.doesNotMatch(words, /\{\w+\}|undefined|\[object|changed\./, change);
          assert.doesNotMatch(part, /\u202e/);
        }
        assert.doesNotMatch(mail.html, /<i>|<b>|<script/);
        assert.doesNotMatch(mail.text, /\n{4}|\nBcc/);
        assert.doesNotMatch(mail.subject, /[\r\n]/);
        assert.ok(mail.html.includes(`<html lang="${locale}">`));
        assert.ok(mail.html.includes('href="https://login.example.com/account/applications/abc"'));
        assert.ok(mail.text.includes('Why <i>'));
      }
    });
  }

  test('escape the names that were stored in the outbox', async () => {
    await edit({ name: 'Evil "now" <b>x</b>' });
    await add('laptop');
    await offer('ada@example.com').catch(() => {});
    for (const { data } of await mails()) {
      const mail = composeMail(COMPOSE, { kind: 'application_changed', locale: 'en', data });
      assert.match(mail.subject, /: “Evil 'now' <b>x<\/b>”$/);
      assert.match(mail.html, /Evil &#39;now&#39; &lt;b&gt;x&lt;\/b&gt;/);
    }
  });
});
