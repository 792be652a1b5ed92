import { ownValue } from '../lib/own-value.ts';
import { accessDe, accessEn } from './messages/access.ts';
import { accountDe, accountEn } from './messages/account.ts';
import { applicationDe, applicationEn } from './messages/application.ts';
import { commonDe, commonEn } from './messages/common.ts';

/** The languages in which mails are written. */
export type MailLocale = 'en' | 'de';

const en = { ...commonEn, ...accessEn, ...accountEn, ...applicationEn };

/** The name of a text. */
export type MailMessageKey = keyof typeof en;

const CATALOGUES: Readonly<Record<MailLocale, Readonly<Record<MailMessageKey, string>>>> = {
  en,
  de: { ...commonDe, ...accessDe, ...accountDe, ...applicationDe },
};

/** Looks a text up and fills it in. */
export type MailTranslate = (
  key: MailMessageKey,
  params?: Readonly<Record<string, string | number>>,
) => string;

/** The texts of one language. */
export function mailTranslator(locale: MailLocale): MailTranslate {
  return (key, params = {}) =>
    CATALOGUES[locale][key].replace(/\{(\w+)\}/g, (placeholder, name: string) =>
      String(ownValue(params, name) ?? placeholder),
    );
}

/** The language for a tag: `de`, `de-AT` and `de_CH` are German, all else is English. */
export function mailLocale(tag: string): MailLocale {
  return /^de(?:[-_]|$)/i.test(tag) ? 'de' : 'en';
}
