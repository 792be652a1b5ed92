import type { Logo } from '../config/logo.ts';
import type { Platform } from '../config/platform.ts';
import { platformWords } from '../http/platform-words.ts';
import { paletteOf } from '../http/theme.ts';
import { type Translate, translator } from '../http/translate.ts';
import { StagedoorError } from '../lib/errors.ts';
import { type Locale, localeOf } from '../lib/locale.ts';
import { remember } from '../lib/remember.ts';
import type { ScopeConfig } from '../lib/scopes.ts';
import { type ParsedMail, parseMail } from './mail.ts';
import type { MailContent, MailContext } from './mail-view.ts';
import { type MailLink, renderMail } from './render-mail.ts';
import type { MailText } from './texts.ts';
import {
  writeAccessEnding,
  writeAuthorized,
  writeEnded,
  writeRevokedByOperator,
} from './write-access-mail.ts';
import {
  writeEmailChanged,
  writeIdentityChanged,
  writeNewDevice,
  writePasswordChanged,
} from './write-account-mail.ts';
import {
  writeApplicationChanged,
  writeApplicationFailing,
  writeReviewWaiting,
} from './write-application-mail.ts';

/** Dependencies of writing mails. */
export interface ComposeDeps {
  /** Public URL of this server, an origin. */
  readonly issuer: string;
  readonly scopes: readonly ScopeConfig[];
  readonly platform: Platform;
}

/** A mail in words. */
export interface ComposedMail {
  readonly locale: Locale;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Palettes by accent color: to compute one takes as long as to render a mail. */
const palettes = remember(paletteOf);

/**
 * Writes a mail of the outbox in the reader's language.
 * @throws StagedoorError `mail_failed` where the kind is unknown or the data does not fit it
 */
export function composeMail(
  { issuer, scopes, platform }: ComposeDeps,
  row: { readonly kind: string; readonly locale: string; readonly data: unknown },
): ComposedMail {
  const mail = parseMail(row);
  if (mail === undefined) {
    throw new StagedoorError('mail_failed', 'Its kind is unknown, or its data does not fit it.');
  }
  const locale = localeOf(row.locale) ?? 'en';
  const t = translator<MailText>(locale, platformWords(platform, locale));
  const { host } = new URL(issuer);
  const content = write({ t, locale, issuer, host, scopes }, mail);
  const { subject } = content;
  return {
    locale,
    subject,
    ...renderMail({
      ...content,
      locale,
      platformName: platform.name,
      hasLogo: mailLogo(platform) !== undefined,
      palette: palettes(platform.accent),
      footer: t('mail.footer', { host }),
      footerLinks: footerLinks(t, platform),
    }),
  };
}

/** Returns the logo, if mail programs show images of its kind. */
export function mailLogo({ logo }: Platform): Logo | undefined {
  return logo?.extension === '.png' || logo?.extension === '.jpg' ? logo : undefined;
}

function footerLinks(t: Translate<MailText>, platform: Platform): MailLink[] {
  const links = [
    { label: t('mail.footer.support'), url: platform.supportUrl },
    { label: t('mail.footer.privacy'), url: platform.privacyUrl },
    { label: t('mail.footer.imprint'), url: platform.imprintUrl },
  ];
  return links.flatMap(({ label, url }) => (url === undefined ? [] : [{ label, url }]));
}

function write(pen: MailContext, mail: ParsedMail): MailContent {
  switch (mail.kind) {
    case 'authorized':
      return writeAuthorized(pen, mail.data);
    case 'reuse_detected':
      return writeEnded(pen, 'reuse', mail.data);
    case 'leaked':
      return writeEnded(pen, 'leaked', mail.data);
    case 'revoked_by_operator':
      return writeRevokedByOperator(pen, mail.data);
    case 'application_deleted':
      return writeEnded(pen, 'deleted', mail.data);
    case 'access_ending':
      return writeAccessEnding(pen, mail.data);
    case 'application_changed':
      return writeApplicationChanged(pen, mail.data);
    case 'application_failing':
      return writeApplicationFailing(pen, mail.data);
    case 'review_waiting':
      return writeReviewWaiting(pen, mail.data);
    case 'password_changed':
      return writePasswordChanged(pen, mail.data);
    case 'email_changed':
      return writeEmailChanged(pen, mail.data);
    case 'identity_changed':
      return writeIdentityChanged(pen, mail.data);
    case 'new_device':
      return writeNewDevice(pen, mail.data);
  }
}
