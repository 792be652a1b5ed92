import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readConfig } from '../../src/config/config.ts';
import { composeMail } from '../../src/mail/compose-mail.ts';
import type { MailKind } from '../../src/mail/mail.ts';
import { localTime, oneLine, plainHost, quoted, unlinked } from '../../src/mail/mail-text.ts';
import { describeDevice } from '../../src/mail/origin-words.ts';
import { retryDelay } from '../../src/mail/send-mail.ts';
import { hostile, MAIL_KINDS, MAILS } from '../support/mails.ts';
import { pattern, says, scopeText, textFor } from '../support/texts.ts';

const { scopes, platform } = readConfig({ DEMO: '0' });
const deps = { issuer: 'https://login.example.com', scopes, platform };
const firefox = textFor('mail.device.full', { browser: 'Firefox', system: 'Linux' });
const compose = (changes: object = {}, locale = 'en', kind: MailKind = 'authorized') =>
  composeMail(deps, { kind, locale, data: { ...MAILS[kind], ...changes } });

describe('Mail', () => {
  for (const locale of ['en', 'de']) {
    for (const kind of MAIL_KINDS) {
      test(`has complete texts: ${kind}, ${locale}`, () => {
        const { subject, text, html } = compose({}, locale, kind);
        for (const part of [subject, text, html]) {
          assert.doesNotMatch(
            part.replace(/<style>[\s\S]*<\/style>/, ''),
            /\{\w+\}|undefined|\[object/,
          );
        }
        assert.doesNotMatch(text, /&\w+;|&#/);
        assert.ok(html.includes(`<html lang="${locale}">`));
        assert.doesNotMatch(text, /\n{3}| \n(?<!-- \n)/);
      });

      test(`keeps its structure with hostile names: ${kind}, ${locale}`, () => {
        const mail = compose({}, locale, kind);
        const evil = compose(hostile(MAILS[kind]), locale, kind);
        assert.doesNotMatch(evil.subject, /[\p{Cc}\u202e]/u);
        assert.equal(tagsOf(evil.html), tagsOf(mail.html));
        assert.equal(evil.text.split('\n').length, mail.text.split('\n').length);
        for (const part of [evil.subject, evil.text, evil.html]) {
          assert.doesNotMatch(part, /\u202e|^Bcc|login\.example\.com@/m);
        }
      });

      test(`links to this server only: ${kind}, ${locale}`, () => {
        const { subject, text, html } = compose(hostile(MAILS[kind]), locale, kind);
        for (const [, target = ''] of html.matchAll(/<a href="(.*?)"/g)) {
          assert.ok(target.startsWith(`${deps.issuer}/`), target);
        }
        // Text that a mail program would turn into a link.
        const shown = `${subject}\n${text}\n${html.replace(/<style[\s\S]*<\/style>|<[^>]*>/g, ' ')}`;
        const addresses = shown.match(/\S*:\/\/\S*|\S*evil\.example\S*/g) ?? [];
        for (const address of addresses) {
          assert.ok(address.startsWith(`${deps.issuer}/`), address);
        }
      });
    }
  }

  test('contains application, owner, scopes, organizers, time and origin', () => {
    const { text } = compose({
      application: {
        name: 'X',
        owner: 'O’Neil & Söhne',
        reviewedHomepage: 'https://x.example/a?b',
        documentHost: 'agent.example',
      },
      scopes: ['read', 'profile', 'gone'],
    });
    for (const line of [
      `${textFor('mail.label.application')}: “X”`,
      `${textFor('mail.label.owner')}: “O’Neil & Söhne”`,
      `${textFor('mail.label.homepage')}: x.\u200bexample`,
      `${textFor('mail.label.document_host')}: agent.\u200bexample`,
      `${textFor('mail.label.time')}: Wednesday, 1 July 2026 at 14:00 CEST`,
      `${textFor('mail.label.origin')}: ${textFor('mail.origin', { device: firefox, ip: '203.0.113.7' })}`,
      `- ${scopeText('profile')}`,
      '- gone',
      '- Red Stage',
      '- Orders API',
    ]) {
      assert.ok(text.split('\n').includes(line), `${line} is missing in\n${text}`);
    }
  });

  test('about a new device explains where the password is changed', () => {
    const signsOut = says('mail.sign_in.unexpected');
    assert.match(compose({}, 'en', 'new_device').text, signsOut);
    const { text } = compose({ upstream: true }, 'en', 'new_device');
    assert.doesNotMatch(text, signsOut);
    assert.match(text, says('mail.sign_in.unexpected_upstream'));
  });

  test('about a removed password says so, with the origin if known', () => {
    const { origin } = MAILS.authorized;
    const { subject, text } = compose({ removed: true, origin }, 'en', 'password_changed');
    assert.equal(subject, textFor('mail.password.removed.subject'));
    assert.match(text, says('mail.password.removed.happened'));
    assert.match(
      text,
      pattern`${says('mail.label.origin')}: ${says('mail.origin', { device: firefox, ip: '203.0.113.7' })}\n`,
    );
  });

  test('omits missing parts', () => {
    const { text } = compose({
      application: { name: 'X', owner: null, reviewedHomepage: 'javascript:alert(1)' },
      organizers: [],
      apis: undefined,
      origin: {},
    });
    assert.doesNotMatch(
      text,
      pattern`${says('mail.label.owner')}:|${says('mail.label.homepage')}:|${says('mail.label.organizers')}:|${says('mail.label.apis')}:|javascript`,
    );
    assert.match(text, pattern`${says('mail.label.origin')}: ${says('mail.device.unknown')}\n`);
  });

  test('omits an invalid address and browser', () => {
    const { text } = compose({ origin: { ip: 'call 555-1234', userAgent: '<b>Evil</b> 1.0' } });
    assert.match(text, pattern`${says('mail.label.origin')}: ${says('mail.device.unknown')}\n`);
  });

  test('lists at most 50 organizers, in the reader’s order and language', () => {
    const organizers = Array.from({ length: 200 }, (_, i) => ({
      slug: `o${i}`,
      name: `Hall ${i}`,
    }));
    const { text } = compose({ organizers: [...organizers.reverse()] });
    assert.match(text, /- Hall 0\n- Hall 1\n- Hall 2\n/);
    assert.match(text, pattern`- Hall 49\n${says('mail.organizers.more', { count: 150 })}\n`);
    assert.match(compose({}, 'de').text, /- Rote Bühne\n/);
  });

  test('of an unknown kind or with invalid data is an error', () => {
    assert.throws(() => composeMail(deps, { kind: 'of the future', locale: 'en', data: {} }), {
      code: 'mail_failed',
    });
    assert.throws(() => compose({ application: 'X' }), { code: 'mail_failed' });
    assert.throws(() => compose({ at: 'yesterday' }), { code: 'mail_failed' });
  });
});

describe('Name chosen by a user', () => {
  test('stays on one line and within its quotation marks', () => {
    assert.equal(quoted('a\r\n\u2028\tb', 'en'), '“a b”');
    assert.equal(quoted('a” is “safe', 'en'), "“a' is 'safe”");
    assert.equal(quoted('a“ ist „"sicher"', 'de'), "„a' ist ''sicher'“");
  });

  test('contains no invisible or direction-changing characters', () => {
    assert.equal(oneLine('a\u202egpj.exe\u200b\u0000\ud800'), 'a gpj.exe');
    for (const blank of [
      '\u2800',
      '\u115f\u3164',
      '\u200d\u200c',
      '\ufe0f',
      '\u{e0041}',
      '\u034f',
    ]) {
      assert.equal(oneLine(`a${blank}b`), 'a b', JSON.stringify(blank));
      assert.equal(oneLine(blank), '');
    }
    assert.equal(oneLine('שלום'), '\u2068שלום\u2069');
    assert.equal(oneLine('👩‍👩‍👧'), '👩‍👩‍👧');
  });

  test('is not recognized as a link by mail programs', () => {
    assert.equal(unlinked('https://evil.example/'), 'https:\u200b//evil.\u200bexample/');
    // Outlook links network shares; opening one sends the user's Windows password hash there.
    assert.equal(unlinked('\\\\evil\\x'), '\\\u200b\\\u200bevil\\\u200bx');
    assert.equal(unlinked('www.evil.example'), 'www.\u200bevil.\u200bexample');
    assert.equal(unlinked('Seats: a/b, e. g. c. (2026)'), 'Seats: a/b, e. g. c. (2026)');
    assert.equal(quoted('Node.js', 'en'), '“Node.\u200bjs”');
  });

  /** Names, and the part of each that must not appear unchanged in a mail. */
  const linked: [string, RegExp][] = [
    ['evil.example', /evil\.example/],
    ['www.evil.example/login', /www\.evil/],
    ['https://evil.example/login', /https:\/\/evil/],
    ['http:192.0.2.1', /http:1|2\.1/],
    ['mailto:eve@evil.example', /mailto:e|eve@evil/],
    ['tel:+4930123456', /tel:\+|4930|123/],
    ['Call +49 (0) 30 / 123-456', /49|30|123/],
    ['eve@evil。example', /@evil|evil。example/],
    ['paypal．com', /paypal．com/],
    ['пример.рф', /пример\.рф/],
    ['💩.la', /\.la/],
    ['i❤.ws', /\.ws/],
    ['evil․example', /․example/],
    ['evil﹒example', /﹒example/],
    ['eve﹫evil', /﹫evil/],
  ];
  for (const [name, address] of linked) {
    test(`is not a link in any mail: ${name}`, () => {
      for (const kind of MAIL_KINDS) {
        const named = JSON.parse(
          JSON.stringify(MAILS[kind]).replace(/"(name|owner)":"[^"]*"/g, `"$1":"${name}"`),
        );
        const { subject, text, html } = compose(named, 'en', kind);
        const lines = `${subject}\n${text}\n${html}`.split('\n');
        for (const line of lines.filter((one) => one.includes(name.slice(0, 3)))) {
          assert.doesNotMatch(line, address);
        }
      }
    });
  }

  test('is shortened if it is too long, but not within a character', () => {
    assert.equal(oneLine('😀'.repeat(200)), `${'😀'.repeat(100)}…`);
  });
});

test('A homepage is shown as its host only', () => {
  assert.equal(plainHost('https://bank.example@evil.example/?a#b'), 'evil.example');
  assert.equal(plainHost('https://bücher.example/x'), 'xn--bcher-kva.example');
  assert.equal(plainHost('data:text/html,x'), undefined);
  assert.equal(plainHost(null), undefined);
});

test('An unknown time zone counts as UTC', () => {
  assert.equal(
    localTime('2026-07-01T12:00:00.000Z', 'Mars/Olympus', 'de'),
    'Mittwoch, 1. Juli 2026 um 12:00 UTC',
  );
});

test('Common browsers are recognized', () => {
  const webKit = 'AppleWebKit/605.1.15 (KHTML, like Gecko)';
  const chrome = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0';
  for (const [header, browser, system] of [
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox', 'Linux'],
    [`Mozilla/5.0 (Windows NT 10.0; Win64) ${chrome} Safari/537.36 Edg/140.0`, 'Edge', 'Windows'],
    [`Mozilla/5.0 (Linux; Android 10; K) ${chrome} Mobile Safari/537.36`, 'Chrome', 'Android'],
    [
      `Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) ${webKit} Version/18.0 Mobile/15E148 Safari/604.1`,
      'Safari',
      'iOS',
    ],
    [
      `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${webKit} Version/18.0 Safari/605.1.15`,
      'Safari',
      'macOS',
    ],
    ['curl/8.5.0', undefined, undefined],
  ] as const) {
    assert.deepEqual(describeDevice(header), { browser, system });
  }
});

test('Retry delays start at one minute and double, for one day in total', () => {
  const waits = Array.from({ length: 12 }, (_, i) => retryDelay(i + 1));
  assert.deepEqual(waits.slice(0, 3), [60, 120, 240]);
  assert.equal(waits.at(-1), undefined);
  assert.equal(
    waits.reduce<number>((sum, wait) => sum + (wait ?? 0), 0),
    86_400,
  );
});

/** Returns the markup without its text. Other tests check the homepage link. */
function tagsOf(html: string): string {
  const tags = html.replace(/<(style|title)>[\s\S]*?<\/\1>/g, '').match(/<[^>]*>/g) ?? [];
  return tags.join('\n').replace(/https:\/\/(app|evil)\.example[^"]*/, 'HOMEPAGE');
}

test('a mail has name, logo, color and links of the platform', () => {
  const { platform } = readConfig({
    PLATFORM_NAME: 'Rock & Roll',
    ACCENT_COLOR: '#7a1fa2',
    SUPPORT_URL: 'mailto:help@example.com',
  });
  const data = { kind: 'authorized', locale: 'en', data: MAILS.authorized };
  const { html, text } = composeMail({ ...deps, platform }, data);
  assert.match(html, /<p class="brand">Rock &amp; Roll<\/p>/);
  assert.match(html, /href="mailto:help@example\.com"/);
  assert.match(html, /background: #7a1fa2|a \{ color: #7a1fa2/);
  assert.match(text, /Rock & Roll[\s\S]*mailto:help@example\.com/);
  const logo = { body: Buffer.from('image'), extension: '.png', hash: '' } as const;
  const withLogo = composeMail({ ...deps, platform: { ...platform, logo } }, data);
  assert.match(withLogo.html, /<p class="brand"><img src="cid:logo"/);
  const vector = { ...platform, logo: { ...logo, extension: '.svg' } as const };
  assert.doesNotMatch(composeMail({ ...deps, platform: vector }, data).html, /<img/);
});
