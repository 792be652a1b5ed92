import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ActivityEntry } from '../../src/activity/activity.ts';
import { presentEntry, presentForDownload } from '../../src/activity/pages/presenters.ts';
import { readConfig } from '../../src/config/config.ts';
import { translator } from '../../src/http/translate.ts';
import { viewHelpers } from '../../src/http/view-helpers.ts';
import type { Locale } from '../../src/lib/locale.ts';
import { pattern, says, scopeText, textFor } from '../support/texts.ts';

const { scopes } = readConfig({});
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

function entry(changes: Partial<ActivityEntry>): ActivityEntry {
  return {
    id: '7',
    action: 'stagedoor.user.signed_in',
    actor: 'user:ada',
    happenedAt: new Date('2026-03-01T12:00:00Z'),
    clientId: null,
    grantId: null,
    ip: null,
    userAgent: null,
    data: {},
    ...changes,
  };
}

function wordsIn(locale: Locale) {
  return { t: translator<string>(locale), locale, scopes, userId: 'ada' };
}

/** Returns the text that the page shows for an entry in Ada's log. */
function told(changes: Partial<ActivityEntry>, locale: Locale = 'en'): string {
  const { message, params } = presentEntry(wordsIn(locale), entry(changes));
  return translator<string>(locale)(message, params);
}

function details(changes: Partial<ActivityEntry>, locale: Locale = 'en'): Record<string, string[]> {
  const presented = presentEntry(wordsIn(locale), entry(changes));
  return Object.fromEntries(presented.details.map(({ label, items }) => [label, [...items]]));
}

