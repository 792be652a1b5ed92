import type { ScopeConfig } from '../config.ts';
import { StagedoorError } from '../errors.ts';
import { describeChange } from './describe-change.ts';
import type { Origin } from './event.ts';
import type { MailApplication, MailData } from './mail.ts';
import {
  type MailLocale,
  type MailMessageKey,
  type MailTranslate,
  mailLocale,
  mailTranslator,
} from './mail-messages.ts';
import { localizedText, localTime, oneLine, plainAddress, quoted } from './mail-text.ts';
import { deviceWords, plainIp } from './origin-words.ts';
import { parseMail } from './parse-mail.ts';
import { type MailView, renderMail } from './render-mail.ts';

/** What mails are written with. */
export interface ComposeDeps {
  /** Public URL of this server, an origin. */
  readonly issuer: string;
  readonly scopes: readonly ScopeConfig[];
}

/** A mail in words. */
export interface ComposedMail {
  readonly locale: MailLocale;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** More than these would hide the rest of the mail; the page behind the link lists them all. */
const ORGANIZERS_SHOWN = 50;
/** Longest address or label, in characters. */
const DETAIL_LIMIT = 200;
const REASON_LIMIT = 2000;

/**
 * Writes a mail of the outbox in the reader's language.
 * @throws StagedoorError `mail_failed` where the kind is unknown or the data does not fit it
 */
export function composeMail(
  deps: ComposeDeps,
  row: { readonly kind: string; readonly locale: string; readonly data: unknown },
): ComposedMail {
  const mail = parseMail(row);
  if (mail === undefined) {
    throw new StagedoorError('mail_failed', 'Its kind is unknown, or its data does not fit it.');
  }
  const locale = mailLocale(row.locale);
  switch (mail.kind) {
    case 'authorized':
      return composeAuthorized(deps, mail.data, locale);
    case 'reuse_detected':
      return composeReuseDetected(deps, mail.data, locale);
    case 'application_changed':
      return composeApplicationChanged(deps, mail.data, locale);
  }
}

function composeAuthorized(
  deps: ComposeDeps,
  data: MailData['authorized'],
  locale: MailLocale,
): ComposedMail {
  const common = commonView(deps, data, locale, 'authorized.subject');
  const names = organizerNames(data, locale);
  // Not "and 1 more": that one takes no more room than the words.
  const shown = names.length <= ORGANIZERS_SHOWN + 1 ? names.length : ORGANIZERS_SHOWN;
  const view = {
    ...common,
    revokeUrl: `${common.listUrl}/${encodeURIComponent(data.grantId)}/revoke`,
    scopes: data.scopes.map((name) => scopeSentence(deps.scopes, name, locale)),
    organizers: names.slice(0, shown),
    moreOrganizers: names.length - shown,
    origin: describeOrigin(data.origin, common.t, locale),
  };
  return { locale, subject: view.subject, ...renderMail('authorized', view) };
}

function composeReuseDetected(
  deps: ComposeDeps,
  data: MailData['reuse_detected'],
  locale: MailLocale,
): ComposedMail {
  const view = commonView(deps, data, locale, 'reuse.subject');
  return { locale, subject: view.subject, ...renderMail('reuse_detected', view) };
}

function composeApplicationChanged(
  deps: ComposeDeps,
  data: MailData['application_changed'],
  locale: MailLocale,
): ComposedMail {
  const { subject, heading, texts, detailsLabel } = describeChange(data.change);
  const common = commonView(deps, data, locale, subject);
  const { t } = common;
  const lines = data.details?.map((line) => oneLine(line, DETAIL_LIMIT)) ?? [];
  const view = {
    ...common,
    heading: t(heading, { application: common.application.name }),
    explanations: texts.map((key) => t(key)),
    details:
      detailsLabel === undefined || lines.length === 0
        ? undefined
        : { label: t(detailsLabel), lines },
    reason: data.reason ? oneLine(data.reason, REASON_LIMIT) : undefined,
    origin: data.origin && describeOrigin(data.origin, t, locale),
    url: deps.issuer + data.path,
    open: t(data.path === '/account/applications' ? 'changed.open_list' : 'changed.open'),
  };
  return { locale, subject: view.subject, ...renderMail('application_changed', view) };
}

function commonView(
  deps: ComposeDeps,
  data: { readonly application: MailApplication; readonly at: string; readonly timezone: string },
  locale: MailLocale,
  subject: MailMessageKey,
): MailView {
  const t = mailTranslator(locale);
  const { name, owner, homepageUrl } = data.application;
  const application = quoted(name, locale);
  return {
    t,
    locale,
    subject: t(subject, { application }),
    host: new URL(deps.issuer).host,
    listUrl: `${deps.issuer}/account/authorizations`,
    application: {
      name: application,
      owner: owner === null ? undefined : quoted(owner, locale),
      homepage: plainAddress(homepageUrl),
    },
    time: localTime(data.at, data.timezone, locale),
  };
}

function organizerNames(data: MailData['authorized'], locale: MailLocale): string[] {
  const collator = new Intl.Collator(locale, { sensitivity: 'base', numeric: true });
  return data.organizers
    .map(({ slug, name }) => oneLine(localizedText(name, locale)) || slug)
    .sort(collator.compare);
}

/** A scope that is no longer configured is told by its name. */
function scopeSentence(scopes: readonly ScopeConfig[], name: string, locale: MailLocale): string {
  const text = scopes.find((scope) => scope.name === name)?.text;
  return text === undefined ? name : localizedText(text, locale);
}

function describeOrigin(origin: Origin, t: MailTranslate, locale: MailLocale): string {
  const device = deviceWords(origin.userAgent, locale);
  const ip = plainIp(origin.ip);
  return ip === undefined ? device : t('origin', { device, ip });
}
