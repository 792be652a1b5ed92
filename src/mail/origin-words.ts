import { describeDevice } from './describe-device.ts';
import { type MailLocale, mailTranslator } from './mail-messages.ts';

/** The browser and system behind a User-Agent header, in words, for mails and pages. */
export function deviceWords(userAgent: string | undefined, locale: MailLocale): string {
  const t = mailTranslator(locale);
  const { browser, system } = describeDevice(userAgent);
  if (browser !== undefined && system !== undefined) {
    return t('device.full', { browser, system });
  }
  return browser ?? (system === undefined ? t('device.unknown') : t('device.system', { system }));
}
