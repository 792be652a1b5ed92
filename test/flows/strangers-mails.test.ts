import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { composeMail } from '../../src/mail/compose-mail.ts';
import {
  putUser,
  registerApplication,
  reviewApplication,
  type TestUser,
} from '../support/factories.ts';
import { withPlatform } from '../support/fixture.ts';
import { authorize, signIn } from '../support/flow.ts';
import { manage } from '../support/platform.ts';
import { textFor } from '../support/texts.ts';
import { type Page, UserAgent } from '../support/user-agent.ts';

const { server, platform } = withPlatform();
beforeEach(() => server.database.db.deleteFrom('mail_outbox').execute());

/** Returns the subjects and texts of the mails to a user, as they are sent. */
async function mailsTo({ email }: TestUser): Promise<string[]> {
  const rows = await server.database.db
    .selectFrom('mail_outbox')
    .select(['kind', 'locale', 'data'])
    .where('recipient', '=', email)
    .orderBy('created_at')
    .execute();
  return rows.map((row) => {
    const mail = composeMail({ ...server.config, scopes: [] }, row);
    return `${mail.subject}\n${mail.text}\n${mail.html}`;
  });
}

/** Signs a user in who owns a new application. */
async function owner(id: string) {
  const user = await putUser(server, { id, fullName: 'Your bank. Call +49 30 123456' });
  const agent = new UserAgent(server);
  await signIn(agent, await agent.get('/login'), user);
  const name = 'Confirm at https://evil.example';
  const application = await registerApplication(server, { owner: id, name });
  const path = `/account/applications/${application.clientId}`;
  return {
    application,
    offer: async (email: string): Promise<Page> =>
      agent.submit(await agent.get(`${path}/transfer`), { email }),
    withdraw: async (): Promise<void> => {
      const page = await agent.get(`${path}/edit`);
      const forms = page.forms.filter(({ action }) => action?.endsWith('/withdraw'));
      await agent.submit({ ...page, forms });
    },
  };
}

const HOMEPAGE = /app\.\u200b?example\.\u200b?com/;

describe('Mail about another user’s application', () => {
  test('shows no homepage until a review, then only its host', async () => {
    const { application } = platform;
    await authorize(server, { application, user: platform.ada });
    await reviewApplication(server, application.clientId);
    await authorize(server, {
      application,
      user: platform.ada,
      parameters: { prompt: 'consent' },
    });
    await manage(server, 'PATCH', `/api/v1/applications/${application.clientId}/`, {
      description: 'Changed since.',
    });
    await manage(server, 'DELETE', `/api/v1/applications/${application.clientId}/`);
    const [unreviewed = '', reviewed = '', deleted = ''] = (await mailsTo(platform.ada)).filter(
      (mail) => mail.includes('Box Office Sync'),
    );
    assert.doesNotMatch(unreviewed, HOMEPAGE);
    assert.ok(
      reviewed.includes(`${textFor('mail.label.homepage')}: app.\u200bexample.\u200bcom`),
      reviewed,
    );
    assert.match(deleted, /“Box Office Sync”/);
    assert.doesNotMatch(deleted, HOMEPAGE);
  });

  test('about a transfer contains quoted names only', async () => {
    const mallory = await owner('mallory');
    await mallory.offer('ada@example.com');
    const [mail = '', ...others] = await mailsTo(platform.ada);
    assert.equal(others.length, 0);
    assert.match(mail, /“Confirm at https:\u200b\/\/evil\.\u200bexample”/);
    assert.doesNotMatch(mail, /evil\.example|30 123456/);
    assert.doesNotMatch(mail, HOMEPAGE);
    for (const [, target = ''] of mail.matchAll(/href="([^"]*)"/g)) {
      assert.ok(target.startsWith(`${server.issuer}/`), target);
    }
  });
});

describe('Transfer offers', () => {
  test('to one address are limited, for all senders and spellings together', async () => {
    const answers: number[] = [];
    for (const [index, email] of [
      'ben@example.com',
      'BEN@EXAMPLE.COM',
      ' ben@example.com ',
      'Ben@example.com',
      'ben@EXAMPLE.com',
    ].entries()) {
      const stranger = await owner(`stranger-${index}`);
      answers.push((await stranger.offer(email)).status);
    }
    assert.deepEqual(answers, [200, 200, 200, 400, 400]);
    assert.equal((await mailsTo(platform.ben)).length, 3);
  });

  test('to an unknown address are limited in the same way', async () => {
    const answers: number[] = [];
    for (let index = 0; index < 4; index += 1) {
      answers.push((await (await owner(`other-${index}`)).offer('nobody@example.com')).status);
    }
    assert.deepEqual(answers, [200, 200, 200, 400]);
  });

  test('of one account are limited; refused ones do not count', async () => {
    const spammer = await owner('spammer');
    await spammer.offer('a0@example.com');
    for (let index = 0; index < 5; index += 1) {
      await spammer.offer('too@example.com');
    }
    const answers: number[] = [];
    for (let index = 1; index < 11; index += 1) {
      await spammer.withdraw();
      answers.push((await spammer.offer(`a${index}@example.com`)).status);
    }
    assert.deepEqual(answers, [...Array(9).fill(200), 400]);
  });
});