describe('Activity entry', () => {
  test('of the reader’s own action has a sentence in both languages', () => {
    const action = 'stagedoor.application.secret_added';
    const data = { application: 'Box Office', label: 'production', last_four: 'x4Yz' };
    assert.equal(
      told({ action, data }),
      textFor('activity.secret_added.you', { application: 'Box Office' }),
    );
    assert.equal(
      told({ action, data }, 'de'),
      textFor('activity.secret_added.you', { application: 'Box Office' }, 'de'),
    );
    assert.deepEqual(details({ action, data }), {
      [textFor('activity.detail.secret')]: ['production …x4Yz'],
    });
    assert.deepEqual(details({ action, data: { ...data, label: '' } }), {
      [textFor('activity.detail.secret')]: ['…x4Yz'],
    });
  });

  test('of another actor names the action and the actor', () => {
    const data = { application: 'Box Office', reason: 'Too many requests' };
    const suspended = { action: 'stagedoor.application.suspended', actor: 'operator:token', data };
    assert.equal(told(suspended), textFor('activity.suspended', { application: 'Box Office' }));
    assert.deepEqual(details(suspended), {
      [textFor('activity.detail.reason')]: ['Too many requests'],
    });
    const by = (actor: string, action: string) =>
      presentEntry(wordsIn('en'), entry({ actor, action })).by;
    assert.equal(
      by('operator:token', 'stagedoor.application.suspended'),
      textFor('activity.by.operator'),
    );
    assert.equal(
      by('client:abc', 'stagedoor.user.oauth.revoked'),
      textFor('activity.by.application'),
    );
    assert.equal(by('user:ben', 'stagedoor.user.oauth.revoked'), textFor('activity.by.owner'));
    assert.equal(
      by('user:ben', 'stagedoor.application.transfer_accepted'),
      textFor('activity.by.other'),
    );
    assert.equal(by('user:ada', 'stagedoor.application.transfer_accepted'), undefined);
    assert.equal(by('system', 'stagedoor.user.sign_in_failed'), undefined);
    assert.equal(by('user:ad', 'stagedoor.user.signed_out'), textFor('activity.by.other'));
  });

  test('of an ended authorization names the reason, also an unknown one', () => {
    const because = (reason?: string) =>
      told({
        action: 'stagedoor.user.oauth.revoked',
        data: { application: 'Box Office', ...(reason === undefined ? {} : { reason }) },
      });
    assert.equal(
      because('revoked_by_user'),
      textFor('activity.revoked_by_user', { application: 'Box Office' }),
    );
    assert.equal(
      because('revoked_by_client'),
      textFor('activity.revoked_by_client', { application: 'Box Office' }),
    );
    assert.equal(
      because('revoked_by_operator'),
      textFor('activity.revoked_by_operator', { application: 'Box Office' }),
    );
    assert.match(
      because('reuse_detected'),
      says('activity.reuse_detected', { application: 'Box Office' }),
    );
    assert.match(
      because('application_deleted'),
      says('activity.application_deleted', { application: 'Box Office' }),
    );
    assert.equal(
      because('something_new'),
      textFor('activity.revoked', { application: 'Box Office' }),
    );
    assert.equal(because(), textFor('activity.revoked', { application: 'Box Office' }));
    assert.deepEqual(
      details({ action: 'stagedoor.user.oauth.revoked', data: { reason: 'reuse_detected' } }),
      {},
      'the reason code is not shown',
    );
  });

  test('shows scopes in words, and organizers in the reader’s language and order', () => {
    const organizers = [
      { slug: 'redstage', name: { en: 'Red Stage', de: 'Rote Bühne' } },
      { slug: 'bluehall', name: 'Blue Hall' },
      { slug: 'nameless', name: {} },
    ];
    const data = { application: 'Box Office', scopes: ['read', 'gone'], organizers };
    const action = 'stagedoor.user.oauth.authorized';
    assert.deepEqual(details({ action, data }, 'de'), {
      [textFor('activity.detail.scopes', {}, 'de')]: [scopeText('read', 'de'), 'gone'],
      [textFor('activity.detail.organizers', {}, 'de')]: ['Blue Hall', 'nameless', 'Rote Bühne'],
    });
    const narrowed = presentEntry(
      wordsIn('en'),
      entry({
        action: 'stagedoor.user.oauth.narrowed',
        data: {
          application: 'Box Office',
          removed_scopes: ['write'],
          removed_organizers: organizers.slice(0, 1),
          ends_at: '2026-05-01T00:00:00.000Z',
        },
      }),
    );
    assert.deepEqual(
      narrowed.details.map(({ label }) => label),
      [textFor('activity.detail.removed_scopes'), textFor('activity.detail.removed_organizers')],
    );
    assert.deepEqual(narrowed.details[1]?.items, ['Red Stage']);
    assert.equal(narrowed.endsAt?.toISOString(), '2026-05-01T00:00:00.000Z');
  });

  test('names the changed fields of an application or account', () => {
    const action = 'stagedoor.application.changed';
    const changed = ['name', 'redirectUris', 'somethingNew'];
    assert.deepEqual(details({ action, data: { changed, review_reset: true } }), {
      [textFor('activity.detail.changed')]: [
        `${textFor('activity.field.name')}, ${textFor('activity.field.redirectUris')}, somethingNew`,
      ],
      [textFor('activity.detail.review')]: [textFor('activity.detail.review_reset')],
    });
    const account = (fields: string[]) => ({
      action: 'stagedoor.directory.user.changed',
      actor: 'operator:token',
      data: { changed: fields },
    });
    assert.equal(told(account(['email', 'locale'])), textFor('activity.user_changed'));
    assert.deepEqual(details(account(['email', 'locale'])), {
      [textFor('activity.detail.changed')]: [
        `${textFor('activity.field.email')}, ${textFor('activity.field.locale')}`,
      ],
    });
    assert.equal(told(account(['created'])), textFor('activity.user_created'));
    assert.deepEqual(details(account(['created'])), {});
  });

  test('of a password change or sign-out names actor and kind', () => {
    const action = 'stagedoor.user.password_changed';
    const operator = { action, actor: 'operator:token' };
    assert.equal(
      told({ action, data: { removed: false } }),
      textFor('activity.password_changed.you'),
    );
    assert.equal(
      told({ ...operator, data: { removed: false } }),
      textFor('activity.password_changed'),
    );
    assert.equal(
      told({ ...operator, data: { removed: true } }),
      textFor('activity.password_removed'),
    );
    const signedOut = { action: 'stagedoor.user.signed_out' };
    assert.equal(told(signedOut), textFor('activity.signed_out.you'));
    const upstream = { ...signedOut, actor: 'system', data: { method: 'upstream' } };
    assert.equal(told(upstream), textFor('activity.signed_out'));
    assert.deepEqual(details(upstream), {
      [textFor('activity.detail.method')]: [textFor('activity.detail.upstream')],
    });
    const refused = {
      action: 'stagedoor.user.sign_in_failed',
      actor: 'system',
      data: { method: 'upstream', reason: 'deactivated' },
    };
    assert.match(told(refused), says('activity.sign_in_failed.deactivated'));
    assert.deepEqual(Object.keys(details(refused)), [textFor('activity.detail.method')]);
  });

  test('of a sign-in shows a new device, and its address', () => {
    const firefox = textFor('mail.device.full', { browser: 'Firefox', system: 'Linux' }, 'de');
    const data = { new_device: true };
    const origin = { ip: '::ffff:192.0.2.7', userAgent: FIREFOX };
    const presented = presentEntry(wordsIn('de'), entry({ data, ...origin }));
    assert.equal(told({ data }), textFor('activity.signed_in.new_device'));
    assert.equal(presented.device, firefox);
    assert.equal(presented.address, textFor('activity.address', { ip: '192.0.2.7' }, 'de'));
    const server = { actor: 'client:abc', action: 'stagedoor.user.oauth.revoked', ...origin };
    assert.equal(presentEntry(wordsIn('de'), entry(server)).device, undefined);
    const failed = { actor: 'system', action: 'stagedoor.user.sign_in_failed', ...origin };
    assert.equal(presentEntry(wordsIn('de'), entry(failed)).device, firefox);
  });

  test('with an unknown action or unexpected data has a sentence', () => {
    assert.match(told({ action: 'stagedoor.user.from.the.future' }), /stagedoor\.user\.from\.the/);
    assert.match(told({ action: 'stagedoor.constructor' }), says('activity.unknown'));
    for (const data of [
      {},
      { application: 7, scopes: 'read', organizers: [{ slug: 1 }], ends_at: 'soon' },
      { application: null, ends_at: null, changed: { name: true }, new_device: 'yes', reason: [] },
    ]) {
      for (const action of [
        'stagedoor.user.oauth.authorized',
        'stagedoor.user.oauth.narrowed',
        'stagedoor.user.oauth.revoked',
        'stagedoor.application.changed',
        'stagedoor.directory.user.changed',
      ]) {
        const changes = { action, data };
        assert.match(
          told(changes),
          pattern`${says('activity.unnamed')}|${says('activity.filter.kind.account')}`,
        );
        assert.deepEqual(details(changes), {});
        assert.equal(presentEntry(wordsIn('en'), entry(changes)).endsAt, undefined);
      }
    }
  });

  test('with a hostile name shows it as escaped text', () => {
    const name = '<script>alert("x")</script>\u202e\u0000\n{action} & Sons';
    const data = { application: name };
    const action = 'stagedoor.user.oauth.denied';
    const { message, params } = presentEntry(wordsIn('en'), entry({ action, data }));
    const html = viewHelpers(translator<string>('en'), 'en').rich(message, params);
    assert.equal(
      html,
      textFor('activity.denied', {
        application:
          '<bdi>&#60;script&#62;alert(&#34;x&#34;)&#60;/script&#62; {action} &#38; Sons</bdi>',
      }),
    );
    assert.match(
      told({ action, data: { application: 'שלום' } }),
      says('activity.denied', { application: '\u2068שלום\u2069' }),
    );
    const long = told({ action, data: { application: 'x'.repeat(5000) } });
    assert.ok(long.length < 350, 'a name above the maximum length is shortened');
  });
});

