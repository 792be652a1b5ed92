import type { Translate } from '../http/translate.ts';
import type { Origin } from '../lib/actor.ts';
import { toIpAddress } from '../lib/ip-address.ts';
import { COLLATORS, type Locale } from '../lib/locale.ts';
import { localized } from '../lib/localized-text.ts';
import type { ScopeConfig } from '../lib/scopes.ts';
import type { MailAccess, MailApplication } from './mail.ts';
import { localTime, oneLine, plainHost, quoted, unlinked } from './mail-text.ts';
import { deviceWords } from './origin-words.ts';
import type { MailFact, MailLink, MailView } from './render-mail.ts';
import type { MailText } from './texts.ts';

/** Context of writing a mail of any kind. */
export interface MailContext {
  readonly t: Translate<MailText>;
  readonly locale: Locale;
  /** Public URL of this server, an origin. */
  readonly issuer: string;
  readonly host: string;
  readonly scopes: readonly ScopeConfig[];
}

/** Parts of a mail that depend on its kind. */
export type MailContent = Omit<
  MailView,
  'locale' | 'platformName' | 'hasLogo' | 'palette' | 'footer' | 'footerLinks'
>;

/** More than these would hide the rest of the mail; the page behind the link lists them all. */
const ORGANIZERS_SHOWN = 50;

/** Links to pages of the reader's account. */
export function accountLinks(
  { t, issuer }: MailContext,
  ...pages: readonly ('activity' | 'authorizations' | 'password' | 'sessions')[]
): MailLink[] {
  return pages.map((page) => ({ label: t(`mail.link.${page}`), url: `${issuer}/account/${page}` }));
}

/** Button that revokes one authorization. */
export function revokeButton({ t, issuer }: MailContext, grantId: string) {
  const url = `${issuer}/account/authorizations/${encodeURIComponent(grantId)}/revoke`;
  return { label: t('mail.access.revoke'), url, harmful: true };
}

/** Identifies the application. Without links: its names are the developer's own choice. */
export function applicationFacts(pen: MailContext, application: MailApplication): MailFact[] {
  const { t, locale } = pen;
  const host = plainHost(application.reviewedHomepage);
  return [
    { label: t('mail.label.application'), value: quoted(application.name, locale) },
    ...(application.owner
      ? [{ label: t('mail.label.owner'), value: quoted(application.owner, locale) }]
      : []),
    ...(application.documentHost
      ? [{ label: t('mail.label.document_host'), value: unlinked(application.documentHost) }]
      : []),
    ...(host === undefined ? [] : [{ label: t('mail.label.homepage'), value: unlinked(host) }]),
  ];
}

/** Lists scopes in words, and organizers. */
export function accessFacts(
  { t, locale, scopes }: MailContext,
  access: MailAccess,
  label: MailText,
): MailFact[] {
  const names = organizerNames(access, locale);
  // Shows the last one instead of "and 1 more", which takes as much space.
  const shown = names.length <= ORGANIZERS_SHOWN + 1 ? names.length : ORGANIZERS_SHOWN;
  const more = names.length - shown;
  const facts = [
    { label: t(label), value: access.scopes.map((name) => scopeSentence(scopes, name, locale)) },
    {
      label: t('mail.label.organizers'),
      value: names.slice(0, shown),
      more: more === 0 ? undefined : t('mail.organizers.more', { count: more }),
    },
  ];
  return facts.filter(({ value }) => value.length > 0);
}

/** Lists the API services that an authorization is limited to, if it is. */
export function apiFacts({ t }: MailContext, apis: readonly string[]): MailFact[] {
  return apis.length === 0
    ? []
    : [{ label: t('mail.label.apis'), value: apis.map((name) => unlinked(oneLine(name))) }];
}

/** Day and time, by the reader's clock. */
export function timeFact(
  { t, locale }: MailContext,
  { at, timezone }: { readonly at: string; readonly timezone: string },
  label: MailText = 'mail.label.time',
): MailFact {
  return { label: t(label), value: localTime(at, timezone, locale) };
}

/** Browser, system and address, as far as they are known and can be true; none if there was no request. */
export function originFacts({ t, locale }: MailContext, origin: Origin | undefined): MailFact[] {
  if (origin === undefined) {
    return [];
  }
  const device = deviceWords(origin.userAgent, locale);
  const ip = toIpAddress(origin.ip);
  const value = ip === undefined ? device : t('mail.origin', { device, ip });
  return [{ label: t('mail.label.origin'), value }];
}

function organizerNames({ organizers }: MailAccess, locale: Locale): string[] {
  return organizers
    .map(({ slug, name }) => unlinked(oneLine(localized(name, locale)) || oneLine(slug)))
    .sort(COLLATORS[locale].compare);
}

/** Returns the sentence of a scope; a removed scope goes by its name. */
function scopeSentence(scopes: readonly ScopeConfig[], name: string, locale: Locale): string {
  const text = scopes.find((scope) => scope.name === name)?.text;
  return text === undefined ? unlinked(oneLine(name)) : localized(text, locale);
}
