import { translator } from '../http/translate.ts';
import type { Locale } from '../lib/locale.ts';
import { describeDevice } from './describe-device.ts';
import type { MailText } from './texts.ts';

/** Describes browser and system of a User-Agent header, for mails and pages. */
export function deviceWords(userAgent: string | undefined, locale: Locale): string {
  const t = translator<MailText>(locale);
  const { browser, system } = describeDevice(userAgent);
  if (browser !== undefined && system !== undefined) {
    return t('mail.device.full', { browser, system });
  }
  return (
    browser ??
    (system === undefined ? t('mail.device.unknown') : t('mail.device.system', { system }))
  );
}