describe('Activity entry in the download', () => {
  test('has key and sentence of the action, and times in UTC', () => {
    const data = { application: 'Box Office', scopes: ['read'], organizers: [] };
    assert.deepEqual(
      presentForDownload(
        wordsIn('en'),
        entry({
          action: 'stagedoor.user.oauth.authorized',
          clientId: 'abc',
          grantId: 'g1',
          ip: '192.0.2.7',
          userAgent: FIREFOX,
          data,
        }),
      ),
      {
        id: '7',
        action: 'stagedoor.user.oauth.authorized',
        sentence: textFor('activity.authorized', { application: 'Box Office' }),
        happened_at: '2026-03-01T12:00:00.000Z',
        actor: 'user:ada',
        application: { client_id: 'abc', name: 'Box Office' },
        grant_id: 'g1',
        ip: '192.0.2.7',
        user_agent: FIREFOX,
        data,
      },
    );
  });

  test('names the reader and applications, but no other user or operator', () => {
    const actorOf = (actor: string) =>
      JSON.parse(JSON.stringify(presentForDownload(wordsIn('en'), entry({ actor })))).actor;
    assert.equal(actorOf('user:ada'), 'user:ada');
    assert.equal(actorOf('client:abc'), 'client:abc');
    assert.equal(actorOf('user:ben'), 'user');
    assert.equal(actorOf('operator:jo'), 'operator');
    assert.equal(actorOf('system'), 'system');
  });
});
