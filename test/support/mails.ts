import type { MailData, MailKind } from '../../src/mail/mail.ts';

const occurrence = { at: '2026-07-01T12:00:00.000Z', timezone: 'Europe/Berlin' };
const origin = { ip: '203.0.113.7', userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0' };
const access = {
  application: {
    name: 'Box Office Sync',
    owner: 'Ben Example',
    reviewedHomepage: 'https://app.example.com/box-office',
    documentHost: 'agent.example.com:8443',
  },
  scopes: ['read'],
  organizers: [{ slug: 'redstage', name: { en: 'Red Stage', de: 'Rote Bühne' } }],
};

/** One mail of each kind, as written to the outbox. */
export const MAILS: MailData = {
  authorized: {
    ...occurrence,
    ...access,
    grantId: 'grant1',
    origin,
    apis: ['Orders API'],
    replaced: 1,
  },
  reuse_detected: { ...occurrence, application: access.application },
  leaked: { ...occurrence, application: access.application },
  revoked_by_operator: { ...occurrence, ...access, grantedAt: '2026-03-09T08:30:00.000Z' },
  application_deleted: { ...occurrence, application: access.application },
  access_ending: {
    ...occurrence,
    ...access,
    scopes: ['read', 'write'],
    grantId: 'grant1',
    endsAt: '2026-07-08T12:00:00.000Z',
  },
  application_failing: {
    ...occurrence,
    application: { ...access.application, owner: null },
    failures: 12,
    error: 'invalid_client',
    explanation: 'The app has no valid secret. Add one on its page.',
    path: '/account/applications/2fQ9dLx0aVbT7mRkY3nWcE5u/errors',
  },
  review_waiting: { ...occurrence, count: 3 },
  application_changed: {
    ...occurrence,
    application: { ...access.application, owner: null },
    change: 'redirect_uris_changed',
    details: ['https://app.example.com/callback', 'http://127.0.0.1/callback'],
    origin,
    path: '/account/applications/2fQ9dLx0aVbT7mRkY3nWcE5u',
  },
  password_changed: { ...occurrence, removed: false },
  email_changed: { ...occurrence, isFormer: true },
  identity_changed: {
    ...occurrence,
    change: 'linked',
    provider: 'accounts.example.com',
    byEmail: true,
    origin,
  },
  new_device: { ...occurrence, origin },
};

/** All kinds of mails. */
export const MAIL_KINDS: readonly MailKind[] = [
  'authorized',
  'reuse_detected',
  'leaked',
  'revoked_by_operator',
  'application_deleted',
  'access_ending',
  'application_failing',
  'review_waiting',
  'application_changed',
  'password_changed',
  'email_changed',
  'identity_changed',
  'new_device',
];

/**
 * Text that breaks out of line, header, tag and quotation marks, hides and reverses text, and
 * contains links.
 */
const EVIL =
  'x\r\nBcc: eve@evil.example\r\n\r\n</dd><script>"> <b>\u202egpj\u200b.exe” https://evil.example/login';
/** A URL that looks like one of this server. */
const EVIL_HOMEPAGE = 'https://login.example.com@evil.example/?to=login.example.com#<b>';
/** The client ID is a URL, so its host has no other characters. */
const EVIL_HOST = 'login.evil.example:8443';

const CHOSEN = ['name', 'owner', 'slug', 'en', 'de', 'ip', 'userAgent', 'timezone', 'provider'];

/** Returns the mail with hostile values in everything that other users can choose. */
export function hostile<Data>(data: Data): Data {
  const replace = (key: string, value: unknown) => {
    if (['scopes', 'details', 'apis'].includes(key) && Array.isArray(value)) {
      return value.map(() => EVIL);
    }
    if (typeof value !== 'string') {
      return value;
    }
    if (key === 'documentHost') {
      return EVIL_HOST;
    }
    return key === 'reviewedHomepage' ? EVIL_HOMEPAGE : CHOSEN.includes(key) ? EVIL : value;
  };
  return JSON.parse(JSON.stringify(data, replace));
}
